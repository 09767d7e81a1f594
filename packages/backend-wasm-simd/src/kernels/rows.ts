/** @file The fused kernel `rows`: runs it in pieces, and adds up what the pieces leave for each column. Emission is in emit/rows.ts. */
import { type DType, type FusedAttrs, type Kernel, type Program, program, type RowStage, scalar, View } from "@adjoint/core/backend";
import { addressWord, BLOCK, paramWord, strideWord, writeParams } from "../emit/arguments.ts";
import { emitRows, ROWS } from "../emit/rows.ts";
import { addressAt, CHUNK, type Engine, type WasmView } from "../engine.ts";
import { KernelCache } from "../kernel-cache.ts";
import { bytesOf, type WasmBuffer } from "../memory.ts";
import type { Reducer } from "./reduce.ts";
import { Temporaries } from "./temporaries.ts";

/** Rows whose columns are added up one by one; the sums of as many rows each are then reduced, so that none is long. */
const SUMMED = 32;

const itself = (dtype: DType): Program => program("columns", [dtype], [], [scalar.arg(0, dtype)]);

export function rowsKernel(engine: Engine, reducer: Reducer): Kernel<FusedAttrs["rows"], WasmBuffer> {
  const cache = new KernelCache<readonly RowStage[], Map<number, () => void>>(engine), { memory } = engine;

  const known = (stages: readonly RowStage[], inputs: number, splat: number): (() => void) => {
    let kernels = cache.get(stages);
    if (kernels === undefined) cache.set(stages, (kernels = new Map()));
    let run = kernels.get(splat);
    if (run === undefined) kernels.set(splat, (run = emitRows(engine, stages, inputs, splat)));
    return run;
  };

  return (inputs, outputs, { stages, params }) => {
    engine.check();
    const views = [...inputs, ...outputs], operands = views.length, [rows, inner] = views[0].shape;
    const isColumn = (i: number): boolean => stages.some(({ into }) => into.some(({ output, as }) => as === "column" && output + inputs.length === i));
    const columns = views.map((_, i) => i).filter(isColumn);
    const splat = views.reduce((mask, { strides }, i) => (strides[1] === 0 ? mask | (1 << i) : mask), 0), run = known(stages, inputs.length, splat);
    const fitting = Math.max(1, Math.floor(CHUNK / inner)), atOnce = Math.min(rows, columns.length === 0 ? fitting : Math.min(Math.max(fitting, 8), SUMMED));
    const temporaries = new Temporaries(memory), pieces = Math.ceil(rows / atOnce);
    try {
      const sums = new Map(columns.map((i) => [i, pieces === 1 ? views[i] : temporaries.dense(views[i].dtype, [pieces, inner])]));
      for (const sum of sums.values()) engine.clear(addressAt(sum, 0), addressAt(sum, pieces * inner) - addressAt(sum, 0));
      writeParams(memory, operands, stages[0].program.params, params);
      const { words } = memory, pool = engine.sharing(rows * inner), used = paramWord(operands) + params.length;
      words[BLOCK + ROWS.inner] = inner;
      for (let row = 0, piece = 0; row < rows; row += atOnce, piece++) {
        words[BLOCK + ROWS.rows] = Math.min(atOnce, rows - row);
        for (let i = 0; i < operands; i++) {
          const view = views[i], sum = sums.get(i);
          words[BLOCK + addressWord(i)] = sum === undefined ? addressAt(view, row * view.strides[0]) : addressAt(sum, piece * inner);
          words[BLOCK + strideWord(operands, i)] = sum === undefined ? view.strides[0] * bytesOf(view.dtype) : 0;
        }
        if (pool === undefined) run();
        else pool.addBlock(run, used);
      }
      pool?.run();
      if (pieces > 1) for (const [i, sum] of sums) reducer.reduce([turned(sum, pieces, inner)], flat(views[i], inner), itself(sum.dtype), [], "sum", 1);
    } finally {
      temporaries.free();
    }
  };
}

const turned = ({ buffer, dtype, size }: WasmView, pieces: number, inner: number): WasmView => new View(buffer, dtype, [inner, pieces], [1, inner], 0, size, false);
const flat = ({ buffer, dtype, offset }: WasmView, inner: number): WasmView => new View(buffer, dtype, [inner], [1], offset, inner, true);
