/** @file Emits the kernel of fused rows: every stage over a row, before the next row begins. Which inputs have one value for a row is its class. */
import type { DType, Expr, ReduceOp, RowForm, RowStage } from "@adjoint/core/backend";
import type { Code, Local } from "../asm/code.ts";
import { Module } from "../asm/module.ts";
import type { Engine } from "../engine.ts";
import { bytesOf } from "../memory.ts";
import { addressWord, loadWord, paramWord, strideWord } from "./arguments.ts";
import { addFmod } from "./arithmetic.ts";
import { Body, store, storeOne, storePartly } from "./body.ts";
import { Accumulator, combiner, FLUSH } from "./combine.ts";
import { type Lowered, lowered } from "./lowered.ts";

/** Counts of the argument block: `rows` rows of `inner` elements. A column's output has row stride 0, and is added to. */
export const ROWS = { inner: 0, rows: 1 } as const;

const isReduction = (as: RowForm): as is ReduceOp => as !== "element" && as !== "scalar" && as !== "column";

/** @param splat bit i: operand i, of inputs and then outputs, has one value for a row */
export function emitRows(engine: Engine, stages: readonly RowStage[], inputs: number, splat: number): () => void {
  const module = new Module(), sources = stages.map(({ program }) => lowered(program, engine.relaxed));
  const fmod = sources.some(({ usesFmod }) => usesFmod) ? addFmod(module) : -1;
  module.func("run", [], [], (f) => {
    const { args } = sources[0], operands = args.length;
    const inner = loadWord(f, ROWS.inner), rows = loadWord(f, ROWS.rows), bases = args.map((_, i) => loadWord(f, addressWord(i)));
    const strides = args.map((_, i) => loadWord(f, strideWord(operands, i))), pointers = args.map(() => f.local("i32"));
    const each = sources.map((source, k) => new Stage(f, source, stages[k].into, { inputs, splat, pointers, inner, bases, relaxed: engine.relaxed, fmod }));
    for (const stage of each) stage.uniform();
    f.loop((nextRow) => {
      for (const stage of each) stage.row();
      bases.forEach((base, i) => f.get(base).get(strides[i]).op("i32.add").set(base));
      f.get(rows).i32(1).op("i32.sub").tee(rows).branchIf(nextRow);
    });
  });
  return engine.link<"run">(module).run as () => void;
}

type Frame = {
  readonly inputs: number; readonly splat: number; readonly pointers: readonly Local<"i32">[]; readonly inner: Local<"i32">; readonly bases: readonly Local<"i32">[];
  readonly relaxed: boolean; readonly fmod: number;
};
type Kept = { readonly operand: number; readonly dtype: DType; readonly value: Expr };

class Stage {
  readonly #f: Code;
  readonly #source: Lowered;
  readonly #frame: Frame;
  readonly #body: Body;
  readonly #unroll: number;
  readonly #elements: readonly Kept[];
  readonly #columns: readonly Kept[];
  readonly #scalars: readonly Kept[];
  readonly #reductions: readonly (Kept & { readonly sum: Accumulator })[];
  /** Operands that move along the row. */
  readonly #moving: readonly number[];

  constructor(f: Code, source: Lowered, into: RowStage["into"], frame: Frame) {
    this.#f = f;
    this.#source = source;
    this.#frame = frame;
    const kept = into.map(({ output, as }, k) => ({ as, operand: frame.inputs + output, dtype: source.results[k].dtype, value: source.results[k] }));
    const of = (form: RowForm): Kept[] => kept.filter(({ as }) => as === form);
    [this.#elements, this.#columns, this.#scalars] = [of("element"), of("column"), of("scalar")];
    // A short body that only reduces: eight sums at a time hide how long each takes.
    this.#unroll = source.unroll === 4 && this.#elements.length + this.#columns.length === 0 ? 8 : source.unroll;
    this.#reductions = kept.flatMap((x) => (isReduction(x.as)
      ? [{ ...x, sum: new Accumulator(f, combiner(x.as, x.dtype), this.#unroll) }] : []));
    const read = source.order.flatMap((x) => (x.kind === "arg" ? [x.index] : []));
    this.#moving = [...new Set([...read, ...this.#elements.map((x) => x.operand), ...this.#columns.map((x) => x.operand)])].filter((i) => ((frame.splat >> i) & 1) === 0);
    this.#body = new Body({ f, source, splat: frame.splat, pointers: frame.pointers, index: f.local("v128"), relaxed: frame.relaxed, fmod: frame.fmod, params: paramWord(source.args.length) });
  }

  uniform(): void {
    this.#body.uniform();
  }

  row(): void {
    const f = this.#f, { pointers, bases, inner } = this.#frame;
    bases.forEach((base, i) => f.get(base).set(pointers[i]));
    this.#body.row();
    for (const { operand, dtype, value } of this.#scalars) storeOne(f, dtype, bases[operand], this.#body.value(value));
    if (this.#elements.length + this.#columns.length + this.#reductions.length === 0) return;
    const remaining = f.local("i32"), step = 4 * this.#unroll;
    f.get(inner).set(remaining);
    for (const { sum } of this.#reductions) sum.start();
    this.#blocks(remaining, step);
    this.#rest(remaining);
    for (const { operand, dtype, sum } of this.#reductions) {
      sum.finish();
      storeOne(f, dtype, bases[operand], sum.total);
    }
  }

  /** Whole steps, in runs after which the accumulators are added to the totals. */
  #blocks(remaining: Local<"i32">, step: number): void {
    const f = this.#f, count = f.local("i32");
    f.while(() => f.get(remaining).i32(step).op("i32.ge_u"), () => {
      for (const { sum } of this.#reductions) sum.startParts();
      f.get(remaining).i32(step).op("i32.div_u").set(count);
      if (this.#reductions.length > 0) f.i32(FLUSH).get(count).get(count).i32(FLUSH).op("i32.gt_u").op("select").set(count);
      f.get(remaining).get(count).i32(step).op("i32.mul").op("i32.sub").set(remaining);
      f.loop((again) => {
        for (let at = 0; at < step; at += 4) {
          this.#body.vector(at);
          for (const { sum, value } of this.#reductions) sum.take(at / 4, this.#body.value(value));
          this.#store(at);
        }
        this.#advance(step);
        f.get(count).i32(1).op("i32.sub").tee(count).branchIf(again);
      });
      for (const { sum } of this.#reductions) sum.foldParts();
    });
  }

  /** Four at a time, and what is left of the last four. */
  #rest(remaining: Local<"i32">): void {
    const f = this.#f;
    f.while(() => f.get(remaining).i32(0).op("i32.gt_s"), () => {
      this.#body.vector(0);
      for (const { sum, value } of this.#reductions) sum.takeSome(() => f.get(this.#body.value(value)), remaining);
      if (this.#elements.length + this.#columns.length > 0) f.get(remaining).i32(4).op("i32.lt_s").if(() => this.#storePartly(remaining), () => this.#store(0));
      this.#advance(4);
      f.increment(remaining, -4);
    });
  }

  #store(at: number): void {
    const f = this.#f, { pointers } = this.#frame;
    for (const { operand, dtype, value } of this.#elements) store(f, dtype, pointers[operand], at * bytesOf(dtype), this.#body.value(value));
    for (const { operand, value } of this.#columns)
      f.get(pointers[operand]).get(pointers[operand]).memory("v128.load", 4 * at).get(this.#body.value(value)).op("f32x4.add").memory("v128.store", 4 * at);
  }
  #storePartly(remaining: Local<"i32">): void {
    const f = this.#f, { pointers } = this.#frame, sum = f.local("v128");
    for (const { operand, dtype, value } of this.#elements) storePartly(f, dtype, pointers[operand], this.#body.value(value), remaining);
    for (const { operand, dtype, value } of this.#columns) {
      f.get(pointers[operand]).memory("v128.load").get(this.#body.value(value)).op("f32x4.add").set(sum);
      storePartly(f, dtype, pointers[operand], sum, remaining);
    }
  }
  #advance(elements: number): void {
    for (const i of this.#moving) this.#f.increment(this.#frame.pointers[i], elements * bytesOf(this.#source.args[i]));
  }
}
