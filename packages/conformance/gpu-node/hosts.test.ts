/** @file The suite in other hosts that have WebGPU: Deno and Firefox, both by wgpu, on the driver of this suite. */
import { describe, expect, test } from "vitest";
import { type HostName, hosts } from "../hosts/hosts.ts";

describe.each<HostName>(["deno", "firefox"])("in %s (skipped where it is not installed)", (name) => {
  const path = hosts[name].path();
  test.skipIf(path === undefined)("kernels on wasm and webgpu", async () => {
    const reports = await hosts[name].run(path!, ["wasm", "webgpu"], ["kernels"]);
    expect(reports.map(({ device }) => device)).toEqual(["wasm", "webgpu"]);
    for (const { passed, failures } of reports) {
      expect(failures).toEqual([]);
      expect(passed).toBeGreaterThan(900);
    }
  }, 600_000);
});
