/** @file Emits the laying out of a plane's rows amid zeros, in memory that stays in the nearest cache. */
import type { Module } from "../asm/module.ts";

/** Adds `lay(rows, first, last, from, fromRow, width, to, toRow)`: rows `first` to `last - 1` from where they lie, zeros for the others; up to three more zeros behind each. */
export function addLay(module: Module): number {
  return module.func("lay", ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [], (f, rows, first, last, from, fromRow, width, to, toRow) => {
    const row = f.local("i32"), source = f.local("i32"), target = f.local("i32"), end = f.local("i32"), mask = f.local("v128");
    f.get(width).i32(3).op("i32.and").op("i32x4.splat").constant(0, 1, 2, 3).op("i32x4.gt_s").set(mask);
    f.while(() => f.get(row).get(rows).op("i32.lt_s"), () => {
      f.get(to).set(target).get(to).get(width).i32(-4).op("i32.and").i32(2).op("i32.shl").op("i32.add").set(end);
      f.get(row).get(first).op("i32.ge_s").get(row).get(last).op("i32.lt_s").op("i32.and").if(() => {
        f.get(from).set(source);
        f.while(() => f.get(target).get(end).op("i32.ne"), () => f.get(target).get(source).memory("v128.load").memory("v128.store").increment(source, 16).increment(target, 16));
        f.get(width).i32(3).op("i32.and").if(() => f.get(target).get(source).memory("v128.load").get(mask).op("v128.and").memory("v128.store"));
      }, () => {
        f.while(() => f.get(target).get(end).op("i32.ne"), () => f.get(target).constant(0).memory("v128.store").increment(target, 16));
        f.get(width).i32(3).op("i32.and").if(() => f.get(target).constant(0).memory("v128.store"));
      });
      f.increment(row, 1).get(from).get(fromRow).op("i32.add").set(from).get(to).get(toRow).op("i32.add").set(to);
    });
  });
}
