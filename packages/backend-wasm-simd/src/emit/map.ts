/** @file Emits the kernel of a map program: rows of four elements at a time. Which operands are splats is its class. */
import type { Code } from "../asm/code.ts";
import { Module } from "../asm/module.ts";
import type { Engine } from "../engine.ts";
import { bytesOf } from "../memory.ts";
import { addressWord, loadWord, paramWord, strideWord } from "./arguments.ts";
import { addFmod } from "./arithmetic.ts";
import { Body, store, storePartly } from "./body.ts";
import type { Lowered } from "./lowered.ts";

/** Counts of the argument block. */
export const MAP = { inner: 0, rows: 1, index: 2 } as const;

/** `() -> ()`; computes `rows` rows of `inner` elements, which are numbered on from `index`. */
export function emitMap(engine: Engine, source: Lowered, splat: number): () => void {
  const module = new Module();
  const fmod = source.usesFmod ? addFmod(module) : -1;
  module.func("run", [], [], (f) => emit(f, engine.relaxed, source, splat, fmod));
  return engine.link<"run">(module).run as () => void;
}

function emit(f: Code, relaxed: boolean, source: Lowered, splat: number, fmod: number): void {
  const dtypes = [...source.args, ...source.results.map((x) => x.dtype)], operands = dtypes.length, inputs = source.args.length;
  const inner = loadWord(f, MAP.inner), rows = loadWord(f, MAP.rows), from = loadWord(f, MAP.index);
  const bases = dtypes.map((_, i) => loadWord(f, addressWord(i))), strides = dtypes.map((_, i) => loadWord(f, strideWord(operands, i)));
  const pointers = dtypes.map(() => f.local("i32"));
  const index = f.local("v128"), remaining = f.local("i32");
  const body = new Body({ f, source, splat, pointers, index, relaxed, fmod, params: paramWord(operands) });
  const isSplat = (i: number) => i < inputs && ((splat >> i) & 1) === 1;
  const advance = (elements: number) => dtypes.forEach((dtype, i) => { if (!isSplat(i)) f.increment(pointers[i]!, elements * bytesOf(dtype)); });
  const countOn = () => { if (source.usesIndex) f.get(index).constant(4).op("i32x4.add").set(index); };
  const outputs = source.results.map((x, k) => ({ dtype: x.dtype, pointer: pointers[inputs + k]!, value: body.value(x) }));

  body.uniform();
  f.loop((nextRow) => {
    bases.forEach((base, i) => f.get(base).set(pointers[i]!));
    f.get(inner).set(remaining);
    if (source.usesIndex) f.get(from).op("i32x4.splat").constant(0, 1, 2, 3).op("i32x4.add").set(index);
    body.row();
    if (source.unroll > 1) {
      const step = 4 * source.unroll;
      f.while(() => f.get(remaining).i32(step).op("i32.ge_u"), () => f.loop((again) => {
        for (let at = 0; at < step; at += 4) {
          body.vector(at);
          for (const { dtype, pointer, value } of outputs) store(f, dtype, pointer, at * bytesOf(dtype), value);
          countOn();
        }
        advance(step);
        f.get(remaining).i32(step).op("i32.sub").tee(remaining).i32(step).op("i32.ge_u").branchIf(again);
      }));
    }
    f.block((rowDone) => {
      f.get(remaining).op("i32.eqz").branchIf(rowDone);
      f.loop((again) => {
        body.vector(0);
        f.get(remaining).i32(4).op("i32.lt_u").if(() => {
          for (const { dtype, pointer, value } of outputs) storePartly(f, dtype, pointer, value, remaining);
          f.branch(rowDone);
        });
        for (const { dtype, pointer, value } of outputs) store(f, dtype, pointer, 0, value);
        countOn();
        advance(4);
        f.get(remaining).i32(4).op("i32.sub").tee(remaining).branchIf(again);
      });
    });
    bases.forEach((base, i) => f.get(base).get(strides[i]!).op("i32.add").set(base));
    f.get(from).get(inner).op("i32.add").set(from);
    f.get(rows).i32(1).op("i32.sub").tee(rows).branchIf(nextRow);
  });
}
