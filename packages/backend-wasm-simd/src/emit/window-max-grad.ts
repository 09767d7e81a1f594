/** @file Emits the gradient of maxima of windows that lie side by side: four windows at a time, whose elements are read to find the largest, and then written. */
import type { Label, Local } from "../asm/code.ts";
import { Module } from "../asm/module.ts";
import type { Engine } from "../engine.ts";
import { storePartly } from "./body.ts";
import { pushPlaces } from "./places.ts";
import { choose } from "./window-extremum.ts";

type I32 = Local<"i32">;
type V128 = Local<"v128">;

/**
 * `run`: (planes, rows, width, high, wide, x, xPlane, xRow, grad, gradPlane, gradRow, out, outPlane, outRow): counts in elements, the rest in bytes; elements of all rows are
 * adjacent. Of `high` by `wide` elements, a window has its element of grad at the first that is largest, or NaN, and zeros at the others.
 */
export function linkWindowMaxGrad(engine: Engine, columns: "pairs" | "any"): (...args: number[]) => number {
  const module = new Module(), isPaired = columns === "pairs";
  module.func("run", ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [],
    (f, planes, rows, width, high, wide, x, xPlane, xRow, grad, gradPlane, gradRow, out, outPlane, outRow) => {
      const word = (): I32 => f.local("i32"), vector = (): V128 => f.local("v128");
      const px = word(), pg = word(), po = word(), over = word(), from = word(), by = word(), to = word(), line = word(), row = word(), column = word(), left = word(), count = word(), term = word(), at = word(), step = word(), end = word();
      const best = vector(), place = vector(), value = vector(), mask = vector(), factor = vector(), low = vector(), upper = vector();
      const eachRow = (begin: I32, distance: I32, run: () => void) => {
        f.get(begin).set(line).get(high).set(row).i32(0).set(term);
        f.while(() => f.get(row), () => {
          run();
          f.get(line).get(distance).op("i32.add").set(line).increment(row, -1);
        });
      };
      const chosen = (): void => {
        choose(f, "max", { best, place, value, mask, term });
        f.increment(term, 1);
      };
      /** Leaves what the element of this term gets. */
      const share = () => f.get(factor).get(place).get(term).op("i32x4.splat").op("i32x4.eq").op("v128.and");
      const find = () => {
        f.floatConstant(-Infinity).set(best).constant(0).set(place);
        eachRow(from, xRow, isPaired ? () => {
          f.get(line).memory("v128.load").set(low).get(line).memory("v128.load", 16).set(upper);
          f.get(low).get(upper).shuffle(0, 2, 4, 6);
          chosen();
          f.get(low).get(upper).shuffle(1, 3, 5, 7);
          chosen();
        } : () => {
          f.i32(0).set(column);
          f.while(() => f.get(column).get(wide).op("i32.lt_s"), () => {
            f.get(column).i32(2).op("i32.shl").get(line).op("i32.add").set(at);
            pushPlaces(f, "any", at, step);
            chosen();
            f.increment(column, 1);
          });
        });
      };
      const give = () => eachRow(to, outRow, isPaired ? () => {
        share().set(low).increment(term, 1);
        share().set(value).increment(term, 1);
        f.get(low).get(value).shuffle(2, 6, 3, 7).set(upper).get(low).get(value).shuffle(0, 4, 1, 5).set(low);
        f.get(count).i32(4).op("i32.eq").if(() => f.get(line).get(low).memory("v128.store").get(line).get(upper).memory("v128.store", 16), () => {
          f.get(count).i32(1).op("i32.shl").set(at);
          f.get(at).i32(4).op("i32.ge_s").if(() => {
            f.get(line).get(low).memory("v128.store").get(line).i32(16).op("i32.add").set(end);
            f.get(upper).set(low);
          }, () => f.get(line).set(end));
          f.get(at).i32(3).op("i32.and").if(() => storePartly(f, "float32", end, low, at));
        });
      } : () => {
        f.i32(0).set(column);
        f.while(() => f.get(column).get(wide).op("i32.lt_s"), () => {
          share().set(low).increment(term, 1);
          f.get(column).i32(2).op("i32.shl").get(line).op("i32.add").set(at);
          f.get(at).get(low).memoryLane("v128.store32_lane", 0);
          f.get(step).if(() => {
            for (let lane = 1; lane < 4; lane++) f.get(at).get(step).op("i32.add").set(at).get(at).get(low).memoryLane("v128.store32_lane", lane);
          });
          f.increment(column, 1);
        });
      });
      const [a, b, c, d, sum] = [vector(), vector(), vector(), vector(), vector()];
      /** Four windows of two by two without NaN: which of each pair, and which pair, is larger. */
      const fourOfFour = (done: Label) => {
        f.get(from).get(xRow).op("i32.add").set(at);
        ([[from, a, b], [at, c, d]] as const).forEach(([start, even, odd]) => {
          f.get(start).memory("v128.load").set(low).get(start).memory("v128.load", 16).set(upper);
          f.get(low).get(upper).shuffle(0, 2, 4, 6).set(even).get(low).get(upper).shuffle(1, 3, 5, 7).set(odd);
        });
        f.get(a).get(b).op("f32x4.add").get(c).get(d).op("f32x4.add").op("f32x4.add").set(sum);
        f.get(sum).get(sum).op("f32x4.ne").op("v128.any_true").op("i32.eqz").if(() => {
          f.get(d).get(c).op("f32x4.gt").set(upper).get(b).get(a).op("f32x4.gt").set(low);
          f.get(c).get(d).op("f32x4.pmax").get(a).get(b).op("f32x4.pmax").op("f32x4.gt").set(mask);
          f.get(to).get(outRow).op("i32.add").set(end);
          ([[to, "v128.andnot", low], [end, "v128.and", upper]] as const).forEach(([start, half, isOdd]) => {
            f.get(factor).get(mask).op(half).set(value);
            f.get(value).get(isOdd).op("v128.andnot").set(a).get(value).get(isOdd).op("v128.and").set(b);
            f.get(start).get(a).get(b).shuffle(0, 4, 1, 5).memory("v128.store").get(start).get(a).get(b).shuffle(2, 6, 3, 7).memory("v128.store", 16);
          });
          f.branch(done);
        });
      };
      f.while(() => f.get(planes), () => {
        f.get(x).set(px).get(grad).set(pg).get(out).set(po).get(rows).set(over);
        f.while(() => f.get(over), () => {
          f.get(px).set(from).get(pg).set(by).get(po).set(to).get(width).set(left);
          f.while(() => f.get(left), () => {
            // beyond the end of a row there may be no memory: where elements lie anyhow, one window stands for all four
            f.get(left).i32(4).op("i32.ge_s").if(() => f.i32(4).set(count), () => (isPaired ? f.get(left) : f.i32(1)).set(count));
            f.get(wide).i32(2).op("i32.shl").i32(0).get(count).i32(4).op("i32.eq").op("select").set(step);
            f.get(by).memory("v128.load").set(factor);
            f.block((done) => {
              if (isPaired) f.get(high).i32(2).op("i32.eq").get(count).i32(4).op("i32.eq").op("i32.and").if(() => fourOfFour(done));
              find();
              give();
            });
            f.get(count).get(wide).op("i32.mul").i32(2).op("i32.shl").set(at);
            f.get(from).get(at).op("i32.add").set(from).get(to).get(at).op("i32.add").set(to);
            f.get(count).i32(2).op("i32.shl").get(by).op("i32.add").set(by).get(left).get(count).op("i32.sub").set(left);
          });
          f.get(px).get(xRow).get(high).op("i32.mul").op("i32.add").set(px).get(po).get(outRow).get(high).op("i32.mul").op("i32.add").set(po);
          f.get(pg).get(gradRow).op("i32.add").set(pg).increment(over, -1);
        });
        f.get(x).get(xPlane).op("i32.add").set(x).get(grad).get(gradPlane).op("i32.add").set(grad).get(out).get(outPlane).op("i32.add").set(out).increment(planes, -1);
      });
    });
  return engine.link<"run">(module).run;
}
