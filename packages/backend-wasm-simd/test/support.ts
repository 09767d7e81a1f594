/** @file Random views and programs, and the plain reference of every kernel, for this package's own tests. */
import { type Backend, type DType, dtypes, type Expr, evaluate, type Program, scalar, type TypedArray, View } from "@adjoint/core/backend";

/** A small generator with a seed, so that a failure can be repeated. */
export function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export type Layout = { readonly shape: readonly number[]; readonly strides: readonly number[]; readonly offset: number };
export type Held = { readonly view: View; readonly values: number[]; readonly whole: TypedArray };

export function positions({ shape, strides, offset }: Layout): Int32Array {
  let at = Int32Array.of(offset);
  shape.forEach((size, d) => {
    const next = new Int32Array(at.length * size);
    for (let p = 0, k = 0; p < at.length; p++) for (let i = 0; i < size; i++) next[k++] = at[p] + i * strides[d];
    at = next;
  });
  return at;
}

/** A view on a new buffer, filled by `value`, with room round it that kernels must leave alone. */
export function hold(backend: Backend, dtype: DType, layout: Layout, value: (i: number) => number): Held {
  const at = positions(layout), spans = layout.shape.map((size, d) => (size - 1) * layout.strides[d]);
  const low = spans.reduce((sum, span) => sum + Math.min(span, 0), layout.offset), high = spans.reduce((sum, span) => sum + Math.max(span, 0), layout.offset);
  const shift = Math.max(-low, 0), whole = dtypes[dtype].hostArray(high + shift + 6);
  for (let i = 0; i < whole.length; i++) whole[i] = value(i);
  const buffer = backend.allocate(dtype, whole.length);
  backend.write(buffer, 0, whole);
  const size = at.length, offset = layout.offset + shift;
  const isDense = at.every((p, i) => p === layout.offset + i);
  const view = new View(buffer, dtype, layout.shape, layout.strides, offset, size, isDense);
  return { view, values: Array.from(at, (p) => whole[p + shift]), whole };
}

/** What the view shows now; throws if an element outside it changed. */
export function result(backend: Backend, { view, whole }: Held): number[] {
  const now = backend.readSync!(view.buffer, 0, whole.length), at = positions(view), inside = new Uint8Array(now.length);
  for (const p of at) inside[p] = 1;
  for (let i = 0; i < now.length; i++)
    if (inside[i] === 0 && !Object.is(now[i], whole[i])) throw new Error(`element ${i} outside the view became ${now[i]}`);
  return Array.from(at, (p) => now[p]);
}

export const special: readonly number[] = [0, -0, 1, -1, 0.5, 2.5, -1.5, Infinity, -Infinity, NaN, 1e-40, 3e38, -7.25, 1e10];
export function valueOf(dtype: DType, random: (below: number) => number): number {
  if (dtype === "bool") return random(2);
  if (dtype === "int32") return random(4) === 0 ? [0, -1, 2147483647, -2147483648][random(4)] : random(200) - 100;
  return random(4) === 0 ? special[random(special.length)] : Math.fround((random(20001) - 10000) / 512);
}

/** Equal up to `ulps` units in the last place; NaN is equal to NaN. */
export function isClose(dtype: DType, got: number, want: number, ulps: number): boolean {
  if (got === want || (got !== got && want !== want)) return true;
  if (dtype !== "float32" || !Number.isFinite(want)) return false;
  return Math.abs(got - want) <= ulps * Math.max(Math.abs(want) * 2 ** -23, 2 ** -126);
}

export const mapReference = (p: Program, inputs: readonly Held[], params: readonly number[], size: number): number[][] =>
  Array.from({ length: size }, (_, i) => evaluate(p, inputs.map((x) => x.values[i]), params, i));

/** Every instruction once, for one dtype: name and expression. */
export function everyInstruction(dtype: DType): [string, Expr][] {
  const x = scalar.arg(0, dtype), y = scalar.arg(1, dtype), { kind } = dtypes[dtype];
  const rows: [string, Expr][] = [["eq", scalar.eq(x, y)], ["lt", scalar.lt(x, y)], ["le", scalar.le(x, y)], ["select", scalar.select(scalar.lt(x, y), x, y)]];
  for (const to of ["float32", "int32", "bool"] as const) if (to !== dtype) rows.push([`cast to ${to}`, scalar.cast(x, to)]);
  const { neg, abs, sign, add, sub, mul, rem, max, min, pow } = scalar, unary = (table: object) => {
    for (const [name, f] of Object.entries(table) as [string, (a: Expr) => Expr][]) rows.push([name, f(x)]);
  }, binary = (table: object) => {
    for (const [name, f] of Object.entries(table) as [string, (a: Expr, b: Expr) => Expr][]) rows.push([name, f(x, y)]);
  };
  if (kind !== "bool") {
    unary({ neg, abs, sign, bitcast: scalar.bitcast });
    binary({ add, sub, mul, rem, max, min, pow });
  }
  if (kind !== "float") {
    unary({ not: scalar.not });
    binary({ and: scalar.and, or: scalar.or, xor: scalar.xor });
  }
  if (kind === "int") {
    binary({ idiv: scalar.idiv, shl: scalar.shl, shr: scalar.shr, ushr: scalar.ushr });
    rows.push(["shl by 33", scalar.shl(x, 33)], ["index", scalar.add(scalar.index, x)]);
    rows.push(["random", scalar.random(scalar.index, x, y, scalar.lit(5, "int32"), scalar.lit(-9, "int32"))]);
  }
  if (kind === "float") {
    const { exp, exp2, expm1, log, log1p, sqrt, sin, cos, tan, asin, acos, atan, tanh, erf, floor, ceil, trunc, round, isNan } = scalar;
    unary({ exp, exp2, expm1, log, log1p, sqrt, sin, cos, tan, asin, acos, atan, tanh, erf, floor, ceil, trunc, round, isNan });
    binary({ div: scalar.div, atan2: scalar.atan2 });
  }
  return rows;
}
