/** @file Rows: several reductions and maps along the same rows, as one fused kernel or as calls of `reduce` and `map`. Outside the tape. */
import type { ReduceOp, RowForm, RowStage } from "../backend.ts";
import type { DType } from "../dtype.ts";
import { normalForm } from "../normal-form.ts";
import { activeInterpreter, allocate, type Device, dispatchAll, isGradEnabled, type MultiOp, savesNothing, type Tensor } from "../op.ts";
import { arg, type Expr, substitute, topologicalOrder } from "../scalar/expr.ts";
import { type Program, program } from "../scalar/program.ts";
import { type Shape, sizeOf } from "../shape.ts";
import { restride } from "../view.ts";
import { broadcastOf, callMap, callReduced, reducedShape, windowsOf } from "./call.ts";

/** A value of a stage: which output it becomes, and how. */
export type RowResult = readonly [output: number, as: RowForm, value: Expr];
/** What is done along rows, of given dtypes. */
export type Rows = {
  readonly name: string;
  readonly stages: readonly RowStage[];
  /** How the outputs are kept, and their dtypes. */
  readonly outputs: readonly { readonly form: RowForm; readonly dtype: DType }[];
  readonly inputs: number;
  /** Operands that a kernel reads or writes as it goes along rows: all but sums for each column. */
  readonly bound: number;
  /** The same without the fused kernel, made when it is first needed. */
  steps: readonly Step[] | undefined;
};
/** A call of `map` or `reduce` that stands for results of a stage. Operands are numbered: inputs, then outputs. */
type Step = { readonly program: Program; readonly reads: readonly number[]; readonly writes: readonly number[]; readonly as: RowForm };

/** Rows longer than this have left the caches before the next stage begins: nothing is won by fusing. */
const LONGEST = 65536;

/**
 * @param inputs their dtypes. In the stages' values `arg(i)` is input i, and after the inputs output i.
 * @param params the dtypes of the numbers of a call
 */
export function rowsOf(name: string, inputs: readonly DType[], params: readonly DType[], stages: readonly (readonly RowResult[])[]): Rows {
  const outputs: { form: RowForm; dtype: DType }[] = [];
  for (const [at, form, { dtype }] of stages.flat()) outputs[at] ??= { form, dtype };
  const args = [...inputs, ...outputs.map(({ dtype }) => dtype)];
  return {
    name, outputs, inputs: inputs.length, bound: inputs.length + outputs.filter(({ form }) => form !== "column").length, steps: undefined,
    stages: stages.map((results) => ({ program: program(name, args, params, results.map(([, , value]) => value)), into: results.map(([output, as]) => ({ output, as })) })),
  };
}

const isReduction = (as: RowForm): as is ReduceOp => as !== "element" && as !== "scalar" && as !== "column";

/** The calls of a stage: reductions of what it writes too come after, the scalars last, since they may replace what others read. */
function stepsOf({ name, inputs }: Rows, { program: p, into }: RowStage): Step[] {
  const step = (values: readonly Expr[], writes: readonly number[], as: RowForm): Step => {
    const reads = topologicalOrder(values).flatMap((x) => (x.kind === "arg" ? [x.index] : [])).sort((a, b) => a - b);
    const compact = (x: Expr): Expr | undefined => (x.kind === "arg" ? arg(reads.indexOf(x.index), x.dtype) : undefined);
    return { program: program(name, reads.map((i) => p.args[i]!), p.params, values.map((x) => substitute(x, compact))), reads, writes, as };
  };
  const results = into.map(({ output, as }, k) => ({ output, as, value: p.results[k]! }));
  const together = (as: RowForm): Step[] => {
    const of = results.filter((r) => r.as === as);
    return of.length === 0 ? [] : [step(of.map((r) => r.value), of.map((r) => r.output), as)];
  };
  const before: Step[] = [], after: Step[] = [];
  for (const { output, as, value } of results) {
    if (as === "element" || as === "scalar") continue;
    const stored = results.find((r) => r.as === "element" && r.value === value);
    if (stored === undefined) before.push(step([value], [output], as));
    else after.push(step([arg(inputs + stored.output, value.dtype)], [output], as));
  }
  return [...before, ...together("element"), ...after, ...together("scalar")];
}

function runSteps(device: Device, rows: Rows, operands: readonly Tensor[], params: readonly number[], shape: Shape, dims: readonly number[]): void {
  const kept = [...shape.keys()].filter((d) => !dims.includes(d)), { kernels } = device.backend;
  for (const { program: p, reads, writes, as } of (rows.steps ??= rows.stages.flatMap((stage) => stepsOf(rows, stage)))) {
    const inputs = reads.map((i) => operands[i]!), outs = writes.map((k) => operands[rows.inputs + k]!);
    if (as === "element" || as === "scalar") callMap(device, inputs, windowsOf(outs), { program: p, params }, outs[0]!.shape);
    else
      callReduced(rows.name, inputs, outs[0]!, shape, as === "column" ? kept : dims, (ins, out, reduced) =>
        kernels.reduce(ins, out, { program: p, params, op: isReduction(as) ? as : "sum", reduced }));
  }
}

/** Calls the fused kernel. False if the device has none, or the views are not what it takes. */
function runFused(device: Device, rows: Rows, operands: readonly Tensor[], params: readonly number[], shape: Shape, dims: readonly number[]): boolean {
  const kernel = device.backend.kernels.rows, length = sizeOf(dims.map((d) => shape[d]!));
  if (kernel === undefined || length < 2 || length > LONGEST || rows.bound > device.backend.limits.maxBindings) return false;
  const order = [...shape.keys()].filter((d) => !dims.includes(d)).concat(dims);
  const normal = normalForm(operands.map((x) => x.window), shape, order, dims.length), rank = normal.shape.length;
  if (normal.reduced !== 1 || rank > 2) return false;
  const views = rank === 2 ? normal.views : normal.views.map((view) => restride(view, [1, length], [0, view.strides[0]!], view.offset));
  if (views.some(({ strides }) => strides[1] !== 0 && strides[1] !== 1)) return false;
  kernel(views.slice(0, rows.inputs), views.slice(rows.inputs), { stages: rows.stages, params });
  return true;
}

export type RowsAttrs = { readonly rows: Rows; readonly dims: readonly number[]; readonly params: readonly number[] };

/** Never recorded: the ops that are made of it have derivatives of their own. */
const rowsOp: MultiOp<RowsAttrs> = {
  name: "rows",
  gradName: ({ rows }) => rows.name,
  title: ({ rows }) => rows.name,
  run(device, inputs, { rows, dims, params }) {
    const shape = broadcastOf(inputs, undefined), kept = [...shape.keys()].filter((d) => !dims.includes(d));
    const outs = rows.outputs.map(({ form, dtype }) => allocate(device, dtype, form === "element" ? shape : reducedShape(shape, form === "column" ? kept : dims, true)));
    const operands = [...inputs, ...outs];
    if (!runFused(device, rows, operands, params, shape, dims)) runSteps(device, rows, operands, params, shape, dims);
    return outs;
  },
  saves: () => savesNothing,
  vjp: () => [],
};

/**
 * The outputs of `rows` along the dims of inputs that broadcast together and are not empty. Rows have one value where an input has size 1 along the dims, or where an output is
 * reduced, which keeps them as dims of size 1. Only where nobody follows: in the run of an op, or where `isFollowed()` is false.
 */
export const alongRows = (rows: Rows, inputs: readonly Tensor[], dims: readonly number[], params: readonly number[] = []): readonly Tensor[] =>
  dispatchAll(rowsOp, inputs, { rows, dims, params });

/** Whether what runs now is recorded, or transformed: then a derivative must be made of differentiable ops. */
export const isFollowed = (): boolean => isGradEnabled() || activeInterpreter() !== null;

/** A family of rows, one for each dtype that is computed in, each made when it is first asked for. */
export function rowsPerDType(make: (dtype: DType) => Rows): (dtype: DType) => Rows {
  const made: { [D in DType]?: Rows } = {};
  return (dtype) => (made[dtype] ??= make(dtype));
}
