/** @file The small integers through the public API: each op on the device gives exactly what it gives on the reference. */
import * as A from "@adjoint/core";
import type { Backend, DType, Tensor } from "@adjoint/core";
import { type Case, check } from "../case.ts";
import { referenceBackend } from "../reference-backend.ts";
import { plain } from "../samples/numbers.ts";

/** x [3, 4], y [4] of the dtype; i int32 [3, 2], indices of columns. */
const calls: { readonly [name: string]: (x: Tensor, y: Tensor, i: Tensor) => Tensor } = {
  add: (x, y) => x.add(y), sub: (x, y) => x.sub(y), mul: (x, y) => x.mul(y), "mul by itself": (x) => x.mul(x), div: (x, y) => x.div(y), remainder: (x, y) => x.remainder(y.add(1)), fmod: (x) => x.fmod(7),
  pow: (x) => x.pow(2), neg: (x) => x.neg(), abs: (x) => x.abs(), sign: (x) => x.sign(), square: (x) => x.square(), maximum: (x, y) => x.maximum(y), minimum: (x, y) => x.minimum(y), clamp: (x) => x.clamp(3, 40),
  "add a number": (x) => x.add(300), "mul by a fraction": (x) => x.mul(0.5), "add bool": (x) => x.add(x.gt(5)), "add float16": (x, y) => x.add(y.half()), eq: (x, y) => x.eq(y), lt: (x, y) => x.lt(y), "eq beyond the range": (x) => x.eq(x.int().add(256)),
  "logical and": (x, y) => x.logicalAnd(y), where: (x, y) => A.where(x.gt(y), x, y), relu: (x) => A.relu(x), sqrt: (x) => x.abs().int().sqrt(),
  sum: (x) => x.sum(), "sum along 0": (x) => x.sum(0), amax: (x) => x.amax(), "amin along 1": (x) => x.amin(1), "max along 1": (x) => x.max(1).values, argmax: (x) => x.argmax(1), argmin: (x) => x.argmin(), all: (x) => x.all(1), any: (x) => x.any(),
  matmul: (x) => x.matmul(x.t()), gather: (x, _, i) => x.gather(1, i), scatterAdd: (x, y, i) => x.scatterAdd(1, i, y.expand([3, 4])), scatter: (x, y, i) => x.scatter(1, i.narrow(1, 0, 1), y.expand([3, 4])), indexSelect: (x, _, i) => x.indexSelect(0, i.select(1, 0).clamp(0, 2)),
  cat: (x, y) => A.cat([x, y.reshape([1, 4])]), "cat with int32": (x) => A.cat([x, x.int()]), stack: (x) => A.stack([x, x.neg()]), "transposed copy": (x) => x.t().contiguous(),
  "in place": (x, y) => x.clone().add_(y).mul_(3).sub_(1), "in place on a view": (x) => { const z = x.clone(); z.t().select(0, 1).fill_(100); return z; },
  "to float16": (x) => x.mul(100).half(), "to bfloat16": (x) => x.mul(100).bfloat16(), "to uint8": (x) => x.byte(), "to int8": (x) => x.mul(77).char(), "to bool": (x) => x.bool(),
};

const leaf = (dtype: DType, shape: readonly number[], seed: number, device: Backend): Tensor =>
  A.tensor(Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, at) => plain(dtype, seed)(at)), { dtype, shape, device });

function results(dtype: DType, device: Backend): { readonly name: string; readonly out: Tensor; }[] {
  const x = leaf(dtype, [3, 4], 1, device), y = leaf(dtype, [4], 2, device), i = A.tensor(Int32Array.of(0, 3, 1, 2, 2, 0), { shape: [3, 2], device });
  return Object.entries(calls).map(([name, call]) => ({ name, out: call(x, y, i) }));
}

async function read(dtype: DType, device: Backend): Promise<{ readonly name: string; readonly dtype: DType; readonly values: readonly number[] }[]> {
  const s = A.scope("integers");
  try {
    return await Promise.all(s.run(() => results(dtype, device)).map(async ({ name, out }) => ({ name, dtype: out.dtype, values: [await out.toArray()].flat(9).map(Number) })));
  } finally {
    s.close();
  }
}

/** Quotients and roots in float32 may be off in the last places; all else is exact. */
const close = (dtype: DType, x: number, y: number): boolean => x === y || (dtype === "float32" && (Math.abs(x - y) <= 2 ** -21 * Math.abs(x) || (x !== x && y !== y)));

/** What int32 cannot hold is its least number, of which small integers keep the low bits. */
const converted: readonly (readonly [given: number, want: { readonly [dtype in "int32" | "int16" | "int8" | "uint8"]: number }])[] = [
  ...[NaN, Infinity, -Infinity, 1e10, -1e10, 2 ** 31, -(2 ** 31)].map((x) => [x, { int32: -(2 ** 31), int16: 0, int8: 0, uint8: 0 }] as const),
  [2147483520, { int32: 2147483520, int16: -128, int8: -128, uint8: 128 }], [40000.5, { int32: 40000, int16: -25536, int8: 64, uint8: 64 }],
  [-1.5, { int32: -1, int16: -1, int8: -1, uint8: 255 }], [-0.5, { int32: 0, int16: 0, int8: 0, uint8: 0 }],
];
const conversions: Case = {
  name: "floats to integers", needs: ["float32", "int32", "int16", "int8", "uint8"],
  async run({ backend }) {
    const x = A.tensor(converted.map(([given]) => given), { device: backend });
    for (const dtype of ["int32", "int16", "int8", "uint8"] as const) {
      const y = A.to(x, dtype), got = await y.toArray(), want = converted.map(([, row]) => row[dtype]);
      check(String(got) === String(want), `${dtype}: ${String(got)}, expected ${String(want)}`);
      y.dispose();
    }
    x.dispose();
  },
};

export const integerSuite = (): readonly Case[] => [conversions, ...(["uint8", "int8", "int16"] as const).map((dtype): Case => ({
  name: `ops of ${dtype}`, needs: [dtype, "float16", "bfloat16", "int32", "float32", "bool"],
  async run({ backend }) {
    const want = await read(dtype, referenceBackend()), got = await read(dtype, backend);
    want.forEach((x, k) => {
      const y = got[k]!;
      check(x.dtype === y.dtype && x.values.length === y.values.length && x.values.every((value, at) => close(x.dtype, value, y.values[at]!)),
        `${x.name} of ${dtype}: ${y.dtype} ${y.values.join()}, expected ${x.dtype} ${x.values.join()}`);
    });
  },
}))];
