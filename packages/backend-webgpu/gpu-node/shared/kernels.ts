/** @file The kernels against references on the host: one list of checks, run in Node and in browsers. */
import { inputLayouts, type KernelCheck, type Layout, mismatch, operand, outputLayouts, Random, types, valueOf, valuesOf } from "./harness.ts";
import { mapChecks } from "./map-checks.ts";
import { reduceChecks } from "./reduce-checks.ts";

const otherChecks: readonly KernelCheck[] = [
  {
    name: "matmul: sizes 1 to 20, batches, any strides, float32 and int32",
    run: async (device) => {
      const random = new Random(6);
      for (let turn = 0; turn < 24; turn++) {
        const dtype = random.pick(["float32", "float32", "int32"] as const);
        const outer = random.int(1, 2), inner = random.int(1, 3), b = outer * inner, [m, n, k] = [random.int(1, 20), random.int(1, 20), random.int(1, 20)];
        const value = (): number => (dtype === "float32" ? Math.fround(random.next() * 2 - 1) : random.int(-1e6, 1e6));
        const layouts = ["dense", "offset", "transposed", "stepped", "negative"] as const;
        const x = operand(device, random, dtype, [outer, inner, m, k], random.pick(layouts), value), y = operand(device, random, dtype, [outer, inner, k, n], random.pick(inputLayouts), value);
        const out = operand(device, random, dtype, [outer, inner, m, n], random.pick(outputLayouts));
        device.kernels.matmul([x.view, y.view], [out.view], {});
        const expected: number[] = [], scales: number[] = [];
        for (let i = 0; i < b * m * n; i++) {
          const batch = Math.floor(i / (m * n)), row = Math.floor(i / n) % m, column = i % n;
          let sum = 0, scale = 0;
          for (let t = 0; t < k; t++) {
            const u = x.values[(batch * m + row) * k + t]!, v = y.values[(batch * k + t) * n + column]!;
            sum = dtype === "int32" ? (sum + Math.imul(u, v)) | 0 : sum + u * v;
            scale += Math.abs(u * v);
          }
          expected.push(sum);
          scales.push(scale);
        }
        mismatch(`matmul ${dtype} ${b}x${m}x${k}x${n}`, await valuesOf(device, out), expected, dtype === "int32" ? 0 : k, scales);
      }
    },
  },
  ...([
    { name: "gather and scatter: every dim, layout and dtype, equal indices added", shapes: [[6], [4, 5], [3, 4, 2], [2, 3, 2, 2, 2]], dims: 0, indices: ["dense", "transposed", "negative", "offset"], layouts: outputLayouts },
    // An index for a row of fours: its elements go together.
    { name: "gather and scatter of whole rows", shapes: [[6, 8], [3, 5, 4], [2, 3, 2, 2, 4]], dims: 1, indices: ["column"], layouts: ["dense", "aligned"] },
  ] satisfies readonly { name: string; shapes: readonly (readonly number[])[]; dims: number; indices: readonly Layout[]; layouts: readonly Layout[] }[]).map((of): KernelCheck => ({
    name: of.name,
    run: async (device) => {
      const random = new Random(7);
      for (const shape of of.shapes)
        for (const dtype of types)
          for (const mode of ["gather", "set", "add"] as const) {
            const dim = random.int(0, shape.length - 1 - of.dims), size = random.int(1, 7);
            const indexed = shape.map((s, d) => (d === dim ? size : s));
            // Distinct indices for "set", so that the result is one.
            const index = operand(device, random, "int32", mode === "set" ? indexed : shape, random.pick(of.indices), () => random.int(0, size - 1));
            const value = (): number => (dtype === "float32" ? random.int(-9, 9) : valueOf(random, dtype));
            const big = operand(device, random, dtype, indexed, random.pick(of.layouts), value);
            const small = operand(device, random, dtype, index.view.shape, random.pick(of.layouts), value);
            const target = (i: number): number => {
              let stride = 1;
              for (let d = dim + 1; d < shape.length; d++) stride *= shape[d]!;
              const outer = Math.floor(i / (stride * index.view.shape[dim]!));
              return (outer * size + index.values[i]!) * stride + (i % stride);
            };
            if (mode === "gather") {
              device.kernels.gather([big.view, index.view], [small.view], { dim });
              mismatch(`gather ${dtype}`, await valuesOf(device, small), index.values.map((_, i) => big.values[target(i)]!), 0);
              continue;
            }
            device.kernels.scatter([index.view, small.view], [big.view], { dim, mode });
            const wanted = big.values.slice(), options = new Map<number, number[]>();
            index.values.forEach((_, i) => {
              const at = target(i), v = small.values[i]!;
              options.set(at, [...(options.get(at) ?? []), v]);
              wanted[at] = mode === "set" ? v : dtype === "bool" ? wanted[at]! | v : dtype === "int32" ? (wanted[at]! + v) | 0 : wanted[at]! + v;
            });
            const actual = await valuesOf(device, big);
            if (mode === "set") actual.forEach((v, at) => { if ((options.get(at) ?? []).some((o) => Object.is(o, v))) wanted[at] = v; });
            mismatch(`scatter ${mode} ${dtype}`, actual, wanted, 0);
          }
    },
  })),
];

export const kernelChecks: readonly KernelCheck[] = [...mapChecks, ...reduceChecks, ...otherChecks];
