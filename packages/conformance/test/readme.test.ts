/** @file The example of README.md is a test that runs: kernels.test.ts, but for where it imports from. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

test("the example is kernels.test.ts", () => {
  const example = /```ts\n(.*?)```/s.exec(read("../README.md"))![1]!.replace("@adjoint/conformance", "../src/index.ts");
  expect(read("kernels.test.ts").split("\n").slice(1).join("\n")).toBe(example);
});
