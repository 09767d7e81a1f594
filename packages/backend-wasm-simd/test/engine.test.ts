/** @file What depends on the engine: without relaxed SIMD, what compiling takes, and out of memory inside a kernel. */
import { profile, tensor } from "@adjoint/core";
import { OutOfMemoryError, program, scalar } from "@adjoint/core/backend";
import { describe, expect, test } from "vitest";
import { hasRelaxedSimd } from "../src/asm/features.ts";
import { backendOn } from "../src/backend.ts";
import { Engine } from "../src/engine.ts";
import { wasm, wasmStats } from "../src/index.ts";
import { generator, hold, result } from "./support.ts";

describe.each([...(hasRelaxedSimd() ? [["with relaxed SIMD", true] as const] : []), ["without relaxed SIMD", false] as const])("%s", (_, relaxed) => {
  const backend = backendOn(new Engine(2 ** 28, relaxed)), random = generator(1), { arg, add, sub, mul, select, lt } = scalar;
  const whole = (shape: number[]) => hold(backend, "float32", { shape, strides: shape.map((__, d) => shape.slice(d + 1).reduce((a, b) => a * b, 1)), offset: 0 }, () => random(17) - 8);
  const x = arg(0, "float32"), y = arg(1, "float32");

  test("sums of products, choices", () => {
    const p = program("mixed", ["float32", "float32"], [], [add(mul(x, y), x), sub(x, mul(y, y)), select(lt(x, y), add(x, mul(x, x)), y)]);
    const a = whole([1003]), b = whole([1003]), outputs = [whole([1003]), whole([1003]), whole([1003])];
    backend.kernels.map([a.view, b.view], outputs.map((h) => h.view), { program: p, params: [] });
    const [u, v, w] = outputs.map((h) => result(backend, h)) as [number[], number[], number[]];
    a.values.forEach((s, i) => {
      const t = b.values[i];
      expect([u[i], v[i], w[i]]).toEqual([s * t + s, s - t * t, s < t ? s + s * s : t]);
    });
  });

  test("one channel a group, line by line", () => {
    const image = whole([2, 1, 1, 1, 5, 25]), filter = whole([2, 1, 1, 1, 2, 3]), out = whole([2, 1, 1, 1, 4, 23]), ones = [1, 1, 1] as const;
    backend.kernels.conv([image.view, filter.view], [out.view], { stride: ones, padding: [0, 0, 0], dilation: ones, spread: ones });
    expect(result(backend, out)).toEqual(Array.from({ length: 2 * 4 * 23 }, (__, e) => {
      const g = Math.floor(e / 92), h = Math.floor(e / 23) % 4, w = e % 23;
      return filter.values.slice(6 * g, 6 * g + 6).reduce((sum, v, k) => sum + v * image.values[125 * g + (h + Math.floor(k / 3)) * 25 + w + (k % 3)], 0);
    }));
  });

  test("dot products, matrices", () => {
    const p = program("dot", ["float32", "float32"], [], [mul(x, y)]), a = whole([7, 501]), b = whole([7, 501]), out = whole([7]);
    backend.kernels.reduce([a.view, b.view], [out.view], { program: p, params: [], op: "sum", reduced: 1 });
    expect(result(backend, out)).toEqual(Array.from({ length: 7 }, (__, r) => a.values.slice(r * 501, r * 501 + 501).reduce((sum, s, i) => sum + s * b.values[r * 501 + i], 0)));
    for (const n of [5, 70]) {
      const m = whole([1, 1, n, n]), k = whole([1, 1, n, n]), product = whole([1, 1, n, n]);
      backend.kernels.matmul([m.view, k.view], [product.view], {});
      expect(result(backend, product)).toEqual(Array.from({ length: n * n }, (__, e) => {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += m.values[Math.floor(e / n) * n + i] * k.values[i * n + (e % n)];
        return sum;
      }));
    }
  });
});

test("a profile tells what compiling took, once", async () => {
  const device = await wasm(), x = tensor([[1, 2], [3, 4]], { device }), run = (): unknown => x.mul(3).add(x.exp().sum(1)).sin();
  const first = await profile(run), again = await profile(run), compiled = (rows: typeof first.rows): number => rows.reduce((sum, { compileMs }) => sum + compileMs!, 0);
  expect(compiled(first.rows)).toBeGreaterThan(0);
  expect(compiled(first.rows)).toBeCloseTo(wasmStats(device).compileMs, 6);
  expect(first.rows.every(({ compileMs, selfMs }) => compileMs! >= 0 && compileMs! <= selfMs)).toBe(true);
  expect(first.table()).toContain("compile ms");
  expect(compiled(again.rows)).toBe(0);
});

test("a kernel that runs out of memory throws, leaks nothing, and the device goes on", () => {
  const backend = backendOn(new Engine(160_000)), p = program("plain", ["float32"], [], [scalar.arg(0, "float32")]);
  const x = hold(backend, "float32", { shape: [120, 120], strides: [1, 120], offset: 0 }, (i) => i), before = wasmStats(backend).liveBytes;
  const out = hold(backend, "float32", { shape: [120, 120], strides: [120, 1], offset: 0 }, () => 0), live = wasmStats(backend).liveBytes;
  expect(() => backend.kernels.map([x.view], [out.view], { program: p, params: [] })).toThrow(OutOfMemoryError);
  expect(wasmStats(backend).liveBytes).toBe(live);
  backend.free(out.view.buffer);
  expect(wasmStats(backend).liveBytes).toBe(before);
  const small = hold(backend, "float32", { shape: [4], strides: [1], offset: 0 }, () => 2);
  backend.kernels.map([small.view], [small.view], { program: p, params: [] });
  expect(result(backend, small)).toEqual([2, 2, 2, 2]);
});
