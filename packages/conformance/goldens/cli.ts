/** @file `npm run goldens`: runs the golden cases of operators on a device and prints a table. `--dir --device --op --json`. */
import { cpu } from "@adjoint/backend-cpu-js";
import { type Backend, setDefaultDevice } from "@adjoint/core";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { loadPack, packsIn } from "./pack.ts";
import { type GoldenRecord, runGolden } from "./run.ts";

const openers: { readonly [name: string]: () => Promise<Backend> } = {
  cpu: async () => cpu(),
  wasm: async () => (await import("@adjoint/backend-wasm-simd")).wasm(),
  webgpu: async () => (await import("@adjoint/backend-webgpu")).webgpu(),
};

const { values } = parseArgs({ options: { dir: { type: "string" }, device: { type: "string", default: "cpu" }, op: { type: "string" }, json: { type: "string" } } });
const folder = values.dir ?? fileURLToPath(new URL("../../../../shared/goldens/dev", import.meta.url));
const open = openers[values.device];
const complaint = open === undefined ? `--device takes one of ${Object.keys(openers).join(", ")}, got "${values.device}"` : existsSync(folder) ? undefined : `--dir: there is no folder ${folder}`;
if (open === undefined || complaint !== undefined) {
  process.stderr.write(`${complaint}\n`);
  process.exit(2);
}
const device = await open();
setDefaultDevice(device);
const records: GoldenRecord[] = [], counts = new Map<string, { passed: number; failed: number; missing: number }>();
for (const group of ["ops", "extra"].map((name) => join(folder, name)).filter((path) => existsSync(path)))
  for (const path of packsIn(group)) {
    const pack = loadPack(path);
    if (values.op !== undefined && pack.op !== values.op) continue;
    const key = `ops ${pack.priority}`, count = counts.get(key) ?? { passed: 0, failed: 0, missing: 0 };
    counts.set(key, count);
    for (const item of pack.cases) {
      const record = await runGolden(pack, item, device);
      records.push(record);
      if (record.status === "passed") count.passed++;
      else if (record.status === "failed") count.failed++;
      else count.missing++;
      if (record.status === "failed" ) process.stdout.write(`failed ${record.id}: ${record.reason?.slice(0, 300)}\n`);
    }
  }
for (const [key, { passed, failed, missing }] of [...counts].sort()) process.stdout.write(`${key}: ${passed} passed, ${failed} failed, ${missing} not implemented\n`);
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(records, null, 1));
device.dispose();
process.exitCode = records.some(({ status }) => status === "failed") ? 1 : 0;
