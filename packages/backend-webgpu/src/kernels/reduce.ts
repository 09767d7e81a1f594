/** @file `reduce`: a scalar program at every element, combined along the last dims. Stages of one shader, without workgroup memory. */
import { type DType, type Kernel, type PrimitiveAttrs, type Program, program, type ReduceOp, scalar, type View } from "@adjoint/core/backend";
import { type Chunk, chunkOf, type WebGpuBuffer } from "../buffers.ts";
import type { WebGpuDevice } from "../device.ts";
import { bindingsOf, Operands } from "../operands.ts";
import { intWord, type Pipeline, type Shader, threadNumber, word } from "../pipelines.ts";
import { emitProgram, literal, loaded, stored, valueType } from "../wgsl/expression.ts";
import { decompose, dot, rankClass, writeSizes, writeStrides } from "../wgsl/layout.ts";
import { paramText, writeParams } from "./map.ts";

/** Words after the header: outputs, lanes, elements to reduce, dividers that number outputs and lanes, offset and lane stride of the output. */
const OUTPUTS = 4, LANES = 5, LENGTH = 6, OUTPUT_DIVIDER = 7, LANE_DIVIDER = 8, OUT_OFFSET = 9, OUT_LANE = 10, SHAPES = 11;
/** Below this length one invocation reduces a whole row; above, as many lanes as make rows of about this length. */
const ROW = 64;
/** Invocations beyond which more lanes bring nothing. */
const ENOUGH = 1 << 16;

type Accumulator = { readonly declare: string; readonly step: (value: string) => string; readonly result: string };

function accumulator(op: ReduceOp, dtype: DType): Accumulator {
  const type = valueType(dtype);
  const simple = (start: string, combine: (value: string) => string, result = "total"): Accumulator =>
    ({ declare: `  var total: ${type} = ${start};`, step: (value) => `    total = ${combine(value)};`, result });
  if (dtype === "bool") return op === "min" || op === "prod" ? simple("true", (v) => `total & ${v}`) : simple("false", (v) => `total | ${v}`);
  const float = dtype === "float32";
  switch (op) {
    case "prod": return simple(literal(1, dtype), (v) => `total * ${v}`);
    case "max": return simple(literal(float ? -Infinity : -2147483648, dtype), (v) => (float ? `ad_max(total, ${v})` : `max(total, ${v})`));
    case "min": return simple(literal(float ? Infinity : 2147483647, dtype), (v) => (float ? `ad_min(total, ${v})` : `min(total, ${v})`));
    case "sum":
      if (!float) return simple(literal(0, dtype), (v) => `total + ${v}`);
      // A carry after every 16 values and every 16 carries: the rounding errors of pairwise summation, within a factor.
      return {
        declare: "  var total = 0.0; var carry = 0.0; var part = 0.0; var count = 0u;",
        step: (v) => `    part = part + ${v};
    count = count + 1u;
    if ((count & 15u) == 0u) {
      carry = carry + part; part = 0.0;
      if ((count & 255u) == 0u) { total = total + carry; carry = 0.0; }
    }`,
        result: "(total + (carry + part))",
      };
  }
}

function reduceShader(p: Program, op: ReduceOp, kept: number, reduced: number, slots: readonly number[]): Shader {
  const n = p.args.length, dtype = p.results[0]!.dtype;
  const keptSizes = SHAPES, reducedSizes = keptSizes + kept, outStrides = reducedSizes + reduced, inputs = outStrides + kept;
  const stride = 1 + kept + reduced;
  const { statements, results } = emitProgram(p, {
    arg: (k) => loaded(`b${slots[k]}[base${k} + ${dot(inputs + k * stride + 1 + kept, reduced, "r")}]`, p.args[k]!),
    param: paramText(inputs + n * stride),
  });
  const total = accumulator(op, dtype);
  const bases = p.args.map((_, k) => `  let base${k} = ${intWord(inputs + k * stride)} + ${dot(inputs + k * stride + 1, kept, "o")};`);
  return {
    label: `${op}(${p.name})`,
    bindings: bindingsOf(slots, [...p.args, dtype], n),
    uniformWords: inputs + n * stride + p.params.length,
    workgroup: [64, 1],
    body: `${threadNumber}
  let output = (thread / ${word(OUTPUT_DIVIDER)}) % ${word(OUTPUTS)};
  let lane = (thread / ${word(LANE_DIVIDER)}) % ${word(LANES)};
${decompose("output", keptSizes, kept, "o")}
${bases.join("\n")}
${total.declare}
  for (var at = lane; at < ${word(LENGTH)}; at = at + ${word(LANES)}) {
    let element = output * ${word(LENGTH)} + at;
${decompose("at", reducedSizes, reduced, "r")}
${statements}
${total.step(results[0]!)}
  }
  b${slots[n]}[${intWord(OUT_OFFSET)} + bitcast<i32>(lane) * ${intWord(OUT_LANE)} + ${dot(outStrides, kept, "o")}] = ${stored(total.result, dtype)};`,
  };
}

type Family = { readonly [O in ReduceOp]: Map<number | string, Pipeline> };
const family = (): Family => ({ sum: new Map(), prod: new Map(), max: new Map(), min: new Map() });

const identities: { [D in DType]?: Program } = {};
const identity = (dtype: DType): Program => (identities[dtype] ??= program("identity", [dtype], [], [scalar.arg(0, dtype)]));

export function reduceKernel(device: WebGpuDevice): Kernel<PrimitiveAttrs["reduce"], WebGpuBuffer> {
  const compiled = new WeakMap<Program, Family>();
  const operands = new Operands();

  const pipelineOf = (p: Program, op: ReduceOp, kept: number, reduced: number, { pattern, slots }: Operands): Pipeline => {
    let known = compiled.get(p);
    if (known === undefined) compiled.set(p, (known = family()));
    const key = typeof pattern === "number" ? (pattern * 16 + kept) * 16 + reduced : `${pattern}:${kept}:${reduced}`;
    let pipeline = known[op].get(key);
    if (pipeline === undefined) known[op].set(key, (pipeline = device.pipelines.compile(reduceShader(p, op, kept, reduced, slots))));
    return pipeline;
  };

  return (inputs, outputs, { program: p, params, op, reduced }) => {
    device.assertAlive();
    const out = outputs[0]!, dtype = p.results[0]!.dtype;
    const count = out.size, shape = inputs[0]?.shape ?? out.shape;
    const split = shape.length - reduced;
    let length = 1;
    for (let d = split; d < shape.length; d++) length *= shape[d]!;
    let lanes = lanesOf(count, length);
    let to = lanes === 1 ? undefined : device.pool.allocate(dtype, count * lanes);

    operands.collect(inputs, to === undefined ? outputs : []);
    if (to !== undefined) appendOutput(operands, chunkOf(to));
    const keptRank = rankClass(split), reducedRank = rankClass(reduced);
    const { recorder } = device;
    const { ints } = recorder;
    const pipeline = pipelineOf(p, op, keptRank, reducedRank, operands);
    let at = recorder.uniforms(pipeline);
    writeCall(ints, at, count, lanes, length, neighboursAlongRow(inputs, split));
    writeOutput(ints, at, out, split, lanes, keptRank, reducedRank, to !== undefined);
    writeSizes(ints, at + SHAPES, shape, 0, split, keptRank);
    writeSizes(ints, at + SHAPES + keptRank, shape, split, shape.length, reducedRank);
    at += SHAPES + 2 * keptRank + reducedRank;
    for (const view of inputs) {
      ints[at] = view.offset;
      writeStrides(ints, at + 1, view.strides, 0, split, keptRank);
      writeStrides(ints, at + 1 + keptRank, view.strides, split, shape.length, reducedRank);
      at += 1 + keptRank + reducedRank;
    }
    writeParams(device, at, p, params);
    recorder.dispatch(pipeline, operands.chunks, count * lanes);

    // Later stages: each output's lanes lie side by side.
    while (to !== undefined) {
      const from = to, width = lanes;
      lanes = lanesOf(count, width);
      to = lanes === 1 ? undefined : device.pool.allocate(dtype, count * lanes);
      combine(identity(dtype), op, from, width, out, count, lanes, to);
      device.pool.free(from);
    }
  };

  function combine(p: Program, op: ReduceOp, from: WebGpuBuffer, width: number, out: View<WebGpuBuffer>, count: number, lanes: number, to: WebGpuBuffer | undefined): void {
    operands.collect([], []);
    appendOutput(operands, chunkOf(from));
    appendOutput(operands, chunkOf(to ?? out.buffer));
    const { recorder } = device;
    const { ints } = recorder;
    const rank = rankClass(out.shape.length);
    const pipeline = pipelineOf(p, op, rank, 1, operands);
    const at = recorder.uniforms(pipeline);
    writeCall(ints, at, count, lanes, width, true);
    writeOutput(ints, at, out, out.shape.length, lanes, rank, 1, to !== undefined);
    writeSizes(ints, at + SHAPES, out.shape, 0, out.shape.length, rank);
    ints[at + SHAPES + rank] = width;
    const input = at + SHAPES + 2 * rank + 1;
    ints[input] = 0;
    writeDenseStrides(ints, input + 1, out, rank, width);
    ints[input + 1 + rank] = 1;
    recorder.dispatch(pipeline, operands.chunks, count * lanes);
  }
}

/** Lanes for each output: enough that a lane's part is short, unless there are invocations enough. */
function lanesOf(outputs: number, length: number): number {
  if (length <= 2 * ROW || outputs >= ENOUGH) return 1;
  return Math.min(Math.ceil(length / ROW), Math.max(1, Math.ceil((4 * ENOUGH) / outputs)));
}

function appendOutput(operands: Operands, chunk: Chunk): void {
  let slot = operands.chunks.indexOf(chunk);
  if (slot < 0) slot = operands.chunks.push(chunk) - 1;
  operands.slots.push(slot);
  operands.pattern = typeof operands.pattern === "number" && operands.slots.length <= 10 ? operands.pattern * 16 + slot : operands.slots.join();
}

/** Neighbouring invocations should read neighbouring elements: those of one row, or one of each row. */
function neighboursAlongRow(inputs: readonly View<WebGpuBuffer>[], split: number): boolean {
  for (const { strides } of inputs) {
    const row = Math.abs(strides[strides.length - 1] ?? 1), across = split > 0 ? Math.abs(strides[split - 1]!) : Infinity;
    if (across !== 0 && row !== across) return row < across;
  }
  return true;
}

function writeCall(ints: Int32Array, at: number, outputs: number, lanes: number, length: number, alongRow: boolean): void {
  ints[at + OUTPUTS] = outputs;
  ints[at + LANES] = lanes;
  ints[at + LENGTH] = length;
  ints[at + OUTPUT_DIVIDER] = alongRow ? lanes : 1;
  ints[at + LANE_DIVIDER] = alongRow ? 1 : outputs;
}

function writeOutput(ints: Int32Array, at: number, out: View<WebGpuBuffer>, split: number, lanes: number, kept: number, reduced: number, partial: boolean): void {
  const strides = at + SHAPES + kept + reduced;
  ints[at + OUT_OFFSET] = partial ? 0 : out.offset;
  ints[at + OUT_LANE] = partial ? 1 : 0;
  if (partial) writeDenseStrides(ints, strides, out, kept, lanes);
  else writeStrides(ints, strides, out.strides, 0, split, kept);
}

/** Row-major strides over the output's shape, with `step` elements for each output. */
function writeDenseStrides(ints: Int32Array, at: number, out: View<WebGpuBuffer>, rank: number, step: number): void {
  const pad = rank - out.shape.length;
  let stride = step;
  for (let d = rank - 1; d >= 0; d--) {
    ints[at + d] = d < pad ? 0 : stride;
    if (d >= pad) stride *= out.shape[d - pad]!;
  }
}
