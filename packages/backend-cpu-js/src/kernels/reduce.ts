/** @file `reduce`: a program's values folded over the last dims. Chooses the walk; loops/folds.ts adds up. */
import { type DType, dtypes, type Kernel, type PrimitiveAttrs, type Shape, type TypedArray } from "@adjoint/core/backend";
import type { CpuBuffer, CpuView } from "../buffer.ts";
import { type Fold, foldOf } from "../loops/folds.ts";
import { release, runRow } from "../machine.ts";
import { BLOCK, type Plan, planOf, setParams } from "../plan.ts";
import { advance, zeros } from "../rows.ts";

/** Fewer neighbours than this are not worth a call of their own. */
const SHORT = 16;
const accumulators = /*@__PURE__*/ new Float64Array(BLOCK), carries = /*@__PURE__*/ new Float64Array(BLOCK);
/** Where the program's value goes, by dtype code. */
const values: TypedArray[] = [];
const valueArray = (dtype: DType): TypedArray => (values[dtypes[dtype].code] ??= dtypes[dtype].hostArray(BLOCK));

export const reduce: Kernel<PrimitiveAttrs["reduce"], CpuBuffer> = (inputs, outputs, { program, params, op, reduced }) => {
  const plan = planOf(program), output = outputs[0]!, { dtype } = program.results[0]!;
  setParams(plan, params);
  let dense = output.dense;
  for (let i = 0; i < inputs.length; i++) {
    plan.arrays[i] = inputs[i]!.buffer.values;
    dense = dense && inputs[i]!.dense;
  }
  const fold = foldOf(op, dtype);
  if (plan.plainArg < 0) bindValue(plan, valueArray(dtype));
  if (dense) foldDense(plan, fold, inputs, output);
  else foldStrided(plan, fold, inputs, output, reduced);
  release(plan);
};

function bindValue(plan: Plan, array: TypedArray): void {
  plan.arrays[plan.argCount] = array;
  plan.offsets[plan.argCount] = 0;
  plan.strides[plan.argCount] = 1;
}

function foldDense(plan: Plan, fold: Fold, inputs: readonly CpuView[], output: CpuView): void {
  const out = output.buffer.values, n = inputs.length === 0 ? 1 : inputs[0]!.size / output.size;
  for (let k = 0; k < inputs.length; k++) plan.strides[k] = 1;
  for (let at = 0; at < output.size; at++) {
    for (let k = 0; k < inputs.length; k++) plan.offsets[k] = inputs[k]!.offset + at * n;
    out[output.offset + at] = foldRow(plan, fold, n, at * n);
  }
}

/** From the plan's offsets on along its strides, by blocks. */
function foldRow(plan: Plan, fold: Fold, n: number, at: number): number {
  const { plainArg, argCount, offsets, strides, arrays } = plan;
  let total = fold.identity;
  if (plainArg >= 0) {
    const x = arrays[plainArg]!, step = strides[plainArg]!;
    let from = offsets[plainArg]!;
    if (n <= BLOCK) return fold.row(n, x, from, step);
    for (let start = 0; start < n; start += BLOCK, from += BLOCK * step)
      total = fold.combine(total, fold.row(Math.min(BLOCK, n - start), x, from, step));
    return total;
  }
  for (let start = 0; start < n; start += BLOCK) {
    const count = Math.min(BLOCK, n - start);
    runRow(plan, count, at + start, 1);
    total = fold.combine(total, fold.row(count, arrays[argCount]!, 0, 1));
    for (let k = 0; k < argCount; k++) offsets[k]! += count * strides[k]!;
  }
  return total;
}

function foldStrided(plan: Plan, fold: Fold, inputs: readonly CpuView[], output: CpuView, reduced: number): void {
  const { shape } = inputs[0]!, kept = shape.length - reduced, strides = inputs.map((view) => view.strides);
  if (kept > 0 && columnsAreBetter(shape, strides, kept)) foldColumns(plan, fold, inputs, output, kept);
  else foldRows(plan, fold, inputs, output, kept);
}

/** Whether the last kept dim lies closer together in memory than the last reduced one, or that one is too short. */
function columnsAreBetter(shape: Shape, strides: readonly Shape[], kept: number): boolean {
  const last = shape.length - 1;
  if (shape[kept - 1]! < SHORT) return false;
  if (last < kept || shape[last]! < SHORT) return true;
  let column = 0, row = 0;
  for (const s of strides) {
    column += Math.abs(s[kept - 1]!);
    row += Math.abs(s[last]!);
  }
  return column < row;
}

/** Along the last reduced dim. */
function foldRows(plan: Plan, fold: Fold, inputs: readonly CpuView[], output: CpuView, kept: number): void {
  const { shape } = inputs[0]!, last = shape.length - 1, hasRow = last >= kept, n = hasRow ? shape[last]! : 1;
  const inputStrides = inputs.map((view) => view.strides), strides = [...inputStrides, output.strides];
  const bases = [...inputs.map((view) => view.offset), output.offset], inner = zeros(inputs.length), counters = zeros(shape.length);
  const out = output.buffer.values;
  for (let k = 0; k < inputs.length; k++) plan.strides[k] = hasRow ? inputStrides[k]![last]! : 1;
  let at = 0;
  do {
    let total = fold.identity;
    for (let k = 0; k < inner.length; k++) inner[k] = bases[k]!;
    do {
      for (let k = 0; k < inner.length; k++) plan.offsets[k] = inner[k]!;
      total = fold.combine(total, foldRow(plan, fold, n, at));
      at += n;
    } while (advance(counters, shape, kept, last, inner, inputStrides));
    out[bases[inputs.length]!] = total;
  } while (advance(counters, shape, 0, kept, bases, strides));
}

/** Along the last kept dim, a block of accumulators at a time. */
function foldColumns(plan: Plan, fold: Fold, inputs: readonly CpuView[], output: CpuView, kept: number): void {
  const { shape, size } = inputs[0]!, width = shape[kept - 1]!, perOutput = size / output.size;
  const inputStrides = inputs.map((view) => view.strides), strides = [...inputStrides, output.strides];
  const bases = [...inputs.map((view) => view.offset), output.offset], inner = zeros(inputs.length), counters = zeros(shape.length);
  const out = output.buffer.values, outStride = output.strides[kept - 1]!, source = plan.plainArg >= 0 ? plan.plainArg : plan.argCount;
  for (let k = 0; k < inputs.length; k++) plan.strides[k] = inputStrides[k]![kept - 1]!;
  let first = 0;
  do {
    for (let start = 0; start < width; start += BLOCK) {
      const n = Math.min(BLOCK, width - start);
      accumulators.fill(fold.identity, 0, n);
      carries.fill(0, 0, n);
      for (let k = 0; k < inner.length; k++) inner[k] = start === 0 ? bases[k]! : bases[k]! + start * plan.strides[k]!; // never + -0, see rows.ts
      let at = first + start * perOutput;
      do {
        for (let k = 0; k < inner.length; k++) plan.offsets[k] = inner[k]!;
        if (plan.plainArg < 0) runRow(plan, n, at++, perOutput);
        fold.column(n, accumulators, carries, plan.arrays[source]!, plan.offsets[source]!, plan.strides[source]!);
      } while (advance(counters, shape, kept, shape.length, inner, inputStrides));
      for (let i = 0, o = bases[inputs.length]! + start * outStride; i < n; i++, o += outStride) out[o] = accumulators[i]! + carries[i]!;
    }
    first += width * perOutput;
  } while (advance(counters, shape, 0, kept - 1, bases, strides));
}
