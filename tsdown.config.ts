/** @file The one build of every package: its entries are the `source` conditions of its own package.json, with declarations, into `dist`. */
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { defineConfig, type UserConfig } from "tsdown";

type Manifest = { readonly exports: Readonly<Record<string, { readonly source: string }>> };
const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;

const shared: UserConfig = {
  cwd: process.cwd(),
  entry: Object.fromEntries(Object.values(manifest.exports).map(({ source }) => [basename(source, ".ts"), source])),
  format: "esm",
  platform: "neutral",
  target: "es2024",
  tsconfig: "tsconfig.json",
  deps: { neverBundle: [/^node:/, /^@adjoint\//] },
  logLevel: "warn",
  clean: true,
};

/**
 * `declare module "./tensor.ts"` merges with what "./tensor.js" declares once both are built; the bundler leaves the name as it is.
 * `Symbol.dispose` is in a lib that a user's project need not name.
 */
const completeDeclarations = (folder: string): void => {
  for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!path.endsWith(".d.ts")) continue;
    const text = readFileSync(join(folder, path), "utf8");
    const named = text.replace(/^declare module "(\.[^"]*)\.ts"/gm, 'declare module "$1.js"');
    const whole = named.includes("[Symbol.dispose]") ? `/// <reference lib="esnext.disposable" />\n${named}` : named;
    if (whole !== text) writeFileSync(join(folder, path), whole);
  }
};

export default defineConfig([
  { ...shared, dts: false, sourcemap: true },
  // File by file, because a bundle renames what such a module declares.
  { ...shared, sourcemap: false, unbundle: true, root: "src", dts: { generator: "oxc", emitDtsOnly: true, sourcemap: false }, hooks: { "build:done": ({ options }) => completeDeclarations(options.outDir) } },
]);
