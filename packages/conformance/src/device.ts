/** @file A backend under test: buffers whose whole content is known, kernels run on them, and results that are checked later, together. */
import {
  type Backend, type Buffer, type DType, type Kernel, type Kernels, type PrimitiveAttrs, type PrimitiveName, type TypedArray, View,
} from "@adjoint/core/backend";
import { counted, type Counted } from "./counted.ts";
import { decode, encode, positionsOf } from "./host.ts";
import { accepts, type Expected, showExpected } from "./interval.ts";
import type { Placement } from "./samples/layouts.ts";

/** A buffer and what it holds, every element of it. */
export type Block = { readonly buffer: Buffer; readonly dtype: DType; readonly host: readonly number[] };
/** A view of a block, and where its elements lie in row-major order. */
export type Operand = { readonly block: Block; readonly view: View; readonly positions: readonly number[] };
/** What an output must hold after a kernel ran. */
export type Result = { readonly output: Operand; readonly expected: readonly Expected[] };

/** Elements that no view shows hold this: a kernel that reads or writes beside its view is found out. */
const sentinel = (dtype: DType, at: number): number => (dtype === "bool" ? at % 2 : 100 + (at % 27));

export class Device {
  readonly backend: Counted;
  /** Another device of the same kind, for cases that break theirs. */
  readonly another: () => Promise<Backend>;
  private readonly blocks: Block[] = [];
  private readonly pending: Promise<void>[] = [];

  constructor(backend: Backend, another: () => Promise<Backend>) {
    this.backend = counted(backend);
    this.another = another;
  }

  block(dtype: DType, host: readonly number[]): Block {
    const block = { buffer: this.backend.allocate(dtype, host.length), dtype, host };
    this.blocks.push(block);
    this.backend.write(block.buffer, 0, encode(dtype, host));
    return block;
  }

  view(block: Block, { shape, strides, offset }: Placement): Operand {
    const positions = positionsOf(shape, strides, offset);
    const dense = positions.every((at, i) => at === offset + i);
    return { block, view: new View(block.buffer, block.dtype, shape, strides, offset, positions.length, dense), positions };
  }

  /** An input of its own buffer; `value` is asked for every element of the buffer, seen by the view or not. */
  input(dtype: DType, placement: Placement, value: (at: number) => number): Operand {
    const host = new Array<number>(placement.length);
    for (let i = 0; i < host.length; i++) host[i] = value(i);
    return this.view(this.block(dtype, host), placement);
  }

  output(dtype: DType, placement: Placement): Operand {
    return this.input(dtype, placement, (at) => sentinel(dtype, at));
  }

  run<P extends PrimitiveName>(name: P, inputs: readonly Operand[], outputs: readonly Operand[], attrs: PrimitiveAttrs[P]): void {
    const kernels: Kernels = this.backend.kernels, kernel: Kernel<PrimitiveAttrs[P]> = kernels[name];
    kernel(inputs.map((x) => x.view), outputs.map((x) => x.view), attrs);
  }

  /** Starts reading now and compares in `settle`. Elements of the buffers that no output shows must be unchanged. */
  expect(what: string, results: readonly Result[]): void {
    const blocks = new Map<Block, Map<number, Expected>>();
    for (const { output, expected } of results) {
      const known = blocks.get(output.block) ?? new Map<number, Expected>();
      blocks.set(output.block, known);
      output.positions.forEach((at, k) => known.set(at, expected[k]!));
    }
    for (const [block, known] of blocks) {
      const reading = this.backend.read(block.buffer, 0, block.host.length).then((words) => compare(what, block, known, words));
      reading.catch(() => undefined); // settle reports it
      this.pending.push(reading);
    }
  }

  /** Waits for every comparison, and throws the first that failed. */
  async settle(): Promise<void> {
    const outcomes = await Promise.allSettled(this.pending.splice(0));
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  }

  /** Frees what the case allocated through this object. */
  release(): void {
    for (const block of this.blocks.splice(0)) this.backend.free(block.buffer);
  }
}

function compare(what: string, block: Block, known: ReadonlyMap<number, Expected>, words: TypedArray): void {
  const actual = decode(block.dtype, words), wrong: string[] = [];
  if (actual.length !== block.host.length) throw new Error(`${what}: read ${actual.length} elements, expected ${block.host.length}`);
  for (let at = 0; at < actual.length; at++) {
    const wanted = known.get(at);
    if (wanted === undefined) {
      if (!Object.is(actual[at], block.host[at])) wrong.push(`element ${at} lies outside the output and became ${actual[at]}, was ${block.host[at]}`);
    } else if (!accepts(wanted, actual[at]!)) wrong.push(`element ${at} is ${actual[at]}, expected ${showExpected(wanted)}`);
  }
  if (wrong.length > 0) throw new Error(`${what}: ${wrong.length} of ${actual.length} elements are wrong\n  ${wrong.slice(0, 6).join("\n  ")}`);
}
