/** @file The example of README.md runs, and prints what it says. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("the example prints what it says", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8"), code = /```ts\n(.*?)```/s.exec(readme)![1]!;
  const flags = ["--conditions=source", "--disable-warning=ExperimentalWarning", "--input-type=module-typescript"];
  const printed = execFileSync(process.execPath, [...flags, "--eval", code], { cwd: new URL("..", import.meta.url), encoding: "utf8" });
  expect(printed).toBe("3 true\n[ 'bias', 'weight' ] { dtype: 'F32', shape: [ 2, 3 ] }\n[ 2 ]\n");
});
