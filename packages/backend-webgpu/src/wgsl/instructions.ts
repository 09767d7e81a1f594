/** @file The scalar instructions in WGSL: one row each. Knows texts of operands, nothing of buffers or kernels. */
import { type DType, dtypes, DTypeError, type InstructionName } from "@adjoint/core/backend";

/** The WGSL expression of one instruction. `dtype` is that of the operands (of select: of the values), `result` its own. */
export type WgslRow = (x: readonly string[], dtype: DType, result: DType) => string;

const call = (name: string): WgslRow => (x) => `${name}(${x.join(", ")})`;
const infix = (operator: string): WgslRow => ([x, y]) => `(${x} ${operator} ${y})`;
const byKind = (rows: { readonly float32?: WgslRow; readonly int32?: WgslRow; readonly bool?: WgslRow }): WgslRow => (x, dtype, result) => {
  const row = dtype === "float32" ? rows.float32 : dtype === "int32" ? rows.int32 : dtype === "bool" ? rows.bool : undefined;
  if (row === undefined) throw new DTypeError(`webgpu: no such instruction for ${dtype}`);
  return row(x, dtype, result);
};
const shift = (operator: string): WgslRow => ([x, y]) => `(${x} ${operator} (bitcast<u32>(${y}) & 31u))`;

export const wgslInstructions: { readonly [I in InstructionName]: WgslRow } = {
  neg: ([x]) => `(-${x})`,
  abs: byKind({ float32: ([x]) => `bitcast<f32>(bitcast<u32>(${x}) & 0x7fffffffu)`, int32: call("abs") }),
  sign: byKind({ float32: call("ad_sign"), int32: call("sign") }),
  add: infix("+"), sub: infix("-"), mul: infix("*"), div: call("ad_div"),
  idiv: call("ad_idiv"),
  rem: byKind({ float32: call("ad_fmod"), int32: call("ad_irem") }),
  pow: byKind({ float32: call("pow"), int32: call("ad_ipow") }),
  max: byKind({ float32: call("ad_max"), int32: call("max") }),
  min: byKind({ float32: call("ad_min"), int32: call("min") }),

  // Inaccurate in WGSL: reached only where core has no polynomial (see expression.ts).
  exp: call("exp"),
  exp2: call("exp2"),
  expm1: ([x]) => `(exp(${x}) - 1.0)`,
  log: call("log"),
  log1p: ([x]) => `log(${x} + 1.0)`,
  sqrt: call("ad_sqrt"),
  sin: call("sin"), cos: call("cos"), tan: call("tan"),
  asin: call("asin"), acos: call("acos"), atan: call("atan"), atan2: call("atan2"),
  tanh: call("tanh"),
  erf: ([x]) => { throw new DTypeError(`webgpu: erf(${x}) was not lowered`); },
  floor: call("ad_floor"), ceil: call("ad_ceil"), trunc: call("trunc"),
  round: call("round"), // half to even, by the specification
  isNan: call("ad_nan"),

  eq: byKind({ float32: call("ad_eq"), int32: infix("=="), bool: infix("==") }),
  lt: byKind({ float32: call("ad_lt"), int32: infix("<"), bool: ([x, y]) => `(!${x} & ${y})` }),
  le: byKind({ float32: call("ad_le"), int32: infix("<="), bool: ([x, y]) => `(!${x} | ${y})` }),

  not: byKind({ int32: ([x]) => `(~${x})`, bool: ([x]) => `(!${x})` }),
  and: infix("&"), or: infix("|"),
  xor: byKind({ int32: infix("^"), bool: infix("!=") }),
  shl: shift("<<"), shr: shift(">>"),
  ushr: ([x, y]) => `bitcast<i32>(bitcast<u32>(${x}) >> (bitcast<u32>(${y}) & 31u))`,

  select: ([c, x, y]) => `select(${y}, ${x}, ${c})`,
  cast: ([x], from, to) => castText(x!, from, to),
  bitcast: ([x], _, to) => `bitcast<${to === "float32" ? "f32" : "i32"}>(${x})`,
  index: () => "bitcast<i32>(element)",
  random: call("ad_philox"),
};

/** Rounds, or wraps, to a number that a dtype has which is only stored. */
const narrowing: { readonly [D in DType]?: (x: string) => string } = {
  float16: (x) => `ad_float16(${x})`, bfloat16: (x) => `ad_bfloat16(${x})`,
  int16: (x) => `((${x} << 16u) >> 16u)`, int8: (x) => `((${x} << 24u) >> 24u)`, uint8: (x) => `(${x} & 255i)`,
};

function castText(x: string, from: DType, to: DType): string {
  const narrow = narrowing[to];
  if (narrow !== undefined) return narrow(x);
  if (from === to || dtypes[from].compute === to) return x;
  switch (to) {
    case "bool": return from === "float32" ? `((bitcast<u32>(${x}) << 1u) != 0u)` : `(${x} != 0i)`;
    case "int32": return from === "float32" ? `ad_saturate(${x})` : `select(0i, 1i, ${x})`;
    case "float32": return from === "int32" ? `f32(${x})` : `select(0.0, 1.0, ${x})`;
    default: throw new DTypeError(`webgpu: cannot cast ${from} to ${to}`);
  }
}
