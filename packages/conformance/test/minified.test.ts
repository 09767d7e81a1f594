/** @file Bundled and minified, as an app ships it, everything gives the same: nothing may hang on the name of a function, and what is printed keeps its own. */
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { expect, test } from "vitest";
import type * as modules from "./minified-modules.ts";
import type { reports } from "./minified-suite.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What a file exports, once it and all that it imports is one minified file. */
async function minified(entry: string): Promise<unknown> {
  const outDir = at(`../node_modules/.cache/minified/${entry}`);
  await build({
    configFile: false, logLevel: "error", resolve: { conditions: ["source"] },
    build: { outDir, emptyOutDir: true, target: "esnext", lib: { entry: at(`./${entry}.ts`), formats: ["es"], fileName: entry }, minify: true, rolldownOptions: { output: { minify: true } } },
  });
  return await import(/* @vite-ignore */ `${outDir}/${entry}.js`);
}

test("the suite of ops passes minified", async () => {
  const { reports: run } = await minified("minified-suite") as { readonly reports: typeof reports };
  const all = await run();
  expect(all.length).toBeGreaterThan(1000);
  expect(all.flatMap(({ case: name, outcome }) => (outcome.status === "failed" ? [`${name}: ${outcome.error.message}`] : []))).toEqual([]);
}, 300_000);

test("modules and optimizers are printed by their names, errors too", async () => {
  const { errorName, nn, optim, printed } = await minified("minified-modules") as typeof modules;
  const misnamed = (exported: object, base: abstract new (...args: never) => object): string[] =>
    Object.entries(exported).flatMap(([name, value]) => (typeof value === "function" && value.prototype instanceof base && (value as { readonly name: string }).name !== name ? [name] : []));
  expect([...misnamed(nn, nn.Module), ...misnamed(optim, optim.Optimizer)]).toEqual([]);
  expect(printed()).toEqual(["Sequential(\n  (0): Linear(in_features=1, out_features=2, bias=True)\n  (1): ReLU()\n)", "SGD ("]);
  expect(errorName()).toBe("ShapeError");
}, 60_000);
