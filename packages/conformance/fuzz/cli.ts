/** @file `npm run fuzz`: draws programs and compares devices with the reference. `--count --device --seed --failures`. */
import { cpu } from "@adjoint/backend-cpu-js";
import { type Backend, DeviceError } from "@adjoint/core";
import { parseArgs } from "node:util";
import { fuzz, showFailure } from "../src/index.ts";
import { openers } from "./devices.ts";

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
function options(): { readonly [name: string]: string | undefined } {
  try {
    return parseArgs({ options: { count: { type: "string" }, device: { type: "string" }, seed: { type: "string" }, failures: { type: "string" } } }).values;
  } catch (error) {
    return fail(`${(error as Error).message}; there are --count, --device, --seed and --failures`);
  }
}
const given = options();
function whole(name: string, fallback: number): number {
  const value = Number(given[name] ?? fallback);
  return Number.isSafeInteger(value) && value >= 0 ? value : fail(`--${name} takes a whole number, got "${given[name]}"`);
}

const count = whole("count", 1000), seed = whole("seed", 1), failures = whole("failures", 1);
const names = (given["device"] ?? "cpu,wasm").split(",");
const devices = new Map<string, Backend>();
for (const name of names) {
  const open = Object.hasOwn(openers, name) ? openers[name] : undefined;
  if (open === undefined) fail(`--device takes some of ${Object.keys(openers).join(",")}, got "${name}"`);
  try {
    devices.set(name, await open());
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    fail(`${name}: ${error.message}`);
  }
}
const started = performance.now();
const report = await fuzz({
  seed, count, failures, devices, reference: cpu(),
  progress: (done) => { if (done % 1000 === 0) process.stderr.write(`${done} programs, ${Math.round((performance.now() - started) / 1000)} s\n`); },
});
for (const failure of report.failures) process.stdout.write(`${showFailure(failure, (at) => `npm run fuzz -- --device ${names.join(",")} --count 1 --seed ${at}`)}\n\n`);
const { programs, statements, rejected, errors } = report;
process.stdout.write(
  `${programs} programs from seed ${seed} on ${names.join(", ")}: ${report.failures.length} differ; ${statements} statements, ${errors} of them errors on every device; ` +
  `${rejected} programs not compared; ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
process.exit(report.failures.length > 0 ? 1 : 0);
