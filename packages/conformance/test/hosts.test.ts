/** @file The suite in another runtime: Bun, which is JavaScriptCore, Safari's engine. */
import { describe, expect, test } from "vitest";
import { hosts } from "../hosts/hosts.ts";

const bun = hosts.bun.path();
describe.skipIf(bun === undefined)("in Bun (skipped where it is not installed)", () => {
  test.each(["cpu", "wasm"] as const)("kernels on %s", async (device) => {
    const [report] = await hosts.bun.run(bun!, { devices: [device], suites: ["kernels"], seconds: 280 });
    expect(report).toMatchObject({ device, failures: [] });
    expect(report!.passed).toBeGreaterThan(900);
  }, 300_000);
});
