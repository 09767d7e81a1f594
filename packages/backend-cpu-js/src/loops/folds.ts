/**
 * @file Folds: a row into one number, and a row into a row of accumulators. Numbers are float64 inside, or int32 that wrap.
 * Which rows there are is kernels/reduce.ts.
 */
import type { DType, ReduceOp, TypedArray } from "@adjoint/core/backend";

/** The fold of `x[xi + i * xs]`, i < n, alone. */
export type RowFold = { fold(n: number, x: TypedArray, xi: number, xs: number): number }["fold"];
/** `acc[i]` becomes its fold with `x[xi + i * xs]`, i < n. `carry[i]` collects what rounding took, where a sum needs it. */
export type ColumnFold = { fold(n: number, acc: Float64Array, carry: Float64Array, x: TypedArray, xi: number, xs: number): void }["fold"];

export type Fold = {
  readonly identity: number;
  readonly row: RowFold;
  readonly column: ColumnFold;
  /** Of the folds of two parts. */
  readonly combine: (a: number, b: number) => number;
};

// Four accumulators: an add waits four cycles for the one before it.
function sumFloat32Row(n: number, x: Float32Array<ArrayBuffer>, xi: number, xs: number): number {
  let a = 0, b = 0, c = 0, d = 0, i = 0;
  for (; i + 3 < n; i += 4, xi += 4 * xs) {
    a += x[xi]!;
    b += x[xi + xs]!;
    c += x[xi + 2 * xs]!;
    d += x[xi + 3 * xs]!;
  }
  for (; i < n; i++, xi += xs) a += x[xi]!;
  return a + b + (c + d);
}

/** Pairwise from 64 elements on. */
function sumRow(n: number, x: TypedArray, xi: number, xs: number): number {
  if (n > 64) {
    const half = n >> 1;
    return sumRow(half, x, xi, xs) + sumRow(n - half, x, xi + half * xs, xs);
  }
  let sum = 0;
  for (let i = 0; i < n; i++, xi += xs) sum += x[xi]!;
  return sum;
}

function sumIntRow(n: number, x: TypedArray, xi: number, xs: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++, xi += xs) sum = (sum + x[xi]!) | 0;
  return sum;
}

function prodRow(n: number, x: TypedArray, xi: number, xs: number): number {
  let product = 1;
  for (let i = 0; i < n; i++, xi += xs) product *= x[xi]!;
  return product;
}

function prodIntRow(n: number, x: TypedArray, xi: number, xs: number): number {
  let product = 1;
  for (let i = 0; i < n; i++, xi += xs) product = Math.imul(product, x[xi]!);
  return product;
}

function maxFloat32Row(n: number, x: Float32Array<ArrayBuffer>, xi: number, xs: number): number {
  let best = -Infinity, other = -Infinity, i = 0;
  for (; i + 1 < n; i += 2, xi += 2 * xs) {
    best = Math.max(best, x[xi]!);
    other = Math.max(other, x[xi + xs]!);
  }
  return i < n ? Math.max(best, other, x[xi]!) : Math.max(best, other);
}

function maxRow(n: number, x: TypedArray, xi: number, xs: number): number {
  let best = -Infinity;
  for (let i = 0; i < n; i++, xi += xs) best = Math.max(best, x[xi]!);
  return best;
}

function minRow(n: number, x: TypedArray, xi: number, xs: number): number {
  let best = Infinity;
  for (let i = 0; i < n; i++, xi += xs) best = Math.min(best, x[xi]!);
  return best;
}

function sumFloat32Column(n: number, acc: Float64Array, _: Float64Array, x: Float32Array<ArrayBuffer>, xi: number, xs: number): void {
  for (let i = 0; i < n; i++, xi += xs) acc[i]! += x[xi]!;
}

/** Neumaier's compensated sum. An infinite total leaves no carry: Infinity - Infinity would make it NaN. */
function sumColumn(n: number, acc: Float64Array, carry: Float64Array, x: TypedArray, xi: number, xs: number): void {
  for (let i = 0; i < n; i++, xi += xs) {
    const value = x[xi]!, before = acc[i]!, sum = before + value;
    if (Number.isFinite(sum)) carry[i]! += Math.abs(before) >= Math.abs(value) ? before - sum + value : value - sum + before;
    acc[i] = sum;
  }
}

function sumIntColumn(n: number, acc: Float64Array, _: Float64Array, x: TypedArray, xi: number, xs: number): void {
  for (let i = 0; i < n; i++, xi += xs) acc[i] = (acc[i]! + x[xi]!) | 0;
}

function prodColumn(n: number, acc: Float64Array, _: Float64Array, x: TypedArray, xi: number, xs: number): void {
  for (let i = 0; i < n; i++, xi += xs) acc[i]! *= x[xi]!;
}

function prodIntColumn(n: number, acc: Float64Array, _: Float64Array, x: TypedArray, xi: number, xs: number): void {
  for (let i = 0; i < n; i++, xi += xs) acc[i] = Math.imul(acc[i]!, x[xi]!);
}

function maxFloat32Column(n: number, acc: Float64Array, _: Float64Array, x: Float32Array<ArrayBuffer>, xi: number, xs: number): void {
  for (let i = 0; i < n; i++, xi += xs) acc[i] = Math.max(acc[i]!, x[xi]!);
}

function maxColumn(n: number, acc: Float64Array, _: Float64Array, x: TypedArray, xi: number, xs: number): void {
  for (let i = 0; i < n; i++, xi += xs) acc[i] = Math.max(acc[i]!, x[xi]!);
}

function minColumn(n: number, acc: Float64Array, _: Float64Array, x: TypedArray, xi: number, xs: number): void {
  for (let i = 0; i < n; i++, xi += xs) acc[i] = Math.min(acc[i]!, x[xi]!);
}

const add = (a: number, b: number): number => a + b;
const multiply = (a: number, b: number): number => a * b;
const either = (a: number, b: number): number => Math.max(a, b);
const both = (a: number, b: number): number => Math.min(a, b);

const float32: { readonly [O in ReduceOp]: Fold } = {
  sum: { identity: 0, row: sumFloat32Row, column: sumFloat32Column, combine: add },
  prod: { identity: 1, row: prodRow, column: prodColumn, combine: multiply },
  max: { identity: -Infinity, row: maxFloat32Row, column: maxFloat32Column, combine: either },
  min: { identity: Infinity, row: minRow, column: minColumn, combine: both },
};
const float64: { readonly [O in ReduceOp]: Fold } = {
  sum: { identity: 0, row: sumRow, column: sumColumn, combine: add },
  prod: float32.prod,
  max: { identity: -Infinity, row: maxRow, column: maxColumn, combine: either },
  min: float32.min,
};
const int32: { readonly [O in ReduceOp]: Fold } = {
  sum: { identity: 0, row: sumIntRow, column: sumIntColumn, combine: (a, b) => (a + b) | 0 },
  prod: { identity: 1, row: prodIntRow, column: prodIntColumn, combine: Math.imul },
  max: float64.max,
  min: float64.min,
};
/** On 0 and 1: sum and max are "any", prod and min "all". */
const bool: { readonly [O in ReduceOp]: Fold } = { sum: float64.max, prod: float64.min, max: float64.max, min: float64.min };

export const foldOf = (op: ReduceOp, dtype: DType): Fold =>
  (dtype === "float32" ? float32 : dtype === "int32" ? int32 : dtype === "bool" ? bool : float64)[op];
