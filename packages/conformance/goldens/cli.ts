/** @file `npm run goldens`: runs the golden cases of a directory on a device and prints a table. `--dir --device --op --group --json`; `--verbose` for every failure, `--known FILE` brings a list of known differences up to date. */
import { type Backend, setDefaultDevice } from "@adjoint/core";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openers as usual } from "../fuzz/devices.ts";
import { loadPack, type Pack, packsIn } from "./pack.ts";
import { type GoldenRecord, type Group, groups, kinds, runGolden } from "./run/groups.ts";
import { updateKnown } from "./run/known.ts";
import { summary } from "./run/summary.ts";

const openers: { readonly [name: string]: () => Promise<Backend> } = {
  ...usual,
  async tfjs() {
    await import("@tensorflow/tfjs-backend-cpu");
    return await (await import("@adjoint/backend-tfjs")).tfjs({ backend: "cpu" });
  },
};

function fail(complaint: string): never {
  process.stderr.write(`goldens: ${complaint}\n`);
  process.exit(2);
}
function flags(): { readonly dir?: string; readonly device: string; readonly op?: string; readonly group?: string; readonly json?: string; readonly verbose?: boolean; readonly known?: string } {
  try {
    return parseArgs({ options: { dir: { type: "string" }, device: { type: "string", default: "cpu" }, op: { type: "string" }, group: { type: "string" }, json: { type: "string" }, verbose: { type: "boolean" }, known: { type: "string" } } }).values;
  } catch (error) {
    return fail((error as Error).message.split("\n")[0]!);
  }
}
const { dir, device: deviceName, op, group, json, verbose, known } = flags();
const folder = dir === undefined ? fileURLToPath(new URL("../../../../shared/goldens/dev", import.meta.url)) : resolve(process.env["INIT_CWD"] ?? ".", dir);
const open = Object.hasOwn(openers, deviceName) ? openers[deviceName] : undefined;
if (open === undefined) fail(`--device takes one of ${Object.keys(openers).join(", ")}, got "${deviceName}"`);
if (group !== undefined && !Object.hasOwn(groups, group)) fail(`--group takes one of ${Object.keys(groups).join(", ")}, got "${group}"`);
if (!existsSync(folder) || !statSync(folder).isDirectory()) fail(`--dir: there is no folder ${folder}`);

/** The packs to run, with their group: of the folders named as groups are, or of a folder of packs itself. */
function* chosen(): Generator<readonly [Group, string]> {
  const all = Object.keys(groups) as Group[], folders = all.flatMap((name) => groups[name].map((sub) => [name, join(folder, sub)] as const)).filter(([, path]) => existsSync(path));
  for (const [name, path] of folders) if (group === undefined || group === name) for (const pack of packsIn(path)) yield [name, pack];
  if (folders.length > 0) return;
  for (const path of packsIn(folder)) {
    const { kind } = read(path), name = all.find((one) => kinds[one] === kind);
    if (name !== undefined && (group === undefined || group === name)) yield [name, path];
  }
}
function read(path: string): Pack {
  try {
    return loadPack(path);
  } catch (error) {
    return fail((error as Error).message);
  }
}

// A promise that a case gave up: its error belongs to no other case.
process.on("unhandledRejection", (error) => process.stderr.write(`goldens: an error that no case waited for: ${String(error)}\n`));
const device = await open().catch((error: unknown) => fail(`the device ${deviceName} does not open: ${(error as Error).message}`));
setDefaultDevice(device);
const records: GoldenRecord[] = [], keys: string[] = [];
for (const [name, path] of chosen()) {
  const pack = read(path);
  if (op !== undefined && pack.op !== op) continue;
  for (const item of pack.cases) {
    const record = await runGolden(pack, item, device);
    records.push(record);
    keys.push(pack.priority === undefined ? name : `${name} ${pack.priority}`);
    if (record.status === "failed" && (verbose === true || op !== undefined)) process.stdout.write(`failed ${record.id}: ${record.reason?.slice(0, 300)}\n`);
    if (typeof record.float64 === "string" && (verbose === true || op !== undefined)) process.stdout.write(`in float64 ${record.id}: ${record.float64.slice(0, 300)}\n`);
  }
}
if (records.length === 0) process.stdout.write(`no cases in ${folder}${group === undefined ? "" : ` of the group ${group}`}${op === undefined ? "" : ` of the operator ${op}`}\n`);
process.stdout.write(summary(records, keys));
if (json !== undefined) {
  const path = resolve(process.env["INIT_CWD"] ?? ".", json);
  try {
    writeFileSync(path, JSON.stringify(records, null, 1));
  } catch (error) {
    fail(`--json: ${(error as Error).message}`);
  }
}
if (known !== undefined) updateKnown(resolve(process.env["INIT_CWD"] ?? ".", known), records);
device.dispose();
process.exitCode = records.some(({ status }) => status === "failed") ? 1 : 0;
