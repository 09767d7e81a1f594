/** @file The suite as a program, for Node, Deno and Bun: `program.ts cpu,wasm,webgpu kernels,ops`. A line of JSON a report. */
import { type HostDevice, type HostSuite, runHost } from "./suite.ts";

const [devices = "cpu", suites = "kernels"] = process.argv.slice(2);
for await (const report of runHost(devices.split(",") as HostDevice[], suites.split(",") as HostSuite[])) console.log(JSON.stringify(report));
process.exit(0);
