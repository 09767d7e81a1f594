/** @file The fused kernel `rows`, which takes rows of several dims too, as attention has them: lays out calls, and has sums for each column made by `reduce`. The shader is in rows-text.ts. */
import { coalesce, type Expr, type FusedAttrs, type Kernel, type PrimitiveAttrs, type Program, program, type RowStage, scalar, topologicalOrder, View } from "@adjoint/core/backend";
import type { WebGpuBuffer } from "../buffers.ts";
import type { WebGpuDevice } from "../device.ts";
import { Operands } from "../operands.ts";
import type { Pipeline } from "../pipelines.ts";
import { lengthOf } from "../wgsl/expression.ts";
import { writeParams } from "./map.ts";
import { foursOf } from "./quads.ts";
import { MOST_OUTPUTS } from "./reduce-text.ts";
import { INNER, operandsOf, ROWS, rowsShader, SIZES, type RowsClass } from "./rows-text.ts";

/** A run of stages that is one dispatch, and the sums for each column that are made after it. */
type Part = { readonly stages: readonly RowStage[]; readonly used: readonly number[]; readonly columns: readonly Columns[] };
/** Sums for each column that are made together: which outputs they are, what they read, and a program of that with a result for each. */
type Columns = { readonly operands: readonly number[]; readonly reads: readonly number[]; readonly program: Program };
type Column = { readonly operand: number; readonly value: Expr; readonly stage: Program };

/** Instructions of all stages beyond which an invocation takes one element at a time, which keeps its text short. */
const LONG = 300;

/** Cuts the stages so that each sum of columns sees the outputs as the stages before it left them. Most need no cut: what they read no later stage changes. */
function partsOf(stages: readonly RowStage[], inputs: number, bindings: number): Part[] {
  const parts: Part[] = [];
  let run: RowStage[] = [], pending: Column[] = [];
  const end = (): void => {
    parts.push({ stages: run, used: operandsOf(run, inputs), columns: togetherOf(pending, bindings) });
    [run, pending] = [[], []];
  };
  for (const stage of stages) {
    const writes = stage.into.flatMap(({ output, as }) => (as === "column" ? [] : [inputs + output]));
    if (writes.some((operand) => readsOf(pending.map(({ value }) => value)).includes(operand))) end();
    run.push(stage);
    // A stage's own sums may come after it: none of its results changes what another reads.
    stage.into.forEach(({ output, as }, k) => { if (as === "column") pending.push({ operand: inputs + output, value: stage.program.results[k]!, stage: stage.program }); });
  }
  end();
  return parts;
}

const readsOf = (values: readonly Expr[]): number[] => topologicalOrder(values).flatMap((x) => (x.kind === "arg" ? [x.index] : [])).sort((x, y) => x - y);

/** All in one reduction, if they are few, of one dtype, and the device binds as many buffers, as a program of those operands alone that they read; else each in its own. */
function togetherOf(columns: readonly Column[], bindings: number): Columns[] {
  const [first] = columns, values = columns.map(({ value }) => value), reads = readsOf(values);
  if (first === undefined) return [];
  if (columns.length > 1 && (columns.length > MOST_OUTPUTS || reads.length + columns.length > bindings || values.some(({ dtype }) => dtype !== first.value.dtype))) return columns.flatMap((one) => togetherOf([one], bindings));
  const { name, args, params } = first.stage, compact = (x: Expr): Expr | undefined => (x.kind === "arg" ? scalar.arg(reads.indexOf(x.index), x.dtype) : undefined);
  return [{ operands: columns.map(({ operand }) => operand), reads, program: program(name, reads.map((i) => args[i]!), params, values.map((value) => scalar.substitute(value, compact))) }];
}

export function rowsKernel(device: WebGpuDevice, reduce: Kernel<PrimitiveAttrs["reduce"], WebGpuBuffer>): Kernel<FusedAttrs["rows"], WebGpuBuffer> {
  const known = new WeakMap<readonly RowStage[], readonly Part[]>(), compiled = new WeakMap<Part, Map<string, Pipeline>>(), operands = new Operands();

  const run = (part: Part, views: readonly View<WebGpuBuffer>[], inputs: number, params: readonly number[]): void => {
    const used = withFewDims(part.used.map((operand) => views[operand]!)), isInput = part.used.filter((operand) => operand < inputs).length, { shape } = used[0]!;
    const dims = shape.length - 1, n = shape[dims]!, rows = used[0]!.size / n;
    operands.collect(used.slice(0, isInput), used.slice(isInput));
    const { chunks, slots } = operands, { isQuad, splats } = layoutOf(used, slots, operands, part);
    const inner = isQuad ? n / 4 : n, { threads, workgroup } = sharing(device, rows, inner);
    let pipelines = compiled.get(part);
    if (pipelines === undefined) compiled.set(part, (pipelines = new Map()));
    const key = `${slots.join()} ${isQuad} ${dims} ${splats} ${threads} ${workgroup}`;
    let pipeline = pipelines.get(key);
    if (pipeline === undefined) pipelines.set(key, (pipeline = device.pipelines.compile(rowsShader(part.stages, inputs, part.used, slots, { threads, workgroup, isQuad, dims, splats }))));
    const { recorder } = device, { ints } = recorder, at = recorder.uniforms(pipeline);
    ints[at + ROWS] = rows;
    ints[at + INNER] = inner;
    for (let d = 0; d < dims; d++) ints[at + SIZES + d] = shape[d]!;
    let word = at + SIZES + dims;
    used.forEach(({ offset, strides }, k) => {
      const unit = isQuad && ((splats >> k) & 1) === 0 ? 4 : 1;
      ints[word++] = offset / unit;
      for (let d = 0; d < dims; d++) ints[word++] = strides[d]! / unit;
    });
    writeParams(device, word, part.stages[0]!.program, params);
    recorder.dispatch(pipeline, chunks, rows * threads);
  };

  return (inputs, outputs, { stages, params }) => {
    device.assertAlive();
    const views = [...inputs, ...outputs];
    let parts = known.get(stages);
    if (parts === undefined) known.set(stages, (parts = partsOf(stages, inputs.length, device.limits.maxBindings)));
    for (const part of parts) {
      if (part.used.length > 0) run(part, views, inputs.length, params);
      for (const { operands: outs, reads, program: p } of part.columns)
        reduce(reads.map((i) => turned(views[i]!)), outs.map((operand) => lineOf(views[operand]!)), { program: p, params, op: "sum", reduced: 1 });
    }
  };
}

/** The dims of rows merged where they merge in all views. */
function withFewDims(views: readonly View<WebGpuBuffer>[]): readonly View<WebGpuBuffer>[] {
  const whole = views[0]!.shape, last = whole.length - 1;
  if (last === 1) return views;
  const { shape, strides } = coalesce(whole.slice(0, -1), views.map((view) => view.strides.slice(0, -1)));
  if (shape.length === 0) shape.push(1);
  return views.map(({ buffer, dtype, strides: all, offset, size, dense }, k) => new View(buffer, dtype, [...shape, whole[last]!], [...(strides[k]!.length === 0 ? [0] : strides[k]!), all[last]!], offset, size, dense));
}

const lineOf = ({ buffer, dtype, shape, offset }: View<WebGpuBuffer>): View<WebGpuBuffer> => new View(buffer, dtype, [shape[1]!], [1], offset, shape[1]!, true);
/** Columns first: of rows of one dim, the only ones whose columns are added up. */
const turned = ({ buffer, dtype, shape, strides, offset, size }: View<WebGpuBuffer>): View<WebGpuBuffer> => new View(buffer, dtype, [shape[1]!, shape[0]!], [strides[1]!, strides[0]!], offset, size, false);

function layoutOf(used: readonly View<WebGpuBuffer>[], slots: readonly number[], { chunks }: Operands, { stages }: Part): Pick<RowsClass, "isQuad" | "splats"> {
  const last = used[0]!.shape.length - 1;
  let splats = 0, wide = 0, narrow = 0, isQuad = used[0]!.shape[last]! % 4 === 0 && stages.reduce((sum, { program: p }) => sum + lengthOf(p), 0) <= LONG;
  used.forEach((view, k) => {
    const isSplat = view.strides[last] === 0;
    if (isSplat) splats |= 1 << k;
    else if (foursOf(view, last, chunks[slots[k]!]!) !== "vector") isQuad = false;
    if (isSplat) narrow |= 1 << slots[k]!;
    else wide |= 1 << slots[k]!;
  });
  return { splats, isQuad: isQuad && (wide & narrow) === 0 };
}

/** How many invocations share a row, and how many are a workgroup: few classes, by the sizes. */
function sharing({ tuning }: WebGpuDevice, rows: number, inner: number): Pick<RowsClass, "threads" | "workgroup"> {
  // A software adapter's threads take whole workgroups: where rows are few, so must those be small. Four invocations are one vector of it, and their barriers nearly free.
  if (tuning === "registers") return { threads: rows < 4 && inner >= 512 ? 4 : 1, workgroup: rows >= 512 ? 64 : 4 };
  return { threads: inner <= 16 ? 4 : inner <= 128 ? 32 : 256, workgroup: 256 };
}
