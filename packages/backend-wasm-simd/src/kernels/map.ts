/** @file The `map` primitive, and `mapEach`, which is several: chooses the layout class and runs its kernel. Emission is in emit/map.ts. */
import type { FusedAttrs, Kernel, PrimitiveAttrs, Program } from "@adjoint/core/backend";
import { addressWord, BLOCK, paramWord, strideWord, writeParams } from "../emit/arguments.ts";
import { type Lowered, lowered } from "../emit/lowered.ts";
import { emitMap, MAP } from "../emit/map.ts";
import { addressAt, CHUNK, type Engine, type WasmView } from "../engine.ts";
import { KernelCache } from "../kernel-cache.ts";
import { bytesOf, type WasmBuffer } from "../memory.ts";
import type { Pool } from "../threads/pool.ts";
import type { Copier } from "./copy.ts";
import { Odometer } from "./odometer.ts";
import { Temporaries } from "./temporaries.ts";

/** Elements whose work takes longer than handing it over. */
const WORTH_TELLING = CHUNK / 4;

class MapKernels {
  readonly source: Lowered;
  /** The class of dense operands, and of rows without splats. */
  readonly flat: () => void;
  /** The classes with splats, by which operands these are. */
  readonly splats: Map<number, () => void> = new Map();

  constructor(engine: Engine, program: Program) {
    this.source = lowered(program, engine.relaxed);
    this.flat = emitMap(engine, this.source, 0);
  }
}

export function elementwiseKernels(engine: Engine, copier: Copier): { readonly map: Kernel<PrimitiveAttrs["map"], WasmBuffer>; readonly mapEach: Kernel<FusedAttrs["mapEach"], WasmBuffer> } {
  const cache = new KernelCache<Program, MapKernels>(engine), { memory } = engine;

  const known = (program: Program): MapKernels => {
    let kernels = cache.get(program);
    if (kernels === undefined) {
      engine.check();
      cache.set(program, (kernels = new MapKernels(engine, program)));
    }
    return kernels;
  };

  const map: Kernel<PrimitiveAttrs["map"], WasmBuffer> = (inputs, outputs, { program, params }) => {
    if (memory.disposed) engine.check();
    const kernels = known(program), operands = inputs.length + outputs.length, size = outputs[0].size;
    for (let i = 0; i < inputs.length; i++) if (!inputs[i].dense) return strided(engine, copier, kernels, inputs, outputs, params);
    for (let i = 0; i < outputs.length; i++) if (!outputs[i].dense) return strided(engine, copier, kernels, inputs, outputs, params);
    if (params.length > 0) writeParams(memory, operands, kernels.source.params, params);
    const words = memory.words;
    words[BLOCK + MAP.rows] = 1;
    const pool = engine.sharing(size), used = paramWord(operands) + params.length;
    for (let from = 0; from < size; from += CHUNK) {
      words[BLOCK + MAP.inner] = Math.min(size - from, CHUNK);
      words[BLOCK + MAP.index] = from;
      for (let i = 0; i < inputs.length; i++) words[BLOCK + addressWord(i)] = addressAt(inputs[i], from);
      for (let i = 0; i < outputs.length; i++) words[BLOCK + addressWord(inputs.length + i)] = addressAt(outputs[i], from);
      if (pool === undefined) kernels.flat();
      else pool.addBlock(kernels.flat, used);
    }
    pool?.run();
  };

  /** Threads share the groups that are worth telling of, in one round. */
  const mapEach: Kernel<FusedAttrs["mapEach"], WasmBuffer> = (inputs, outputs, { program, params }) => {
    if (memory.disposed) engine.check();
    const { flat, source } = known(program), ins = program.args.length, outs = program.results.length, operands = ins + outs, groups = outputs.length / outs;
    writeParams(memory, operands, source.params, params);
    let total = 0;
    for (let g = 0; g < groups; g++) if (outputs[g * outs].size >= WORTH_TELLING) total += outputs[g * outs].size;
    const words = memory.words, pool = engine.sharing(total), used = paramWord(operands) + params.length;
    words[BLOCK + MAP.rows] = 1;
    for (let g = 0; g < groups; g++) {
      const { size } = outputs[g * outs];
      for (let from = 0; from < size; from += CHUNK) {
        words[BLOCK + MAP.inner] = Math.min(size - from, CHUNK);
        for (let i = 0; i < ins; i++) words[BLOCK + addressWord(i)] = addressAt(inputs[g * ins + i], from);
        for (let k = 0; k < outs; k++) words[BLOCK + addressWord(ins + k)] = addressAt(outputs[g * outs + k], from);
        if (pool === undefined || size < WORTH_TELLING) flat();
        else pool.addBlock(flat, used);
      }
    }
    pool?.run();
  };
  return { map, mapEach };
}

/** Rows with strides found at run time. Operands whose innermost stride is neither 1 nor 0 are packed first. */
function strided(
  engine: Engine, copier: Copier, kernels: MapKernels, inputs: readonly WasmView[], outputs: readonly WasmView[], params: readonly number[]): void {
  let splat = 0, isPlain = true;
  for (let i = 0; i < inputs.length; i++) {
    const stride = innermost(inputs[i]);
    if (stride === 0) splat |= 1 << i;
    else if (stride !== 1) isPlain = false;
  }
  for (let k = 0; k < outputs.length; k++) if (innermost(outputs[k]) !== 1) isPlain = false;
  if (!isPlain) return packed(engine, copier, kernels, inputs, outputs, params);

  let run = splat === 0 ? kernels.flat : kernels.splats.get(splat);
  if (run === undefined) kernels.splats.set(splat, (run = emitMap(engine, kernels.source, splat)));
  writeParams(engine.memory, inputs.length + outputs.length, kernels.source.params, params);
  const { shape, size } = outputs[0], rank = shape.length, used = paramWord(inputs.length + outputs.length) + params.length, pool = engine.sharing(size);
  if (rank <= 2) {
    plane(engine, run, used, pool, inputs, outputs, undefined, 0);
    return pool?.run();
  }

  const views = [...inputs, ...outputs];
  const outer = new Odometer(shape.slice(0, rank - 2), views.map((view) => view.strides.map((stride) => stride * bytesOf(view.dtype))), views.map((view) => addressAt(view, 0)));
  let index = 0;
  do {
    plane(engine, run, used, pool, inputs, outputs, outer.at, index);
    index += shape[rank - 2] * shape[rank - 1];
  } while (outer.next());
  pool?.run();
}

const innermost = (view: WasmView): number => (view.shape.length === 0 ? 1 : view.strides[view.shape.length - 1]);

function packed(
  engine: Engine, copier: Copier, kernels: MapKernels, inputs: readonly WasmView[], outputs: readonly WasmView[], params: readonly number[]): void {
  const temporaries = new Temporaries(engine.memory), { shape } = outputs[0];
  try {
    const sources = inputs.map((view) => (innermost(view) === 1 || innermost(view) === 0 ? view : copier.pack(view, temporaries)));
    const targets = outputs.map((view) => (innermost(view) === 1 ? view : temporaries.dense(view.dtype, shape)));
    strided(engine, copier, kernels, sources, targets, params);
    targets.forEach((view, k) => { if (view !== outputs[k]) copier.copy(view, outputs[k]); });
  } finally {
    temporaries.free();
  }
}

/** Runs the kernel over the last two dims, in pieces, or hands them to the pool. @param used words of the argument block @param at the addresses of the operands, if not those of the views */
function plane(engine: Engine, run: () => void, used: number, pool: Pool | undefined, inputs: readonly WasmView[], outputs: readonly WasmView[], at: readonly number[] | undefined, index: number): void {
  const { words } = engine.memory, { shape } = outputs[0], rank = shape.length, operands = inputs.length + outputs.length;
  const inner = rank > 0 ? shape[rank - 1] : 1, rows = rank > 1 ? shape[rank - 2] : 1;
  const rowsAtOnce = inner < CHUNK ? Math.floor(CHUNK / inner) : 1, innerAtOnce = Math.min(inner, CHUNK);
  for (let row = 0; row < rows; row += rowsAtOnce) for (let from = 0; from < inner; from += innerAtOnce) {
    words[BLOCK + MAP.inner] = Math.min(innerAtOnce, inner - from);
    words[BLOCK + MAP.rows] = Math.min(rowsAtOnce, rows - row);
    words[BLOCK + MAP.index] = index + row * inner + from;
    for (let i = 0; i < operands; i++) {
      const view = i < inputs.length ? inputs[i] : outputs[i - inputs.length], bytes = bytesOf(view.dtype);
      const rowStride = rank > 1 ? view.strides[rank - 2] * bytes : 0, base = at === undefined ? addressAt(view, 0) : at[i];
      words[BLOCK + addressWord(i)] = base + row * rowStride + (innermost(view) === 0 ? 0 : from * bytes);
      words[BLOCK + strideWord(operands, i)] = rowStride;
    }
    if (pool === undefined) run();
    else pool.addBlock(run, used);
  }
}
