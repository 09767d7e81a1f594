/** @file `npm run goldens`: runs the golden cases of a directory on a device and prints a table. `--dir --device --op --group --json`; `--verbose` for every failure, `--known FILE` brings a list of known differences up to date, `--parity FILE` the parity page. `--device` takes several, by commas. */
import { type Backend, setDefaultDevice } from "@adjoint/core";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openers as usual } from "../fuzz/devices.ts";
import { loadPack, type Pack, packsIn } from "./pack.ts";
import { type GoldenRecord, type Group, groups, kinds, runGolden } from "./run/groups.ts";
import { updateKnown } from "./run/known.ts";
import { columnsOf, renderParity, updateParity } from "./run/parity.ts";
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
const text = { type: "string" } as const;
function flags() {
  try {
    return parseArgs({ options: { dir: text, device: { ...text, default: "cpu" }, op: text, group: text, json: text, verbose: { type: "boolean" }, known: text, parity: text } }).values;
  } catch (error) {
    return fail((error as Error).message.split("\n")[0]!);
  }
}
const { dir, device: deviceNames, op, group, json, verbose, known, parity } = flags(), ops = op?.split(",");
const given = (path: string): string => resolve(process.env["INIT_CWD"] ?? ".", path);
const folder = dir === undefined ? fileURLToPath(new URL("../../../../shared/goldens/dev", import.meta.url)) : given(dir);
for (const name of deviceNames.split(",")) if (!Object.hasOwn(openers, name)) fail(`--device takes one of ${Object.keys(openers).join(", ")}, got "${name}"`);
if (group !== undefined && !Object.hasOwn(groups, group)) fail(`--group takes one of ${Object.keys(groups).join(", ")}, got "${group}"`);
if (!existsSync(folder) || !statSync(folder).isDirectory()) fail(`--dir: there is no folder ${folder}`);
if (parity !== undefined && (!parity.endsWith(".json") || group !== "ops")) fail("--parity takes a .json file, beside which the page is written, and --group ops");

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
const listed = (name: string): string => fileURLToPath(new URL(`../test/fixtures/${name}.json`, import.meta.url));
const all: GoldenRecord[] = [];

async function runOn(deviceName: string): Promise<void> {
  const device = await openers[deviceName]!().catch((error: unknown) => fail(`the device ${deviceName} does not open: ${(error as Error).message}`));
  setDefaultDevice(device);
  const records: GoldenRecord[] = [], keys: string[] = [], packs: Pack[] = [];
  for (const [name, path] of chosen()) {
    const pack = read(path);
    if (ops !== undefined && !ops.includes(pack.op ?? "")) continue;
    for (const item of pack.cases) {
      const record = await runGolden(pack, item, device);
      records.push(record);
      packs.push(pack);
      keys.push(pack.priority === undefined ? name : `${name} ${pack.priority}`);
      if (record.status === "failed" && (verbose === true || op !== undefined)) process.stdout.write(`failed ${record.id}: ${record.reason?.slice(0, 300)}\n`);
      if (typeof record.float64 === "string" && (verbose === true || op !== undefined)) process.stdout.write(`in float64 ${record.id}: ${record.float64.slice(0, 300)}\n`);
    }
  }
  if (records.length === 0) process.stdout.write(`no cases in ${folder}${group === undefined ? "" : ` of the group ${group}`}${op === undefined ? "" : ` of the operator ${op}`}\n`);
  process.stdout.write(summary(records, keys));
  if (parity !== undefined) writeFileSync(given(parity).replace(/json$/, "md"), renderParity(updateParity(given(parity), device, columnsOf(packs, records, [listed("known-differences"), listed(`known-differences-${deviceName}`)].filter((path) => existsSync(path))))));
  device.dispose();
  all.push(...records);
}
for (const name of deviceNames.split(",")) {
  if (deviceNames.includes(",")) process.stdout.write(`on ${name}:\n`);
  await runOn(name);
}
if (json !== undefined) {
  try {
    writeFileSync(given(json), JSON.stringify(all, null, 1));
  } catch (error) {
    fail(`--json: ${(error as Error).message}`);
  }
}
if (known !== undefined) updateKnown(given(known), all, deviceNames === "cpu" ? undefined : listed("known-differences"));
process.exitCode = all.some(({ status }) => status === "failed") ? 1 : 0;
