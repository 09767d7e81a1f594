/** @file The scalar instructions: arity, types and reference semantics. Derivatives are in derivatives.ts. */
import { type DType, isFloat, roundTo } from "../dtype.ts";
import { philox } from "./philox.ts";

/** Which dtypes an instruction takes. `number` is float or int; `bits` is int or bool. */
export type Domain = "float" | "int" | "number" | "bits" | "bool" | "any";

export type InstructionRow = {
  readonly arity: number;
  readonly domain: Domain;
  /** The dtype of the result: that of the operands, or a fixed one. `given` is said by the builder (casts). */
  readonly result: "same" | "bool" | "int32" | "given";
  /** The exact result in float64, before the one rounding to `dtype`, the operands' dtype. bool is 0 or 1. */
  readonly evaluate: (dtype: DType, x: number, y: number, z: number, ...more: number[]) => number;
};

const row = (arity: number, domain: Domain, result: InstructionRow["result"], evaluate: InstructionRow["evaluate"]): InstructionRow =>
  ({ arity, domain, result, evaluate });
const floatUnary = (f: (x: number) => number) => row(1, "float", "same", (_, x) => f(x));

export type InstructionName =
  | "neg" | "abs" | "sign" | "add" | "sub" | "mul" | "div" | "idiv" | "rem" | "pow" | "max" | "min"
  | "exp" | "exp2" | "expm1" | "log" | "log1p" | "sqrt" | "sin" | "cos" | "tan" | "asin" | "acos" | "atan" | "atan2"
  | "tanh" | "erf" | "floor" | "ceil" | "trunc" | "round" | "isNan" | "eq" | "lt" | "le" | "not" | "and"
  | "or" | "xor" | "shl" | "shr" | "ushr" | "select" | "cast" | "bitcast" | "index" | "random";

export const instructions: { readonly [I in InstructionName]: InstructionRow } = {
  // arithmetic; integers wrap, division by zero of integers gives 0
  neg: row(1, "number", "same", (_, x) => -x),
  abs: row(1, "number", "same", (_, x) => Math.abs(x)),
  sign: row(1, "number", "same", (_, x) => (x > 0 ? 1 : x < 0 ? -1 : 0)),
  add: row(2, "number", "same", (_, x, y) => x + y),
  sub: row(2, "number", "same", (_, x, y) => x - y),
  mul: row(2, "number", "same", (d, x, y) => (isFloat(d) ? x * y : Math.imul(x, y))),
  div: row(2, "float", "same", (_, x, y) => x / y),
  /** Integer division, towards zero. */
  idiv: row(2, "int", "same", (_, x, y) => (y === 0 ? 0 : Math.trunc(x / y))),
  /** C's fmod: the sign is that of x. */
  rem: row(2, "number", "same", (d, x, y) => (!isFloat(d) && y === 0 ? 0 : x % y)),
  pow: row(2, "number", "same", (d, x, y) => (isFloat(d) ? floatPow(x, y) : integerPow(x, y))),
  /** NaN if either is. */
  max: row(2, "number", "same", (_, x, y) => Math.max(x, y)),
  min: row(2, "number", "same", (_, x, y) => Math.min(x, y)),

  // float functions
  exp: floatUnary(Math.exp),
  exp2: floatUnary((x) => 2 ** x),
  expm1: floatUnary(Math.expm1),
  log: floatUnary(Math.log),
  log1p: floatUnary(Math.log1p),
  sqrt: floatUnary(Math.sqrt),
  sin: floatUnary(Math.sin),
  cos: floatUnary(Math.cos),
  tan: floatUnary(Math.tan),
  asin: floatUnary(Math.asin),
  acos: floatUnary(Math.acos),
  atan: floatUnary(Math.atan),
  atan2: row(2, "float", "same", (_, y, x) => Math.atan2(y, x)),
  tanh: floatUnary(Math.tanh),
  erf: floatUnary(erf),
  floor: floatUnary(Math.floor),
  ceil: floatUnary(Math.ceil),
  trunc: floatUnary(Math.trunc),
  /** Half to even. */
  round: floatUnary(roundHalfEven),
  isNan: row(1, "float", "bool", (_, x) => (x !== x ? 1 : 0)),

  // comparison: false when either is NaN
  eq: row(2, "any", "bool", (_, x, y) => (x === y ? 1 : 0)),
  lt: row(2, "any", "bool", (_, x, y) => (x < y ? 1 : 0)),
  le: row(2, "any", "bool", (_, x, y) => (x <= y ? 1 : 0)),

  // bits and logic
  not: row(1, "bits", "same", (d, x) => (d === "bool" ? 1 - x : ~x)),
  and: row(2, "bits", "same", (_, x, y) => x & y),
  or: row(2, "bits", "same", (_, x, y) => x | y),
  xor: row(2, "bits", "same", (_, x, y) => x ^ y),
  /** Shifts take their count modulo 32. */
  shl: row(2, "int", "same", (_, x, y) => x << y),
  shr: row(2, "int", "same", (_, x, y) => x >> y),
  ushr: row(2, "int", "same", (_, x, y) => (x >>> y) | 0),

  /** `condition ? x : y`; the condition is a bool, x and y are of one dtype. */
  select: row(3, "any", "same", (_, c, x, y) => (c !== 0 ? x : y)),
  /** Between any two dtypes. Float to int truncates and saturates, NaN gives 0; int to int wraps; to bool is `!= 0`. */
  cast: row(1, "any", "given", (_, x) => x),
  /** The same 32 bits, as float32 or as int32. */
  bitcast: row(1, "number", "given", (d, x) => (isFloat(d) ? floatBits(x) : bitsFloat(x))),
  /** The row-major number of the element in the output, as int32. */
  index: row(0, "any", "int32", () => { throw new Error("index has no value outside a kernel"); }),
  /** Philox: 32 random bits of element `index` of the call (seed, offset), each given as low and high word. */
  random: row(5, "int", "int32", (_, index, seedLow, seedHigh, ...offset) => philox(index, seedLow, seedHigh, offset[0]!, offset[1]!)),
};

/** The value of one instruction, rounded once to its result dtype. */
export function evaluateInstruction(name: InstructionName, operandDType: DType, resultDType: DType, x: readonly number[]): number {
  const row: InstructionRow = instructions[name];
  const value = row.evaluate(operandDType, x[0] ?? 0, x[1] ?? 0, x[2] ?? 0, ...x.slice(3));
  if (name === "cast") return castValue(operandDType, resultDType, value);
  return roundTo(resultDType, value);
}

/** The reference of `cast`. */
export function castValue(from: DType, to: DType, x: number): number {
  if (to === "bool") return x !== 0 ? 1 : 0; // NaN is true, as in PyTorch
  if (isFloat(from) && !isFloat(to)) return roundTo(to, saturate(x));
  return roundTo(to, x);
}
/** Towards zero, into the range of int32; NaN gives 0. */
export const saturate = (x: number): number => (x !== x ? 0 : Math.trunc(Math.min(Math.max(x, -2147483648), 2147483647)));

export function roundHalfEven(x: number): number {
  const r = Math.round(x);
  if (Math.abs(x % 1) !== 0.5) return Object.is(r, 0) && x < 0 ? -0 : r;
  return 2 * Math.round(x / 2); // a tie: the even neighbour; keeps the sign of zero
}
/** C's pow: 1 ** y and x ** 0 are 1, also for NaN; (-1) ** ±Infinity is 1. */
export const floatPow = (x: number, y: number): number => (x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y);

export function integerPow(x: number, y: number): number {
  if (y < 0) return x === 1 ? 1 : x === -1 ? (y % 2 === 0 ? 1 : -1) : 0;
  let result = 1;
  for (let base = x, e = y; e > 0; e = Math.floor(e / 2), base = Math.imul(base, base)) if (e % 2 === 1) result = Math.imul(result, base);
  return result;
}

const scratch = /*@__PURE__*/ new DataView(/*@__PURE__*/ new ArrayBuffer(4));
export function floatBits(x: number): number {
  scratch.setFloat32(0, x);
  return scratch.getInt32(0);
}
export function bitsFloat(bits: number): number {
  scratch.setInt32(0, bits);
  return scratch.getFloat32(0);
}

/** The error function in float64, to about 1 ulp: its series near 0, a continued fraction of erfc far out. */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a !== a) return x;
  if (a > 6) return Math.sign(x);
  if (a < 2.5) {
    // 2/sqrt(pi) * exp(-x^2) * sum 2^n x^(2n+1) / (2n+1)!!: all terms positive, so no cancellation
    let term = x, sum = x;
    for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  // erfc(x) = exp(-x^2) / (sqrt(pi) (x + (1/2)/(x + (2/2)/(x + (3/2)/(x + ...)))))
  let fraction = a;
  for (let n = 60; n >= 1; n--) fraction = a + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-a * a) / (Math.sqrt(Math.PI) * fraction));
}
