/** @file One profile, on every device of a page, threads and GPU among them: the same ops, calls and bytes; and only times differ. */
import { cpu } from "@adjoint/backend-cpu-js";
import { wasm } from "@adjoint/backend-wasm-simd";
import { webgpu } from "@adjoint/backend-webgpu";
import { type Backend, crossEntropy, linear, manualSeed, profile, randn, relu, tensor } from "@adjoint/core";
import { expect, test } from "vitest";

type Seen = readonly (readonly [name: string, calls: number, bytes: number])[];

test("the table of a training step is the same on cpu, wasm with threads and webgpu", async () => {
  const devices: readonly Backend[] = [cpu(), await wasm({ threads: 2 }), await webgpu()], tables: Seen[] = [];
  for (const device of devices) {
    manualSeed(1);
    const x = randn([64, 32], { device }), y = tensor(Int32Array.from({ length: 64 }, (_, i) => i % 10), { device });
    const leaves = [randn([128, 32], { device }), randn([128], { device }), randn([10, 128], { device }), randn([10], { device })].map((t) => t.requiresGrad_());
    const [w, b, v, c] = leaves as [typeof x, typeof x, typeof x, typeof x];
    const { result, rows, calls, table, trace } = await profile(() => {
      const loss = crossEntropy(linear(relu(linear(x, w, b)), v, c), y);
      loss.backward();
      return loss;
    });
    expect(Number.isFinite(await result.item())).toBe(true);
    expect(calls.every(({ device: on, hostMs, selfMs }) => on === device.name && hostMs >= 0 && selfMs >= 0)).toBe(true);
    if (device.timeline !== undefined) expect(rows.some(({ deviceMs }) => deviceMs !== undefined)).toBe(true);
    expect(table().split("\n")[0]).toMatch(/op +calls +MB +host ms +self ms( +compile ms)? +device ms/);
    expect(Array.isArray((JSON.parse(trace()) as { traceEvents: unknown }).traceEvents)).toBe(true);
    tables.push(rows.map(({ name, calls: n, bytes }) => [name, n, bytes] as const).sort(([p], [q]) => (p < q ? -1 : 1)));
    device.dispose();
  }
  expect(tables[0]!.length).toBeGreaterThan(5);
  expect(tables[1]).toEqual(tables[0]);
  expect(tables[2]).toEqual(tables[0]);
});
