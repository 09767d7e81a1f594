/** @file The terminal program's flags, and its whole run for a few steps. */
import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const program = fileURLToPath(new URL("../src/terminal/main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "adjoint-demo-"));
const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };
const run = (...args: string[]): Promise<Ended> => new Promise((done) => {
  execFile(process.execPath, ["--conditions=source", "--disable-warning=ExperimentalWarning", program, ...args], { maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
    done({ code: error === null ? 0 : Number(error.code), stdout, stderr }));
});

test.concurrent.each([
  ["an unknown flag", ["--speed", "9"], /--speed/],
  ["a device that does not exist", ["--device", "abacus"], /--device takes one of/],
  ["steps that are no number", ["--steps", "many"], /--steps takes a whole number/],
  ["a missing file", ["--text", join(folder, "nothing.txt")], /there is no such file/],
  ["an empty file", ["--text", file("empty.txt", "")], /is empty/],
  ["a binary file", ["--text", file("binary.dat", new Uint8Array([0xff, 0xfe, 0, 1]))], /not UTF-8 text|binary/],
  ["a short file", ["--text", file("short.txt", "too short")], /at least/],
] as const)("%s: one line, exit 2", async (_, args, message) => {
  const { code, stderr, stdout } = await run(...args);
  expect(code).toBe(2);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).toMatch(message);
  expect(stdout).toBe("");
}, 60_000);

test("the tour everywhere, then training on a text with a falling loss", async () => {
  const text = file("poem.txt", "the quick brown fox jumps over the lazy dog and runs away. ".repeat(80));
  const { code, stdout } = await run("--text", text, "--steps", "12", "--device", "wasm");
  expect(code).toBe(0);
  expect(stdout).toContain("tensor([1.8000e+00, 1.8000e+01, 1.8000e-02])");
  for (const name of ["cpu", "wasm", "webgpu", "tfjs"]) expect(stdout).toMatch(new RegExp(`^${name} `, "m"));
  const [, first, last] = /loss (\d+\.\d+) -> (\d+\.\d+)/.exec(stdout)!;
  expect(Number(last)).toBeLessThan(Number(first));
}, 180_000);
