/** @file `matmul`: sizes around every tile, batches, two batch dims that do not merge, repeated batches, transposed operands, strided outputs, integers, NaN. */
import { type DType, roundTo } from "@adjoint/core/backend";
import { roundoff } from "../accuracy.ts";
import type { Case } from "../case.ts";
import type { Device } from "../device.ts";
import type { Expected } from "../interval.ts";
import { inputLayouts, type Layout, outputLayouts, type Placement } from "../samples/layouts.ts";
import { fractions, plain } from "../samples/numbers.ts";

type Sizes = readonly [batch: number, m: number, k: number, n: number];
type Value = (at: number) => number;
/** `outer` batches of `batch` matrices each: layouts are given four dims then, else three. */
type Setting = { readonly outer?: number; readonly left?: Layout; readonly right?: Layout; readonly out?: Layout; readonly a?: Value; readonly b?: Value };

/** The last two dims change places; the batch stays outermost. */
const transposedMatrices: Layout = ([b, m, n]) => {
  const size = b! * m! * n!;
  return { shape: [b!, m!, n!], strides: [m! * n!, 1, m!], offset: 2, length: size + 4 };
};
/** One matrix for the whole batch. */
const repeatedMatrix = (matrix: Layout): Layout => ([b, m, n]) => ({ ...matrix([1, m!, n!]), shape: [b!, m!, n!], strides: [0, ...matrix([1, m!, n!]).strides.slice(1)] });
/** The batch is the innermost dim in memory. */
const batchInnermost: Layout = ([b, m, n]) => ({ shape: [b!, m!, n!], strides: [1, n! * b!, b!], offset: 1, length: b! * m! * n! + 3 });
const repeatedRow: Layout = ([b, m, n]) => ({ shape: [b!, m!, n!], strides: [n!, 0, 1], offset: 0, length: b! * n! });

/** Heads of [batch, rows, heads * columns], as attention has them; their transposes; all heads and all batches of one. */
const heads: Layout = ([c, b, m, n]) => ({ shape: [c!, b!, m!, n!], strides: [m! * b! * n!, n!, b! * n!, 1], offset: 4, length: c! * b! * m! * n! + 8 });
const turnedHeads: Layout = ([c, b, m, n]) => ({ shape: [c!, b!, m!, n!], strides: [m! * b! * n!, m!, 1, b! * m!], offset: 0, length: c! * b! * m! * n! });
const repeated = (dim: 0 | 1): Layout => (shape) => {
  const once = heads(shape.map((size, d) => (d === dim ? 1 : size)));
  return { ...once, shape, strides: once.strides.map((stride, d) => (d === dim ? 0 : stride)) };
};
const headLayouts: { readonly [name: string]: Layout } = { heads, turnedHeads, oneForAllHeads: repeated(1), oneForAllBatches: repeated(0), dense: inputLayouts.dense, reversed: inputLayouts.reversed };

const { dense, offset, padded, stepped, reversed, repeatedScalar } = inputLayouts;
const layouts: { readonly [name: string]: Layout } = {
  dense, offset, transposedMatrices, padded, stepped, reversed, repeatedMatrix: repeatedMatrix(dense), repeatedTransposed: repeatedMatrix(transposedMatrices),
  batchInnermost, repeatedRow, repeatedScalar,
};

function checkMatmul(device: Device, dtype: DType, [batch, m, k, n]: Sizes, setting: Setting = {}): void {
  const { outer, left = inputLayouts.dense, right = inputLayouts.dense, out = outputLayouts.dense, a = fractions(dtype, 1), b = fractions(dtype, 2) } = setting;
  const place = (layout: Layout, rows: number, columns: number): Placement => {
    if (outer !== undefined) return layout([outer, batch, rows, columns]);
    const at = layout([batch, rows, columns]);
    return { ...at, shape: [1, ...at.shape], strides: [0, ...at.strides] };
  };
  const places: readonly Placement[] = [place(left, m, k), place(right, k, n), place(out, m, n)];
  const x = device.input(dtype, places[0]!, a), y = device.input(dtype, places[1]!, b), output = device.output(dtype, places[2]!);
  const expected: Expected[] = [];
  for (let i = 0; i < (outer ?? 1) * batch; i++) for (let row = 0; row < m; row++) for (let column = 0; column < n; column++) {
    const pairs = Array.from({ length: k }, (_, l) => [x.block.host[x.positions[(i * m + row) * k + l]!]!, y.block.host[y.positions[(i * k + l) * n + column]!]!] as const);
    expected.push(innerProduct(dtype, pairs));
  }
  device.run("matmul", [x, y], [output], {});
  device.expect(`[${outer ?? 1}, ${batch}, ${m}, ${k}] x [${outer ?? 1}, ${batch}, ${k}, ${n}]`, [{ output, expected }]);
}

/** In any order, contracted or not: k products and k - 1 sums, each rounded once at most. */
function innerProduct(dtype: DType, pairs: readonly (readonly [number, number])[]): Expected {
  if (dtype === "int32") return pairs.reduce((sum, [x, y]) => (sum + Math.imul(x, y)) | 0, 0);
  const sum = pairs.reduce((s, [x, y]) => s + x * y, 0), magnitude = pairs.reduce((s, [x, y]) => s + Math.abs(x * y), 0);
  if (!Number.isFinite(magnitude)) return sum;
  const slack = 1.01 * pairs.length * roundoff(dtype) * magnitude;
  return { low: roundTo(dtype, sum - slack), high: roundTo(dtype, sum + slack), nan: false };
}

const dtypes = ["float32", "float64", "int32"] as const;
const small = [1, 2, 3, 4, 5, 7, 8, 9] as const;
const valuesOf = (dtype: DType, seed: number): Value => (dtype === "int32" ? plain(dtype, seed) : fractions(dtype, seed));
const of = (dtype: DType, setting: Setting = {}): Setting => ({ a: valuesOf(dtype, 1), b: valuesOf(dtype, 2), ...setting });

export const matmulCases: readonly Case[] = [
  ...dtypes.flatMap((dtype): Case[] => [
    ...small.map((m): Case => ({
      name: `matmul ${dtype} of ${m} rows`, needs: [dtype],
      run: (device) => small.forEach((k) => small.forEach((n) => checkMatmul(device, dtype, [1, m, k, n], of(dtype)))),
    })),
    { name: `matmul ${dtype} 17 x 33 x 65`, needs: [dtype], run: (device) => checkMatmul(device, dtype, [1, 17, 33, 65], of(dtype)) },
    {
      name: `matmul ${dtype} of odd sizes`, needs: [dtype],
      run: (device) => ([[1, 64, 64, 64], [1, 1, 300, 1], [1, 1, 70, 130], [1, 130, 70, 1], [1, 31, 1, 29], [1, 66, 5, 6], [2, 19, 40, 35], [1, 100, 12, 100]] as const)
        .forEach((sizes) => checkMatmul(device, dtype, sizes, of(dtype))),
    },
    {
      name: `matmul ${dtype} in batches`, needs: [dtype],
      run: (device) => ([[2, 3, 4, 5], [7, 1, 3, 2], [33, 2, 2, 2], [3, 16, 8, 16]] as const).forEach((sizes) => checkMatmul(device, dtype, sizes, of(dtype))),
    },
  ]),
  ...(["float32", "int32"] as const).flatMap((dtype) => Object.keys(layouts).map((left): Case => ({
    name: `matmul ${dtype} ${left}`, needs: [dtype],
    run: (device) => Object.keys(layouts).forEach((right) => ([[1, 5, 6, 7], [3, 4, 9, 5], [2, 17, 8, 18]] as const)
      .forEach((sizes) => checkMatmul(device, dtype, sizes, of(dtype, { left: layouts[left]!, right: layouts[right]! })))),
  }))),
  ...(["float32", "int32"] as const).flatMap((dtype) => Object.keys(headLayouts).map((left): Case => ({
    name: `matmul ${dtype} of two batch dims, ${left}`, needs: [dtype],
    run: (device) => Object.keys(headLayouts).forEach((right) => (["dense", "heads"] as const).forEach((out) => ([[2, 5, 6, 7], [3, 4, 8, 8]] as const)
      .forEach((sizes) => checkMatmul(device, dtype, sizes, of(dtype, { outer: 2, left: headLayouts[left]!, right: headLayouts[right]!, out: headLayouts[out]! }))))),
  }))),
  ...Object.entries({ ...outputLayouts, transposedMatrices, batchInnermost }).map(([name, out]): Case => ({
    name: `matmul into ${name}`, needs: ["float32"],
    run: (device) => ([[1, 1, 1, 1], [1, 5, 3, 6], [3, 4, 5, 9], [2, 16, 4, 20]] as const).forEach((sizes) => checkMatmul(device, "float32", sizes, { out })),
  })),
  {
    name: "matmul of NaN, infinities and zeros", needs: ["float32"],
    run: (device) => {
      const at = (special: number, where: number): Value => (i) => (i === where ? special : plain("float32")(i));
      for (const special of [NaN, Infinity, -Infinity])
        for (const sizes of [[1, 3, 4, 5], [1, 9, 17, 10]] as const) {
          checkMatmul(device, "float32", sizes, { a: at(special, 5), b: plain("float32", 2) });
          checkMatmul(device, "float32", sizes, { a: (i) => (i % 3) - 1, b: at(special, 6) });
          checkMatmul(device, "float32", sizes, { a: () => 0, b: at(special, 6) });
        }
    },
  },
  { name: "matmul int32 wraps", needs: ["int32"], run: (device) => checkMatmul(device, "int32", [1, 5, 9, 6], { a: (i) => 2147483647 - i * 7, b: (i) => 123456789 * (i % 5) - i }) },
  {
    name: "matmul of one operand with itself", needs: ["float32"],
    run: (device) => {
      const x = device.input("float32", inputLayouts.dense([1, 2, 6, 6]), plain("float32")), output = device.output("float32", outputLayouts.dense([1, 2, 6, 6]));
      const expected = output.positions.map((_, e) => {
        const i = Math.floor(e / 36), row = Math.floor(e / 6) % 6, column = e % 6;
        return Array.from({ length: 6 }, (_unused, l) => x.block.host[i * 36 + row * 6 + l]! * x.block.host[i * 36 + l * 6 + column]!).reduce((s, v) => s + v);
      });
      device.run("matmul", [x, x], [output], {});
      device.expect("x x", [{ output, expected }]);
    },
  },
];
