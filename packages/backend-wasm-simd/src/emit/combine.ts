/** @file How the values of a reduction combine: into accumulators, these into a total, and at last across the four lanes. */
import type { DType, ReduceOp } from "@adjoint/core/backend";
import type { Code, Local } from "../asm/code.ts";
import type { PlainOp } from "../asm/opcodes.ts";
import { laneKind } from "./site.ts";

/** Steps after which an accumulator is added to a second one: sums are then as exact as pairwise ones. */
export const FLUSH = 32;

export type Combine = {
  readonly op: PlainOp;
  readonly identity: (f: Code) => Code;
  /** One machine instruction where `op` is ten, but it drops NaN. */
  readonly dropsNan?: PlainOp;
};

export function combiner(op: ReduceOp, dtype: DType): Combine {
  const kind = laneKind(dtype), constant = (bits: number) => (f: Code) => f.constant(bits), float = (x: number) => (f: Code) => f.floatConstant(x);
  if (kind === "bool") return op === "max" ? { op: "v128.or", identity: constant(0) } : { op: "v128.and", identity: constant(-1) };
  switch (op) {
    case "sum": return { op: kind === "float" ? "f32x4.add" : "i32x4.add", identity: constant(0) };
    case "prod": return kind === "float" ? { op: "f32x4.mul", identity: float(1) } : { op: "i32x4.mul", identity: constant(1) };
    case "max": return kind === "float" ? { op: "f32x4.max", identity: float(-Infinity), dropsNan: "f32x4.pmax" } : { op: "i32x4.max_s", identity: constant(-2147483648) };
    case "min": return kind === "float" ? { op: "f32x4.min", identity: float(Infinity), dropsNan: "f32x4.pmin" } : { op: "i32x4.min_s", identity: constant(2147483647) };
  }
}

/** A row's accumulators of one reduction: as many as steps are unrolled, and the total that they are added to. */
export class Accumulator {
  readonly #f: Code;
  readonly #combine: Combine;
  readonly total: Local<"v128">;
  readonly parts: readonly Local<"v128">[];
  /** Where a NaN was dropped. */
  readonly #nan: Local<"v128"> | undefined;

  constructor(f: Code, combine: Combine, unroll: number) {
    this.#f = f;
    this.#combine = combine;
    this.total = f.local("v128");
    this.parts = Array.from({ length: unroll }, () => f.local("v128"));
    this.#nan = combine.dropsNan === undefined ? undefined : f.local("v128");
  }
  start(): void {
    this.#combine.identity(this.#f).set(this.total);
    if (this.#nan !== undefined) this.#f.constant(0).set(this.#nan);
  }
  startParts(): void {
    for (const part of this.parts) this.#combine.identity(this.#f).set(part);
  }
  take(part: number, value: Local<"v128">): void {
    const f = this.#f, { dropsNan, op } = this.#combine, into = this.parts[part];
    f.get(into).get(value).op(dropsNan ?? op).set(into);
    if (this.#nan !== undefined) f.get(this.#nan).get(value).get(value).op("f32x4.ne").op("v128.or").set(this.#nan);
  }
  foldParts(): void {
    foldPairs(this.#f, this.#combine.op, this.total, this.parts);
    if (this.#nan !== undefined) this.#f.get(this.total).get(this.#nan).op("v128.or").set(this.total); // all bits set is a NaN
  }
  /** Takes the lanes below `remaining` of the vector that `push` leaves. */
  takeSome(push: () => void, remaining: Local<"i32">): void {
    const f = this.#f;
    f.get(this.total);
    push();
    this.#combine.identity(f).constant(0, 1, 2, 3).get(remaining).op("i32x4.splat").op("i32x4.lt_s").op("v128.bitselect");
    f.op(this.#combine.op).set(this.total);
  }
  /** What the lanes come to, in each of them. */
  finish(): void {
    const f = this.#f, { total } = this, { op } = this.#combine;
    f.get(total).get(total).shuffle(2, 3, 0, 1).get(total).op(op).set(total);
    f.get(total).get(total).shuffle(1, 0, 3, 2).get(total).op(op).set(total);
  }
}

/** total = total op parts, pair by pair. */
function foldPairs(f: Code, op: PlainOp, total: Local<"v128">, parts: readonly Local<"v128">[]): void {
  for (let width = 1; width < parts.length; width *= 2)
    for (let k = 0; k < parts.length; k += 2 * width) f.get(parts[k]).get(parts[k + width]).op(op).set(parts[k]);
  f.get(total).get(parts[0]).op(op).set(total);
}
