/** @file The one build of every package: its entries are the `source` conditions of its own package.json, bundled into `dist` with declarations. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { defineConfig } from "tsdown";

type Manifest = { readonly exports: Readonly<Record<string, { readonly source: string }>> };
const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
const entry = Object.fromEntries(Object.values(manifest.exports).map(({ source }) => [basename(source, ".ts"), source]));

export default defineConfig({
  cwd: process.cwd(),
  entry,
  format: "esm",
  platform: "neutral",
  target: "es2024",
  dts: { generator: "oxc" },
  sourcemap: true,
  clean: true,
  tsconfig: "tsconfig.json",
  deps: { neverBundle: [/^node:/, /^@adjoint\//] },
  logLevel: "warn",
});
