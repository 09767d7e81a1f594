/** @file `npm run hosts -- deno,bun,firefox [--device cpu,wasm,webgpu] [--suite kernels,ops]`: the suite in other hosts. `page` serves it for a browser of your own. */
import { parseArgs } from "node:util";
import { findGraphicsDriver } from "@adjoint/tools-browsers/vulkan";
import { type HostName, hosts, page } from "./hosts.ts";
import { type HostDevice, hostDevices, type HostSuite, hostSuites, lineOf } from "./suite.ts";

function fail(complaint: string): never {
  process.stderr.write(`hosts: ${complaint}\n`);
  process.exit(2);
}
const text = { type: "string" } as const, { values: { device, suite }, positionals } = parseArgs({ options: { device: { ...text, default: hostDevices.join() }, suite: { ...text, default: "kernels" } }, allowPositionals: true });
const chosen = <T extends string>(what: string, given: string, known: readonly T[]): readonly T[] =>
  given.split(",").map((name) => known.find((one) => one === name) ?? fail(`${what} is one of ${known.join(", ")}, got "${name}"`));
const devices: readonly HostDevice[] = chosen("--device", device, hostDevices), suites: readonly HostSuite[] = chosen("--suite", suite, hostSuites);

findGraphicsDriver();
if (positionals[0] === "page") {
  const { url } = await page((report) => process.stdout.write(`${typeof report === "string" ? report : lineOf(report)}\n`));
  process.stdout.write(`open ${url}?device=${devices.join()}&suite=${suites.join()} in a browser; Ctrl-C ends\n`);
} else
  for (const name of chosen("a host", positionals[0] ?? "deno,bun,firefox", Object.keys(hosts) as HostName[])) {
    const path = hosts[name].path() ?? fail(`${name} is not installed here`);
    process.stdout.write(`${name}:\n`);
    for (const report of await hosts[name].run(path, { devices: name === "bun" ? devices.filter((one) => one !== "webgpu") : devices, suites })) {
      process.stdout.write(`${lineOf(report)}\n`);
      if (report.failures.length > 0) process.exitCode = 1;
    }
  }
