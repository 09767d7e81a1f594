/** @file Emits convolutions of one channel a group: lines of the output as sums of shifted lines of x, or a few places of it as long sums. What is called is kernels/single-channel.ts. */
import type { Local } from "../asm/code.ts";
import { Module } from "../asm/module.ts";
import type { Engine } from "../engine.ts";
import { storePartly } from "./body.ts";
import { pushPlaces, type Spacing } from "./places.ts";
import { multiplyAdd, type V128 } from "./multiply-add.ts";

/** Places of the output that `places` sums for at once. */
export const TOGETHER = 4;

/**
 * Addresses, strides and offsets count bytes; elements of x along a row are `xStep` apart, all others are adjacent.
 * `lines`: (rows, width, terms, offsets, weights, x, xRow, xStep, out, outRow): element i of a row of the output is the sum over all terms of `weights[t]` times
 * what lies `offsets[t] + i * xStep` after x.
 * `places`: (planes, rows, width, y, yPlane, yRow, x0, x1, x2, x3, xPlane, xRow, xStep, sums): adds the products of y with x from each of four places on to four vectors of sums.
 */
export type SingleChannelKernels = { readonly [N in "lines" | "places"]: (...args: number[]) => number };

export function linkSingleChannel(engine: Engine, spacing: Spacing): SingleChannelKernels {
  const module = new Module();
  lines(module, engine.relaxed, spacing);
  places(module, engine.relaxed, spacing);
  return engine.link<keyof SingleChannelKernels>(module);
}

type I32 = Local<"i32">;

/** The bytes between the places of one vector and those of the next. */
const vectorBytes: { readonly [S in Spacing]: number } = { adjacent: 16, second: 32, any: 0 };

function lines(module: Module, relaxed: boolean, spacing: Spacing): void {
  module.func("lines", ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [], (f, rows, width, terms, offsets, weights, x, xRow, xStep, out, outRow) => {
    const from = f.local("i32"), to = f.local("i32"), left = f.local("i32"), at = f.local("i32"), offset = f.local("i32"), weight = f.local("i32"), more = f.local("i32"), step = f.local("i32");
    const all = [0, 1, 2, 3].map(() => f.local("v128")), factor = f.local("v128");
    const sum = (sums: readonly V128[]) => {
      for (const one of sums) f.constant(0).set(one);
      f.get(offsets).set(offset).get(weights).set(weight).get(terms).set(more);
      f.loop((again) => {
        f.get(from).get(offset).memory("i32.load").op("i32.add").set(at).get(weight).memory("v128.load32_splat").set(factor);
        sums.forEach((one, v) => {
          pushPlaces(f, spacing, at, step, v * vectorBytes[spacing]);
          multiplyAdd(f, relaxed, undefined, factor, one);
        });
        f.increment(offset, 4).increment(weight, 4).get(more).i32(1).op("i32.sub").tee(more).branchIf(again);
      });
    };
    const onwards = (count: number) => f.get(from).get(xStep).i32(count).op("i32.mul").op("i32.add").set(from);
    f.while(() => f.get(rows), () => {
      f.get(x).set(from).get(out).set(to).get(width).set(left).get(xStep).set(step);
      for (const vectors of spacing === "any" ? [1] : [4, 2, 1])
        f.while(() => f.get(left).i32(4 * vectors).op("i32.ge_s"), () => {
          const sums = all.slice(0, vectors);
          sum(sums);
          sums.forEach((one, v) => f.get(to).get(one).memory("v128.store", 16 * v));
          f.increment(to, 16 * vectors).increment(left, -4 * vectors);
          onwards(4 * vectors);
        });
      if (spacing === "any") {
        // one place stands for all four: beyond the last there may be no memory
        f.i32(0).set(step);
        f.while(() => f.get(left), () => {
          sum(all.slice(0, 1));
          f.get(to).get(all[0]).memoryLane("v128.store32_lane", 0).increment(to, 4).increment(left, -1);
          onwards(1);
        });
      } else f.get(left).if(() => {
        sum(all.slice(0, 1));
        storePartly(f, "float32", to, all[0], left);
      });
      f.get(x).get(xRow).op("i32.add").set(x).get(out).get(outRow).op("i32.add").set(out).increment(rows, -1);
    });
  });
}

function places(module: Module, relaxed: boolean, spacing: Spacing): void {
  module.func("places", ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [], (f, planes, rows, width, y, yPlane, yRow, x0, x1, x2, x3, xPlane, xRow, xStep, sums) => {
    const plane = [x0, x1, x2, x3], starts = plane.map(() => f.local("i32")), yFrom = f.local("i32"), more = f.local("i32"), from = starts.map(() => f.local("i32")), totals = starts.map(() => f.local("v128")), rest = starts.map(() => f.local("f32"));
    const by = f.local("i32"), left = f.local("i32"), at = f.local("i32"), factor = f.local("v128"), one = f.local("f32");
    const onwards = (pointers: readonly I32[], count: number) => { for (const pointer of pointers) f.get(pointer).get(xStep).i32(count).op("i32.mul").op("i32.add").set(pointer); };
    f.while(() => f.get(planes), () => {
      for (const total of totals) f.constant(0).set(total);
      for (const single of rest) f.f64(0).op("f32.demote_f64").set(single);
      starts.forEach((start, k) => f.get(plane[k]).set(start));
      f.get(y).set(yFrom).get(rows).set(more);
      f.while(() => f.get(more), () => {
        starts.forEach((start, k) => f.get(start).set(from[k]));
        f.get(yFrom).set(by).get(width).set(left);
        f.while(() => f.get(left).i32(4).op("i32.ge_s"), () => {
          f.get(by).memory("v128.load").set(factor);
          from.forEach((pointer, k) => {
            f.get(pointer).set(at);
            pushPlaces(f, spacing, at, xStep);
            multiplyAdd(f, relaxed, undefined, factor, totals[k]);
          });
          onwards(from, 4);
          f.increment(by, 16).increment(left, -4);
        });
        f.while(() => f.get(left), () => {
          f.get(by).memory("f32.load").set(one);
          from.forEach((pointer, k) => f.get(rest[k]).get(pointer).memory("f32.load").get(one).op("f32.mul").op("f32.add").set(rest[k]));
          onwards(from, 1);
          f.increment(by, 4).increment(left, -1);
        });
        for (const start of starts) f.get(start).get(xRow).op("i32.add").set(start);
        f.get(yFrom).get(yRow).op("i32.add").set(yFrom).increment(more, -1);
      });
      // what planes add up to is added up by itself: shorter sums lose less
      totals.forEach((total, k) => {
        f.get(sums).get(sums).memory("v128.load", 16 * k).get(total).op("f32x4.add");
        f.constant(0).get(rest[k]).lane("f32x4.replace_lane", 0).op("f32x4.add").memory("v128.store", 16 * k);
      });
      for (const start of plane) f.get(start).get(xPlane).op("i32.add").set(start);
      f.get(y).get(yPlane).op("i32.add").set(y).increment(planes, -1);
    });
  });
}
