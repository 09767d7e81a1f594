/** @file The `map` primitive: chooses the layout class and runs its kernel. Emission is in emit/map.ts. */
import type { Kernel, PrimitiveAttrs, Program } from "@adjoint/core/backend";
import { addressWord, BLOCK, strideWord, writeParams } from "../emit/arguments.ts";
import { type Lowered, lowered } from "../emit/lowered.ts";
import { emitMap, MAP } from "../emit/map.ts";
import { addressAt, CHUNK, type Engine, type WasmView } from "../engine.ts";
import { bytesOf, type WasmBuffer } from "../memory.ts";
import type { Copier } from "./copy.ts";
import { Odometer } from "./odometer.ts";
import { Temporaries } from "./temporaries.ts";

class MapKernels {
  readonly source: Lowered;
  /** The class of dense operands, and of rows without splats. */
  readonly flat: () => void;
  /** The classes with splats, by which operands these are. */
  readonly splats: Map<number, () => void> = new Map();

  constructor(engine: Engine, program: Program) {
    this.source = lowered(program);
    this.flat = emitMap(engine, this.source, 0);
  }
}

export function mapKernel(engine: Engine, copier: Copier): Kernel<PrimitiveAttrs["map"], WasmBuffer> {
  const cache = new WeakMap<Program, MapKernels>(), { memory } = engine;

  const known = (program: Program): MapKernels => {
    let kernels = cache.get(program);
    if (kernels === undefined) {
      engine.check();
      cache.set(program, (kernels = new MapKernels(engine, program)));
    }
    return kernels;
  };

  return (inputs, outputs, { program, params }) => {
    if (memory.disposed) engine.check();
    const kernels = known(program), operands = inputs.length + outputs.length, size = outputs[0].size;
    for (let i = 0; i < inputs.length; i++) if (!inputs[i].dense) return strided(engine, copier, kernels, inputs, outputs, params);
    for (let i = 0; i < outputs.length; i++) if (!outputs[i].dense) return strided(engine, copier, kernels, inputs, outputs, params);
    if (params.length > 0) writeParams(memory, operands, kernels.source.params, params);
    const words = memory.words;
    words[BLOCK + MAP.rows] = 1;
    for (let from = 0; from < size; from += CHUNK) {
      words[BLOCK + MAP.inner] = Math.min(size - from, CHUNK);
      words[BLOCK + MAP.index] = from;
      for (let i = 0; i < inputs.length; i++) words[BLOCK + addressWord(i)] = addressAt(inputs[i], from);
      for (let i = 0; i < outputs.length; i++) words[BLOCK + addressWord(inputs.length + i)] = addressAt(outputs[i], from);
      kernels.flat();
    }
  };
}

/** Rows with strides found at run time. Operands whose innermost stride is neither 1 nor 0 are packed first. */
function strided(
  engine: Engine, copier: Copier, kernels: MapKernels, inputs: readonly WasmView[], outputs: readonly WasmView[], params: readonly number[]): void {
  const { memory } = engine, { shape } = outputs[0], rank = shape.length, temporaries = new Temporaries(memory);
  try {
    const innermost = (view: WasmView) => (rank === 0 ? 1 : view.strides[rank - 1]);
    const sources = inputs.map((view) => (innermost(view) === 1 || innermost(view) === 0 ? view : copier.pack(view, temporaries)));
    const targets = outputs.map((view) => (innermost(view) === 1 ? view : temporaries.dense(view.dtype, shape)));
    let splat = 0;
    sources.forEach((view, i) => { if (innermost(view) === 0) splat |= 1 << i; });
    let run = splat === 0 ? kernels.flat : kernels.splats.get(splat);
    if (run === undefined) kernels.splats.set(splat, (run = emitMap(engine, kernels.source, splat)));

    writeParams(memory, inputs.length + outputs.length, kernels.source.params, params);
    runRows(engine, run, [...sources, ...targets]);
    targets.forEach((view, k) => { if (view !== outputs[k]) copier.copy(view, outputs[k]); });
  } finally {
    temporaries.free();
  }
}

/** Runs the kernel over all rows: two dims inside each call, the others and long rows here. */
function runRows(engine: Engine, run: () => void, views: readonly WasmView[]): void {
  const { words } = engine.memory, { shape } = views[0], rank = shape.length, operands = views.length;
  const inner = rank > 0 ? shape[rank - 1] : 1, rows = rank > 1 ? shape[rank - 2] : 1;
  const strides = views.map((view) => view.strides.map((stride) => stride * bytesOf(view.dtype)));
  const outer = new Odometer(shape.slice(0, Math.max(0, rank - 2)), strides, views.map((view) => addressAt(view, 0)));
  const rowsAtOnce = Math.max(1, Math.floor(CHUNK / inner)), innerAtOnce = Math.min(inner, CHUNK);
  const rowStride = (i: number) => (rank > 1 ? strides[i][rank - 2] : 0), step = (i: number) => (rank > 0 ? strides[i][rank - 1] : 0);

  for (let i = 0; i < operands; i++) words[BLOCK + strideWord(operands, i)] = rowStride(i);
  let index = 0;
  do {
    for (let row = 0; row < rows; row += rowsAtOnce) for (let at = 0; at < inner; at += innerAtOnce) {
      words[BLOCK + MAP.inner] = Math.min(innerAtOnce, inner - at);
      words[BLOCK + MAP.rows] = Math.min(rowsAtOnce, rows - row);
      words[BLOCK + MAP.index] = index + row * inner + at;
      for (let i = 0; i < operands; i++) words[BLOCK + addressWord(i)] = outer.at[i] + row * rowStride(i) + at * step(i);
      run();
    }
    index += rows * inner;
  } while (outer.next());
}
