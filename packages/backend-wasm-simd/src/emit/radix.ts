/** @file Emits a sort by digits of the key, the lowest first. Each pass keeps the order of equals, so positions need not be looked at. */
import type { Local } from "../asm/code.ts";
import type { Module } from "../asm/module.ts";

/** Digits have at most so many bits; a counter, of 4 bytes, for each of their values. */
export const MOST_BITS = 11, COUNTERS: number = 4 << MOST_BITS;

/**
 * `(bytes, from, to, counters, bits)`: sorts elements of a position and a key, 8 bytes each, by digits of so many bits, with as much room from `to` on and room for a counter of each digit.
 * Returns where they are then. A digit that all have alike costs no move.
 */
export function addRadix(module: Module): number {
  return module.func("radix", ["i32", "i32", "i32", "i32", "i32"], ["i32"], (f, bytes, from, to, counters, bits) => {
    const shift = f.local("i32"), mask = f.local("i32"), at = f.local("i32"), end = f.local("i32"), counter = f.local("i32"), place = f.local("i32"), next = f.local("i32"), element = f.local("i64");
    /** Leaves the address of the counter of the digit that the element at an address has; keys have a sign. */
    const counterOf = (address: Local<"i32">) => f.get(address).memory("i32.load", 4).i32(-2147483648).op("i32.xor").get(shift).op("i32.shr_u").get(mask).op("i32.and").i32(2).op("i32.shl").get(counters).op("i32.add").tee(counter);
    const overElements = (body: () => void) => f.get(from).set(at).loop((again) => {
      body();
      f.increment(at, 8).get(at).get(end).op("i32.lt_u").branchIf(again);
    });
    f.i32(1).get(bits).op("i32.shl").i32(1).op("i32.sub").set(mask);
    f.loop((nextDigit) => {
      f.get(from).get(bytes).op("i32.add").set(end).get(counters).i32(0).i32(4).get(bits).op("i32.shl").memoryFill();
      overElements(() => { counterOf(at).get(counter).memory("i32.load").i32(1).op("i32.add").memory("i32.store"); });
      counterOf(from).memory("i32.load").i32(3).op("i32.shl").get(bytes).op("i32.ne").if(() => {
        f.get(to).set(place).get(counters).set(at).get(counters).i32(4).get(bits).op("i32.shl").op("i32.add").set(counter);
        f.loop((again) => {
          f.get(at).memory("i32.load").set(next).get(at).get(place).memory("i32.store");
          f.get(place).get(next).i32(3).op("i32.shl").op("i32.add").set(place).increment(at, 4).get(at).get(counter).op("i32.lt_u").branchIf(again);
        });
        overElements(() => {
          f.get(at).memory("i64.load").set(element);
          counterOf(at).memory("i32.load").tee(place).get(element).memory("i64.store");
          f.get(counter).get(place).i32(8).op("i32.add").memory("i32.store");
        });
        f.get(from).get(to).set(from).set(to);
      });
      f.get(shift).get(bits).op("i32.add").tee(shift).i32(32).op("i32.lt_u").branchIf(nextDigit);
    });
    f.get(from);
  });
}
