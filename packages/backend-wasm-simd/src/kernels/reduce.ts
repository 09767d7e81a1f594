/** @file The `reduce` primitive: chooses between rows and columns, splits long reductions, combines the parts. Emission is in emit/reduce.ts. */
import { denseStrides, type DType, type Kernel, type PrimitiveAttrs, Program, type ReduceOp, scalar, type Shape, sizeOf, View } from "@adjoint/core/backend";
import { addressWord, BLOCK, strideWord, writeParams } from "../emit/arguments.ts";
import { type Lowered, lowered } from "../emit/lowered.ts";
import { emitReduce, REDUCE, type ReduceLayout } from "../emit/reduce.ts";
import { addressAt, CHUNK, type Engine, type WasmView } from "../engine.ts";
import { bytesOf, type WasmBuffer } from "../memory.ts";
import type { Copier } from "./copy.ts";
import { Odometer } from "./odometer.ts";
import { Temporaries } from "./temporaries.ts";

/** Elements that one kernel reduces to one, at most, along rows and across them. Longer ones leave parts, reduced in turn. */
const LONGEST: { readonly [L in ReduceLayout]: number } = { rows: 4096, columns: 1024 };

type Kernels = { readonly [L in ReduceLayout]: Map<number, () => void> };
type Compiled = { readonly source: Lowered; readonly ops: { [O in ReduceOp]?: Kernels } };

export class Reducer {
  readonly #engine: Engine;
  readonly #copier: Copier;
  readonly #cache = new WeakMap<Program, Compiled>();
  /** The program that reduces its only input, for the parts of long reductions. */
  readonly #plain = new Map<DType, Program>();

  constructor(engine: Engine, copier: Copier) {
    this.#engine = engine;
    this.#copier = copier;
  }

  reduce(inputs: readonly WasmView[], output: WasmView, program: Program, params: readonly number[], op: ReduceOp, reduced: number): void {
    const temporaries = new Temporaries(this.#engine.memory);
    try {
      const { shape } = inputs[0] ?? output, kept = shape.length - reduced;
      // Bring every case to at least one kept and one reduced dim.
      const paddedShape = [...(kept === 0 ? [1] : shape.slice(0, kept)), ...(reduced === 0 ? [1] : shape.slice(kept))];
      const pad = (view: WasmView) => [...(kept === 0 ? [0] : view.strides.slice(0, kept)), ...(reduced === 0 ? [0] : view.strides.slice(kept))];
      const sources = inputs.map((view) => new View(view.buffer, view.dtype, paddedShape, pad(view), view.offset, view.size, view.dense));
      const target = new View(output.buffer, output.dtype, paddedShape.slice(0, Math.max(kept, 1)), kept === 0 ? [1] : output.strides, output.offset, output.size, output.dense);
      this.#padded(sources, target, program, params, op, temporaries);
    } finally {
      temporaries.free();
    }
  }

  #padded(inputs: readonly WasmView[], output: WasmView, program: Program, params: readonly number[], op: ReduceOp, temporaries: Temporaries): void {
    const { shape } = inputs[0], last = shape.length - 1, keptLast = output.shape.length - 1;
    const follows = (view: WasmView, d: number) => view.strides[d] === 1 || view.strides[d] === 0 || shape[d] === 1;
    const isAcross = !inputs.every((view) => follows(view, last)) && inputs.every((view) => follows(view, keptLast));
    const layout: ReduceLayout = isAcross ? "columns" : "rows";
    const sources = isAcross ? inputs : inputs.map((view) => (follows(view, last) ? view : this.#copier.pack(view, temporaries)));

    // The parts of one result: one for each position in the outer reduced dims, and for each block of the last.
    const length = shape[last], blocks = Math.ceil(length / LONGEST[layout]);
    const outerShape = shape.slice(output.shape.length, last), parts = sizeOf(outerShape) * blocks;
    const isDirect = parts === 1 && (!isAcross || output.strides[keptLast] === 1 || shape[keptLast] === 1);
    const partShape = isAcross ? [parts, ...output.shape] : [...output.shape, parts];
    const target = isDirect ? output : temporaries.dense(output.dtype, partShape);
    const dense = denseStrides(partShape);
    const keptStrides = isDirect ? output.strides : isAcross ? dense.slice(1) : dense.slice(0, -1), partStride = isDirect ? 0 : isAcross ? dense[0] : 1;
    this.#stage(layout, sources, target, keptStrides, output.shape.length, partStride, blocks, program, params, op);
    if (isDirect) return;
    if (parts === 1) {
      this.#copier.copy(new View(target.buffer, target.dtype, output.shape, keptStrides, 0, output.size, true), output);
      return;
    }
    const partial = new View(target.buffer, target.dtype, [...output.shape, parts], [...keptStrides, partStride], 0, target.size, !isAcross);
    this.reduce([partial], output, this.#identity(target.dtype), [], op, 1);
  }

  /** Runs the kernel for all kept and outer reduced positions. */
  #stage(
    layout: ReduceLayout, inputs: readonly WasmView[], target: WasmView, keptStrides: Shape, kept: number, partStride: number, blocks: number,
    program: Program, params: readonly number[], op: ReduceOp): void {
    const { shape } = inputs[0], last = shape.length - 1, length = shape[last], isAcross = layout === "columns";
    const views = [...inputs, target], operands = views.length, { memory } = this.#engine;
    // The output's strides over [...kept, ...outer reduced, last reduced]
    const partStrides = denseStrides([...shape.slice(kept, last), blocks]).map((stride) => stride * partStride);
    const strides = [...inputs.map((view) => view.strides), [...keptStrides, ...partStrides]].map((s, i) => s.map((stride) => stride * bytesOf(views[i].dtype)));
    // Beside the reduced dim, each call sees one other: across rows the last kept dim, along rows the last of all others.
    const second = isAcross ? kept - 1 : last - 1;
    const others = shape.map((_, d) => d).filter((d) => d !== last && d !== second);
    const elements = denseStrides(shape); // for numbering
    const inner = isAcross ? second : last;
    // A dim of size 1 counts as adjacent, whatever its stride: it must not add a layout class.
    const splat = inputs.reduce((mask, view, i) => (view.strides[inner] === 0 && shape[inner] !== 1 ? mask | (1 << i) : mask), 0);
    const { source, run } = this.#kernel(program, op, layout, splat);
    writeParams(memory, operands, source.params, params);
    const { words } = memory;

    const odometer = new Odometer(others.map((d) => shape[d]), [...strides.map((s) => others.map((d) => s[d])), others.map((d) => elements[d])], [...views.map((view) => addressAt(view, 0)), 0]);
    const longest = LONGEST[layout], width = shape[second];
    do for (let block = 0; block < blocks; block++) {
      const from = block * longest, count = Math.min(longest, length - from);
      const atOnce = isAcross ? Math.max(64, Math.floor(CHUNK / count / 4) * 4) : Math.max(1, Math.floor(CHUNK / count));
      for (let i = 0; i < operands; i++) words[BLOCK + strideWord(operands, i)] = isAcross && i < inputs.length ? strides[i][last] : strides[i][second];
      for (let at = 0; at < width; at += atOnce) {
        const wide = Math.min(atOnce, width - at);
        words[BLOCK + REDUCE.inner] = isAcross ? wide : count;
        words[BLOCK + REDUCE.rows] = isAcross ? count : wide;
        words[BLOCK + REDUCE.index] = odometer.at[operands] + at * elements[second] + from;
        words[BLOCK + REDUCE.rowStep] = elements[second];
        for (let i = 0; i < inputs.length; i++) words[BLOCK + addressWord(i)] = odometer.at[i] + at * strides[i][second] + from * strides[i][last];
        words[BLOCK + addressWord(inputs.length)] = odometer.at[inputs.length] + at * strides[inputs.length][second] + block * strides[inputs.length][last];
        run();
      }
    } while (odometer.next());
  }

  #kernel(program: Program, op: ReduceOp, layout: ReduceLayout, splat: number): { source: Lowered; run: () => void } {
    let compiled = this.#cache.get(program);
    if (compiled === undefined) this.#cache.set(program, (compiled = { source: lowered(program), ops: {} }));
    const kernels = (compiled.ops[op] ??= { rows: new Map(), columns: new Map() })[layout];
    let run = kernels.get(splat);
    if (run === undefined) kernels.set(splat, (run = emitReduce(this.#engine, compiled.source, op, splat, layout)));
    return { source: compiled.source, run };
  }

  #identity(dtype: DType): Program {
    let known = this.#plain.get(dtype);
    if (known === undefined) this.#plain.set(dtype, (known = new Program("part", [dtype], [], [scalar.arg(0, dtype)], undefined)));
    return known;
  }
}

export const reduceKernel = (engine: Engine, reducer: Reducer): Kernel<PrimitiveAttrs["reduce"], WasmBuffer> =>
  (inputs, [output], { program, params, op, reduced }) => {
    engine.check();
    reducer.reduce(inputs, output, program, params, op, reduced);
  };
