/** @file The suite in other hosts that have WebGPU: Deno and Firefox, both by wgpu, on the driver of this suite. */
import { describe, expect, test } from "vitest";
import { type HostName, hosts } from "../hosts/hosts.ts";

/** Failures that are known there, by the beginning of their names. atan2: the quotient of two subnormal numbers is 0 / 0 under wgpu, which flushes them; Dawn on the same driver does not. */
const asked = { deno: { suite: "kernels", least: 900, known: { webgpu: ["map atan2 float32: edge values"] } }, firefox: { suite: "smoke", least: 50, known: {} } } as const satisfies { readonly [H in HostName]?: object };

describe.each(["deno", "firefox"] as const)("in %s (skipped where it is not installed)", (name) => {
  const path = hosts[name].path(), { suite, least, known } = asked[name], knownOn: { readonly [device: string]: readonly string[] } = known;
  test.skipIf(path === undefined)("kernels on wasm and webgpu", async () => {
    const reports = await hosts[name].run(path!, ["wasm", "webgpu"], [suite]);
    expect(reports.map(({ device }) => device)).toEqual(["wasm", "webgpu"]);
    for (const { device, passed, failures } of reports) {
      expect(failures.map((line) => line.split(":").slice(0, 2).join(":"))).toEqual(knownOn[device] ?? []);
      expect(passed).toBeGreaterThan(least);
    }
  }, 600_000);
});
