/**
 * @file Emits convolutions of one channel with a window of three by three at stride 1, and of the gradient of that window: nine weights, or nine sums, stay
 * in registers. Other windows are emit/conv.ts. What is called is kernels/depthwise.ts.
 */
import type { Code, Local } from "../asm/code.ts";
import { Module } from "../asm/module.ts";
import type { Engine } from "../engine.ts";
import { SCRATCH, THREAD_BYTES } from "../memory.ts";
import { storePartly } from "./body.ts";
import { addLay } from "./lay.ts";
import { multiplyAdd } from "./multiply-add.ts";

/**
 * Counts are in elements, strides and addresses in bytes; elements of rows are adjacent. x has two rows and two columns more than out and y: it lies so, or where `rooms` is not
 * 0, rows `first` to `last - 1` of it, of `columns` elements, are laid into the running thread's room, `left` bytes after its beginning, amid zeros.
 * `windows`: (planes, made, rows, width, x, xPlane, xRow, first, last, columns, rooms, roomBytes, roomRow, left, weights, out, outPlane, outMade, outRow): of each plane
 * `made` are made, each with FILTER numbers of its own, one after the other: nine weights, and what is added.
 * `gradients`: (planes, made, rows, width, x, xPlane, xRow, first, last, columns, rooms, roomBytes, roomRow, left, examples, xExample, sums, y, yPlane, yMade, yExample, yRow): adds the
 * products of y with each of the nine shifts of x to nine vectors of sums, those of `made` for each plane one after the other.
 */
export type DepthwiseKernels = { readonly [N in "windows" | "gradients"]: (...args: number[]) => number };

export function linkDepthwise(engine: Engine): DepthwiseKernels {
  const module = new Module(), lay = addLay(module);
  addWindows(module, lay, window(module, engine.relaxed));
  addGradients(module, lay, gradient(module, engine.relaxed));
  return engine.link<keyof DepthwiseKernels>(module);
}

type I32 = Local<"i32">;

/** Sets where a plane of x then lies, and the distance of its rows. */
function plane(f: Code, lay: number, rows: I32, [x, xRow, first, last, columns, rooms, roomBytes, roomRow, left]: readonly I32[], at: I32, row: I32): void {
  f.get(rooms).if(() => {
    f.thread().i32(THREAD_BYTES).op("i32.div_u").get(roomBytes).op("i32.mul").get(rooms).op("i32.add").set(at).get(roomRow).set(row);
    f.get(rows).i32(2).op("i32.add").get(first).get(last).get(x).get(xRow).get(columns).get(at).get(left).op("i32.add").get(roomRow).call(lay);
  }, () => f.get(x).set(at).get(xRow).set(row));
}

function addWindows(module: Module, lay: number, window_: number): void {
  module.func(
    "windows", ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [],
    (f, planes, made, rows, width, x, xPlane, xRow, first, last, columns, rooms, roomBytes, roomRow, left, weights, out, outPlane, outMade, outRow) => {
      const at = f.local("i32"), row = f.local("i32"), rest = f.local("i32"), to = f.local("i32");
      f.while(() => f.get(planes), () => {
        plane(f, lay, rows, [x, xRow, first, last, columns, rooms, roomBytes, roomRow, left], at, row);
        f.get(out).set(to).get(made).set(rest);
        f.while(() => f.get(rest), () => {
          f.get(rows).get(width).get(weights).get(at).get(row).get(to).get(outRow).call(window_);
          f.increment(weights, FILTER_BYTES).get(to).get(outMade).op("i32.add").set(to).increment(rest, -1);
        });
        f.get(x).get(xPlane).op("i32.add").set(x).get(out).get(outPlane).op("i32.add").set(out).increment(planes, -1);
      });
    });
}

function addGradients(module: Module, lay: number, gradient_: number): void {
  module.func(
    "gradients", ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [],
    (f, planes, made, rows, width, xs, xPlane, xRow, first, last, columns, rooms, roomBytes, roomRow, left, examples, xExample, sums, ys, yPlane, yMade, yExample, yRow) => {
      const at = f.local("i32"), row = f.local("i32"), rest = f.local("i32"), some = f.local("i32"), x = f.local("i32"), y = f.local("i32"), by = f.local("i32"), to = f.local("i32");
      f.while(() => f.get(planes), () => {
        f.get(xs).set(x).get(ys).set(y).get(examples).set(some);
        f.while(() => f.get(some), () => {
          plane(f, lay, rows, [x, xRow, first, last, columns, rooms, roomBytes, roomRow, left], at, row);
          f.get(y).set(by).get(sums).set(to).get(made).set(rest);
          f.while(() => f.get(rest), () => {
            f.get(rows).get(width).get(to).get(at).get(row).get(by).get(yRow).call(gradient_);
            f.increment(to, 144).get(by).get(yMade).op("i32.add").set(by).increment(rest, -1);
          });
          f.get(x).get(xExample).op("i32.add").set(x).get(y).get(yExample).op("i32.add").set(y).increment(some, -1);
        });
        f.get(made).i32(144).op("i32.mul").get(sums).op("i32.add").set(sums);
        f.get(xs).get(xPlane).op("i32.add").set(xs).get(ys).get(yPlane).op("i32.add").set(ys).increment(planes, -1);
      });
    });
}

/** Numbers of a filter: nine weights, and what is added to the sum. */
export const FILTER = 10;
const FILTER_BYTES = 4 * FILTER;

const nine = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const;

/**
 * (rows, width, weights, x, xRow, out, outRow): two rows of the output at a time: of the four rows of x that they see, two are read once for both.
 */
function window(module: Module, relaxed: boolean): number {
  return module.func("window", ["i32", "i32", "i32", "i32", "i32", "i32", "i32"], [], (f, rows, width, weights, x, xRow, out, outRow) => {
    const factors = nine.map(() => f.local("v128")), sums = [f.local("v128"), f.local("v128")], value = f.local("v128"), added = f.local("v128");
    const from = [0, 1, 2, 3].map(() => f.local("i32")), to = [f.local("i32"), f.local("i32")], left = f.local("i32"), rest = f.local("i32");
    factors.forEach((factor, k) => f.get(weights).memory("v128.load32_splat", 4 * k).set(factor));
    f.get(weights).memory("v128.load32_splat", 4 * nine.length).set(added);
    const vectors = () => {
      for (const sum of sums) f.get(added).set(sum);
      from.forEach((pointer, row) => {
        for (let column = 0; column < 3; column++) {
          f.get(pointer).memory("v128.load", 4 * column).set(value);
          sums.forEach((sum, made) => {
            if (row - made >= 0 && row - made < 3) multiplyAdd(f, relaxed, value, factors[3 * (row - made) + column], sum);
          });
        }
      });
    };
    f.while(() => f.get(rows).i32(0).op("i32.gt_s"), () => {
      // the row after an odd last one is computed from the same rows and stored aside
      from.forEach((pointer, row) => {
        if (row === 0) f.get(x).set(pointer);
        else f.get(from[row - 1]).get(xRow);
        if (row === 3) f.i32(0).get(rows).i32(1).op("i32.gt_s").op("select");
        if (row > 0) f.op("i32.add").set(pointer);
      });
      f.get(out).set(to[0]).get(out).get(outRow).op("i32.add").own(SCRATCH).get(rows).i32(1).op("i32.gt_s").op("select").set(to[1]).get(width).set(left);
      f.while(() => f.get(left).i32(4).op("i32.ge_s"), () => {
        vectors();
        sums.forEach((sum, made) => f.get(to[made]).get(sum).memory("v128.store").increment(to[made], 16));
        for (const pointer of from) f.increment(pointer, 16);
        // what is aside stays within the scratch area
        f.get(rows).i32(1).op("i32.eq").if(() => f.own(SCRATCH).set(to[1]));
        f.increment(left, -4);
      });
      f.get(left).if(() => {
        vectors();
        sums.forEach((sum, made) => {
          f.get(left).set(rest);
          storePartly(f, "float32", to[made], sum, rest);
        });
      });
      f.get(x).get(xRow).i32(1).op("i32.shl").op("i32.add").set(x).get(out).get(outRow).i32(1).op("i32.shl").op("i32.add").set(out).increment(rows, -2);
    });
  });
}

/** (rows, width, sums, x, xRow, y, yRow) */
function gradient(module: Module, relaxed: boolean): number {
  return module.func("gradient", ["i32", "i32", "i32", "i32", "i32", "i32", "i32"], [], (f, rows, width, sums, x, xRow, y, yRow) => {
    const totals = nine.map(() => f.local("v128")), value = f.local("v128"), factor = f.local("v128"), mask = f.local("v128");
    const from = [0, 1, 2].map(() => f.local("i32")), by = f.local("i32"), left = f.local("i32");
    for (const total of totals) f.constant(0).set(total);
    const vectors = (isPart: boolean) => {
      const masked = () => { if (isPart) f.get(mask).op("v128.and"); };
      f.get(by).memory("v128.load");
      masked();
      f.set(factor);
      totals.forEach((total, k) => {
        f.get(from[Math.floor(k / 3)]).memory("v128.load", 4 * (k % 3));
        masked();
        f.set(value);
        multiplyAdd(f, relaxed, value, factor, total);
      });
    };
    f.get(width).i32(3).op("i32.and").op("i32x4.splat").constant(0, 1, 2, 3).op("i32x4.gt_s").set(mask);
    f.while(() => f.get(rows), () => {
      from.forEach((pointer, row) => (row === 0 ? f.get(x) : f.get(from[row - 1]).get(xRow).op("i32.add")).set(pointer));
      f.get(y).set(by).get(width).set(left);
      f.while(() => f.get(left).i32(4).op("i32.ge_s"), () => {
        vectors(false);
        for (const pointer of from) f.increment(pointer, 16);
        f.increment(by, 16).increment(left, -4);
      });
      f.get(left).if(() => vectors(true));
      f.get(x).get(xRow).op("i32.add").set(x).get(y).get(yRow).op("i32.add").set(y).increment(rows, -1);
    });
    totals.forEach((total, k) => f.get(sums).get(sums).memory("v128.load", 16 * k).get(total).op("f32x4.add").memory("v128.store", 16 * k));
  });
}
