/**
 * @file `reduce`: a scalar program at every element, combined along the last dims. Stages of one shader: several lanes for each output, then the lanes.
 * An invocation takes elements by four where memory lets it: along a row, or of four outputs that lie side by side.
 */
import { denseStrides, type DType, type Kernel, type PrimitiveAttrs, type Program, program, type ReduceOp, scalar, View } from "@adjoint/core/backend";
import type { WebGpuBuffer } from "../buffers.ts";
import type { WebGpuDevice } from "../device.ts";
import { bindingsOf, Operands } from "../operands.ts";
import { intWord, type Pipeline, type Shader, threadNumber, word } from "../pipelines.ts";
import { accumulator } from "../wgsl/accumulator.ts";
import { loaded, programFunction, stored, storedType } from "../wgsl/expression.ts";
import { decompose, dot, rankClass, writeSizes, writeStrides } from "../wgsl/layout.ts";
import { paramText, writeParams } from "./map.ts";
import { isShort, NO_QUADS, splatsOf } from "./quads.ts";

/**
 * Words after the header: outputs, lanes and elements to reduce, the first or the last counted in fours; dividers that number outputs and lanes;
 * offset of the output, its strides for lanes and for outputs that are neighbours.
 */
const OUTPUTS = 4, LANES = 5, LENGTH = 6, OUTPUT_DIVIDER = 7, LANE_DIVIDER = 8, OUT_OFFSET = 9, OUT_LANE = 10, OUT_NEXT = 11, SHAPES = 12;
/** Steps of a lane, at the least, and invocations beyond which more lanes bring nothing. A software adapter has no more threads than the processor. */
const sizes = { workgroup: { steps: 64, enough: 1 << 16 }, registers: { steps: 512, enough: 1 << 9 } } as const;

/** What a turn of the loop takes where it may take something twice. */
const TURN = 4;

/** What an invocation takes at once: one element, four along the row, or one for each of four outputs. */
type Way = "one" | "along" | "across";
/** How a stage goes: its outputs, and the length of each, counted in fours where its way takes four of them; and its lanes. */
type Stage = { readonly way: Way; readonly splats: number; readonly rows: number; readonly units: number; readonly lanes: number };

function reduceShader(p: Program, op: ReduceOp, way: Way, splats: number, kept: number, reduced: number, slots: readonly number[]): Shader {
  const n = p.args.length, dtype = p.results[0]!.dtype, isSplat = (k: number): boolean => way === "one" || ((splats >> k) & 1) === 1;
  const keptSizes = SHAPES, reducedSizes = keptSizes + kept, outStrides = reducedSizes + reduced, inputs = outStrides + kept;
  const stride = 1 + kept + reduced, each = way === "one" ? [0] : [0, 1, 2, 3];
  const totals = way === "across" ? each.map((j) => accumulator(op, dtype, `total${j}`)) : [accumulator(op, dtype)];
  const vectors = new Map(slots.slice(0, n).map((slot, k) => [slot, isSplat(k) ? undefined : `vec4<${storedType(p.args[k]!)}>`]));
  const number = (j: number): string => way === "along" ? `output * (${word(LENGTH)} * 4u) + at * 4u + ${j}u` : way === "across" ? `(output * 4u + ${j}u) * ${word(LENGTH)} + at` : `output * ${word(LENGTH)} + at`;
  // A uniform is dear where it is read again and again: those of the loop are read before it.
  const steps = p.args.flatMap((_, k) => Array.from({ length: reduced }, (__, d) => `  let step${k}_${d} = ${intWord(inputs + k * stride + 1 + kept + d)};`));
  const place = (k: number): string => `base${k} + ${Array.from({ length: reduced }, (_, d) => `r${d} * step${k}_${d}`).join(" + ")}`;
  const values = each.map((j) => `compute(${[number(j), ...p.args.map((of, k) => loaded(isSplat(k) ? `x${k}` : `x${k}.${"xyzw"[j]}`, of))].join(", ")}).r0`);
  const take = `${decompose("at", (d) => `size${d}`, reduced, "r")}
${p.args.map((_, k) => `    let x${k} = b${slots[k]}[${place(k)}];`).join("\n")}
${each.map((j) => `    let y${j} = ${values[j]};`).join("\n")}
    ${way === "across" ? totals.map(({ step }, j) => step([`y${j}`])).join("\n    ") : totals[0]!.step(each.map((j) => `y${j}`))}`;
  const folds = totals.map(({ fold }) => fold).join("\n    ");
  const loop = op === "max" || op === "min"
    // Of what is taken twice an extremum is the same, so the turns of a loop, which are dear, may go beyond the end.
    ? `  for (var begin = lane; begin < length; begin = begin + ${TURN}u * lanes) {
${Array.from({ length: TURN }, (_, j) => `    {\n    let at = min(begin + ${j}u * lanes, length - 1u);\n${take}\n    }`).join("\n")}
  }` : `  for (var begin = lane; begin < length; begin = begin + 16u * lanes) {
    let stop = min(length, begin + 16u * lanes);
    for (var at = begin; at < stop; at = at + lanes) {
${take}
    }
    ${folds}
  }`;
  return {
    label: `${op}(${p.name})`,
    bindings: bindingsOf(slots, [...p.args, dtype], n, (slot) => vectors.get(slot)),
    uniformWords: inputs + n * stride + p.params.length,
    workgroup: [64, 1],
    isApart: true,
    declarations: programFunction(p, paramText(inputs + n * stride), "compute"),
    body: `${threadNumber}
  let lanes = ${word(LANES)};
  var output = thread;
  var lane = 0u;
  if (lanes > 1u) {
    output = (thread / ${word(OUTPUT_DIVIDER)}) % ${word(OUTPUTS)};
    lane = (thread / ${word(LANE_DIVIDER)}) % lanes;
  }
${decompose("output", keptSizes, kept, "o")}
${p.args.map((_, k) => `  let base${k} = ${intWord(inputs + k * stride)} + ${dot(inputs + k * stride + 1, kept, "o")};`).join("\n")}
${totals.map(({ declare }) => `  ${declare}`).join("\n")}
${steps.join("\n")}
${Array.from({ length: reduced }, (_, d) => `  let size${d} = ${word(reducedSizes + d)};`).join("\n")}
  let length = ${word(LENGTH)};
${loop}
  let place = ${intWord(OUT_OFFSET)} + bitcast<i32>(lane) * ${intWord(OUT_LANE)} + ${dot(outStrides, kept, "o")};
${totals.map(({ result }, j) => `  b${slots[n]}[place + ${j} * ${intWord(OUT_NEXT)}] = ${stored(result, dtype)};`).join("\n")}`,
  };
}

type Family = { readonly [O in ReduceOp]: Map<number | string, Pipeline> };
const family = (): Family => ({ sum: new Map(), prod: new Map(), max: new Map(), min: new Map() });

const identities: { [D in DType]?: Program } = {};
/** The program of a reduction of values as they are. */
export const identity = (dtype: DType): Program => (identities[dtype] ??= program("identity", [dtype], [], [scalar.arg(0, dtype)]));
const ways: readonly Way[] = ["one", "along", "across"];

export function reduceKernel(device: WebGpuDevice): Kernel<PrimitiveAttrs["reduce"], WebGpuBuffer> {
  const compiled = new WeakMap<Program, Family>();
  const operands = new Operands(), { steps, enough } = sizes[device.tuning];

  const pipelineOf = (p: Program, op: ReduceOp, way: Way, splats: number, kept: number, reduced: number): Pipeline => {
    const { pattern, slots } = operands;
    let known = compiled.get(p);
    if (known === undefined) compiled.set(p, (known = family()));
    const key = typeof pattern === "number" && slots.length <= 6
      ? ((pattern * 16 + kept) * 16 + reduced) * 256 + ways.indexOf(way) * 64 + Math.max(splats, 0) : `${pattern}:${kept}:${reduced}:${way}:${splats}`;
    let pipeline = known[op].get(key);
    if (pipeline === undefined) known[op].set(key, (pipeline = device.pipelines.compile(reduceShader(p, op, way, splats, kept, reduced, slots))));
    return pipeline;
  };

  /** Lanes for each output: enough that a lane's part is short, unless there are invocations enough. */
  const lanesOf = (outputs: number, length: number): number =>
    length <= 2 * steps || outputs >= enough ? 1 : Math.min(Math.ceil(length / steps), Math.max(1, Math.ceil((4 * enough) / outputs)));

  const run = (inputs: readonly View<WebGpuBuffer>[], out: View<WebGpuBuffer>, p: Program, params: readonly number[], op: ReduceOp, reduced: number): void => {
    const dtype = p.results[0]!.dtype, shape = inputs[0]!.shape, split = shape.length - reduced, count = out.size;
    let length = 1;
    for (let d = split; d < shape.length; d++) length *= shape[d]!;
    operands.collect(inputs, [out]);
    const { slots, chunks } = operands, fits = slots.length <= 24 && isShort(p), written = 1 << slots[slots.length - 1]!;
    const splatsAt = (dim: number): number => (fits && dim >= 0 && shape[dim]! % 4 === 0 ? splatsOf(inputs, dim, slots, chunks, 0, written) : NO_QUADS);
    const along = reduced === 0 ? NO_QUADS : splatsAt(shape.length - 1), across = along === NO_QUADS ? splatsAt(split - 1) : NO_QUADS;
    const way: Way = along !== NO_QUADS ? "along" : across !== NO_QUADS ? "across" : "one", splats = Math.max(along, across);
    const rows = way === "across" ? count / 4 : count, units = way === "along" ? length / 4 : length, lanes = lanesOf(rows, units);
    const stage = { way, splats, rows, units, lanes };
    if (lanes === 1) return record(inputs, out, p, params, op, reduced, stage);
    device.pool.lend(dtype, count * lanes, (partial) => {
      // Each output's lanes lie side by side, and are what the next stage reduces.
      const strides = denseStrides(out.shape).map((x) => x * lanes), to = new View(partial, dtype, out.shape, strides, 0, count, false);
      operands.collect(inputs, [to]);
      record(inputs, to, p, params, op, reduced, stage);
      run([new View(partial, dtype, [...out.shape, lanes], [...strides, 1], 0, count * lanes, true)], out, identity(dtype), [], op, 1);
    });
  };

  /** Records one stage over the operands just collected. */
  const record = (inputs: readonly View<WebGpuBuffer>[], to: View<WebGpuBuffer>, p: Program, params: readonly number[], op: ReduceOp, reduced: number, { way, splats, rows, units, lanes }: Stage): void => {
    const { shape } = inputs[0]!, split = shape.length - reduced;
    const keptRank = rankClass(split), reducedRank = rankClass(reduced), alongRow = neighboursAlongRow(inputs, split);
    const { recorder } = device, { ints } = recorder;
    const pipeline = pipelineOf(p, op, way, splats, keptRank, reducedRank);
    let at = recorder.uniforms(pipeline);
    ints[at + OUTPUTS] = rows;
    ints[at + LANES] = lanes;
    ints[at + LENGTH] = units;
    ints[at + OUTPUT_DIVIDER] = alongRow ? lanes : 1;
    ints[at + LANE_DIVIDER] = alongRow ? 1 : rows;
    ints[at + OUT_OFFSET] = to.offset;
    ints[at + OUT_LANE] = lanes === 1 ? 0 : 1;
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
    recorder.dispatch(pipeline, operands.chunks, rows * lanes);
  };

  return (inputs, outputs, { program: p, params, op, reduced }) => {
    device.assertAlive();
    run(inputs, outputs[0]!, p, params, op, reduced);
  };
}

/** Neighbouring invocations should read neighbouring elements: those of one row, or one of each row. */
function neighboursAlongRow(inputs: readonly View<WebGpuBuffer>[], split: number): boolean {
  for (const { strides } of inputs) {
    const row = Math.abs(strides[strides.length - 1] ?? 1), across = split > 0 ? Math.abs(strides[split - 1]!) : Infinity;
    if (across !== 0 && row !== across) return row < across;
  }
  return true;
}
