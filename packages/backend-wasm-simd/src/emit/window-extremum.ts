/** @file Emits extrema of windows of float32: four results at a time, each over elements at the same offsets from its place. */
import type { Code, Local } from "../asm/code.ts";
import { Module } from "../asm/module.ts";
import type { Engine } from "../engine.ts";
import { storePartly } from "./body.ts";
import { pushPlaces, type Spacing } from "./places.ts";

export type Extremum = { readonly op: "max" | "min"; readonly result: "value" | "place"; readonly spacing: Spacing };
/**
 * `(planes, xPlane, outPlane, rows, width, terms, offsets, x, xRow, xColumn, out, outRow)`: counts in elements, the rest in bytes; results of a row are adjacent. The value, or the
 * number of the first term that has it; NaN wins.
 */
export type ExtremumRun = (...args: number[]) => number;

export function emitExtremum(engine: Engine, { op, result, spacing }: Extremum): ExtremumRun {
  const module = new Module();
  const plane = module.func("plane", ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [], (f, rows, width, terms, offsets, x, xRow, xColumn, out, outRow) => {
    const from = f.local("i32"), to = f.local("i32"), left = f.local("i32"), at = f.local("i32"), offset = f.local("i32"), term = f.local("i32"), step = f.local("i32");
    const value = f.local("v128"), mask = f.local("v128"), lanes = [0, 1].map(() => ({ best: f.local("v128"), place: f.local("v128") })); // of values, `place` is where a NaN was met
    /** The extrema of four windows, or of eight that lie close to each other, in `best` or `place`. */
    const some = (vectors: 1 | 2) => {
      const found = lanes.slice(0, vectors);
      const eachVector = (then: (into: (typeof lanes)[number]) => void) => {
        f.get(from).get(offset).memory("i32.load").op("i32.add").set(at);
        found.forEach((into, v) => {
          pushPlaces(f, spacing, at, step, v * (spacing === "adjacent" ? 16 : 32));
          then(into);
        });
      };
      f.get(offsets).set(offset).i32(0).set(term);
      eachVector(({ best, place }) => {
        f.set(best);
        if (result === "value") f.get(best).get(best).op("f32x4.ne").set(place);
        else f.constant(0).set(place);
      });
      f.while(() => f.increment(offset, 4).increment(term, 1).get(term).get(terms).op("i32.lt_u"), () => eachVector(({ best, place }) => {
        // One instruction where max has eight, and of equals the first; it passes over NaNs, which are noted aside.
        if (result === "value")
          f.set(value).get(place).get(value).get(value).op("f32x4.ne").op("v128.or").set(place).get(best).get(value).op(op === "max" ? "f32x4.pmax" : "f32x4.pmin").set(best);
        else choose(f, op, { best, place, value, mask, term });
      }));
      if (result === "value") for (const { best, place } of found) f.get(best).get(place).op("v128.or").set(best);
    };
    const found = ({ best, place }: (typeof lanes)[number]) => (result === "value" ? best : place);
    const onwards = (places: number) => f.get(from).get(xColumn).i32(places).op("i32.mul").op("i32.add").set(from);
    f.while(() => f.get(rows), () => {
      f.get(x).set(from).get(out).set(to).get(width).set(left).get(xColumn).set(step);
      for (const vectors of spacing === "any" ? [1] as const : [2, 1] as const)
        f.while(() => f.get(left).i32(4 * vectors).op("i32.ge_s"), () => {
          some(vectors);
          for (let v = 0; v < vectors; v++) f.get(to).get(found(lanes[v])).memory("v128.store", 16 * v);
          f.increment(to, 16 * vectors).increment(left, -4 * vectors);
          onwards(4 * vectors);
        });
      if (spacing === "any") {
        // one place stands for all four: beyond the last there may be no memory
        f.i32(0).set(step);
        f.while(() => f.get(left), () => {
          some(1);
          f.get(to).get(found(lanes[0])).memoryLane("v128.store32_lane", 0).increment(to, 4).increment(left, -1);
          onwards(1);
        });
      } else f.get(left).if(() => {
        some(1);
        storePartly(f, "float32", to, found(lanes[0]), left);
      });
      f.get(x).get(xRow).op("i32.add").set(x).get(out).get(outRow).op("i32.add").set(out).increment(rows, -1);
    });
  });
  module.func("run", ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [], (f, planes, xPlane, outPlane, ...rest) => {
    const x = rest[4], out = rest[7];
    f.loop((next) => {
      for (const argument of rest) f.get(argument);
      f.call(plane).get(x).get(xPlane).op("i32.add").set(x).get(out).get(outPlane).op("i32.add").set(out);
      f.get(planes).i32(1).op("i32.sub").tee(planes).branchIf(next);
    });
  });
  return engine.link<"run">(module).run;
}

export type Choice = { readonly [N in "best" | "place" | "value" | "mask"]: Local<"v128"> } & { readonly term: Local<"i32"> };

/** The term on the stack, where it beats the best so far: a NaN does, but for another one. */
export function choose(f: Code, op: "max" | "min", { best, place, value, mask, term }: Choice): void {
  f.set(value).get(value).get(best).op(op === "max" ? "f32x4.gt" : "f32x4.lt");
  f.get(value).get(value).op("f32x4.ne").get(best).get(best).op("f32x4.eq").op("v128.and").op("v128.or").set(mask);
  f.get(value).get(best).get(mask).op("v128.bitselect").set(best).get(term).op("i32x4.splat").get(place).get(mask).op("v128.bitselect").set(place);
}
