/** @file Budgets of what a user downloads, minified and gzipped. A budget is raised on purpose, in the commit that spends it. */
import { existsSync, readFileSync, statSync } from "node:fs";

/** Another copy of core is never counted: an application has it once. */
const ignore = ["@adjoint/core", "webgpu", "@tensorflow/tfjs-core", "node:*"];

const entries = [
  { name: "core", path: "packages/core/dist/index.js", limit: "190 kB", ignore: ["node:*"] },
  { name: "backend-cpu-js", path: "packages/backend-cpu-js/dist/index.js", limit: "20 kB", ignore },
  { name: "backend-wasm-simd", path: "packages/backend-wasm-simd/dist/index.js", limit: "48.5 kB", ignore },
  { name: "backend-webgpu", path: "packages/backend-webgpu/dist/index.js", limit: "38.5 kB", ignore },
  { name: "nn", path: "packages/nn/dist/index.js", limit: "30 kB", ignore },
  { name: "optim", path: "packages/optim/dist/index.js", limit: "12 kB", ignore },
  { name: "io", path: "packages/io/dist/index.js", limit: "16 kB", ignore },
  ...[["load", "8.5 kB"], ["loadSafetensors", "4 kB"], ["loadNpy", "4 kB"]].map(([reader, limit]) => ({ name: `io: ${reader} alone`, path: "packages/io/dist/index.js", import: `{ ${reader} }`, limit, ignore })),
  { name: "data", path: "packages/data/dist/index.js", limit: "4 kB", ignore },
  { name: "matmul + relu + SGD app", path: "apps/bench/size/slim.ts", limit: "42 kB", ignore: ["node:*"] },
];

/** Not written yet, so not measured. A file that exists must not be named here. */
const todo = [];

const isWritten = (path) => existsSync(path) && statSync(path).size > 0 && readFileSync(path, "utf8").trim() !== "export {};";
const missing = entries.filter(({ path }) => !isWritten(path)).map(({ name }) => name);
const wrong = [...missing.filter((name) => !todo.includes(name)), ...todo.filter((name) => !missing.includes(name))];
if (wrong.length > 0) throw new Error(`.size-limit.mjs: bring \`todo\` up to date for: ${wrong.join(", ")}`);

export default entries.filter(({ name }) => !todo.includes(name)).map((entry) => ({ ...entry, gzip: true, modifyEsbuildConfig: (config) => ({ ...config, format: "esm", platform: "browser" }) }));
