/** @file For each scalar instruction the loop that computes it, by dtype: one row each, exhaustive by type. No layout, no program. */
import {
  bitsFloat, type DType, dtypes, erf, floatBits, floatPow, type InstructionName, integerPow, isStoredOnly, roundHalfEven, saturate, type TypedArray,
} from "@adjoint/core/backend";
import { erfFloat32 } from "./loops/erf.ts";
import * as f32 from "./loops/float32.ts";
import * as any from "./loops/general.ts";
import * as narrow from "./loops/narrow.ts";

/**
 * `out[o + i * os] = f(x[xi + i * xs], y[yi + i * ys], z[zi + i * zs])` for i < n. A stride of 0 repeats one element.
 * Method syntax: a loop on Float32Array alone is filed where the dtype says so.
 */
export type Loop = {
  loop(
    n: number, out: TypedArray, o: number, os: number, x: TypedArray, xi: number, xs: number,
    y: TypedArray, yi: number, ys: number, z: TypedArray, zi: number, zs: number,
  ): void;
}["loop"];

/** The loop for operands of dtype `from` and a result of dtype `to`. */
export type LoopRow = (from: DType, to: DType) => Loop;

const every = (general: Loop): LoopRow => () => general;
const byFloat32 = (float32: Loop, general: Loop): LoopRow => (from) => (from === "float32" ? float32 : general);

/** For rare instructions: a call for each element. */
const unary = (f: (x: number) => number): LoopRow => every((n, out, o, os, x, xi, xs) => {
  for (let i = 0; i < n; i++, o += os, xi += xs) out[o] = f(x[xi]!);
});
const binary = (f: (x: number, y: number) => number): Loop => (n, out, o, os, x, xi, xs, y, yi, ys) => {
  for (let i = 0; i < n; i++, o += os, xi += xs, yi += ys) out[o] = f(x[xi]!, y[yi]!);
};

const toInt = unary(saturate)("float32", "int32");
const cast: LoopRow = (from, to) => {
  if (to === "bool") return any.truthy;
  if (to === "float16") return narrow.storeFloat16;
  if (to === "bfloat16") return narrow.storeBfloat16;
  if (from === "float16") return narrow.loadFloat16;
  if (from === "bfloat16") return narrow.loadBfloat16;
  if (dtypes[from].kind === "float" && to === "int32") return toInt;
  if (to === "float32" && from === "int32") return f32.castInt32;
  if (to === "float32" && from === "bool") return f32.castBool;
  return assign(from, to);
};

/** Copies; the store rounds, or wraps. */
export const assign: LoopRow = (from, to) =>
  from === "float32" && to === "float32" ? f32.assign : isStoredOnly(from) || isStoredOnly(to) ? narrow.assign : any.assign;

const mul: LoopRow = (from) => (from === "float32" ? f32.mul : from === "int32" ? any.imul : any.mul);
const pow: LoopRow = (from) => (dtypes[from].kind === "float" ? powFloat : powInteger);
const powFloat = binary(floatPow), powInteger = binary(integerPow);
const rem: LoopRow = (from) => (dtypes[from].kind === "float" ? remFloat : remInteger);
const remFloat = binary((x, y) => x % y), remInteger = binary((x, y) => (y === 0 ? 0 : x % y));
const bitcast: LoopRow = (from) => (from === "float32" ? toBits : fromBits);
const erfGeneral = unary(erf)("float64", "float64");
const toBits = unary(floatBits)("float32", "int32"), fromBits = unary(bitsFloat)("int32", "float32");

/** `index` and `random` are steps of their own: they read the number of the element. */
export const loops: { readonly [I in InstructionName]: I extends "index" | "random" ? "numbered" : LoopRow } = {
  neg: byFloat32(f32.neg, any.neg),
  abs: byFloat32(f32.abs, any.abs),
  sign: every(any.sign),
  add: byFloat32(f32.add, any.add),
  sub: byFloat32(f32.sub, any.sub),
  mul,
  div: byFloat32(f32.div, any.div),
  idiv: every(binary((x, y) => (y === 0 ? 0 : Math.trunc(x / y)))),
  rem,
  pow,
  max: byFloat32(f32.max, any.max),
  min: byFloat32(f32.min, any.min),
  exp: byFloat32(f32.exp, any.exp),
  exp2: byFloat32(f32.exp2, unary((x) => 2 ** x)("float64", "float64")),
  expm1: unary(Math.expm1),
  log: byFloat32(f32.log, any.log),
  log1p: unary(Math.log1p),
  sqrt: byFloat32(f32.sqrt, any.sqrt),
  sin: byFloat32(f32.sin, any.sin),
  cos: byFloat32(f32.cos, any.cos),
  tan: unary(Math.tan),
  asin: unary(Math.asin),
  acos: unary(Math.acos),
  atan: unary(Math.atan),
  atan2: every(binary(Math.atan2)),
  tanh: byFloat32(f32.tanh, any.tanh),
  erf: byFloat32(erfFloat32, erfGeneral),
  floor: every(any.floor),
  ceil: every(any.ceil),
  trunc: every(any.trunc),
  round: unary(roundHalfEven),
  isNan: every(any.isNan),
  eq: byFloat32(f32.eq, any.eq),
  lt: byFloat32(f32.lt, any.lt),
  le: byFloat32(f32.le, any.le),
  not: (from) => (from === "bool" ? any.logicalNot : any.bitNot),
  and: every(any.and),
  or: every(any.or),
  xor: every(any.xor),
  shl: every(any.shl),
  shr: every(any.shr),
  ushr: every(any.ushr),
  select: byFloat32(f32.select, any.select),
  cast,
  bitcast,
  index: "numbered",
  random: "numbered",
};
