/** @file `reduce`: the prologue at every element, then one of tfjs's reductions over the rows of a matrix. */
import type { DType, Kernel, PrimitiveAttrs, ReduceOp } from "@adjoint/core/backend";
import { all, any, isNaN, max, min, pad, prod, reshape, sum, type Tensor, type Tensor2D, where } from "@tensorflow/tfjs-core";
import { load, store, type TfjsBuffer } from "../buffer.ts";
import { evaluateProgram } from "../evaluate.ts";
import { constant, upload } from "../host.ts";

/** Numbers that are added one after the other; longer rows are added as trees of such blocks. */
const BLOCK = 64;

export const reduce: Kernel<PrimitiveAttrs["reduce"], TfjsBuffer> = (inputs, outputs, { program, params, op }) => {
  const output = outputs[0]!, size = inputs[0]?.size ?? output.size;
  const [values] = evaluateProgram(program, params, inputs.map(load), size);
  store(output, foldsOf(program.results[0]!.dtype)[op](reshape(values!, [output.size, size / output.size])));
};

type Fold = (rows: Tensor2D) => Tensor;
type Folds = { readonly [O in ReduceOp]: Fold };

/** Some of tfjs's backends add float32 in one running sum, which loses more than pairwise summation does. */
const sumOfBlocks: Fold = (rows) => {
  let x = rows;
  while (x.shape[1] > BLOCK) {
    const [count, length] = x.shape, blocks = Math.ceil(length / BLOCK);
    const padded = pad(x, [[0, 0], [0, blocks * BLOCK - length]]);
    x = reshape(sum(reshape(padded, [count * blocks, BLOCK]), 1), [count, blocks]);
  }
  return sum(x, 1);
};

/** NaN wins, whatever the backend's own kernel does with it. */
const withNan = (fold: Fold): Fold => (rows) => where(any(isNaN(rows), 1), constant("float32", NaN), fold(rows));

/** tfjs multiplies int32 in floating point, which loses the low bits before it wraps: on the host instead. */
const productOfInts: Fold = (rows) => {
  const [count, length] = rows.shape, values = rows.dataSync(), out = new Int32Array(count).fill(1);
  for (let i = 0; i < values.length; i++) out[Math.floor(i / length)] = Math.imul(out[Math.floor(i / length)]!, values[i]!);
  return upload("int32", out);
};

const maxOfRows: Fold = (rows) => max(rows, 1), minOfRows: Fold = (rows) => min(rows, 1);
const anyOfRows: Fold = (rows) => any(rows, 1), allOfRows: Fold = (rows) => all(rows, 1);

const float32: Folds = { sum: sumOfBlocks, prod: (rows) => prod(rows, 1), max: withNan(maxOfRows), min: withNan(minOfRows) };
const int32: Folds = { sum: sumOfBlocks, prod: productOfInts, max: maxOfRows, min: minOfRows };
const bool: Folds = { sum: anyOfRows, prod: allOfRows, max: anyOfRows, min: allOfRows };

const foldsOf = (dtype: DType): Folds => (dtype === "float32" ? float32 : dtype === "int32" ? int32 : bool);
