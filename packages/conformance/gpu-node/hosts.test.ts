/** @file The suite in other hosts that have WebGPU: Deno and Firefox, both by wgpu, on the driver of this suite. */
import { describe, expect, test } from "vitest";
import { type HostName, hosts } from "../hosts/hosts.ts";

const asked = { deno: { suite: "kernels", least: 900 }, firefox: { suite: "smoke", least: 50 } } as const satisfies { readonly [H in HostName]?: object };

describe.each(["deno", "firefox"] as const)("in %s (skipped where it is not installed)", (name) => {
  const path = hosts[name].path(), { suite, least } = asked[name];
  test.skipIf(path === undefined)("kernels on wasm and webgpu", async () => {
    const reports = await hosts[name].run(path!, { devices: ["wasm", "webgpu"], suites: [suite], seconds: 580 });
    expect(reports.map(({ device }) => device)).toEqual(["wasm", "webgpu"]);
    for (const { passed, failures } of reports) {
      expect(failures).toEqual([]);
      expect(passed).toBeGreaterThan(least);
    }
  }, 600_000);
});
