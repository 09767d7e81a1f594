/** @file Reductions in WGSL: what is kept while values come, and what they come to. Knows no addresses. */
import type { DType, ReduceOp } from "@adjoint/core/backend";
import { literal, valueType } from "./expression.ts";

export type Accumulator = {
  readonly declare: string;
  /** Takes one value or four. */
  readonly step: (values: readonly string[]) => string;
  /** After sixteen steps or fewer. */
  readonly fold: string;
  /** After the last step. */
  readonly result: string;
};

/** @param name what its variables begin with */
export function accumulator(op: ReduceOp, dtype: DType, name: string = "total"): Accumulator {
  const type = valueType(dtype);
  const simple = (start: string, combine: (x: string, y: string) => string): Accumulator =>
    ({ declare: `var ${name}: ${type} = ${start};`, step: (values) => `${name} = ${combine(name, joined(values, combine))};`, fold: "", result: name });
  const infix = (sign: string) => (x: string, y: string): string => `(${x} ${sign} ${y})`;
  if (dtype === "bool") return op === "min" || op === "prod" ? simple("true", infix("&")) : simple("false", infix("|"));
  if (op === "prod") return simple(literal(1, dtype), infix("*"));
  if (dtype === "float32") return op === "sum" ? floatSum(name) : floatExtremum(op, name);
  return op === "sum" ? simple(literal(0, dtype), infix("+")) : simple(literal(op === "max" ? -2147483648 : 2147483647, dtype), (x, y) => `${op}(${x}, ${y})`);
}

/** Pairs first. */
const joined = (values: readonly string[], combine: (x: string, y: string) => string): string =>
  values.length === 1 ? values[0]! : combine(joined(values.slice(0, values.length / 2), combine), joined(values.slice(values.length / 2), combine));

/** A carry after sixteen steps, which goes into the total after sixteen carries: the rounding errors of pairwise summation, within a factor. */
const floatSum = (name: string): Accumulator => ({
  declare: `var ${name} = 0.0; var ${name}_carry = 0.0; var ${name}_part = 0.0; var ${name}_count = 0u;`,
  step: (values) => `${name}_part = ${name}_part + ${joined(values, (x, y) => `(${x} + ${y})`)};`,
  fold: `${name}_carry = ${name}_carry + ${name}_part; ${name}_part = 0.0; ${name}_count = ${name}_count + 1u;
    if ((${name}_count & 15u) == 0u) { ${name} = ${name} + ${name}_carry; ${name}_carry = 0.0; }`,
  result: `(${name} + (${name}_carry + ${name}_part))`,
});

/** Extrema of integers that are in order as the floats are, -0 before 0, beginning with an infinity; a NaN is seen among what is left without the sign. */
const floatExtremum = (op: "max" | "min", name: string): Accumulator => ({
  declare: `var ${name} = bitcast<i32>(${op === "max" ? "0x807fffffu" : "0x7f800000u"}); var ${name}_worst = 0u;`,
  step: (values) => values.map((value) =>
    `{ let bits = bitcast<i32>(${value}); ${name} = ${op}(${name}, bits ^ ((bits >> 31u) & 0x7fffffffi)); ${name}_worst = max(${name}_worst, bitcast<u32>(bits) & 0x7fffffffu); }`).join("\n    "),
  fold: "",
  result: `bitcast<f32>(select(bitcast<u32>(${name} ^ ((${name} >> 31u) & 0x7fffffffi)), ad_zero() + 0x7fc00000u, ${name}_worst > 0x7f800000u))`,
});

/** What two accumulations come to together. */
export function combined(op: ReduceOp, dtype: DType, x: string, y: string): string {
  if (dtype === "bool") return `(${x} ${op === "min" || op === "prod" ? "&" : "|"} ${y})`;
  return op === "sum" ? `(${x} + ${y})` : op === "prod" ? `(${x} * ${y})` : dtype === "float32" ? `ad_${op}(${x}, ${y})` : `${op}(${x}, ${y})`;
}
