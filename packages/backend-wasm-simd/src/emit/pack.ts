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
export function addPack(module: Module, name: string, panel: PanelLines): number {
  return module.func(name, ["i32", "i32", "i32", "i32", "i32", "i32"], [], (f, lines, depth, source, sourceLine, sourceDepth, target) => {
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
            turnLines(f, panel, (line) => f.get(from[line]), target);
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

/**
 * Adds `name(lines, depth, source, lineOffsets, depthOffsets, target)`: the same of elements that lie at the sum of two offsets in bytes, one from a table of the
 * lines and one from a table of the steps. The first has entries up to a whole number of panels.
 */
export function addPackByTable(module: Module, name: string, panel: 4 | 8): number {
  return module.func(name, ["i32", "i32", "i32", "i32", "i32", "i32"], [], (f, lines, depth, source, lineOffsets, depthOffsets, target) => {
    const from = Array.from({ length: panel }, () => f.local("i32")), offset = f.local("i32"), left = f.local("i32"), base = f.local("i32"), apart = f.local("v128");
    /** Whether the four offsets from an address on are those of adjacent elements. */
    const areAdjacent = (table: Local<"i32">, at: number) =>
      f.get(table).memory("v128.load", at).get(table).memory("v128.load32_splat", at).op("i32x4.sub").constant(0, 4, 8, 12).op("v128.xor").set(apart).get(apart).op("v128.any_true").op("i32.eqz");
    const next = (steps: number) => f.increment(target, 4 * panel * steps).increment(offset, 4 * steps).increment(left, -steps);
    f.while(() => f.get(lines).i32(0).op("i32.gt_s"), () => {
      from.forEach((pointer, l) => f.get(source).get(lineOffsets).memory("i32.load", 4 * l).op("i32.add").set(pointer));
      f.get(depthOffsets).set(offset).get(depth).set(left);
      areAdjacent(lineOffsets, 0);
      for (let l = 4; l < panel; l += 4) areAdjacent(lineOffsets, 4 * l).op("i32.and");
      f.if(() => f.while(() => f.get(left), () => {
        f.get(offset).memory("i32.load").set(base);
        for (let l = 0; l < panel; l += 4) f.get(target).get(from[l]).get(base).op("i32.add").memory("v128.load").memory("v128.store", 4 * l);
        next(1);
      }), () => f.while(() => f.get(left), () => {
        f.get(offset).memory("i32.load").set(base);
        f.get(left).i32(4).op("i32.ge_s");
        areAdjacent(offset, 0).op("i32.and").if(() => {
          turnLines(f, panel, (line) => f.get(from[line]).get(base).op("i32.add"), target);
          next(4);
        }, () => {
          from.forEach((pointer, l) => f.get(target).get(pointer).get(base).op("i32.add").memory("i32.load").memory("i32.store", 4 * l));
          next(1);
        });
      }));
      f.increment(lineOffsets, 4 * panel).increment(lines, -panel);
    });
  });
}

/** One step of the depth from adjacent lines. */
function copyLines(f: Code, panel: PanelLines, from: Local<"i32">, target: Local<"i32">): void {
  for (let l = 0; l + 4 <= panel; l += 4) f.get(target).get(from).memory("v128.load", 4 * l).memory("v128.store", 4 * l);
  if (panel % 4 !== 0) f.get(target).get(from).memory("i64.load", 16).memory("i64.store", 16);
}

/** Four steps of the depth from lines whose elements are adjacent along it. `push` leaves the address of a line. */
function turnLines(f: Code, panel: PanelLines, push: (line: number) => Code, target: Local<"i32">): void {
  const x = [0, 1, 2, 3].map(() => f.local("v128"));
  for (let l = 0; l + 4 <= panel; l += 4) {
    x.forEach((v, i) => push(l + i).memory("v128.load").set(v));
    transpose(f, x);
    x.forEach((v, k) => f.get(target).get(v).memory("v128.store", 4 * (k * panel + l)));
  }
  if (panel % 4 === 0) return;
  const [y, z, low, high] = x as [Local<"v128">, Local<"v128">, Local<"v128">, Local<"v128">];
  push(4).memory("v128.load").set(y);
  push(5).memory("v128.load").set(z);
  f.get(y).get(z).shuffle(0, 4, 1, 5).set(low).get(y).get(z).shuffle(2, 6, 3, 7).set(high);
  [low, low, high, high].forEach((pair, k) => f.get(target).get(pair).memoryLane("v128.store64_lane", k & 1, 4 * (k * panel + 4)));
}
