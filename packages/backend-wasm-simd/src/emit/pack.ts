/** @file Emits packing: lines of a matrix, at any strides, laid side by side in panels that the register tiles read. */
import type { Code, Local } from "../asm/code.ts";
import type { Module } from "../asm/module.ts";
import { transpose } from "./copy.ts";

/** Lines of a panel. */
export type PanelLines = 4 | 6 | 8;

/**
 * Adds `name(lines, depth, source, sourceLine, sourceDepth, target)`: panels of `panel` lines, `[depth][line]` each. Counts are in elements, strides in
 * bytes. What stands for lines beyond the last is never stored by the tiles: it is the last line again, or what lies behind it in memory.
 */
export function addPack(module: Module, name: string, panel: PanelLines): void {
  module.func(name, ["i32", "i32", "i32", "i32", "i32", "i32"], [], (f, lines, depth, source, sourceLine, sourceDepth, target) => {
    const from = Array.from({ length: panel }, () => f.local("i32")), left = f.local("i32");
    f.while(() => f.get(lines).i32(0).op("i32.gt_s"), () => {
      f.get(depth).set(left).get(source).set(from[0]!);
      f.get(sourceLine).i32(4).op("i32.eq").if(() => {
        f.while(() => f.get(left), () => {
          copyLines(f, panel, from[0]!, target);
          f.increment(target, 4 * panel).get(from[0]!).get(sourceDepth).op("i32.add").set(from[0]!).increment(left, -1);
        });
      }, () => {
        for (let l = 1; l < panel; l++)
          f.get(from[l - 1]!).get(sourceLine).i32(0).get(lines).i32(l).op("i32.gt_s").op("select").op("i32.add").set(from[l]!);
        f.get(sourceDepth).i32(4).op("i32.eq").if(() => {
          f.while(() => f.get(left).i32(4).op("i32.ge_u"), () => {
            turnLines(f, from, target);
            f.increment(target, 16 * panel).increment(left, -4);
            for (const pointer of from) f.increment(pointer, 16);
          });
        });
        f.while(() => f.get(left), () => {
          from.forEach((pointer, l) => {
            f.get(target).get(pointer).memory("i32.load").memory("i32.store", 4 * l);
            f.get(pointer).get(sourceDepth).op("i32.add").set(pointer);
          });
          f.increment(target, 4 * panel).increment(left, -1);
        });
      });
      f.get(source).get(sourceLine).i32(panel).op("i32.mul").op("i32.add").set(source).increment(lines, -panel);
    });
  });
}

/** One step of the depth from adjacent lines. */
function copyLines(f: Code, panel: PanelLines, from: Local<"i32">, target: Local<"i32">): void {
  for (let l = 0; l + 4 <= panel; l += 4) f.get(target).get(from).memory("v128.load", 4 * l).memory("v128.store", 4 * l);
  if (panel % 4 !== 0) f.get(target).get(from).memory("i64.load", 16).memory("i64.store", 16);
}

/** Four steps of the depth from lines whose elements are adjacent along it. */
export function turnLines(f: Code, from: readonly Local<"i32">[], target: Local<"i32">): void {
  const panel = from.length, x = [0, 1, 2, 3].map(() => f.local("v128"));
  for (let l = 0; l + 4 <= panel; l += 4) {
    x.forEach((v, i) => f.get(from[l + i]!).memory("v128.load").set(v));
    transpose(f, x);
    x.forEach((v, k) => f.get(target).get(v).memory("v128.store", 4 * (k * panel + l)));
  }
  if (panel % 4 === 0) return;
  const [y, z, low, high] = x as [Local<"v128">, Local<"v128">, Local<"v128">, Local<"v128">];
  f.get(from[4]!).memory("v128.load").set(y).get(from[5]!).memory("v128.load").set(z);
  f.get(y).get(z).shuffle(0, 4, 1, 5).set(low).get(y).get(z).shuffle(2, 6, 3, 7).set(high);
  [low, low, high, high].forEach((pair, k) => f.get(target).get(pair).memoryLane("v128.store64_lane", k & 1, 4 * (k * panel + 4)));
}
