/** @file The row of each scalar instruction: how it is computed on four lanes. The reference semantics are core's. */
import type { InstructionName } from "@adjoint/core/backend";
import type { PlainOp } from "../asm/opcodes.ts";
import { castLanes, fmodLanes, idivLanes, integerPow, shiftLanes, signLanes } from "./arithmetic.ts";
import { philoxLanes } from "./philox.ts";
import { laneKind, type Site } from "./site.ts";

/** Leaves the result on the stack. */
export type Emit = (site: Site) => void;

const unary = (float: PlainOp, int: PlainOp = float): Emit => ({ f, dtype, operand }) => {
  f.get(operand(0)).op(laneKind(dtype) === "float" ? float : int);
};
const binary = (float: PlainOp, int: PlainOp = float): Emit => ({ f, dtype, operand }) => {
  f.get(operand(0)).get(operand(1)).op(laneKind(dtype) === "float" ? float : int);
};
/** Masks order the other way round: true is -1. */
const ordered = (float: PlainOp, int: PlainOp, mask: PlainOp): Emit => ({ f, dtype, operand }) => {
  const kind = laneKind(dtype);
  f.get(operand(0)).get(operand(1)).op(kind === "float" ? float : kind === "int" ? int : mask);
};
/**
 * f32x4.max and min propagate NaN and order -0 below 0, as Math.max and Math.min do, which takes ten machine instructions. pmax and pmin are one; they keep the first
 * operand unless the other is beyond it, which is the same where that other is a constant, neither 0 nor NaN.
 */
const extremum = (float: PlainOp, pseudo: PlainOp, int: PlainOp): Emit => ({ f, dtype, operand, literal }) => {
  if (laneKind(dtype) !== "float") return void f.get(operand(0)).get(operand(1)).op(int);
  const constant = [0, 1].find((i) => { const value = literal(i); return value !== undefined && value !== 0 && value === value; });
  if (constant === undefined) f.get(operand(0)).get(operand(1)).op(float);
  else f.get(operand(1 - constant)).get(operand(constant)).op(pseudo);
};
/** core's `lower` has rewritten it: it is not among `builtin`. */
const lowered: Emit = () => {
  throw new Error("wasm: this instruction is lowered before it is emitted");
};

export const instructions: { readonly [I in InstructionName]: Emit } = {
  neg: unary("f32x4.neg", "i32x4.neg"),
  abs: unary("f32x4.abs", "i32x4.abs"),
  sign: signLanes,
  add: binary("f32x4.add", "i32x4.add"),
  sub: binary("f32x4.sub", "i32x4.sub"),
  mul: binary("f32x4.mul", "i32x4.mul"),
  div: binary("f32x4.div"),
  idiv: (site) => idivLanes(site),
  rem: (site) => (laneKind(site.dtype) === "float" ? fmodLanes(site) : idivLanes(site, "remainder")),
  pow: (site) => (laneKind(site.dtype) === "float" ? lowered(site) : integerPow(site)),
  max: extremum("f32x4.max", "f32x4.pmax", "i32x4.max_s"),
  min: extremum("f32x4.min", "f32x4.pmin", "i32x4.min_s"),
  exp: lowered, exp2: lowered, expm1: lowered, log: lowered, log1p: lowered, sin: lowered, cos: lowered, tan: lowered,
  asin: lowered, acos: lowered, atan: lowered, atan2: lowered, tanh: lowered, erf: lowered,
  sqrt: unary("f32x4.sqrt"),
  floor: unary("f32x4.floor"),
  ceil: unary("f32x4.ceil"),
  trunc: unary("f32x4.trunc"),
  round: unary("f32x4.nearest"),
  isNan: ({ f, operand }) => f.get(operand(0)).get(operand(0)).op("f32x4.ne"),
  eq: binary("f32x4.eq", "i32x4.eq"),
  lt: ordered("f32x4.lt", "i32x4.lt_s", "i32x4.gt_s"),
  le: ordered("f32x4.le", "i32x4.le_s", "i32x4.ge_s"),
  not: ({ f, operand }) => f.get(operand(0)).op("v128.not"),
  and: binary("v128.and"),
  or: binary("v128.or"),
  xor: binary("v128.xor"),
  shl: shiftLanes("i32x4.shl", "i32.shl"),
  shr: shiftLanes("i32x4.shr_s", "i32.shr_s"),
  ushr: shiftLanes("i32x4.shr_u", "i32.shr_u"),
  select: ({ f, operand, relaxed }) => {
    f.get(operand(1)).get(operand(2)).get(operand(0)).op(relaxed ? "i32x4.relaxed_laneselect" : "v128.bitselect");
  },
  cast: castLanes,
  bitcast: ({ f, operand }) => f.get(operand(0)),
  index: ({ f, index }) => f.get(index),
  random: philoxLanes,
};

const notBuiltin: ReadonlySet<InstructionName> = /*@__PURE__*/ new Set(
  ["exp", "exp2", "expm1", "log", "log1p", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "tanh", "erf", "pow"]);
/** What `lower` leaves alone for float32. */
export const builtin: ReadonlySet<InstructionName> = /*@__PURE__*/ new Set(
  (/*@__PURE__*/ Object.keys(instructions) as InstructionName[]).filter((name) => !notBuiltin.has(name)));
