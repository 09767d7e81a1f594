/** @file Emits what finds, of a row, the elements between two bounds, beside their positions: `sort` of a part need not sort the others. */
import type { DType } from "@adjoint/core/backend";
import type { Code, Local } from "../asm/code.ts";
import type { Module } from "../asm/module.ts";

/** From the bits of a float32 to an integer of the same order: both zeros are 0, every NaN is the largest. */
export function orderKey(f: Code, key: Local<"i32">, magnitude: Local<"i32">): void {
  f.i32(0x7fffffff).get(key).i32(0x7fffffff).op("i32.and").tee(magnitude).get(key).i32(31).op("i32.shr_s").tee(key).op("i32.xor").get(key).op("i32.sub"); // -magnitude is ~magnitude + 1
  f.get(magnitude).i32(0x7f800000).op("i32.gt_u").op("select").set(key);
}

/** The same of four. */
function orderKeys(f: Code, keys: Local<"v128">, magnitude: Local<"v128">, sign: Local<"v128">): void {
  f.get(keys).i32(31).op("i32x4.shr_s").set(sign).get(keys).constant(0x7fffffff).op("v128.and").set(magnitude);
  f.constant(0x7fffffff).get(magnitude).get(sign).op("v128.xor").get(sign).op("i32x4.sub");
  f.get(magnitude).constant(0x7f800000).op("i32x4.gt_s").op("v128.bitselect").set(keys);
}

/** The bytes of those lanes among four that a mask has, in their order, as two i64; the rest is not looked at. */
function chosen(mask: number): readonly bigint[] {
  const lanes = [0, 1, 2, 3].filter((lane) => (mask >> lane) & 1).concat(0, 0, 0, 0);
  return [0, 2].map((half) => [0, 1].reduce((sum, k) => sum | [0, 1, 2, 3].reduce((word, byte) => word | (BigInt(4 * lanes[half + k] + byte) << BigInt(8 * byte)), 0n) << BigInt(32 * k), 0n));
}

/**
 * `(length, input, step, low, high, to, spare)`: writes what lies between the keys, both included, as sorting reads it, from `to` on, with room of 8 bytes an element and a table from `spare` on.
 * Returns how many there are, and in the upper half how many lie below. Elements four at a time, where they are adjacent, without a branch: which are chosen cannot be foretold.
 */
export function addCollect(module: Module, dtype: DType, descending: boolean): number {
  return module.func("collect", ["i32", "i32", "i32", "i32", "i32", "i32", "i32"], ["i64"], (f, length, input, step, low, high, to, spare) => {
    const at = f.local("i32"), key = f.local("i32"), below = f.local("i32"), end = f.local("i32"), next = f.local("i32"), next2 = f.local("i32"), bytes = f.local("i32"), mask = f.local("i32"), table = f.local("i32");
    const keys = f.local("v128"), magnitude = f.local("v128"), sign = f.local("v128"), inside = f.local("v128"), lows = f.local("v128"), highs = f.local("v128"), belows = f.local("v128"), places = f.local("v128");
    f.get(low).op("i32x4.splat").set(lows).get(high).op("i32x4.splat").set(highs).constant(0, 1, 2, 3).set(places);
    // Keys from `spare` on, then places, then the table.
    f.get(length).i32(2).op("i32.shl").set(bytes).get(spare).tee(next).get(bytes).op("i32.add").tee(next2).get(bytes).op("i32.add").set(table);
    for (let choice = 0; choice < 16; choice++) for (const [k, word] of chosen(choice).entries()) f.get(table).i64(word).memory("i64.store", 16 * choice + 8 * k);
    f.get(step).i32(4).op("i32.eq").if(() => { f.get(length).i32(-4).op("i32.and").set(end); });
    const advance = () => f.get(mask).i32(2).op("i32.shl").tee(mask).get(next).op("i32.add").set(next).get(mask).get(next2).op("i32.add").set(next2);
    f.while(() => f.get(at).get(end).op("i32.lt_u"), () => {
      f.get(input).memory("v128.load").set(keys);
      if (dtype === "float32") orderKeys(f, keys, magnitude, sign);
      if (descending) f.get(keys).op("v128.not").set(keys);
      f.get(belows).get(keys).get(lows).op("i32x4.lt_s").tee(inside).op("i32x4.sub").set(belows);
      f.get(inside).get(keys).get(highs).op("i32x4.gt_s").op("v128.or").op("i32x4.bitmask").i32(15).op("i32.xor").set(mask);
      f.get(mask).i32(4).op("i32.shl").get(table).op("i32.add").memory("v128.load").set(inside);
      f.get(next).get(keys).get(inside).op("i8x16.swizzle").memory("v128.store").get(next2).get(places).get(inside).op("i8x16.swizzle").memory("v128.store");
      f.get(mask).op("i32.popcnt").set(mask);
      advance();
      f.get(places).constant(4).op("i32x4.add").set(places).increment(input, 16).increment(at, 4);
    });
    for (let lane = 0; lane < 4; lane++) f.get(belows).lane("i32x4.extract_lane", lane).get(below).op("i32.add").set(below);
    f.while(() => f.get(at).get(length).op("i32.lt_u"), () => {
      f.get(input).memory("i32.load").set(key);
      if (dtype === "float32") orderKey(f, key, mask);
      if (descending) f.get(key).i32(-1).op("i32.xor").set(key);
      f.get(next).get(key).memory("i32.store").get(next2).get(at).memory("i32.store");
      f.get(below).get(key).get(low).op("i32.lt_s").op("i32.add").set(below);
      f.get(key).get(low).op("i32.ge_s").get(key).get(high).op("i32.le_s").op("i32.and").set(mask);
      advance();
      f.get(input).get(step).op("i32.add").set(input).increment(at, 1);
    });
    f.get(next).get(spare).op("i32.sub").i32(2).op("i32.shr_u").set(mask);
    f.i32(0).set(at).get(spare).set(next).get(spare).get(bytes).op("i32.add").set(next2);
    f.while(() => f.get(at).get(mask).op("i32.lt_u"), () => {
      f.get(next2).memory("v128.load").set(places).get(next).memory("v128.load").set(keys);
      f.get(to).get(places).get(keys).shuffle(0, 4, 1, 5).memory("v128.store").get(to).get(places).get(keys).shuffle(2, 6, 3, 7).memory("v128.store", 16);
      f.increment(to, 32).increment(next, 16).increment(next2, 16).increment(at, 4);
    });
    f.get(below).op("i64.extend_i32_u").i64(32n).op("i64.shl").get(mask).op("i64.extend_i32_u").op("i64.or");
  });
}
