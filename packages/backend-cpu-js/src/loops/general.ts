/**
 * @file Loops of every instruction on typed arrays of any dtype. The store rounds: to float32, to int32 by wrapping.
 * The hot ones on float32 have loops of their own in float32.ts.
 */
import type { TypedArray } from "@adjoint/core/backend";

type T = TypedArray;

export function assign(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs) out[o] = x[xi]!;
}
export function neg(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs) out[o] = -x[xi]!;
}
export function abs(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs) out[o] = Math.abs(x[xi]!);
}
export function sign(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs) out[o] = x[xi]! > 0 ? 1 : x[xi]! < 0 ? -1 : 0;
}
export function add(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number, y: T, yi: number, ys: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs, yi += ys) out[o] = x[xi]! + y[yi]!;
}
export function sub(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number, y: T, yi: number, ys: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs, yi += ys) out[o] = x[xi]! - y[yi]!;
}
export function mul(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number, y: T, yi: number, ys: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs, yi += ys) out[o] = x[xi]! * y[yi]!;
}
export function imul(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number, y: T, yi: number, ys: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs, yi += ys) out[o] = Math.imul(x[xi]!, y[yi]!);
}
export function div(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number, y: T, yi: number, ys: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs, yi += ys) out[o] = x[xi]! / y[yi]!;
}
export function max(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number, y: T, yi: number, ys: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs, yi += ys) out[o] = Math.max(x[xi]!, y[yi]!);
}
export function min(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number, y: T, yi: number, ys: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs, yi += ys) out[o] = Math.min(x[xi]!, y[yi]!);
}
export function sqrt(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs) out[o] = Math.sqrt(x[xi]!);
}
export function exp(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs) out[o] = Math.exp(x[xi]!);
}
export function log(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs) out[o] = Math.log(x[xi]!);
}
export function tanh(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs) out[o] = Math.tanh(x[xi]!);
}
export function sin(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs) out[o] = Math.sin(x[xi]!);
}
export function cos(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs) out[o] = Math.cos(x[xi]!);
}
export function floor(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs) out[o] = Math.floor(x[xi]!);
}
export function ceil(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs) out[o] = Math.ceil(x[xi]!);
}
export function trunc(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs) out[o] = Math.trunc(x[xi]!);
}
export function eq(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number, y: T, yi: number, ys: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs, yi += ys) out[o] = x[xi]! === y[yi]! ? 1 : 0;
}
export function lt(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number, y: T, yi: number, ys: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs, yi += ys) out[o] = x[xi]! < y[yi]! ? 1 : 0;
}
export function le(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number, y: T, yi: number, ys: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs, yi += ys) out[o] = x[xi]! <= y[yi]! ? 1 : 0;
}
export function isNan(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs) out[o] = Number.isNaN(x[xi]!) ? 1 : 0;
}
export function truthy(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs) out[o] = x[xi]! !== 0 ? 1 : 0;
}
export function logicalNot(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs) out[o] = 1 - x[xi]!;
}
export function bitNot(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs) out[o] = ~x[xi]!;
}
export function and(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number, y: T, yi: number, ys: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs, yi += ys) out[o] = x[xi]! & y[yi]!;
}
export function or(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number, y: T, yi: number, ys: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs, yi += ys) out[o] = x[xi]! | y[yi]!;
}
export function xor(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number, y: T, yi: number, ys: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs, yi += ys) out[o] = x[xi]! ^ y[yi]!;
}
export function shl(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number, y: T, yi: number, ys: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs, yi += ys) out[o] = x[xi]! << y[yi]!;
}
export function shr(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number, y: T, yi: number, ys: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs, yi += ys) out[o] = x[xi]! >> y[yi]!;
}
export function ushr(n: number, out: T, o: number, os: number, x: T, xi: number, xs: number, y: T, yi: number, ys: number): void {
  for (let i = 0; i < n; i++, o += os, xi += xs, yi += ys) out[o] = x[xi]! >>> y[yi]!;
}
export function select(
  n: number, out: T, o: number, os: number, c: T, ci: number, cs: number, x: T, xi: number, xs: number, y: T, yi: number, ys: number,
): void {
  for (let i = 0; i < n; i++, o += os, ci += cs, xi += xs, yi += ys) out[o] = c[ci] !== 0 ? x[xi]! : y[yi]!;
}
