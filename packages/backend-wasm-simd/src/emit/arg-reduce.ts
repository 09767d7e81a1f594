/** @file Emits the kernel that finds the first extremum of contiguous rows. */
import type { DType } from "@adjoint/core/backend";
import type { Code, Local } from "../asm/code.ts";
import { Module } from "../asm/module.ts";
import type { Engine } from "../engine.ts";
import { bytesOf } from "../memory.ts";
import { pushSplat, pushVector } from "./body.ts";
import { laneKind } from "./site.ts";

/** `(rows, length, input, inputRow, output, outputRow)`: counts in elements, the rest in bytes. */
export type ArgReduceRun = (...args: number[]) => number;

export function emitArgReduce(engine: Engine, dtype: DType, op: "max" | "min"): ArgReduceRun {
  const module = new Module(), isFloat = laneKind(dtype) === "float";
  // As bytes, false is below true; as masks it is the other way round.
  const isGreater = (op === "max") !== (laneKind(dtype) === "bool");
  const beats = isFloat ? (isGreater ? "f32x4.gt" : "f32x4.lt") : isGreater ? "i32x4.gt_s" : "i32x4.lt_s";

  /** Leaves a mask of the lanes where x is better than y; a NaN is better than any number. */
  const better = (f: Code, x: Local<"v128">, y: Local<"v128">) => {
    f.get(x).get(y).op(beats);
    if (isFloat) f.get(x).get(x).op("f32x4.ne").get(y).get(y).op("f32x4.eq").op("v128.and").op("v128.or");
  };

  module.func("run", ["i32", "i32", "i32", "i32", "i32", "i32"], [], (f, rows, length, input, inputRow, output, outputRow) => {
    const pointer = f.local("i32"), remaining = f.local("i32");
    const [best, at, x, index, mask] = Array.from({ length: 5 }, () => f.local("v128"));
    f.loop((nextRow) => {
      f.get(input).tee(pointer);
      pushSplat(f, dtype);
      f.set(best).constant(0).set(at).constant(0, 1, 2, 3).set(index).get(length).set(remaining);
      f.loop((again) => {
        f.get(pointer);
        pushVector(f, dtype, 0);
        f.set(x);
        better(f, x, best);
        f.get(index).get(length).op("i32x4.splat").op("i32x4.lt_s").op("v128.and").set(mask);
        f.get(x).get(best).get(mask).op("v128.bitselect").set(best).get(index).get(at).get(mask).op("v128.bitselect").set(at);
        f.get(index).constant(4).op("i32x4.add").set(index).increment(pointer, 4 * bytesOf(dtype));
        f.increment(remaining, -4).get(remaining).i32(0).op("i32.gt_s").branchIf(again);
      });
      // Halve the lanes twice: the better one, and of equals the earlier.
      for (const [a, b, c, d] of [[2, 3, 0, 1], [1, 0, 3, 2]] as [number, number, number, number][]) {
        f.get(best).get(best).shuffle(a, b, c, d).set(x).get(at).get(at).shuffle(a, b, c, d).set(index);
        better(f, x, best);
        better(f, best, x);
        f.op("v128.not").get(index).get(at).op("i32x4.lt_s").op("v128.and").op("v128.or").set(mask);
        f.get(x).get(best).get(mask).op("v128.bitselect").set(best).get(index).get(at).get(mask).op("v128.bitselect").set(at);
      }
      f.get(output).get(at).memoryLane("v128.store32_lane", 0);
      f.get(input).get(inputRow).op("i32.add").set(input).get(output).get(outputRow).op("i32.add").set(output);
      f.get(rows).i32(1).op("i32.sub").tee(rows).branchIf(nextRow);
    });
  });
  return engine.link<"run">(module).run;
}
