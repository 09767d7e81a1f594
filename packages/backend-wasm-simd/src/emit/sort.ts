/** @file Emits the kernel of `sort`: a key and its position in one i64, of which few are sorted by merging, many by digits. All are distinct, so any sort is stable. */
import type { DType } from "@adjoint/core/backend";
import type { Local } from "../asm/code.ts";
import { Module } from "../asm/module.ts";
import type { Engine } from "../engine.ts";
import { addRadix, COUNTERS, MOST_BITS } from "./radix.ts";
import { addCollect, orderKey } from "./select.ts";

/**
 * Sorts rows: `(rows, inputRow, outputRow, length, input, inputStep, output, outputStep, scratch, from, count, sample, sampleStep, low, high)`, steps in bytes; `scratch` has
 * room as `scratchBytes` says. Of the order `count` positions are written, after the first `from`. They are looked for between elements `low` and `high` of a sample of so many
 * elements, so many apart (`sampleBounds`; -1 for no bound), or where `sample` is 0 among all.
 */
export type SortRun = (...args: number[]) => number;

/** What a call needs besides, for rows of this length: a key and its position, twice, and counters. */
export const scratchBytes = (length: number): number => 16 * length + COUNTERS;

/** Runs this long are sorted by insertion. */
const RUN = 16;
/** So many are sorted by digits of 8 bits, and so many by the longest digits. */
const MANY = 100, VERY_MANY = 4096;

const rowParameters = ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"] as const;

export function emitSort(engine: Engine, dtype: DType, descending: boolean): SortRun {
  const module = new Module();
  const load = module.func("load", ["i32", "i32", "i32", "i32"], [], (f, length, input, step, to) => {
    const at = f.local("i32"), key = f.local("i32"), magnitude = f.local("i32");
    f.loop((again) => {
      f.get(input).memory("i32.load").set(key);
      if (dtype === "float32") orderKey(f, key, magnitude);
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
  const radix = addRadix(module);
  // Sorts so many elements from `from` on, with as much room from `to` on, and counters; returns where they are then, there or here.
  const sorted = module.func("sorted", ["i32", "i32", "i32", "i32"], ["i32"], (f, bytes, from, to, counters) => {
    const low = f.local("i32"), width = f.local("i32"), middle = f.local("i32"), high = f.local("i32");
    /** Leaves the least of `low + distance` and the length. */
    const bounded = (distance: () => void) => {
      f.get(low);
      distance();
      f.op("i32.add").tee(high).get(bytes).get(high).get(bytes).op("i32.lt_u").op("select");
    };
    f.get(bytes).i32(8 * MANY).op("i32.ge_u").if(() => {
      f.get(bytes).get(from).get(to).get(counters).i32(MOST_BITS).i32(8).get(bytes).i32(8 * VERY_MANY).op("i32.ge_u").op("select").call(radix).op("return");
    });
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
    f.get(from);
  });
  const collect = addCollect(module, dtype, descending);
  const row = module.func("row", [...rowParameters], [], (f, length, input, inputStep, output, outputStep, scratch, from, count, sample, sampleStep, low, high) => {
    const spare = f.local("i32"), counters = f.local("i32"), found = f.local("i32"), below = f.local("i32"), at = f.local("i32"), result = f.local("i64");
    /** The key of the sample's element of this number, or where nothing bounds the part the last of all keys. */
    const bound = (index: Local<"i32">, otherwise: number) => f.get(index).i32(0).op("i32.lt_s").if(() => { f.i32(otherwise).set(index); }, () => {
      f.get(at).get(index).i32(3).op("i32.shl").op("i32.add").memory("i32.load", 4).set(index);
    });
    f.get(scratch).get(length).i32(3).op("i32.shl").op("i32.add").tee(spare).get(length).i32(3).op("i32.shl").op("i32.add").set(counters).i32(-1).set(found);
    f.get(sample).if(() => {
      f.get(sample).get(input).get(inputStep).get(sampleStep).op("i32.mul").get(scratch).call(load);
      f.get(sample).i32(3).op("i32.shl").get(scratch).get(spare).get(counters).call(sorted).set(at);
      bound(low, -2147483648);
      bound(high, 2147483647);
      for (const argument of [length, input, inputStep, low, high, scratch, spare]) f.get(argument);
      f.call(collect).tee(result).op("i32.wrap_i64").set(found).get(result).i64(32n).op("i64.shr_u").op("i32.wrap_i64").set(below);
      // What the sample did not tell well is sorted whole.
      f.get(below).get(from).op("i32.gt_u").get(from).get(count).op("i32.add").get(below).get(found).op("i32.add").op("i32.gt_u").op("i32.or").if(() => { f.i32(-1).set(found); });
    });
    f.get(found).i32(0).op("i32.lt_s").if(() => {
      f.get(length).tee(found).get(input).get(inputStep).get(scratch).call(load).i32(0).set(below);
    });
    f.get(count).get(found).i32(3).op("i32.shl").get(scratch).get(spare).get(counters).call(sorted).get(from).get(below).op("i32.sub").i32(3).op("i32.shl").op("i32.add").get(output).get(outputStep).call(store);
  });
  module.func("run", ["i32", "i32", "i32", ...rowParameters], [], (f, rows, inputRow, outputRow, ...parameters) => {
    const [, input, , output] = parameters;
    f.loop((next) => {
      for (const argument of parameters) f.get(argument);
      f.call(row);
      f.get(input).get(inputRow).op("i32.add").set(input).get(output).get(outputRow).op("i32.add").set(output);
      f.get(rows).i32(1).op("i32.sub").tee(rows).branchIf(next);
    });
  });
  return engine.link<"run">(module).run;
}
