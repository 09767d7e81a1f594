/** @file How far a float result may lie from the exact one, in units in the last place, for each scalar instruction. */
import { type DType, type InstructionName, loweredUlp } from "@adjoint/core/backend";

/**
 * 0 is exact after one rounding. Bounds are measured from the float64 value, before it is rounded: those of the formulas
 * that core publishes, and what GPUs give for division and roots.
 */
const float32Ulp: { readonly [I in InstructionName]?: number } = { div: 2.5, sqrt: 2.5, ...loweredUlp };

/** float64 is computed by the host's Math, or by something as good. */
const float64Ulp: { readonly [I in InstructionName]?: number } = {
  exp: 2, exp2: 2, expm1: 2, log: 2, log1p: 2, sin: 2, cos: 2, tan: 2, asin: 2, acos: 2, atan: 2, atan2: 2, tanh: 2, erf: 4, pow: 2,
};

/**
 * Where core's formulas stop being accurate for float32, the range that is left of the promise; undefined inside of it.
 * Core states these limits beside the formulas in scalar/lowering.ts.
 */
export function beyond(name: InstructionName, dtype: DType, [x = 0, y = 0]: readonly number[]): { readonly low: number; readonly high: number; readonly nan: boolean } | undefined {
  if (dtype !== "float32") return undefined;
  const a = Math.abs(x);
  if (a === Infinity) return undefined;
  if (name === "rem" && y !== 0 && Math.abs(y) < leastNormal) return { low: -a, high: a, nan: true }; // a divisor that some steps take for 0
  if ((name === "sin" || name === "cos") && a > 5e4) return { low: -1, high: 1, nan: false };
  if (name === "tan" && a > 2.5e4) return { low: -Infinity, high: Infinity, nan: false };
  if (name === "rem" && Number.isFinite(y) && y !== 0 && a / Math.abs(y) > 2 ** 36)
    return { low: x < 0 ? -Infinity : 0, high: x < 0 ? 0 : Infinity, nan: a / Math.abs(y) >= 2 ** 127 };
  return undefined;
}

export function ulpsOf(name: InstructionName, dtype: DType): number {
  if (dtype === "float32") return float32Ulp[name] ?? 0;
  return dtype === "float64" ? float64Ulp[name] ?? 0 : 0;
}

const precision = { float32: { bits: 23, least: -149 }, float64: { bits: 52, least: -1074 } } as const;

/** The distance between neighbouring numbers at `x`: the unit in the last place. */
export function ulp(x: number, dtype: "float32" | "float64"): number {
  const { bits, least } = precision[dtype], a = Math.abs(x);
  if (a === 0) return 2 ** least;
  let exponent = Math.floor(Math.log2(a));
  if (2 ** exponent > a) exponent--; // log2 rounds up just below a power of two
  return 2 ** Math.max(exponent - bits, least);
}

/** The unit roundoff: the largest relative error of one rounding. */
export const roundoff = (dtype: DType): number => (dtype === "float64" ? 2 ** -53 : dtype === "float32" ? 2 ** -24 : 0);

/** Below it a float32 may be flushed to zero by any arithmetic. */
export const leastNormal: number = 2 ** -126;
