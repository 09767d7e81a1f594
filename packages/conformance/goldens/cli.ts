/**
 * @file `npm run goldens`: runs the golden cases of a directory on a device and prints a table. `--dir --device --op --group --json`; `--browser` runs them in Chromium,
 * `--verbose` for every failure, `--known FILE` brings a list of known differences up to date, `--parity FILE` the parity page. `--device` takes several, by commas.
 */
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { loadPack, packsIn } from "./folder.ts";
import type { Pack } from "./pack.ts";
import { devicesIn, here, inChromium } from "./place.ts";
import { type GoldenRecord, type Group, groups, kinds } from "./run/groups.ts";
import { differencesOf, readKnown, updateKnown } from "./run/known.ts";
import { columnsOf, isOperator, renderParity, updateParity } from "./run/parity.ts";
import { summary } from "./run/summary.ts";

function fail(complaint: string): never {
  process.stderr.write(`goldens: ${complaint}\n`);
  process.exit(2);
}
const text = { type: "string" } as const;
function flags() {
  try {
    return parseArgs({ options: { dir: text, device: { ...text, default: "cpu" }, op: text, group: text, json: text, verbose: { type: "boolean" }, browser: { type: "boolean" }, known: text, parity: text } }).values;
  } catch (error) {
    return fail((error as Error).message.split("\n")[0]!);
  }
}
const { dir, device: deviceNames, op, group, json, verbose, browser = false, known, parity } = flags(), ops = op?.split(",");
const given = (path: string): string => resolve(process.env["INIT_CWD"] ?? ".", path);
const folder = dir === undefined ? fileURLToPath(new URL("../../../../shared/goldens/dev", import.meta.url)) : given(dir);
for (const name of deviceNames.split(",")) if (!devicesIn(browser).includes(name)) fail(`--device takes one of ${devicesIn(browser).join(", ")}, got "${name}"`);
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
/** What differs and is on no list. */
const unlisted: string[] = [];

async function runOn(deviceName: string): Promise<void> {
  const place = await (browser ? inChromium(deviceName, folder) : here(deviceName)).catch((error: unknown) => fail(`the device ${deviceName} does not open: ${(error as Error).message}`));
  const records: GoldenRecord[] = [], keys: string[] = [], packs: Pack[] = [], lists = ["known-differences", `known-differences-${deviceName}`].map(listed).filter((path) => existsSync(path));
  const isKnown = new Set(lists.flatMap((path) => Object.values(readKnown(path)).flat()));
  for (const [name, path] of chosen()) {
    const pack = read(path);
    if (ops !== undefined && !ops.includes(pack.op ?? "")) continue;
    for (const record of await place.run(path)) {
      records.push(record);
      packs.push(pack);
      keys.push(!isOperator(pack) ? "programs" : pack.priority === undefined ? name : `${name} ${pack.priority}`);
      for (const line of differencesOf(record)) if (!isKnown.has(line)) unlisted.push(`${line} on ${deviceName}`);
      if (record.status === "failed" && (verbose === true || op !== undefined)) process.stdout.write(`failed ${record.id}: ${record.reason?.slice(0, 300)}\n`);
      if (typeof record.float64 === "string" && (verbose === true || op !== undefined)) process.stdout.write(`in float64 ${record.id}: ${record.float64.slice(0, 300)}\n`);
    }
  }
  if (records.length === 0) process.stdout.write(`no cases in ${folder}${group === undefined ? "" : ` of the group ${group}`}${op === undefined ? "" : ` of the operator ${op}`}\n`);
  process.stdout.write(summary(records, keys));
  if (parity !== undefined) writeFileSync(given(parity).replace(/json$/, "md"), renderParity(updateParity(given(parity), deviceName, columnsOf(packs, records, lists))));
  await place.close();
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
if (unlisted.length > 0) process.stdout.write(`\nnot on the list of known differences:\n${unlisted.map((line) => `  ${line}`).join("\n")}\n`);
process.exitCode = unlisted.length > 0 ? 1 : 0;
