/**
 * @file Emits convolutions of several channels: register tiles of output channels by places, which read the windows where x has them. What is called, and
 * the tables of places, are kernels/conv-tiles.ts.
 */
import { Module } from "../asm/module.ts";
import type { Engine } from "../engine.ts";
import { SCRATCH } from "../memory.ts";
import { pushPlaces, type Spacing } from "./places.ts";
import { addPart, atMost, emitTiles, ROOM_ROW, SMALL_ROWS } from "./tile.ts";

/** Four places of the output in a row: where the first sees x and where it lies, offsets in bytes, and how many of the four there are: of places that lie anyhow, four or one. */
export const GROUP = { x: 0, out: 4, count: 8, bytes: 12 } as const;

/**
 * `large`, `small`: (rows, pairs, depth, a, offsets, groups, x, xColumn, c, cRow, cColumn, accumulate): rows of the packed filter a times windows, which have an
 * element at each of `depth` offsets from a place. Groups come in pairs; of the last, the second may be empty.
 */
export type ConvTileKernels = { readonly [N in "large" | "small"]: (...args: number[]) => number };

export function linkConvTiles(engine: Engine, spacing: Spacing): ConvTileKernels {
  const module = new Module(), part = addPart(module);
  for (const [name, height] of [["large", engine.tileRows], ["small", SMALL_ROWS]] as const) windowTiles(module, name, height, engine.relaxed, spacing, part);
  return engine.link<keyof ConvTileKernels>(module);
}

function windowTiles(module: Module, name: string, height: number, relaxed: boolean, spacing: Spacing, part: number): void {
  const [half, whole] = [1, 2].map((vectors) => module.func(
    `${name}${vectors}`, ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [],
    (f, a, offsets, end, x0, x1, step0, step1, c0, c1, cRow, accumulate, count) => {
      const places = [x0, x1].slice(0, vectors), steps = [step0, step1], offset = f.local("i32"), from = f.local("i32"), at = f.local("i32");
      emitTiles(f, height, vectors, relaxed, {
        start: () => f.get(offsets).set(offset),
        loadB(y) {
          f.get(offset).memory("i32.load").set(from);
          places.forEach((place, v) => {
            f.get(place).get(from).op("i32.add").set(at);
            pushPlaces(f, spacing, at, steps[v]);
            f.set(y[v]);
          });
        },
        pushA: (row) => (f.get(a), 4 * row),
        next: () => f.increment(a, 4 * height).increment(offset, 4).get(offset).get(end).op("i32.ne"),
        down() {}, // the next panel of a follows
      }, { c: [c0, c1].slice(0, vectors), cRow, accumulate }, count);
    }));
  module.func(name, ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [],
    (f, rows, pairs, depth, a, offsets, groups, x, xColumn, c, cRow, cColumn, accumulate) => {
      const end = f.local("i32"), pa = f.local("i32"), left = f.local("i32"), panels = f.local("i32");
      const sides = [0, 1].map((side) => ({ side, x: f.local("i32"), step: f.local("i32"), c: f.local("i32"), count: f.local("i32") })), [first, second] = sides;
      const call = (tiles: number, target: () => void, count: () => void) => {
        f.get(pa).get(offsets).get(end).get(first.x).get(second.x).get(first.step).get(second.step);
        target();
        count();
        f.call(tiles);
      };
      const aside = (tiles: number) => call(tiles, () => f.own(SCRATCH).own(SCRATCH + 16).i32(ROOM_ROW).i32(0), () => f.i32(1));
      const below = (count: () => void) => {
        f.get(pa).get(depth).i32(4 * height).op("i32.mul");
        count();
        f.op("i32.mul").op("i32.add").set(pa);
        for (const group of sides) {
          f.get(group.c).get(cRow).i32(height).op("i32.mul");
          count();
          f.op("i32.mul").op("i32.add").set(group.c);
        }
        f.get(left).i32(height);
        count();
        f.op("i32.mul").op("i32.sub").set(left);
      };
      f.get(offsets).get(depth).i32(2).op("i32.shl").op("i32.add").set(end);
      f.while(() => f.get(pairs), () => {
        for (const group of sides) {
          const field = (name_: "x" | "out" | "count") => f.get(groups).memory("i32.load", group.side * GROUP.bytes + GROUP[name_]);
          field("x").get(x).op("i32.add").set(group.x);
          field("out").get(c).op("i32.add").set(group.c);
          field("count").set(group.count);
          // one place stands for all four
          f.get(xColumn).i32(0).get(group.count).i32(1).op("i32.gt_s").op("select").set(group.step);
        }
        f.get(a).set(pa).get(rows).set(left);
        f.get(rows).i32(height).op("i32.ge_s").get(first.count).get(second.count).op("i32.add").i32(8).op("i32.eq").op("i32.and").get(cColumn).i32(4).op("i32.eq").op("i32.and").if(() => {
          f.get(rows).i32(height).op("i32.div_u").set(panels);
          call(whole, () => f.get(first.c).get(second.c).get(cRow).get(accumulate), () => f.get(panels));
          below(() => f.get(panels));
        });
        f.while(() => f.get(left).i32(0).op("i32.gt_s"), () => {
          f.get(second.count).if(() => aside(whole), () => aside(half));
          for (const group of sides) {
            f.own(SCRATCH + 16 * group.side).get(group.c).get(cRow).get(cColumn);
            atMost(f, left, height).get(group.count).get(accumulate).call(part);
          }
          below(() => f.i32(1));
        });
        f.increment(groups, 2 * GROUP.bytes).increment(pairs, -1);
      });
    });
}
