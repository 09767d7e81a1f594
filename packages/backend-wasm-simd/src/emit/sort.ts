/** @file Emits the kernel of `sort`: a key and its position in one i64, sorted by merging. All are distinct, so any sort is stable. */
import type { DType } from "@adjoint/core/backend";
import type { Code, Local } from "../asm/code.ts";
import { Module } from "../asm/module.ts";
import type { Engine } from "../engine.ts";

/** Sorts rows: `(rows, length, input, inputRow, inputStep, output, outputRow, outputStep, scratch)`, steps in bytes; `scratch` has room for two i64 for each element of a row. */
export type SortRun = (...args: number[]) => number;

/** Runs this long are sorted by insertion. */
const RUN = 16;

export function emitSort(engine: Engine, dtype: DType, descending: boolean): SortRun {
  const module = new Module();
  const load = module.func("load", ["i32", "i32", "i32", "i32"], [], (f, length, input, step, to) => {
    const at = f.local("i32"), key = f.local("i32");
    f.loop((again) => {
      f.get(input).memory("i32.load").set(key);
      if (dtype === "float32") orderKey(f, key);
      f.get(to).get(key);
      if (descending) f.i32(-1).op("i32.xor");
      f.op("i64.extend_i32_s").i64(32n).op("i64.shl").get(at).op("i64.extend_i32_u").op("i64.or").memory("i64.store");
      f.get(input).get(step).op("i32.add").set(input).increment(to, 8).increment(at, 1);
      f.get(at).get(length).op("i32.lt_u").branchIf(again);
    });
  });
  const store = module.func("store", ["i32", "i32", "i32", "i32"], [], (f, length, from, output, step) => {
    f.loop((again) => {
      f.get(output).get(from).memory("i32.load").memory("i32.store");
      f.get(output).get(step).op("i32.add").set(output).increment(from, 8);
      f.get(length).i32(1).op("i32.sub").tee(length).branchIf(again);
    });
  });
  // Addresses of the first element and of the one behind the last.
  const insertion = module.func("insertion", ["i32", "i32"], [], (f, low, high) => {
    const i = f.local("i32"), j = f.local("i32"), key = f.local("i64");
    f.get(low).i32(8).op("i32.add").set(i);
    f.while(() => f.get(i).get(high).op("i32.lt_u"), () => {
      f.get(i).memory("i64.load").set(key).get(i).set(j);
      f.block((done) => {
        f.loop((again) => {
          f.get(j).get(low).op("i32.eq").branchIf(done);
          f.get(j).i32(8).op("i32.sub").memory("i64.load").get(key).op("i64.lt_s").branchIf(done);
          f.get(j).get(j).i32(8).op("i32.sub").memory("i64.load").memory("i64.store").increment(j, -8).branch(again);
        });
      });
      f.get(j).get(key).memory("i64.store").increment(i, 8);
    });
  });
  // Two runs side by side, from `low` and from `middle`, into one from `to` on.
  const merge = module.func("merge", ["i32", "i32", "i32", "i32"], [], (f, low, middle, high, to) => {
    const i = f.local("i32"), j = f.local("i32"), left = f.local("i64"), right = f.local("i64"), takesLeft = f.local("i32");
    f.get(low).set(i).get(middle).set(j);
    f.while(() => f.get(i).get(middle).op("i32.lt_u").get(j).get(high).op("i32.lt_u").op("i32.and"), () => {
      f.get(i).memory("i64.load").set(left).get(j).memory("i64.load").set(right);
      // Without a branch: which run is ahead cannot be foretold.
      f.get(to).get(left).get(right).get(left).get(right).op("i64.lt_s").tee(takesLeft).op("select").memory("i64.store").increment(to, 8);
      f.get(i).get(takesLeft).i32(3).op("i32.shl").op("i32.add").set(i);
      f.get(j).i32(8).op("i32.add").get(takesLeft).i32(3).op("i32.shl").op("i32.sub").set(j);
    });
    const rest = (from: Local<"i32">, end: Local<"i32">) => {
      f.get(to).get(from).get(end).get(from).op("i32.sub").memoryCopy();
      f.get(to).get(end).get(from).op("i32.sub").op("i32.add").set(to);
    };
    rest(i, middle);
    rest(j, high);
  });
  const row = module.func("row", ["i32", "i32", "i32", "i32", "i32", "i32"], [], (f, length, input, inputStep, output, outputStep, scratch) => {
    const bytes = f.local("i32"), from = f.local("i32"), to = f.local("i32"), low = f.local("i32"), width = f.local("i32"), middle = f.local("i32"), high = f.local("i32");
    /** Leaves the least of `low + distance` and the length. */
    const bounded = (distance: () => void) => {
      f.get(low);
      distance();
      f.op("i32.add").tee(high).get(bytes).get(high).get(bytes).op("i32.lt_u").op("select");
    };
    f.get(length).get(input).get(inputStep).get(scratch).call(load);
    f.get(length).i32(3).op("i32.shl").set(bytes).get(scratch).set(from).get(scratch).get(bytes).op("i32.add").set(to);
    f.while(() => f.get(low).get(bytes).op("i32.lt_u"), () => {
      f.get(from).get(low).op("i32.add").get(from);
      bounded(() => f.i32(8 * RUN));
      f.op("i32.add").call(insertion).increment(low, 8 * RUN);
    });
    f.i32(8 * RUN).set(width);
    f.while(() => f.get(width).get(bytes).op("i32.lt_u"), () => {
      f.i32(0).set(low);
      f.while(() => f.get(low).get(bytes).op("i32.lt_u"), () => {
        bounded(() => f.get(width));
        f.set(middle);
        bounded(() => f.get(width).i32(1).op("i32.shl"));
        f.set(high);
        for (const at of [low, middle, high]) f.get(from).get(at).op("i32.add");
        f.get(to).get(low).op("i32.add").call(merge).get(low).get(width).i32(1).op("i32.shl").op("i32.add").set(low);
      });
      f.get(from).get(to).set(from).set(to).get(width).i32(1).op("i32.shl").set(width);
    });
    f.get(length).get(from).get(output).get(outputStep).call(store);
  });
  module.func("run", ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [], (f, rows, length, input, inputRow, inputStep, output, outputRow, outputStep, scratch) => {
    f.loop((next) => {
      for (const argument of [length, input, inputStep, output, outputStep, scratch]) f.get(argument);
      f.call(row);
      f.get(input).get(inputRow).op("i32.add").set(input).get(output).get(outputRow).op("i32.add").set(output);
      f.get(rows).i32(1).op("i32.sub").tee(rows).branchIf(next);
    });
  });
  return engine.link<"run">(module).run;
}

/** From the bits of a float32 to an integer of the same order: both zeros are 0, every NaN is the largest. */
function orderKey(f: Code, key: Local<"i32">): void {
  f.get(key).i32(0x7fffffff).op("i32.and").i32(0x7f800000).op("i32.gt_u").if(() => { f.i32(0x7fffffff).set(key); }, () => {
    f.get(key).i32(0).op("i32.lt_s").if(() => { f.i32(-2147483648).get(key).op("i32.sub").set(key); });
  });
}
