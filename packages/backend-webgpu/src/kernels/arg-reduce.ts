/** @file `argReduce`: where the first extremum of each row is. Two stages for long rows: each lane's candidate, then the best candidate. */
import type { DType, Kernel, PrimitiveAttrs, View } from "@adjoint/core/backend";
import type { Chunk, WebGpuBuffer } from "../buffers.ts";
import type { WebGpuDevice } from "../device.ts";
import { bindingsOf, slotsOf } from "../operands.ts";
import { intWord, type Pipeline, type Shader, threadNumber, word } from "../pipelines.ts";
import { decompose, dot, rankClass, writeSizes, writeStrides } from "../wgsl/layout.ts";

const LANES = 4, LENGTH = 5, IN_OFFSET = 6, OUT_OFFSET = 7, SHAPES = 8;
const MIN_ROW = 128, MAX_LANES = 512;

/** An integer that grows as the element is the better one. NaN is the best of all; -0 equals 0. */
export function rankOf(value: string, dtype: DType, op: "max" | "min"): string {
  if (dtype === "float32") return `select(${op === "max" ? "" : "-"}ad_order(${value}), 2147483647i, ad_nan(${value}))`;
  const integer = dtype === "bool" ? `bitcast<i32>(${value})` : value;
  return op === "max" ? integer : `(~${integer})`;
}

/**
 * @param stage "candidates" writes each lane's best; "choose" looks at candidates only; "whole" does all in one.
 * Slots: input, output, and for "choose" the candidates.
 */
function argReduceShader(dtype: DType, op: "max" | "min", stage: Stage, kept: number, reduced: number, slots: readonly number[]): Shader {
  const keptSizes = SHAPES, reducedSizes = keptSizes + kept, outStrides = reducedSizes + reduced, inStrides = outStrides + kept;
  const [input, output, candidates] = slots;
  const spread = stage === "candidates";
  return {
    label: `arg${op}`,
    bindings: bindingsOf(stage === "choose" ? [input!, candidates!, output!] : [input!, output!],
      stage === "choose" ? [dtype, "int32", "int32"] : [dtype, "int32"], stage === "choose" ? 2 : 1),
    uniformWords: inStrides + kept + reduced,
    workgroup: [64, 1],
    isApart: true,
    body: `${threadNumber}
  let row = ${spread ? `thread / ${word(LANES)}` : "thread"};
  let lane = ${spread ? `thread % ${word(LANES)}` : "0u"};
${decompose("row", keptSizes, kept, "o")}
  let base = ${intWord(IN_OFFSET)} + ${dot(inStrides, kept, "o")};
  var best = bitcast<i32>(0x80000000u);
  var found = 0xffffffffu;
  for (var at = lane; at < ${word(LENGTH)}; at = at + ${spread ? word(LANES) : "1u"}) {
    let place = ${stage === "choose" ? `bitcast<u32>(b${candidates}[row * ${word(LENGTH)} + at])` : "at"};
${decompose("place", reducedSizes, reduced, "r")}
    let value = b${input}[base + ${dot(inStrides + kept, reduced, "r")}];
    let rank = ${rankOf("value", dtype, op)};
    if ((rank > best) | ((rank == best) & (place < found))) { best = rank; found = place; }
  }
  b${output}[${spread ? "thread" : `${intWord(OUT_OFFSET)} + ${dot(outStrides, kept, "o")}`}] = bitcast<i32>(found);`,
  };
}

type Stage = "whole" | "candidates" | "choose";

export function argReduceKernel(device: WebGpuDevice): Kernel<PrimitiveAttrs["argReduce"], WebGpuBuffer> {
  const compiled = new Map<string, Pipeline>();

  const run = (stage: Stage, op: "max" | "min", input: View<WebGpuBuffer>, out: View<WebGpuBuffer>, reduced: number, length: number, lanes: number, partial: WebGpuBuffer | undefined): void => {
    const target = stage === "candidates" ? partial! : out.buffer, chunks: Chunk[] = [];
    const slots = slotsOf(stage === "choose" ? [input.buffer, target, partial!] : [input.buffer, target], chunks);
    const split = input.shape.length - reduced;
    const kept = rankClass(split), rank = rankClass(reduced);
    const key = `${input.dtype} ${op} ${stage} ${kept} ${rank} ${slots.join()}`;
    let pipeline = compiled.get(key);
    if (pipeline === undefined) compiled.set(key, (pipeline = device.pipelines.compile(argReduceShader(input.dtype, op, stage, kept, rank, slots))));
    const { recorder } = device;
    const { ints } = recorder;
    let at = recorder.uniforms(pipeline);
    ints[at + LANES] = lanes;
    ints[at + LENGTH] = stage === "choose" ? lanes : length;
    ints[at + IN_OFFSET] = input.offset;
    ints[at + OUT_OFFSET] = out.offset;
    at += SHAPES;
    writeSizes(ints, at, input.shape, 0, split, kept);
    writeSizes(ints, at + kept, input.shape, split, input.shape.length, rank);
    writeStrides(ints, at + kept + rank, out.strides, 0, split, kept);
    writeStrides(ints, at + 2 * kept + rank, input.strides, 0, split, kept);
    writeStrides(ints, at + 3 * kept + rank, input.strides, split, input.shape.length, rank);
    recorder.dispatch(pipeline, chunks, stage === "candidates" ? out.size * lanes : out.size);
  };

  return (inputs, outputs, { op, reduced }) => {
    device.assertAlive();
    const input = inputs[0]!, out = outputs[0]!;
    const length = input.size / out.size;
    const lanes = length <= 2 * MIN_ROW || out.size >= 1 << 14 ? 1 : Math.min(MAX_LANES, Math.ceil(Math.sqrt(length)));
    if (lanes === 1) return run("whole", op, input, out, reduced, length, 1, undefined);
    device.pool.lend("int32", out.size * lanes, (partial) => {
      run("candidates", op, input, out, reduced, length, lanes, partial);
      run("choose", op, input, out, reduced, length, lanes, partial);
    });
  };
}
