/**
 * @file `reduce`: a scalar program at every element, combined along the last dims; several lanes for each output where those are few. Hardware adds lanes up in workgroups, so that one dispatch does
 * it, and two where an output is long enough for several workgroups; elsewhere what lanes leave is reduced by the same kernel. The shaders are in reduce-text.ts.
 */
import { denseStrides, type DType, type Kernel, type PrimitiveAttrs, type Program, program, type ReduceOp, scalar, View } from "@adjoint/core/backend";
import type { WebGpuBuffer } from "../buffers.ts";
import type { WebGpuDevice } from "../device.ts";
import { Operands } from "../operands.ts";
import type { Pipeline } from "../pipelines.ts";
import { rankClass, writeSizes, writeStrides } from "../wgsl/layout.ts";
import { writeParams } from "./map.ts";
import { isShort, NO_QUADS, splatsOf } from "./quads.ts";
import { LANE_DIVIDER, LANES, LENGTH, OUT_LANE, OUT_NEXT, OUT_OFFSET, OUTPUT_DIVIDER, OUTPUTS, PARTS, type ReduceClass, reduceShader, SHAPES, SHARED, TOGETHER, type Way, ways } from "./reduce-text.ts";

/** On a software adapter, which has no more threads than the processor: steps of a lane, at the least, and invocations beyond which more lanes bring nothing. */
const APART_STEPS = 512, APART_ENOUGH = 1 << 9;
/** On hardware: invocations that keep it busy, steps for which a lane more pays, and steps of a lane that take longer than another dispatch. */
const ENOUGH = 1 << 16, WORTH = 4, LONG = 64;
/** Lanes of a workgroup that read along a row; where neighbours read elements of different outputs, fewer, so that those are a piece of memory. */
const ALONG = SHARED, ACROSS = 32;
/** Most workgroups that share an output: what they leave is one workgroup's work. */
const MOST_PARTS = 1024;

/** How a stage goes: its outputs, and the length of each, counted in fours where its way takes four of them; lanes of a workgroup for each output, and workgroups. Lanes apart are parts. */
type Stage = { readonly way: Way; readonly splats: number; readonly rows: number; readonly units: number; readonly together: number; readonly parts: number };

type Family = { readonly [O in ReduceOp]: Map<number | string, Pipeline> };
const family = (): Family => ({ sum: new Map(), prod: new Map(), max: new Map(), min: new Map() });

const identities: { [D in DType]?: Program } = {};
/** The program of a reduction of values as they are. */
export const identity = (dtype: DType): Program => (identities[dtype] ??= program("identity", [dtype], [], [scalar.arg(0, dtype)]));

const apart = new WeakMap<Program, Program[]>();
/** One result of a program as a program. */
const resultOf = (p: Program, k: number): Program => {
  let known = apart.get(p);
  if (known === undefined) apart.set(p, (known = p.results.map((result) => program(p.name, p.args, p.params, [result]))));
  return known[k]!;
};

/** Of a program with several results as many outputs, `MOST_OUTPUTS` at most, of one dtype, which all lie alike. */
export function reduceKernel(device: WebGpuDevice): Kernel<PrimitiveAttrs["reduce"], WebGpuBuffer> {
  const compiled = new WeakMap<Program, Family>();
  const operands = new Operands(), isHardware = device.tuning === "workgroup";

  const pipelineOf = (p: Program, op: ReduceOp, of: ReduceClass): Pipeline => {
    const { pattern, slots } = operands, { way, splats, kept, reduced, isShared } = of;
    let known = compiled.get(p);
    if (known === undefined) compiled.set(p, (known = family()));
    const key = typeof pattern === "number" && slots.length <= 6
      ? ((pattern * 16 + kept) * 16 + reduced) * 512 + (isShared ? 256 : 0) + ways.indexOf(way) * 64 + Math.max(splats, 0) : `${pattern}:${kept}:${reduced}:${way}:${splats}:${isShared}`;
    let pipeline = known[op].get(key);
    if (pipeline === undefined) known[op].set(key, (pipeline = device.pipelines.compile(reduceShader(p, op, of, slots))));
    return pipeline;
  };

  const run = (inputs: readonly View<WebGpuBuffer>[], outs: readonly View<WebGpuBuffer>[], p: Program, params: readonly number[], op: ReduceOp, reduced: number): void => {
    const [out] = outs as [View<WebGpuBuffer>], dtype = p.results[0]!.dtype, shape = inputs[0]!.shape, split = shape.length - reduced, count = out.size;
    let length = 1;
    for (let d = split; d < shape.length; d++) length *= shape[d]!;
    operands.collect(inputs, outs);
    const { slots, chunks } = operands, fits = slots.length <= 24 && isShort(p);
    let written = 0;
    for (let k = inputs.length; k < slots.length; k++) written |= 1 << slots[k]!;
    const splatsAt = (dim: number): number => (fits && dim >= 0 && shape[dim]! % 4 === 0 ? splatsOf(inputs, dim, slots, chunks, 0, written) : NO_QUADS);
    const along = reduced === 0 ? NO_QUADS : splatsAt(shape.length - 1), across = along === NO_QUADS ? splatsAt(split - 1) : NO_QUADS;
    const way: Way = along !== NO_QUADS ? "along" : across !== NO_QUADS ? "across" : "one", splats = Math.max(along, across);
    const rows = way === "across" ? count / 4 : count, units = way === "along" ? length / 4 : length, alongRow = neighboursAlongRow(inputs, split);
    const together = isHardware ? lanesTogether(rows, units, alongRow) : 1, parts = isHardware ? partsOf(rows, units, together) : lanesApart(rows, units);
    const stage = { way, splats, rows, units, together, parts };
    if (parts === 1) return record(inputs, outs, p, params, op, reduced, stage, alongRow);
    if (outs.length > 1) return outs.forEach((one, k) => run(inputs, [one], resultOf(p, k), params, op, reduced));
    device.pool.lend(dtype, count * parts, (partial) => {
      // What is left of each output lies side by side, and is what the next stage reduces.
      const strides = denseStrides(out.shape).map((x) => x * parts), to = new View(partial, dtype, out.shape, strides, 0, count, false);
      operands.collect(inputs, [to]);
      record(inputs, [to], p, params, op, reduced, stage, alongRow);
      run([new View(partial, dtype, [...out.shape, parts], [...strides, 1], 0, count * parts, true)], outs, identity(dtype), [], op, 1);
    });
  };

  /** Records one stage over the operands just collected. */
  const record = (
    inputs: readonly View<WebGpuBuffer>[], outs: readonly View<WebGpuBuffer>[], p: Program, params: readonly number[], op: ReduceOp, reduced: number,
    { way, splats, rows, units, together, parts }: Stage, alongRow: boolean,
  ): void => {
    const [to] = outs as [View<WebGpuBuffer>], { shape } = inputs[0]!, split = shape.length - reduced;
    const keptRank = rankClass(split), reducedRank = rankClass(reduced), isShared = together > 1, lanes = together * parts;
    const { recorder } = device, { ints } = recorder;
    const pipeline = pipelineOf(p, op, { way, splats, kept: keptRank, reduced: reducedRank, isShared });
    let at = recorder.uniforms(pipeline);
    ints[at + OUTPUTS] = rows;
    ints[at + LANES] = lanes;
    ints[at + LENGTH] = units;
    ints[at + OUTPUT_DIVIDER] = !alongRow ? 1 : isShared ? together : lanes;
    ints[at + LANE_DIVIDER] = alongRow ? 1 : isShared ? SHARED / together : rows;
    ints[at + TOGETHER] = together;
    ints[at + PARTS] = parts;
    ints[at + OUT_OFFSET] = to.offset;
    ints[at + OUT_LANE] = parts === 1 ? 0 : 1;
    ints[at + OUT_NEXT] = to.strides[split - 1] ?? 0;
    at += SHAPES;
    writeSizes(ints, at, shape, 0, split, keptRank);
    writeSizes(ints, at + keptRank, shape, split, shape.length, reducedRank);
    const lastKept = at + keptRank - 1, lastReduced = lastKept + reducedRank;
    at += keptRank + reducedRank;
    writeStrides(ints, at, to.strides, 0, split, keptRank);
    if (way === "along") ints[lastReduced] = ints[lastReduced]! / 4;
    if (way === "across") {
      ints[lastKept] = ints[lastKept]! / 4;
      ints[at + keptRank - 1] = 4 * ints[at + keptRank - 1]!;
    }
    at += keptRank;
    for (let k = 0; k < inputs.length; k++) {
      const { offset, strides } = inputs[k]!;
      ints[at] = offset;
      writeStrides(ints, at + 1, strides, 0, split, keptRank);
      writeStrides(ints, at + 1 + keptRank, strides, split, shape.length, reducedRank);
      // Counted in fours, but for the dim along which they lie, which moves by one of them.
      const own = at + (way === "along" ? keptRank + reducedRank : keptRank);
      if (way !== "one" && ((splats >> k) & 1) === 0) for (let i = at; i <= at + keptRank + reducedRank; i++) if (i !== own) ints[i] = ints[i]! >> 2;
      at += 1 + keptRank + reducedRank;
    }
    writeParams(device, at, p, params);
    for (let k = 1; k < outs.length; k++) ints[at + params.length + k - 1] = outs[k]!.offset;
    if (!isShared) return recorder.dispatch(pipeline, operands.chunks, rows * lanes);
    const groups = Math.ceil((rows * together) / SHARED) * parts;
    recorder.dispatchGroups(pipeline, operands.chunks, recorder.rowOf(groups), groups);
  };

  return (inputs, outputs, { program: p, params, op, reduced }) => {
    device.assertAlive();
    run(inputs, outputs, p, params, op, reduced);
  };
}

/** Lanes apart for each output: enough that a lane's part is short, unless there are invocations enough. */
const lanesApart = (outputs: number, length: number): number =>
  length <= 2 * APART_STEPS || outputs >= APART_ENOUGH ? 1 : Math.min(Math.ceil(length / APART_STEPS), Math.max(1, Math.ceil((4 * APART_ENOUGH) / outputs)));

/** Lanes of a workgroup for each output, a power of two: until the device is busy, and eight at least that read along a row. */
function lanesTogether(outputs: number, length: number, alongRow: boolean): number {
  const most = alongRow ? ALONG : ACROSS;
  let lanes = 1;
  while (lanes < most && 2 * lanes * WORTH <= length && (outputs * lanes < ENOUGH || (alongRow && lanes < 8))) lanes *= 2;
  return lanes;
}

/** Workgroups that share an output: a power of two, where its lanes have more to do than another dispatch takes. What they leave needs no third one. */
function partsOf(outputs: number, length: number, lanes: number): number {
  let parts = 1;
  if (length > LONG * lanes) while (parts < MOST_PARTS && outputs * lanes * parts < ENOUGH && length > 4 * WORTH * lanes * parts) parts *= 2;
  return parts;
}

/** Neighbouring invocations should read neighbouring elements: those of one row, or one of each row. */
function neighboursAlongRow(inputs: readonly View<WebGpuBuffer>[], split: number): boolean {
  for (const { strides } of inputs) {
    const row = Math.abs(strides[strides.length - 1] ?? 1), across = split > 0 ? Math.abs(strides[split - 1]!) : Infinity;
    if (across !== 0 && row !== across) return row < across;
  }
  return true;
}
