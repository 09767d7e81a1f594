/** @file Emits a lowered program on four elements at a time, in three parts by how often a value changes. Knows no loop. */
import type { Apply, DType, Expr } from "@adjoint/core/backend";
import { branched, floatBits, type Step } from "@adjoint/core/backend";
import type { Code, Local } from "../asm/code.ts";
import { bytesOf } from "../memory.ts";
import { argumentBytes } from "./arguments.ts";
import { instructions } from "./instructions.ts";
import type { Lowered } from "./lowered.ts";
import type { Site } from "./site.ts";

/** When a value changes: never in a call, with each row, with each vector of four elements. */
type Rate = 0 | 1 | 2;

export type BodyOptions = {
  readonly f: Code;
  readonly source: Lowered;
  /** Bit i: argument i has one value for a whole row, at its pointer. */
  readonly splat: number;
  /** Where each argument is read. */
  readonly pointers: readonly Local<"i32">[];
  readonly index: Local<"v128">;
  readonly relaxed: boolean;
  readonly fmod: number;
  /** The word of the argument block that holds the first param. */
  readonly params: number;
  /** An expression that the kernel computes by itself: a reduction fuses its last product. */
  readonly skip?: Expr | undefined;
};

export class Body {
  readonly #options: BodyOptions;
  readonly #locals = new Map<Expr, Local<"v128">>();
  readonly #rates = new Map<Expr, Rate>();
  /** Products that become part of a fused multiply-add. */
  readonly #fused = new Set<Expr>();

  constructor(options: BodyOptions) {
    this.#options = options;
    const { source, splat } = options;
    for (const x of source.order) {
      let rate: Rate = 0;
      if (x.kind === "arg") rate = (splat >> x.index) & 1 ? 1 : 2;
      else if (x.kind === "apply") {
        if (x.name === "index") rate = 2;
        for (const operand of x.operands) rate = Math.max(rate, this.#rates.get(operand)!) as Rate;
      }
      this.#rates.set(x, rate);
      this.#locals.set(x, options.f.local("v128"));
    }
    if (options.relaxed) for (const x of source.order) this.#fuse(x);
    if (options.skip !== undefined) this.#fused.add(options.skip);
  }

  /** Constants and params, and what depends on nothing else: before all loops. */
  uniform(): void {
    this.#emit(0, 0);
  }
  /** What has one value for a row: at its start. */
  row(): void {
    this.#emit(1, 0);
  }
  /** The four elements from `at` on, counted from the pointers. */
  vector(at: number): void {
    this.#emit(2, at);
  }
  value(x: Expr): Local<"v128"> {
    return this.#locals.get(x)!;
  }

  #emit(rate: Rate, at: number): void {
    const { order, results } = this.#options.source, steps = order.filter((x) => this.#rates.get(x) === rate);
    this.#run(rate === 2 ? branched(steps, new Set(this.#options.skip === undefined ? results : [...results, this.#options.skip])) : steps, at);
  }
  /** A branch is passed over where none of the four elements takes it: what then stands in its locals is selected by none. */
  #run(steps: readonly Step[], at: number): void {
    const { f } = this.#options;
    for (const x of steps) {
      if (x.kind === "branch") {
        f.get(this.#locals.get(x.condition)!);
        if (!x.holds) f.op("v128.not");
        f.op("v128.any_true").if(() => this.#run(x.steps, at));
      } else if (!this.#fused.has(x)) {
        this.#push(x, at);
        f.set(this.#locals.get(x)!);
      }
    }
  }

  #push(x: Expr, at: number): void {
    const { f, pointers, splat, params } = this.#options;
    if (x.kind === "lit") f.constant(literalBits(x.dtype, x.value));
    else if (x.kind === "param") {
      f.thread().memory("v128.load32_splat", argumentBytes(params + x.index));
      if (x.dtype === "bool") f.constant(0).op("i32x4.ne");
    } else if (x.kind === "arg") {
      f.get(pointers[x.index]!);
      if ((splat >> x.index) & 1) pushSplat(f, x.dtype);
      else pushVector(f, x.dtype, at * bytesOf(x.dtype));
    } else if (!this.#pushFused(x)) instructions[x.name](this.#site(x));
  }

  #site(x: Apply): Site {
    const { f, index, relaxed, fmod } = this.#options;
    return {
      f, index, relaxed, fmod,
      dtype: (x.operands[x.name === "select" ? 1 : 0] ?? x).dtype,
      result: x.dtype,
      operand: (i) => this.#locals.get(x.operands[i]!)!,
      literal: (i) => { const y = x.operands[i]!; return y.kind === "lit" ? y.value : undefined; },
    };
  }

  /** A float product that only this sum reads, computed as often as the sum. */
  #product(sum: Apply, i: number): Apply | undefined {
    const x = sum.operands[i]!;
    return x.kind === "apply" && x.name === "mul" && x.dtype === "float32"
      && this.#options.source.uses.get(x) === 1 && this.#rates.get(x) === this.#rates.get(sum) ? x : undefined;
  }
  #productOf(x: Expr): { product: Apply; other: Expr } | undefined {
    if (x.kind !== "apply" || x.dtype !== "float32" || (x.name !== "add" && x.name !== "sub")) return undefined;
    const second = this.#product(x, 1);
    if (second !== undefined) return { product: second, other: x.operands[0]! };
    const first = x.name === "add" ? this.#product(x, 0) : undefined;
    return first && { product: first, other: x.operands[1]! };
  }
  #fuse(x: Expr): void {
    const found = this.#productOf(x);
    if (found !== undefined) this.#fused.add(found.product);
  }
  #pushFused(x: Apply): boolean {
    const found = this.#options.relaxed ? this.#productOf(x) : undefined;
    if (found === undefined) return false;
    const { product, other } = found, { f } = this.#options;
    f.get(this.value(product.operands[0]!)).get(this.value(product.operands[1]!)).get(this.value(other));
    f.op(x.name === "add" ? "f32x4.relaxed_madd" : "f32x4.relaxed_nmadd");
    return true;
  }
}

const literalBits = (dtype: DType, value: number): number => (dtype === "float32" ? floatBits(value) : dtype === "bool" ? -value : value);

const isSigned = (dtype: DType): boolean => dtype === "int8" || dtype === "int16";

/** The pointer is on the stack; leaves four lanes. */
export function pushVector(f: Code, dtype: DType, offset: number): void {
  const signed = isSigned(dtype);
  switch (bytesOf(dtype)) {
    case 4: f.memory("v128.load", offset); return;
    case 2: f.memory(signed ? "v128.load16x4_s" : "v128.load16x4_u", offset); return;
    default:
      f.memory("v128.load32_zero", offset).op(signed ? "i16x8.extend_low_i8x16_s" : "i16x8.extend_low_i8x16_u").op(signed ? "i32x4.extend_low_i16x8_s" : "i32x4.extend_low_i16x8_u");
      if (dtype === "bool") f.op("i32x4.neg");
  }
}
export function pushSplat(f: Code, dtype: DType): void {
  const bytes = bytesOf(dtype), signed = isSigned(dtype);
  if (bytes === 4) f.memory("v128.load32_splat");
  else f.memory(bytes === 2 ? (signed ? "i32.load16_s" : "i32.load16_u") : signed ? "i32.load8_s" : "i32.load8_u").op("i32x4.splat");
  if (dtype === "bool") f.op("i32x4.neg");
}

/** The four lanes side by side in as many bytes as memory has for each; what lies beyond them says nothing. */
function pushPacked(f: Code, dtype: DType, value: Local<"v128">): Code {
  f.get(value);
  if (dtype === "bool") f.constant(1).op("v128.and");
  const bytes = bytesOf(dtype);
  if (bytes < 4) f.get(value).op(isSigned(dtype) || bytes === 1 ? "i16x8.narrow_i32x4_s" : "i16x8.narrow_i32x4_u");
  if (bytes < 2) f.get(value).op(dtype === "uint8" ? "i8x16.narrow_i16x8_u" : "i8x16.narrow_i16x8_s");
  return f;
}
/** The address and the vector are on the stack; stores `bytes` bytes from the vector's lane of that size. */
function storeLane(f: Code, bytes: number, lane: number, offset: number = 0): void {
  if (bytes === 16) f.memory("v128.store", offset);
  else f.memoryLane(bytes === 8 ? "v128.store64_lane" : bytes === 4 ? "v128.store32_lane" : bytes === 2 ? "v128.store16_lane" : "v128.store8_lane", lane, offset);
}

/** Stores all four lanes. */
export function store(f: Code, dtype: DType, pointer: Local<"i32">, offset: number, value: Local<"v128">): void {
  f.get(pointer);
  pushPacked(f, dtype, value);
  storeLane(f, 4 * bytesOf(dtype), 0, offset);
}

/** Stores the first `count` lanes, 1 to 3. Changes the pointer and the value. */
export function storePartly(f: Code, dtype: DType, pointer: Local<"i32">, value: Local<"v128">, count: Local<"i32">): void {
  const bytes = bytesOf(dtype), rest = f.local("v128");
  pushPacked(f, dtype, value).set(rest);
  f.get(count).i32(2).op("i32.and").if(() => {
    storeLane(f.get(pointer).get(rest), 2 * bytes, 0);
    f.get(count).i32(1).op("i32.and").if(() => storeLane(f.get(pointer).get(rest), bytes, 2, 2 * bytes));
  }, () => storeLane(f.get(pointer).get(rest), bytes, 0));
}

/** Stores lane 0 alone. */
export function storeOne(f: Code, dtype: DType, pointer: Local<"i32">, value: Local<"v128">): void {
  f.get(pointer);
  pushPacked(f, dtype, value);
  storeLane(f, bytesOf(dtype), 0);
}
