/** @file What is checked in every host of JavaScript: the suites on each of the devices, without a test framework. */
import { cpu } from "@adjoint/backend-cpu-js";
import { wasm } from "@adjoint/backend-wasm-simd";
import { webgpu } from "@adjoint/backend-webgpu";
import { expectations } from "../../backend-webgpu/gpu-node/shared/expectations.ts";
import { type Case, matches } from "../src/case.ts";
import { kernelSuite } from "../src/kernel-suite.ts";
import { drawSuite } from "../src/ops/draw-suite.ts";
import { fusedSuite } from "../src/ops/fused-suite.ts";
import { opSuite } from "../src/ops/op-suite.ts";
import { type CreateBackend, runCases } from "../src/run.ts";

export const hostDevices = ["cpu", "wasm", "webgpu"] as const;
export type HostDevice = (typeof hostDevices)[number];
const open: { readonly [D in HostDevice]: CreateBackend } = { cpu: () => cpu(), wasm: () => wasm(), webgpu: () => webgpu() };

export const hostSuites = ["smoke", "kernels", "ops"] as const;
export type HostSuite = (typeof hostSuites)[number];
const casesOf: { readonly [S in HostSuite]: () => readonly Case[] } = {
  // Every sixteenth: Firefox looks for finished work ten times a second only, so that each read takes its time there.
  smoke: () => kernelSuite().filter((_, i) => i % 16 === 0),
  kernels: () => [...kernelSuite(), ...fusedSuite(), ...drawSuite()],
  ops: opSuite,
};

export type HostReport = { readonly device: HostDevice; readonly suite: HostSuite; readonly passed: number; readonly skipped: number; readonly failures: readonly string[]; readonly seconds: number };

/** What a device is not expected to do is left out: a failure costs a new device, and some hosts keep the memory of the old one. */
const left = (cases: readonly Case[], device: HostDevice): readonly Case[] => (device === "webgpu" ? cases.filter(({ name }) => !expectations.some((x) => matches(x, name))) : cases);

/** Runs the suites on the devices, one after the other. */
export async function* runHost(devices: readonly HostDevice[], suites: readonly HostSuite[]): AsyncGenerator<HostReport> {
  for (const device of devices)
    for (const suite of suites) {
      const start = performance.now(), reports = await runCases(open[device], left(casesOf[suite](), device));
      const count = (...states: readonly string[]): number => reports.filter(({ outcome }) => states.includes(outcome.status)).length;
      const failures = reports.flatMap(({ case: name, outcome }) => (outcome.status === "failed" ? [`${name}: ${outcome.error.message}`] : []));
      yield { device, suite, passed: count("passed"), skipped: count("skipped"), failures, seconds: Math.round((performance.now() - start) / 1000) };
    }
}

export const lineOf = ({ device, suite, passed, skipped, failures, seconds }: HostReport): string =>
  [`${device} ${suite}: ${passed} passed, ${skipped} skipped, ${failures.length} failed, ${seconds} s`, ...failures.map((line) => `  ${line.slice(0, 400)}`)].join("\n");
