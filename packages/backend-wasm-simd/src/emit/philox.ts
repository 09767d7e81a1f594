/** @file The `random` instruction: Philox4x32-10 on four lanes, bit for bit core's philox.ts. */
import type { Code, Local } from "../asm/code.ts";
import type { Site } from "./site.ts";

const MULTIPLIER_0 = 0xd2511f53 | 0, MULTIPLIER_1 = 0xcd9e8d57 | 0, WEYL_0 = 0x9e3779b9 | 0, WEYL_1 = 0xbb67ae85 | 0;

export function philoxLanes({ f, operand }: Site): void {
  const [at, seedLow, seedHigh, offsetLow, offsetHigh] = [0, 1, 2, 3, 4].map(operand) as [Local<"v128">, Local<"v128">, Local<"v128">, Local<"v128">, Local<"v128">];
  const locals = () => f.local("v128");
  const c0 = locals(), c1 = locals(), c2 = locals(), c3 = locals(), k0 = locals(), k1 = locals();
  const high0 = locals(), low0 = locals(), high1 = locals(), low1 = locals();
  f.get(at).i32(2).op("i32x4.shr_u").set(c0).constant(0).set(c1).get(offsetLow).set(c2).get(offsetHigh).set(c3);
  f.get(seedLow).set(k0).get(seedHigh).set(k1);
  for (let round = 0; round < 10; round++) {
    multiply(f, c0, MULTIPLIER_0, high0, low0);
    multiply(f, c2, MULTIPLIER_1, high1, low1);
    f.get(high1).get(c1).op("v128.xor").get(k0).op("v128.xor").set(c0).get(low1).set(c1);
    f.get(high0).get(c3).op("v128.xor").get(k1).op("v128.xor").set(c2).get(low0).set(c3);
    f.get(k0).constant(WEYL_0).op("i32x4.add").set(k0).get(k1).constant(WEYL_1).op("i32x4.add").set(k1);
  }
  // word at mod 4 of (c0, c1, c2, c3)
  const odd = high0, upper = high1;
  f.get(at).i32(31).op("i32x4.shl").i32(31).op("i32x4.shr_s").set(odd);
  f.get(at).i32(30).op("i32x4.shl").i32(31).op("i32x4.shr_s").set(upper);
  f.get(c3).get(c2).get(odd).op("v128.bitselect").get(c1).get(c0).get(odd).op("v128.bitselect");
  f.get(upper).op("v128.bitselect");
}

/** The 64-bit products of unsigned lanes with a constant, as their high and low words. */
function multiply(f: Code, x: Local<"v128">, by: number, high: Local<"v128">, low: Local<"v128">): void {
  const odd = low; // low holds the upper two products until it gets its own value
  f.get(x).constant(by).op("i64x2.extmul_low_i32x4_u").set(high);
  f.get(x).constant(by).op("i64x2.extmul_high_i32x4_u").set(odd);
  f.get(high).get(odd).shuffle(1, 3, 5, 7).get(high).get(odd).shuffle(0, 2, 4, 6).set(low).set(high);
}
