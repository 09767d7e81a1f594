/** @file The `reduce` primitive: chooses between rows and columns, splits long reductions, combines the parts. Emission is in emit/reduce.ts. */
import { coalesce, denseStrides, type DType, type Kernel, type PrimitiveAttrs, Program, type ReduceOp, scalar, type Shape, sizeOf, View } from "@adjoint/core/backend";
import { addressWord, BLOCK, paramWord, strideWord, writeParams } from "../emit/arguments.ts";
import { type Lowered, lowered } from "../emit/lowered.ts";
import { BAND, emitReduce, REDUCE, type ReduceLayout } from "../emit/reduce.ts";
import { addressAt, CHUNK, type Engine, type WasmView } from "../engine.ts";
import { KernelCache } from "../kernel-cache.ts";
import { bytesOf, type WasmBuffer } from "../memory.ts";
import type { Copier } from "./copy.ts";
import { Odometer } from "./odometer.ts";
import { Temporaries } from "./temporaries.ts";
import type { WindowExtrema } from "./window-extremum.ts";

/** Elements that one kernel reduces to one, at most, along rows and across them. Longer ones leave parts, reduced in turn. */
const LONGEST: { readonly [L in ReduceLayout]: number } = { rows: 16384, columns: 1024, bands: 256 };
/** Columns, rows and elements from which on bands pay. */
const WIDE = 512, TALL = 64, LARGE = 2 ** 17;
/** Columns of which lines a multiple of this many bytes apart lie on few sets of the nearest cache, which so forgets what it has fetched ahead. */
const CROWDED = 2048;

/** Whether whole rows are read before the next ones: sums across rows that lie so far apart that going down columns is slow. Shapes are [...kept, ...reduced]. */
function suitsBands({ results: [result], usesIndex }: Lowered, inputs: readonly WasmView[], last: number, column: number, op: ReduceOp): boolean {
  const [{ shape, strides }] = inputs;
  return op === "sum" && bytesOf(result.dtype) === 4 && !usesIndex && column >= 0 && shape[last] >= TALL && shape[last] % BAND === 0 && shape[column] >= WIDE && shape[column] % 4 === 0 && shape[last] * shape[column] >= LARGE
    && (strides[last] * bytesOf(inputs[0].dtype)) % CROWDED === 0 && strides[last] !== 0;
}

type Kernels = { readonly [L in ReduceLayout]: Map<number, () => void> };
type Compiled = { readonly source: Lowered; readonly ops: { [O in ReduceOp]?: Kernels } };

export class Reducer {
  readonly #engine: Engine;
  readonly #copier: Copier;
  readonly #cache: KernelCache<Program, Compiled>;
  /** The program that reduces its only input, for the parts of long reductions. */
  readonly #plain = new Map<DType, Program>();

  constructor(engine: Engine, copier: Copier) {
    this.#engine = engine;
    this.#copier = copier;
    this.#cache = new KernelCache(engine);
  }

  reduce(inputs: readonly WasmView[], output: WasmView, program: Program, params: readonly number[], op: ReduceOp, reduced: number): void {
    const compiled = this.#compiled(program);
    if (reduced === 1 && inputs.length > 0 && inputs[0].shape.length <= 2 && this.#plane(inputs, output, compiled, params, op)) return;
    const temporaries = new Temporaries(this.#engine.memory);
    try {
      const { shape } = inputs[0] ?? output, kept = shape.length - reduced;
      const all = [...inputs.map((view) => view.strides), shape.map((_, d) => (d < kept ? output.strides[d] : 0))];
      const merged = coalesce(shape, all, kept);
      // Bring every case to at least one kept and one reduced dim.
      const keptLeft = merged.shape.length - merged.trailing;
      const pad = (dims: readonly number[], one: number) => [...(keptLeft === 0 ? [one] : []), ...dims, ...(merged.trailing === 0 ? [one] : [])];
      const padded = pad(merged.shape, 1), keptDims = Math.max(keptLeft, 1);
      const sources = inputs.map((view, i) => new View(view.buffer, view.dtype, padded, pad(merged.strides[i], 0), view.offset, view.size, view.dense));
      const target = new View(output.buffer, output.dtype, padded.slice(0, keptDims), pad(merged.strides[inputs.length], 0).slice(0, keptDims), output.offset, output.size, output.dense);
      this.#padded(sources, target, program, params, op, temporaries);
    } finally {
      temporaries.free();
    }
  }

  /** The common case without any allocation: one reduced dim, not long, and at most one kept. False if it is not that. */
  #plane(inputs: readonly WasmView[], output: WasmView, compiled: Compiled, params: readonly number[], op: ReduceOp): boolean {
    const { shape } = inputs[0], last = shape.length - 1, length = shape[last], width = last === 1 ? shape[0] : 1;
    let isRows = length <= LONGEST.rows, isColumns = last === 1 && length <= LONGEST.columns && output.strides[0] === 1, rowSplat = 0, columnSplat = 0;
    for (let i = 0; i < inputs.length; i++) {
      const { strides } = inputs[i];
      if (strides[last] === 0) rowSplat |= 1 << i;
      else if (strides[last] !== 1) isRows = false;
      if (strides[0] === 0) columnSplat |= 1 << i;
      else if (strides[0] !== 1) isColumns = false;
    }
    if (!isRows && (!isColumns || suitsBands(compiled.source, inputs, last, last - 1, op))) return false;
    const run = this.#kernel(compiled, op, isRows ? "rows" : "columns", isRows ? rowSplat : columnSplat);
    const { memory } = this.#engine, operands = inputs.length + 1, atOnce = piece(!isRows, length);
    writeParams(memory, operands, compiled.source.params, params);
    const { words } = memory, pool = this.#engine.sharing(width * length), used = paramWord(operands) + params.length;
    for (let at = 0; at < width; at += atOnce) {
      const wide = Math.min(atOnce, width - at);
      words[BLOCK + REDUCE.inner] = isRows ? length : wide;
      words[BLOCK + REDUCE.rows] = isRows ? wide : length;
      words[BLOCK + REDUCE.index] = at * length;
      words[BLOCK + REDUCE.rowStep] = length;
      for (let i = 0; i < operands; i++) {
        const view = i < inputs.length ? inputs[i] : output, across = view.shape.length > 0 ? view.strides[0] : 0, bytes = bytesOf(view.dtype);
        words[BLOCK + addressWord(i)] = addressAt(view, last === 1 ? at * across : 0);
        words[BLOCK + strideWord(operands, i)] = bytes * (isRows ? across : i < inputs.length ? view.strides[last] : 0);
      }
      if (pool === undefined) run();
      else pool.addBlock(run, used);
    }
    pool?.run();
    return true;
  }

  #padded(inputs: readonly WasmView[], output: WasmView, program: Program, params: readonly number[], op: ReduceOp, temporaries: Temporaries): void {
    const { shape } = inputs[0], last = shape.length - 1, keptLast = output.shape.length - 1;
    const follows = (view: WasmView, d: number) => view.strides[d] === 1 || view.strides[d] === 0 || shape[d] === 1;
    const isAcross = !inputs.every((view) => follows(view, last)) && inputs.every((view) => follows(view, keptLast));
    const layout: ReduceLayout = !isAcross ? "rows" : suitsBands(this.#compiled(program).source, inputs, last, keptLast, op) && (output.strides[keptLast] === 1 || shape[last] > LONGEST.bands) ? "bands" : "columns";
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
    const { shape } = inputs[0], last = shape.length - 1, length = shape[last], isAcross = layout !== "rows";
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
    const compiled = this.#compiled(program), run = this.#kernel(compiled, op, layout, splat);
    writeParams(memory, operands, compiled.source.params, params);
    const { words } = memory, pool = this.#engine.sharing(sizeOf(shape)), used = paramWord(operands) + params.length;

    const odometer = new Odometer(others.map((d) => shape[d]), [...strides.map((s) => others.map((d) => s[d])), others.map((d) => elements[d])], [...views.map((view) => addressAt(view, 0)), 0]);
    const longest = LONGEST[layout], width = shape[second];
    do for (let block = 0; block < blocks; block++) {
      const from = block * longest, count = Math.min(longest, length - from);
      const atOnce = layout === "bands" ? BAND_COLUMNS : piece(isAcross, count);
      for (let i = 0; i < operands; i++) words[BLOCK + strideWord(operands, i)] = isAcross && i < inputs.length ? strides[i][last] : strides[i][second];
      for (let at = 0; at < width; at += atOnce) {
        const wide = Math.min(atOnce, width - at);
        words[BLOCK + REDUCE.inner] = isAcross ? wide : count;
        words[BLOCK + REDUCE.rows] = isAcross ? count : wide;
        words[BLOCK + REDUCE.index] = odometer.at[operands] + at * elements[second] + from;
        words[BLOCK + REDUCE.rowStep] = elements[second];
        for (let i = 0; i < inputs.length; i++) words[BLOCK + addressWord(i)] = odometer.at[i] + at * strides[i][second] + from * strides[i][last];
        words[BLOCK + addressWord(inputs.length)] = odometer.at[inputs.length] + at * strides[inputs.length][second] + block * strides[inputs.length][last];
        if (pool === undefined) run();
        else pool.addBlock(run, used);
      }
    } while (odometer.next());
    pool?.run();
  }

  #compiled(program: Program): Compiled {
    let compiled = this.#cache.get(program);
    if (compiled === undefined) this.#cache.set(program, (compiled = { source: lowered(program, this.#engine.relaxed), ops: {} }));
    return compiled;
  }

  #kernel(compiled: Compiled, op: ReduceOp, layout: ReduceLayout, splat: number): () => void {
    const kernels = (compiled.ops[op] ??= { rows: new Map(), columns: new Map(), bands: new Map() })[layout];
    let run = kernels.get(splat);
    if (run === undefined) kernels.set(splat, (run = emitReduce(this.#engine, compiled.source, op, splat, layout)));
    return run;
  }

  #identity(dtype: DType): Program {
    let known = this.#plain.get(dtype);
    if (known === undefined) this.#plain.set(dtype, (known = new Program("part", [dtype], [], [scalar.arg(0, dtype)], undefined)));
    return known;
  }
}

/** Columns of one call by bands: what they come to stays in the nearest cache. */
const BAND_COLUMNS = 1024;
/** How many columns, or rows, of `length` elements one call takes. */
const piece = (isAcross: boolean, length: number): number =>
  isAcross ? Math.max(64, Math.floor(CHUNK / length / 4) * 4) : Math.max(1, Math.floor(CHUNK / length));

export const reduceKernel = (engine: Engine, reducer: Reducer, extrema: WindowExtrema): Kernel<PrimitiveAttrs["reduce"], WasmBuffer> =>
  (inputs, [output], { program, params, op, reduced }) => {
    engine.check();
    const [prologue] = program.results;
    if ((op === "max" || op === "min") && prologue.kind === "arg" && extrema.run(op, "value", inputs[prologue.index], output, reduced)) return;
    reducer.reduce(inputs, output, program, params, op, reduced);
  };
