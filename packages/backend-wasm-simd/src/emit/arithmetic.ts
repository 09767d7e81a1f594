/** @file The instructions that need more than one WebAssembly instruction, on four lanes. Random numbers are in philox.ts. */
import type { PlainOp } from "../asm/opcodes.ts";
import type { Module } from "../asm/module.ts";
import { narrowCasts } from "./narrow.ts";
import { laneKind, type Site } from "./site.ts";

/** 1, -1, or 0 for zeros and NaN. */
export function signLanes({ f, dtype, operand }: Site): void {
  const x = operand(0);
  if (laneKind(dtype) === "int") {
    f.get(x).constant(0).op("i32x4.lt_s").get(x).constant(0).op("i32x4.gt_s").op("i32x4.sub");
    return;
  }
  f.get(x).constant(0).op("f32x4.gt").floatConstant(1).op("v128.and");
  f.get(x).constant(0).op("f32x4.lt").floatConstant(-1).op("v128.and").op("v128.or");
}

/** Quotients by way of float64, where they are exact; division by 0 gives 0, INT_MIN / -1 wraps. */
export function idivLanes({ f, operand }: Site, want: "quotient" | "remainder" = "quotient"): void {
  const x = operand(0), y = operand(1), quotient = f.local("v128");
  for (const half of ["low", "high"] as const) {
    for (const z of [x, y]) {
      f.get(z);
      if (half === "high") f.get(z).shuffle(2, 3, 2, 3);
      f.op("f64x2.convert_low_i32x4_s");
    }
    f.op("f64x2.div").op("i32x4.trunc_sat_f64x2_s_zero");
  }
  f.shuffle(0, 1, 4, 5).set(quotient);
  f.get(x).op("i32x4.neg").get(quotient).get(y).constant(-1).op("i32x4.eq").op("v128.bitselect").set(quotient);
  if (want === "remainder") f.get(x).get(quotient).get(y).op("i32x4.mul").op("i32x4.sub");
  else f.get(quotient);
  f.get(y).constant(0).op("i32x4.ne").op("v128.and");
}

/** x^y by squaring. A negative power of 1 is 1, of -1 is 1 or -1, of all else 0. */
export function integerPow({ f, operand }: Site): void {
  const x = operand(0), y = operand(1);
  const result = f.local("v128"), base = f.local("v128"), power = f.local("v128");
  f.constant(1).set(result).get(x).set(base).get(y).constant(0).op("i32x4.max_s").set(power);
  f.while(() => f.get(power).op("v128.any_true"), () => {
    f.get(result).get(base).op("i32x4.mul").get(result).get(power).constant(1).op("v128.and").constant(1).op("i32x4.eq").op("v128.bitselect").set(result);
    f.get(base).get(base).op("i32x4.mul").set(base).get(power).i32(1).op("i32x4.shr_u").set(power);
  });
  const parity = f.local("v128");
  f.get(y).constant(1).op("v128.and").set(parity);
  f.get(x).constant(1).op("i32x4.eq").constant(1).op("v128.and");
  f.get(x).constant(-1).op("i32x4.eq").constant(1).get(parity).op("i32x4.sub").get(parity).op("i32x4.sub").op("v128.and").op("v128.or");
  f.get(result).get(y).constant(0).op("i32x4.lt_s").op("v128.bitselect");
}

/** Counts that are no literal may differ from lane to lane, which SIMD shifts cannot. */
export const shiftLanes = (vector: PlainOp, scalar: PlainOp) => ({ f, operand, literal }: Site): void => {
  const count = literal(1);
  f.get(operand(0));
  if (count !== undefined) {
    f.i32(count & 31).op(vector);
    return;
  }
  for (let lane = 0; lane < 4; lane++) {
    f.get(operand(0)).lane("i32x4.extract_lane", lane).get(operand(1)).lane("i32x4.extract_lane", lane).op(scalar);
    f.lane("i32x4.replace_lane", lane);
  }
};

export function castLanes({ f, dtype, result, operand }: Site): void {
  const narrow = narrowCasts[dtype]?.load ?? narrowCasts[result]?.store;
  if (narrow !== undefined) return narrow(f, operand(0));
  const from = laneKind(dtype), to = laneKind(result);
  f.get(operand(0));
  if (from === to) return;
  if (to === "bool") f.constant(0).op(from === "float" ? "f32x4.ne" : "i32x4.ne"); // NaN is true
  else if (from === "bool") to === "float" ? f.floatConstant(1).op("v128.and") : f.op("i32x4.neg");
  else f.op(to === "int" ? "i32x4.trunc_sat_f32x4_s" : "f32x4.convert_i32x4_s");
}

export function fmodLanes({ f, operand, fmod }: Site): void {
  f.get(operand(0));
  for (let lane = 0; lane < 4; lane++) {
    f.get(operand(0)).lane("f32x4.extract_lane", lane).get(operand(1)).lane("f32x4.extract_lane", lane).call(fmod);
    f.lane("f32x4.replace_lane", lane);
  }
}

/**
 * Adds C's fmodf, exact. In float64, quotients are cut to 28 bits, so that their products with y are exact, as are the
 * differences; each step takes at least 27 bits off the quotient.
 */
export function addFmod(module: Module): number {
  return module.func("fmod", ["f32", "f32"], ["f32"], (f, x, y) => {
    const rest = f.local("f64"), by = f.local("f64");
    f.get(x).op("f32.abs").op("f64.promote_f32").set(rest).get(y).op("f32.abs").op("f64.promote_f32").set(by);
    f.while(() => f.get(rest).get(by).op("f64.ge"), () => {
      f.get(rest).get(rest).get(by).op("f64.div").f64(1 - 2 ** -50).op("f64.mul").op("f64.trunc");
      f.op("i64.reinterpret_f64").i64(-(1n << 25n)).op("i64.and").op("f64.reinterpret_i64").f64(1).op("f64.max");
      f.get(by).op("f64.mul").op("f64.sub").set(rest); // NaN where y is 0 or x infinite, which ends the loop
    });
    f.get(rest).get(x).op("f64.promote_f32").op("f64.copysign").op("f32.demote_f64");
    f.get(y).get(y).get(y).op("f32.eq").op("select"); // y itself where it is NaN
  });
}
