/** @file The other primitives against plain loops: reduce, argReduce, copy, gather, scatter, matmul. */
import { type DType, IndexError, program, type ReduceOp, scalar } from "@adjoint/core/backend";
import { expect, test } from "vitest";
import { wasm, wasmStats } from "../src/index.ts";
import { generator, hold, isClose, type Layout, mapReference, result, valueOf } from "./support.ts";

const backend = await wasm();
const { arg, param, mul, add, index, cast } = scalar;
const dense = (shape: number[], offset = 0): Layout => {
  const strides = shape.map((_, d) => shape.slice(d + 1).reduce((a, b) => a * b, 1));
  return { shape, strides, offset };
};
const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Dims in a random memory order; where `isInput`, some repeated or reversed. */
function anyLayout(shape: number[], random: (below: number) => number, isInput: boolean): Layout {
  const order = shape.map((_, d) => d);
  if (random(2)) order.sort(() => random(3) - 1);
  const strides = shape.map(() => 0);
  let step = random(4) === 0 ? 2 : 1, offset = random(5);
  for (const d of order.reverse()) {
    strides[d] = step;
    step *= shape[d] + (random(3) === 0 ? 1 : 0);
  }
  if (isInput) shape.forEach((size, d) => {
    const choice = random(8);
    if (choice === 0) strides[d] = 0;
    if (choice === 1) {
      offset += (size - 1) * strides[d];
      strides[d] *= -1;
    }
  });
  return { shape, strides, offset };
}

/** The scalar loops of the references are slow, the more so on a busy machine. */
const patience = 30_000;
const combine: { readonly [O in ReduceOp]: (dtype: DType, a: number, b: number) => number } = {
  sum: (dtype, a, b) => (dtype === "float32" ? a + b : (a + b) | 0),
  prod: (dtype, a, b) => (dtype === "float32" ? a * b : Math.imul(a, b)),
  max: (_, a, b) => Math.max(a, b),
  min: (_, a, b) => Math.min(a, b),
};

test.each(["sum", "prod", "max", "min"] as const)("reduce by %s: dtypes, layouts, prologues", (op) => {
  const random = generator(7);
  for (let round = 0; round < 300; round++) {
    const dtype = (["float32", "int32", "bool"] as const)[op === "max" || op === "min" ? random(3) : random(2)];
    const shape = Array.from({ length: 1 + random(4) }, () => 2 + random(random(9) === 0 ? 40 : 6)), reduced = 1 + random(shape.length);
    const x = arg(0, dtype), y = arg(1, dtype);
    const prologue = dtype === "bool" ? scalar.xor(x, y) : [x, mul(x, y), add(cast(index, dtype), y), mul(add(x, y), param(0, dtype))][random(4)];
    const p = program("prologue", [dtype, dtype], [dtype], [prologue]);
    const value = () => (dtype === "float32" ? (random(30) === 0 ? NaN : (random(64) - 31) / (op === "prod" ? 32 : 4)) : valueOf(dtype, random));
    const inputs = [0, 1].map(() => hold(backend, dtype, anyLayout(shape, random, true), value));
    const kept = shape.slice(0, shape.length - reduced), out = hold(backend, dtype, anyLayout(kept, random, false), () => 0);
    backend.kernels.reduce(inputs.map((h) => h.view), [out.view], { program: p, params: [2], op, reduced });
    const values = mapReference(p, inputs, [2], sizeOf(shape)).map(([v]) => v), count = sizeOf(shape.slice(-reduced));
    result(backend, out).forEach((got, i) => {
      const part = values.slice(i * count, (i + 1) * count), want = part.reduce((a, b) => combine[op](dtype, a, b));
      const scale = op === "sum" ? part.reduce((a, b) => a + Math.abs(b), 0) : Math.abs(want);
      const isRight = isClose(dtype, got, want, 0) || (dtype === "float32" && (Math.abs(got - want) <= 1e-5 * scale + 1e-37 || (Math.abs(want) > 1e38 && Math.abs(got) > 1e38)));
      if (!isRight) expect.fail(`${op} of ${dtype} ${shape}, ${reduced} reduced, ${inputs.map((h) => `(${h.view.strides})`)}: [${i}] is ${got}, expected ${want}`);
    });
    for (const h of [...inputs, out]) backend.free(h.view.buffer);
  }
}, patience);

test.each([264, 1024])("sums across %i rows that lie a power of two apart", (rows) => {
  const random = generator(rows), columns = 516, across = [1, 1024], x = arg(0, "float32"), y = arg(1, "float32");
  const numbers = (dtype: "float32" | "int32", strides: readonly number[]) => hold(backend, dtype, { shape: [columns, rows], strides, offset: 4 }, () => (random(2001) - 1000) / (dtype === "int32" ? 1 : 8));
  const a = numbers("float32", across), n = numbers("int32", across), product = program("product", ["float32", "float32"], [], [mul(x, y)]);
  const times = (strides: readonly number[]) => { const b = numbers("float32", strides); return { p: product, inputs: [a, b], of: (i: number) => a.values[i] * b.values[i] }; };
  const cases = [
    times(across), times([0, 1]), times([1, 0]), // full, one for each row, one for each column
    { p: program("less one", ["float32"], [], [add(x, -1)]), inputs: [a], of: (i: number) => a.values[i] - 1 }, { p: program("whole", ["int32"], [], [arg(0, "int32")]), inputs: [n], of: (i: number) => n.values[i] },
  ];
  for (const { p, inputs, of } of cases) for (const stride of [1, 2]) {
    const out = hold(backend, p.args[0], { shape: [columns], strides: [stride], offset: 0 }, () => 7);
    backend.kernels.reduce(inputs.map(({ view }) => view), [out.view], { program: p, params: [], op: "sum", reduced: 1 });
    result(backend, out).forEach((got, c) => {
      let want = 0, scale = 0;
      for (let r = 0; r < rows; r++) {
        want += of(c * rows + r);
        scale += Math.abs(of(c * rows + r));
      }
      if (!(Math.abs(got - want) <= 1e-6 * scale)) expect.fail(`${p.name}, inputs ${inputs.map(({ view }) => `(${view.strides})`)}, output ${stride} apart: [${c}] is ${got}, expected ${want}`);
    });
    backend.free(out.view.buffer);
  }
});

test("long sums are as exact as pairwise ones, along and across rows", () => {
  const p = program("plain", ["float32"], [], [arg(0, "float32")]), random = generator(5);
  for (const n of [1000, 65_537, 300_003]) for (const layout of [dense([n]), { shape: [n, 3], strides: [3, 1], offset: 0 }]) {
    const isAcross = layout.shape.length === 2;
    const x = hold(backend, "float32", layout, () => Math.fround(0.1 + random(1000) / 1000));
    const out = hold(backend, "float32", dense(isAcross ? [3] : []), () => 0);
    const view = isAcross ? { ...x.view, shape: [3, n], strides: [1, 3], size: 3 * n, dense: false } : x.view;
    backend.kernels.reduce([view], [out.view], { program: p, params: [], op: "sum", reduced: 1 });
    result(backend, out).forEach((got, i) => {
      const want = isAcross ? x.values.reduce((sum, v, j) => (j % 3 === i ? sum + v : sum), 0) : x.values.reduce((a, b) => a + b, 0);
      expect(Math.abs(got - want) / want).toBeLessThan(Math.log2(n) * 2 ** -24);
    });
    for (const h of [x, out]) backend.free(h.view.buffer);
  }
});

test.each(["max", "min"] as const)("argReduce by %s finds the first extremum; NaN wins", (op) => {
  const random = generator(11);
  for (let round = 0; round < 300; round++) {
    const dtype = (["float32", "int32", "bool"] as const)[random(3)];
    const shape = Array.from({ length: 1 + random(3) }, () => 2 + random(9)), reduced = 1 + random(shape.length);
    const x = hold(backend, dtype, anyLayout(shape, random, true), () => (dtype === "float32" ? (random(12) === 0 ? NaN : random(7) - 3) : dtype === "bool" ? random(2) : random(7) - 3));
    const out = hold(backend, "int32", anyLayout(shape.slice(0, -reduced), random, false), () => 0), count = sizeOf(shape.slice(-reduced));
    backend.kernels.argReduce([x.view], [out.view], { op, reduced });
    result(backend, out).forEach((got, i) => {
      const row = x.values.slice(i * count, (i + 1) * count);
      let want = row.findIndex((v) => v !== v);
      if (want < 0) want = row.indexOf(op === "max" ? Math.max(...row) : Math.min(...row));
      expect(got).toBe(want);
    });
    for (const h of [x, out]) backend.free(h.view.buffer);
  }
});

test("copy: any strides to any strides", () => {
  const random = generator(13);
  for (let round = 0; round < 400; round++) {
    const dtype = (["float32", "int32", "bool"] as const)[random(3)];
    const rank = 1 + random(4), shape = Array.from({ length: rank }, () => 2 + random(rank < 3 && random(4) === 0 ? 90 : 5));
    const x = hold(backend, dtype, anyLayout(shape, random, true), () => valueOf(dtype, random)), out = hold(backend, dtype, anyLayout(shape, random, false), () => 0);
    backend.kernels.copy([x.view], [out.view], {});
    expect(result(backend, out)).toEqual(x.values);
    for (const h of [x, out]) backend.free(h.view.buffer);
  }
});

test("gather and scatter", () => {
  const random = generator(17);
  for (let round = 0; round < 400; round++) {
    const dtype = (["float32", "int32", "bool"] as const)[random(3)], mode = dtype === "bool" ? "set" : (["set", "add"] as const)[random(2)];
    const shape = Array.from({ length: 1 + random(3) }, () => 2 + random(6)), dim = random(shape.length), far = 1 + random(7);
    const farShape = shape.map((size, d) => (d === dim ? far : size));
    const places = hold(backend, "int32", anyLayout(shape, random, true), () => random(far));
    const x = hold(backend, dtype, anyLayout(farShape, random, true), () => random(2)), out = hold(backend, dtype, anyLayout(shape, random, false), () => 0);
    backend.kernels.gather([x.view, places.view], [out.view], { dim });
    const steps = dense(farShape).strides, where = places.values.map((j, e) => {
      let rest = e, at = 0;
      for (let d = shape.length - 1; d >= 0; d--) {
        const i = rest % shape[d];
        rest = (rest - i) / shape[d];
        at += (d === dim ? j : i) * steps[d];
      }
      return at;
    });
    expect(result(backend, out)).toEqual(where.map((at) => x.values[at]));
    const target = hold(backend, dtype, anyLayout(farShape, random, false), () => random(2));
    backend.kernels.scatter([places.view, out.view], [target.view], { dim, mode });
    const want = [...target.values], source = where.map((at) => x.values[at]);
    where.forEach((at, e) => { want[at] = mode === "add" ? want[at] + source[e] : source[e]; });
    expect(result(backend, target)).toEqual(want); // equal indices hold equal values here: the source was gathered
    for (const h of [places, x, out, target]) backend.free(h.view.buffer);
  }
});

test("an index out of range is an error, and nothing is written", () => {
  for (const wrong of [3, -1]) {
    const x = hold(backend, "float32", dense([3, 4]), (i) => i), places = hold(backend, "int32", { shape: [2, 4], strides: [1, 0], offset: 0 }, (i) => (i === 1 ? wrong : 0));
    const out = hold(backend, "float32", dense([2, 4]), () => 7);
    const message = `index ${wrong} is out of bounds for dimension 0 with size 3`;
    expect(() => backend.kernels.gather([x.view, places.view], [out.view], { dim: 0 })).toThrow(new IndexError(message));
    expect(() => backend.kernels.scatter([places.view, out.view], [x.view], { dim: 0, mode: "add" })).toThrow(message);
    expect(result(backend, out)).toEqual(out.values);
    expect(result(backend, x)).toEqual(x.values);
  }
});

function checkMatmul(dtype: DType, [batch, m, k, n]: readonly [number, number, number, number], random: (below: number) => number, outer = 1): void {
  const operand = (shape: number[], isInput: boolean): Layout => {
    const layout = random(2) ? dense(shape, random(4)) : anyLayout(shape, random, isInput);
    return isInput && random(4) === 0 ? { ...layout, strides: layout.strides.map((stride, d) => (d === 0 || d === 1 && outer === 1 ? 0 : stride)) } : layout;
  };
  const value = () => random(17) - 8;
  const a = hold(backend, dtype, operand([outer, batch, m, k], true), value), b = hold(backend, dtype, operand([outer, batch, k, n], true), value), out = hold(backend, dtype, operand([outer, batch, m, n], false), () => 1);
  backend.kernels.matmul([a.view, b.view], [out.view], {});
  const got = result(backend, out);
  for (let i = 0; i < outer * batch; i++) for (let r = 0; r < m; r++) for (let c = 0; c < n; c++) {
    let want = 0;
    for (let j = 0; j < k; j++) want += a.values[(i * m + r) * k + j] * b.values[(i * k + j) * n + c];
    const at = (i * m + r) * n + c;
    if (got[at] !== want) expect.fail(`matmul ${dtype} [${outer}, ${batch}, ${m}, ${k}, ${n}] a (${a.view.strides}) b (${b.view.strides}) out (${out.view.strides}): [${i}, ${r}, ${c}] is ${got[at]}, expected ${want}`);
  }
  for (const h of [a, b, out]) backend.free(h.view.buffer);
}

test("matmul over odd sizes and strides", () => {
  const random = generator(19);
  for (let round = 0; round < 200; round++) checkMatmul(random(4) ? "float32" : "int32", [1 + random(3), 1 + random(20), 1 + random(20), 1 + random(20)], random, 1 + random(2));
  // beyond one block of depth, rows, columns; vectors; few rows
  for (const size of [[1, 97, 260, 35], [2, 70, 33, 77], [1, 101, 515, 20], [1, 34, 66, 2051], [1, 1, 700, 300], [1, 100, 4100, 1], [1, 5, 300, 90]] as const)
    for (let round = 0; round < 2; round++) checkMatmul("float32", size, random);
}, patience);

test("a new shape compiles nothing, and steady work needs no more memory", () => {
  const random = generator(23), p = program("plain", ["float32"], [], [arg(0, "float32")]);
  const work = (n: number): void => {
    checkMatmul("float32", [1, n, n, n], () => 1);
    const x = hold(backend, "float32", dense([n, n]), () => 1), out = hold(backend, "float32", dense([n]), () => 0), first = hold(backend, "int32", dense([n]), () => 0);
    for (const view of [x.view, { ...x.view, strides: [1, n], dense: false }]) {
      backend.kernels.reduce([view], [out.view], { program: p, params: [], op: "sum", reduced: 1 });
      backend.kernels.argReduce([view], [first.view], { op: "max", reduced: 1 });
    }
    expect(result(backend, out)).toEqual(new Array(n).fill(n));
    for (const h of [x, out, first]) backend.free(h.view.buffer);
  };
  for (const n of [1, 2, 90]) work(n);
  const before = wasmStats(backend);
  for (let round = 0; round < 60; round++) work(1 + random(90));
  expect(wasmStats(backend)).toEqual(before);
});
