/** @file The suite in other hosts that have WebGPU: Deno and Firefox, both by wgpu, on the driver of this suite. Deno's WebAssembly is Node's. */
import { describe, expect, test } from "vitest";
import { type HostName, hosts } from "../hosts/hosts.ts";

const asked = { deno: { devices: ["webgpu"], suite: "kernels", least: 900 }, firefox: { devices: ["wasm", "webgpu"], suite: "smoke", least: 50 } } as const satisfies { readonly [H in HostName]?: object };

describe.each(["deno", "firefox"] as const)("in %s (skipped where it is not installed)", (name) => {
  const path = hosts[name].path(), { devices, suite, least } = asked[name];
  test.skipIf(path === undefined)(`kernels on ${devices.join(" and ")}`, async () => {
    const reports = await hosts[name].run(path!, { devices, suites: [suite], seconds: 580 });
    expect(reports.map(({ device }) => device)).toEqual(devices);
    for (const { passed, failures } of reports) {
      expect(failures).toEqual([]);
      expect(passed).toBeGreaterThan(least);
    }
  }, 600_000);
});
