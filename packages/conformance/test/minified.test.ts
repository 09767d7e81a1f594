/** @file Bundled and minified, as an app ships it, everything gives the same: nothing may hang on the name of a function. */
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { expect, test } from "vitest";
import type { reports } from "./minified-suite.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

test("the suite of ops passes minified", async () => {
  const outDir = at("../node_modules/.cache/minified");
  await build({
    configFile: false, logLevel: "error", resolve: { conditions: ["source"] },
    build: { outDir, emptyOutDir: true, target: "esnext", lib: { entry: at("./minified-suite.ts"), formats: ["es"], fileName: "suite" }, minify: true, rolldownOptions: { output: { minify: true } } },
  });
  const { reports: run } = await import(/* @vite-ignore */ `${outDir}/suite.js`) as { readonly reports: typeof reports };
  const all = await run();
  expect(all.length).toBeGreaterThan(1000);
  expect(all.flatMap(({ case: name, outcome }) => (outcome.status === "failed" ? [`${name}: ${outcome.error.message}`] : []))).toEqual([]);
}, 300_000);
