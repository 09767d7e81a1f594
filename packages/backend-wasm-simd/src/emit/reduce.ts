/** @file Emits the kernels of a reduction: along contiguous rows, and across rows for contiguous columns, either column by column or in bands of rows. */
import type { Apply, Expr, ReduceOp } from "@adjoint/core/backend";
import type { Code, Local } from "../asm/code.ts";
import { Module } from "../asm/module.ts";
import type { Engine } from "../engine.ts";
import { bytesOf } from "../memory.ts";
import { addressWord, loadWord, paramWord, strideWord } from "./arguments.ts";
import { addFmod } from "./arithmetic.ts";
import { Body, store, storeOne, storePartly } from "./body.ts";
import { Accumulator, type Combine, combiner, FLUSH } from "./combine.ts";
import type { Lowered } from "./lowered.ts";

/**
 * Counts of the argument block. `inner` elements are adjacent, in `rows` rows. The element in row r and column c has the
 * number `index + r * rowStep + c` along rows, and `index + c * rowStep + r` across them.
 */
export const REDUCE = { inner: 0, rows: 1, index: 2, rowStep: 3 } as const;

export type ReduceLayout = "rows" | "columns" | "bands";

/** Rows of a band, of which a kernel takes a whole number; of columns it takes whole fours. */
export const BAND = 8;

export function emitReduce(engine: Engine, source: Lowered, op: ReduceOp, splat: number, layout: ReduceLayout): () => void {
  const module = new Module();
  const fmod = source.usesFmod ? addFmod(module) : -1;
  module.func("run", [], [], (f) => new Reduction(f, engine.relaxed, source, op, splat, fmod)[layout]());
  return engine.link<"run">(module).run as () => void;
}

class Reduction {
  readonly #f: Code;
  readonly #source: Lowered;
  readonly #splat: number;
  readonly #combine: Combine;
  readonly #result: Expr;
  /** The product that a sum takes up by fused multiply-add. */
  readonly #product: Apply | undefined;
  readonly #bases: readonly Local<"i32">[];
  readonly #strides: readonly Local<"i32">[];
  readonly #pointers: readonly Local<"i32">[];
  readonly #index: Local<"v128">;
  readonly #inner: Local<"i32">;
  readonly #rows: Local<"i32">;
  readonly #from: Local<"i32">;
  readonly #rowStep: Local<"i32">;
  readonly #body: Body;

  constructor(f: Code, relaxed: boolean, source: Lowered, op: ReduceOp, splat: number, fmod: number) {
    const operands = source.args.length + 1, result = source.results[0];
    this.#f = f;
    this.#source = source;
    this.#splat = splat;
    this.#result = result;
    this.#combine = combiner(op, result.dtype);
    const isProduct = relaxed && op === "sum" && result.kind === "apply" && result.name === "mul" && result.dtype === "float32" && source.uses.get(result) === 1;
    this.#product = isProduct ? result : undefined;
    [this.#inner, this.#rows, this.#from, this.#rowStep] = [0, 1, 2, 3].map((word) => loadWord(f, word)) as [Local<"i32">, Local<"i32">, Local<"i32">, Local<"i32">];
    const each = Array.from({ length: operands }, (_, i) => i);
    this.#bases = each.map((i) => loadWord(f, addressWord(i)));
    this.#strides = each.map((i) => loadWord(f, strideWord(operands, i)));
    this.#pointers = each.map(() => f.local("i32"));
    this.#index = f.local("v128");
    this.#body = new Body({ f, source, splat, pointers: this.#pointers, index: this.#index, relaxed, fmod, params: paramWord(operands), skip: this.#product });
    this.#body.uniform();
  }

  /** For a short body eight: as many sums at a time hide how long each takes; and across rows these are two cache lines of each, which costs a look-up of its page. */
  get #unroll(): number {
    return this.#source.unroll === 4 ? 8 : this.#source.unroll;
  }

  /** One result for each row; the output's row stride leads from one to the next. */
  rows(): void {
    const f = this.#f, unroll = this.#unroll, step = 4 * unroll, output = this.#source.args.length;
    const remaining = f.local("i32"), count = f.local("i32"), sum = new Accumulator(f, this.#combine, unroll);
    f.loop((nextRow) => {
      this.#inputs((i) => f.get(this.#bases[i]).set(this.#pointers[i]));
      f.get(this.#inner).set(remaining);
      if (this.#source.usesIndex) f.get(this.#from).op("i32x4.splat").constant(0, 1, 2, 3).op("i32x4.add").set(this.#index);
      this.#body.row();
      sum.start();
      f.while(() => f.get(remaining).i32(step).op("i32.ge_u"), () => {
        sum.startParts();
        f.get(remaining).i32(step).op("i32.div_u").set(count);
        f.i32(FLUSH).get(count).get(count).i32(FLUSH).op("i32.gt_u").op("select").set(count);
        f.get(remaining).get(count).i32(step).op("i32.mul").op("i32.sub").set(remaining);
        f.loop((again) => {
          sum.parts.forEach((part, k) => {
            this.#body.vector(4 * k);
            if (this.#product === undefined) sum.take(k, this.#body.value(this.#result));
            else this.#accumulate(part);
            this.#countOn(4);
          });
          this.#advance(this.#pointers, step);
          f.get(count).i32(1).op("i32.sub").tee(count).branchIf(again);
        });
        sum.foldParts();
      });
      f.while(() => f.get(remaining).i32(0).op("i32.gt_s"), () => {
        this.#body.vector(0);
        sum.takeSome(() => this.#pushValue(), remaining);
        this.#countOn(4);
        this.#advance(this.#pointers, 4);
        f.increment(remaining, -4);
      });
      sum.finish();
      storeOne(f, this.#result.dtype, this.#bases[output], sum.total);
      this.#bases.forEach((base, i) => f.get(base).get(this.#strides[i]).op("i32.add").set(base));
      f.get(this.#from).get(this.#rowStep).op("i32.add").set(this.#from);
      f.get(this.#rows).i32(1).op("i32.sub").tee(this.#rows).branchIf(nextRow);
    });
  }

  /** One result for each column; the output's columns are adjacent. */
  columns(): void {
    const f = this.#f, output = this.#bases[this.#source.args.length], { dtype } = this.#result;
    const unroll = this.#unroll;
    const bytes = bytesOf(dtype), step = 4 * unroll;
    const totals = Array.from({ length: unroll }, () => f.local("v128")), one = totals.slice(0, 1);
    if (unroll > 1) f.while(() => f.get(this.#inner).i32(step).op("i32.ge_u"), () => {
      this.#acrossRows(totals);
      totals.forEach((total, k) => store(f, dtype, output, 4 * k * bytes, total));
      f.increment(output, step * bytes).increment(this.#inner, -step);
    });
    f.while(() => f.get(this.#inner).i32(0).op("i32.gt_s"), () => {
      this.#acrossRows(one);
      f.get(this.#inner).i32(4).op("i32.lt_s").if(
        () => storePartly(f, dtype, output, one[0], this.#inner),
        () => store(f, dtype, output, 0, one[0]));
      f.increment(output, 4 * bytes).increment(this.#inner, -4);
    });
  }

  /** One result for each column, which is what the output comes to: all columns of a few rows, then the next rows. For results of four bytes. */
  bands(): void {
    const f = this.#f, output = this.#bases[this.#source.args.length], at = f.local("i32"), left = f.local("i32"), part = f.local("v128"), starts = this.#source.args.map(() => f.local("i32"));
    const eachColumn = (work: () => void) => {
      f.get(output).set(at).get(this.#inner).set(left);
      f.loop((again) => {
        work();
        f.increment(at, 16).get(left).i32(4).op("i32.sub").tee(left).branchIf(again);
      });
    };
    eachColumn(() => { this.#combine.identity(f.get(at)).memory("v128.store"); });
    f.loop((again) => {
      this.#inputs((i) => f.get(this.#bases[i]).set(starts[i]));
      eachColumn(() => {
        f.get(at).memory("v128.load").set(part);
        this.#inputs((i) => f.get(starts[i]).set(this.#pointers[i]));
        for (let row = 0; row < BAND; row++) {
          this.#body.row();
          this.#body.vector(0);
          this.#accumulate(part);
          this.#inputs((i) => f.get(this.#pointers[i]).get(this.#strides[i]).op("i32.add").set(this.#pointers[i]));
        }
        f.get(at).get(part).memory("v128.store");
        this.#advance(starts, 4);
      });
      this.#inputs((i) => f.get(this.#bases[i]).get(this.#strides[i]).i32(BAND).op("i32.mul").op("i32.add").set(this.#bases[i]));
      f.get(this.#rows).i32(BAND).op("i32.sub").tee(this.#rows).branchIf(again);
    });
  }

  /** Reduces 4 columns for each of `totals`, and moves the inputs' bases beyond them. */
  #acrossRows(totals: readonly Local<"v128">[]): void {
    const f = this.#f, count = f.local("i32"), left = f.local("i32"), columns = 4 * totals.length;
    const parts = totals.map(() => f.local("v128")), lanes = f.local("v128");
    for (const total of totals) this.#combine.identity(f).set(total);
    this.#inputs((i) => f.get(this.#bases[i]).set(this.#pointers[i]));
    if (this.#source.usesIndex) f.constant(0, 1, 2, 3).get(this.#rowStep).op("i32x4.splat").op("i32x4.mul").get(this.#from).op("i32x4.splat").op("i32x4.add").set(lanes);
    f.get(this.#rows).set(left);
    f.loop((more) => {
      for (const part of parts) this.#combine.identity(f).set(part);
      f.i32(FLUSH).get(left).get(left).i32(FLUSH).op("i32.gt_u").op("select").set(count);
      f.get(left).get(count).op("i32.sub").set(left);
      f.loop((again) => {
        this.#body.row();
        if (this.#source.usesIndex) f.get(lanes).set(this.#index).get(lanes).constant(1).op("i32x4.add").set(lanes);
        parts.forEach((part, k) => {
          this.#body.vector(4 * k);
          this.#accumulate(part);
          if (this.#source.usesIndex) f.get(this.#index).get(this.#rowStep).i32(4).op("i32.mul").op("i32x4.splat").op("i32x4.add").set(this.#index);
        });
        this.#inputs((i) => f.get(this.#pointers[i]).get(this.#strides[i]).op("i32.add").set(this.#pointers[i]));
        f.get(count).i32(1).op("i32.sub").tee(count).branchIf(again);
      });
      parts.forEach((part, k) => f.get(totals[k]).get(part).op(this.#combine.op).set(totals[k]));
      f.get(left).branchIf(more);
    });
    this.#advance(this.#bases, columns);
    if (this.#source.usesIndex) f.get(this.#from).get(this.#rowStep).i32(columns).op("i32.mul").op("i32.add").set(this.#from);
  }

  #inputs(each: (i: number) => void): void {
    for (let i = 0; i < this.#source.args.length; i++) each(i);
  }
  #advance(pointers: readonly Local<"i32">[], elements: number): void {
    this.#inputs((i) => { if (((this.#splat >> i) & 1) === 0) this.#f.increment(pointers[i], elements * bytesOf(this.#source.args[i])); });
  }
  #countOn(elements: number): void {
    if (this.#source.usesIndex) this.#f.get(this.#index).constant(elements).op("i32x4.add").set(this.#index);
  }
  #accumulate(part: Local<"v128">): void {
    const f = this.#f;
    if (this.#product === undefined) f.get(part).get(this.#body.value(this.#result)).op(this.#combine.op).set(part);
    else this.#factors().get(part).op("f32x4.relaxed_madd").set(part);
  }
  #pushValue(): void {
    if (this.#product === undefined) this.#f.get(this.#body.value(this.#result));
    else this.#factors().op("f32x4.mul");
  }
  #factors(): Code {
    const [x, y] = this.#product!.operands;
    return this.#f.get(this.#body.value(x)).get(this.#body.value(y));
  }
}
