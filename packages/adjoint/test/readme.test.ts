/** @file The examples of pages that use the package "adjoint" run, and print what they say. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const flags = ["--conditions=source", "--disable-warning=ExperimentalWarning", "--input-type=module-typescript"];
const tour = "tensor([[4.5000, 4.5000],\n        [4.5000, 4.5000]])\n";

test.each([
  ["../../../README.md", new RegExp(`^${escaped(`tensor(27., grad_fn=<MeanBackward0>)\n${tour}`)}$`)],
  ["../README.md", /^(webgpu|wasm|cpu).*\n0 [\d.e-]+\n50 [\d.e-]+\n100 [\d.e-]+\n150 [\d.e-]+\n$/],
  ["../../core/README.md", new RegExp(`^${escaped(tour)}$`)],
  ["../../backend-wasm-simd/README.md", /^\[ 2, 4, 6 \]\n$/],
  ["../../../docs/from-pytorch.md", undefined],
])("%s", (page, expected) => {
  const [code] = programsOf(page);
  if (expected === undefined) expect(printedBy(code!)).toBe(saidBy(code!));
  else expect(printedBy(code!)).toMatch(expected);
});

const firstSteps = programsOf("../../../docs/first-steps.md");
test.each(firstSteps.map((code, i) => [i + 1, code] as const))("first steps, program %i", (_, code) => {
  expect(saidBy(code)).not.toBe("");
  expect(printedBy(code)).toBe(saidBy(code));
});

function programsOf(page: string): string[] {
  return [...readFileSync(new URL(page, import.meta.url), "utf8").matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code!);
}
function printedBy(code: string): string {
  return execFileSync(process.execPath, [...flags, "--eval", code], { cwd: new URL("..", import.meta.url), encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}
/** Without an expectation of its own, a page says behind each call what it prints. */
function saidBy(code: string): string {
  return [...code.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map((match) => `${match[1]}\n`).join("");
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
