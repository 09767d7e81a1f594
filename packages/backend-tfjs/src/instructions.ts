/** @file One row for each scalar instruction: how tfjs computes it. The meaning is core's, in scalar/instructions.ts. */
import { type InstructionName, isStoredOnly } from "@adjoint/core/backend";
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { constant, onHost, type Site } from "./host.ts";

/** Operands are one-dimensional or, where they are the same at every element, of rank 0. */
export type Rule = (site: Site, ...operands: Tensor[]) => Tensor;

/** For what tfjs has no kernel for, or no exact one. Each use says which. */
const host: Rule = (site, ...operands) => onHost(site, operands);
const unary = (f: (x: Tensor) => Tensor): Rule => (_, x) => f(x);
const binary = (f: (x: Tensor, y: Tensor) => Tensor): Rule => (_, x, y) => f(x, y);
/** Different rules for float32 and for the integers. */
const byKind = (float: Rule, integer: Rule): Rule => (site, ...x) => (site.operand === "float32" ? float : integer)(site, ...x);
/** Different rules for bool and for int32. */
const logical = (bool: (x: Tensor, y: Tensor) => Tensor): Rule => (site, ...x) =>
  // int32: only `bitwiseAnd` exists, and not on every backend
  site.operand === "bool" ? bool(x[0], x[1]) : onHost(site, x);

const float = (value: number): Tensor => constant("float32", value);
const negated = (x: Tensor): Tensor => tf.sub(constant("int32", 0), x);
const isZero = (x: Tensor): Tensor => tf.equal(x, float(0));

/** tfjs's backends disagree about NaN in maximum and minimum; here it always wins. */
const withNan = (f: (x: Tensor, y: Tensor) => Tensor): Rule =>
  byKind((_, x, y) => tf.where(tf.logicalOr(tf.isNaN(x), tf.isNaN(y)), float(NaN), f(x, y)), binary(f));

/** tf.mod rounds the quotient down; C's fmod rounds it towards zero and keeps the sign of x, of zero too. */
function remainder(x: Tensor, y: Tensor): Tensor {
  const size = tf.mod(tf.abs(x), tf.abs(y));
  const signed = tf.where(tf.less(x, float(0)), tf.neg(size), size);
  return tf.where(tf.logicalAnd(isZero(x), isZero(size)), x, signed);
}

/** tf.sign of the wasm backend takes subnormal numbers for 0. */
const signOf = (x: Tensor): Tensor => tf.where(tf.greater(x, float(0)), float(1), tf.where(tf.less(x, float(0)), float(-1), float(0)));

/** tf.where of the wasm backend picks wrongly among bools. */
const choose = (condition: Tensor, x: Tensor, y: Tensor): Tensor => tf.logicalOr(tf.logicalAnd(condition, x), tf.logicalAnd(tf.logicalNot(condition), y));

/** JavaScript's `**`, which the cpu backend uses, gives NaN for 1 ** NaN and (-1) ** Infinity; C's pow gives 1. */
function power(x: Tensor, y: Tensor): Tensor {
  const infinite = tf.equal(tf.abs(y), float(Infinity));
  const isOne = tf.logicalOr(tf.equal(x, float(1)), tf.logicalAnd(tf.equal(x, float(-1)), infinite));
  return tf.where(isOne, float(1), tf.pow(x, y));
}

/** Keeps the sign of a zero, which some kernels lose. */
const likeZero = (x: Tensor, out: Tensor): Tensor => tf.where(isZero(out), tf.mul(x, float(0)), out);

/** tfjs's own cast from float wraps, or is undefined, outside of int32. */
function saturated(x: Tensor): Tensor {
  const tooLarge = tf.greaterEqual(x, float(2 ** 31)), tooSmall = tf.less(x, float(-(2 ** 31)));
  const unfit = tf.logicalOr(tf.isNaN(x), tf.logicalOr(tooLarge, tooSmall));
  const inside = tf.cast(tf.where(unfit, float(0), x), "int32");
  return tf.where(tooLarge, constant("int32", 2147483647), tf.where(tooSmall, constant("int32", -2147483648), inside));
}

function convert(site: Site, x: Tensor): Tensor {
  const { operand, result } = site;
  if (isStoredOnly(result)) return onHost(site, [x]); // tfjs sees no bits to round, and no 8 or 16 of them to keep
  if (isStoredOnly(operand)) return x; // held as a number of `result`
  if (result === "bool") return tf.notEqual(x, constant(operand, 0)); // true for NaN
  if (result === "int32" && operand === "float32") return saturated(x);
  // A widening cast of the cpu backend keeps the old array, unrounded: the product with 1 makes a new one.
  return tf.mul(tf.cast(x, result === "int32" ? "int32" : "float32"), constant(result, 1));
}

export const rules: { readonly [I in InstructionName]: Rule } = {
  // int32: tf.neg and tf.abs go through float32 on some backends, which holds int32 only up to 2^24
  neg: byKind(unary(tf.neg), (_, x) => negated(x)),
  abs: byKind(unary(tf.abs), (_, x) => tf.maximum(x, negated(x))),
  sign: byKind(unary(signOf), unary(tf.sign)),
  add: binary(tf.add),
  sub: binary(tf.sub),
  // int32: tfjs multiplies in float64 or float32 before it wraps
  mul: byKind(binary(tf.mul), host),
  div: binary(tf.div),
  // tf.floorDiv rounds down, and is undefined at 0 and at -2^31 / -1
  idiv: host,
  // int32: tf.mod is undefined at 0
  rem: byKind(binary(remainder), host),
  // int32: tf.pow loses the low bits
  pow: byKind(binary(power), host),
  max: withNan(tf.maximum),
  min: withNan(tf.minimum),

  exp: unary(tf.exp),
  exp2: unary((x) => tf.pow(2, x)),
  expm1: unary(tf.expm1),
  log: unary(tf.log),
  log1p: unary(tf.log1p),
  sqrt: unary(tf.sqrt),
  sin: unary(tf.sin),
  cos: unary(tf.cos),
  tan: unary(tf.tan),
  asin: unary(tf.asin),
  acos: unary(tf.acos),
  atan: unary(tf.atan),
  atan2: binary(tf.atan2),
  tanh: unary(tf.tanh),
  // tf.erf is a formula good to 1.5e-7 absolute, which near 0 has no digit right
  erf: host,
  floor: unary(tf.floor),
  ceil: unary(tf.ceil),
  trunc: (_, x) => tf.where(tf.less(x, float(0)), tf.ceil(x), tf.floor(x)),
  round: (_, x) => likeZero(x, tf.round(x)),
  isNan: unary(tf.isNaN),

  eq: binary(tf.equal),
  lt: binary(tf.less),
  le: binary(tf.lessEqual),

  not: (site, x) => (site.operand === "bool" ? tf.logicalNot(x) : tf.sub(constant("int32", -1), x)),
  and: logical(tf.logicalAnd),
  or: logical(tf.logicalOr),
  xor: logical(tf.notEqual),
  // tfjs has no shifts
  shl: host,
  shr: host,
  ushr: host,

  select: (site, condition, x, y) => (site.result === "bool" ? choose : tf.where<Tensor>)(condition, x, y),
  cast: convert,
  // tfjs shows no bits
  bitcast: host,
  index: ({ size }) => tf.range(0, size, 1, "int32"),
  // tfjs has generators of its own, and no 32-bit products to build Philox from
  random: host,
};
