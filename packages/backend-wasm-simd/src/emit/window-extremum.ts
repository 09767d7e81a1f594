/** @file Emits extrema of windows of float32: four results at a time, each over elements at the same offsets from its place. */
import type { Code, Local } from "../asm/code.ts";
import { Module } from "../asm/module.ts";
import type { Engine } from "../engine.ts";
import { storePartly } from "./body.ts";
import { pushPlaces, type Spacing } from "./places.ts";

export type Extremum = { readonly op: "max" | "min"; readonly result: "value" | "place"; readonly spacing: Spacing };
/**
 * `(rows, width, terms, offsets, x, xRow, xColumn, out, outRow)`: counts in elements, the rest in bytes; results of a row are adjacent. The value, or the number of the
 * first term that has it; NaN wins.
 */
export type ExtremumRun = (...args: number[]) => number;

export function emitExtremum(engine: Engine, { op, result, spacing }: Extremum): ExtremumRun {
  const module = new Module();
  module.func("run", ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [], (f, rows, width, terms, offsets, x, xRow, xColumn, out, outRow) => {
    const from = f.local("i32"), to = f.local("i32"), left = f.local("i32"), at = f.local("i32"), offset = f.local("i32"), term = f.local("i32"), step = f.local("i32");
    const best = f.local("v128"), place = f.local("v128"), value = f.local("v128"), mask = f.local("v128");
    const pushTerm = () => {
      f.get(from).get(offset).memory("i32.load").op("i32.add").set(at);
      pushPlaces(f, spacing, at, step);
    };
    /** The extrema of four windows, in `best` or `place`. */
    const four = () => {
      f.get(offsets).set(offset).i32(0).set(term);
      pushTerm();
      f.set(best).constant(0).set(place);
      f.while(() => f.increment(offset, 4).increment(term, 1).get(term).get(terms).op("i32.lt_u"), () => {
        pushTerm();
        if (result === "value") f.get(best).op(op === "max" ? "f32x4.max" : "f32x4.min").set(best);
        else choose(f, op, { best, place, value, mask, term });
      });
    };
    const found = result === "value" ? best : place;
    f.while(() => f.get(rows), () => {
      f.get(x).set(from).get(out).set(to).get(width).set(left).get(xColumn).set(step);
      f.while(() => f.get(left).i32(4).op("i32.ge_s"), () => {
        four();
        f.get(to).get(found).memory("v128.store").increment(to, 16).increment(left, -4).get(from).get(xColumn).i32(2).op("i32.shl").op("i32.add").set(from);
      });
      if (spacing === "any") {
        // one place stands for all four: beyond the last there may be no memory
        f.i32(0).set(step);
        f.while(() => f.get(left), () => {
          four();
          f.get(to).get(found).memoryLane("v128.store32_lane", 0).increment(to, 4).increment(left, -1).get(from).get(xColumn).op("i32.add").set(from);
        });
      } else f.get(left).if(() => {
        four();
        storePartly(f, "float32", to, found, left);
      });
      f.get(x).get(xRow).op("i32.add").set(x).get(out).get(outRow).op("i32.add").set(out).increment(rows, -1);
    });
  });
  return engine.link<"run">(module).run;
}

type Choice = { readonly [N in "best" | "place" | "value" | "mask"]: Local<"v128"> } & { readonly term: Local<"i32"> };

/** The term on the stack, where it beats the best so far: a NaN does, but for another one. */
function choose(f: Code, op: "max" | "min", { best, place, value, mask, term }: Choice): void {
  f.set(value).get(value).get(best).op(op === "max" ? "f32x4.gt" : "f32x4.lt");
  f.get(value).get(value).op("f32x4.ne").get(best).get(best).op("f32x4.eq").op("v128.and").op("v128.or").set(mask);
  f.get(value).get(best).get(mask).op("v128.bitselect").set(best).get(term).op("i32x4.splat").get(place).get(mask).op("v128.bitselect").set(place);
}
