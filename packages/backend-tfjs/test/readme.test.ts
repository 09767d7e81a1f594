/** @file The example of README.md runs and prints what it says. */
import { readFileSync } from "node:fs";
import { denseView, program, scalar } from "@adjoint/core/backend";
import "@tensorflow/tfjs-backend-cpu";
import { expect, it } from "vitest";
import { tfjs } from "../src/index.ts";

it("the example prints what it says", async () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const code = /```ts\n(.*?)```/s.exec(readme)![1]!.replace(/^import .*$/gm, "");
  const printed: unknown[] = [];
  // oxlint-disable-next-line no-new-func -- the example is this package's own text
  const run = new Function("denseView", "program", "scalar", "tfjs", "console", `return (async () => {${code}})();`);
  await run(denseView, program, scalar, tfjs, { log: (x: unknown) => printed.push(x) });
  expect(printed).toEqual([Float32Array.of(1, 2, 3)]);
});
