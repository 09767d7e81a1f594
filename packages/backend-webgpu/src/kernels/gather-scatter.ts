/**
 * @file `gather` and `scatter`: elements chosen by int32 indices along one dim. An index out of range touches nothing and leaves a note for the next read.
 * Where whole rows are chosen, an invocation takes four elements of one.
 */
import type { DType, Kernel, Places, PrimitiveAttrs, View } from "@adjoint/core/backend";
import type { Chunk, WebGpuBuffer } from "../buffers.ts";
import type { WebGpuDevice } from "../device.ts";
import { bindingsOf, Operands } from "../operands.ts";
import { intWord, type Pipeline, type Shader, threadNumber } from "../pipelines.ts";
import { loaded, storedType } from "../wgsl/expression.ts";
import { decompose, dot, rankClass, writeSizes, writeStrides } from "../wgsl/layout.ts";
import { foursOf } from "./quads.ts";

/** Words after the header that a note reads: the dim as it is named and its size, the number of the complaint. */
export const DIM = 4, SIZE = 5, COMPLAINT = 6;
/** Then the indexed view's stride along the dim, offsets of the three views, sizes and strides. */
const STEP = 7, OFFSETS = 8, SHAPE = 11;

/** Notes that `index` is out of range, in the buffer of that slot. */
export const note = (errors: number): string => `
    if (atomicAdd(&b${errors}[0], 1u) == 0u) {
      atomicStore(&b${errors}[1], bitcast<u32>(index));
      atomicStore(&b${errors}[2], bitcast<u32>(${intWord(DIM)}));
      atomicStore(&b${errors}[3], bitcast<u32>(${intWord(SIZE)}));
      atomicStore(&b${errors}[4], bitcast<u32>(${intWord(COMPLAINT)}));
    }`;

/** Reads the index of this element, or notes that it is out of range and leaves. Views: 0 the index, 1 the indexed one, 2 the other. */
const prologue = (rank: number, indexSlot: number, atomicIndex: boolean, errors: number): string => `${threadNumber}
${decompose("thread", SHAPE, rank, "i")}
  let place = ${address(0, rank)};
  let index = ${atomicIndex ? `atomicLoad(&b${indexSlot}[place])` : `b${indexSlot}[place]`};
  if ((index < 0i) | (index >= ${intWord(SIZE)})) {
${note(errors)}
    return;
  }
  let indexed = ${address(1, rank)} + index * ${intWord(STEP)};
  let other = ${address(2, rank)};`;

const address = (view: number, rank: number): string => `${intWord(OFFSETS + view)} + ${dot(SHAPE + rank * (1 + view), rank, "i")}`;

/** A software adapter takes twice as long where 64 invocations are a workgroup. */
const WORKGROUP = 256;
const four = (dtype: DType): string => `vec4<${storedType(dtype)}>`;

/**
 * Whether each four neighbours along the last dim have one index, and are a vector of both other views. @param slots of the index, the indexed and the other
 * view: where the index shares a buffer it would have to be a vector too.
 */
function isByFour(dim: number, index: View<WebGpuBuffer>, indexed: View<WebGpuBuffer>, other: View<WebGpuBuffer>, slots: readonly [number, number, number], chunks: readonly Chunk[]): boolean {
  const last = index.shape.length - 1, [at, from, to] = slots;
  return dim < last && index.shape[last]! % 4 === 0 && index.strides[last] === 0 && at !== from && at !== to
    && foursOf(indexed, last, chunks[from]!) === "vector" && foursOf(other, last, chunks[to]!) === "vector";
}

/** Slots: input, index, output. */
function gatherShader(dtype: DType, rank: number, byFour: boolean, [input, index, output]: readonly number[]): Shader {
  const slots = [input!, index!, output!];
  const errors = Math.max(...slots) + 1;
  return {
    label: "gather",
    bindings: [...bindingsOf(slots, [dtype, "int32", dtype], 2, (slot) => (byFour && slot !== index ? four(dtype) : undefined)), { type: "atomic<u32>", access: "read_write" }],
    uniformWords: SHAPE + rank * 4,
    workgroup: [WORKGROUP, 1],
    isApart: true,
    body: `${prologue(rank, index!, false, errors)}\n  b${output}[other] = b${input}[indexed];`,
  };
}

/** Slots: index, source, output. Atomic additions, in any order, so that sums of floats may differ in their last digits from run to run: several elements may have one target. */
function scatterShader(dtype: DType, mode: "set" | "add", rank: number, byFour: boolean, [index, source, output]: readonly number[]): Shader {
  const slots = [index!, source!, output!];
  const errors = Math.max(...slots) + 1;
  const atomic = mode === "add" ? (dtype === "int32" ? "atomic<i32>" : "atomic<u32>") : undefined;
  const shared = (slot: number): boolean => atomic !== undefined && slot === output;
  const bits = shared(source!) ? `atomicLoad(&b${source}[other])` : `b${source}[other]`;
  const value = dtype === "float32" && shared(source!) ? `bitcast<f32>(${bits})` : bits;
  const vector = (slot: number): string | undefined => (byFour && slot !== index ? four(dtype) : undefined), each = byFour ? [0, 1, 2, 3] : [0];
  return {
    label: `scatter ${mode}`,
    bindings: [...bindingsOf(slots, ["int32", dtype, dtype], 2, (slot) => (shared(slot) ? atomic : vector(slot))), { type: "atomic<u32>", access: "read_write" }],
    uniformWords: SHAPE + rank * 4,
    workgroup: [WORKGROUP, 1],
    isApart: true,
    body: `${prologue(rank, index!, shared(index!), errors)}
  let value: ${byFour ? four(dtype) : storedType(dtype)} = ${value};
${atomic === undefined ? `  b${output}[indexed] = value;` : each.map((j) => addition(dtype, `b${output}[indexed + ${j}]`, byFour ? `value.${"xyzw"[j]}` : "value")).join("\n")}`,
  };
}

function addition(dtype: DType, target: string, value: string): string {
  if (dtype === "int32") return `  atomicAdd(&${target}, ${value});`;
  if (dtype === "bool") return `  if (${loaded(value, dtype)}) { atomicStore(&${target}, 1u); }`;
  return `  {
    var old = atomicLoad(&${target});
    loop {
      let swap = atomicCompareExchangeWeak(&${target}, old, bitcast<u32>(bitcast<f32>(old) + ${value}));
      if (swap.exchanged) { break; }
      old = swap.old_value;
    }
  }`;
}

type Units = readonly [index: number, indexed: number, other: number];
const ones: Units = [1, 1, 1];

/** `indexed` has its own size along `dim`; `other` and the index share one shape. @param units what views are counted in: 4 where a view is declared as vectors */
function writeCall(
  device: WebGpuDevice, pipeline: Pipeline, rank: number, { dim, named = dim, complaint }: Places, byFour: boolean, units: Units,
  index: View<WebGpuBuffer>, indexed: View<WebGpuBuffer>, other: View<WebGpuBuffer>,
): void {
  const { ints } = device.recorder;
  const at = device.recorder.uniforms(pipeline);
  const dims = index.shape.length;
  ints[at + DIM] = named;
  ints[at + COMPLAINT] = device.indexErrors.numberOf(complaint);
  ints[at + SIZE] = indexed.shape[dim]!;
  ints[at + STEP] = indexed.strides[dim]! / units[1];
  writeSizes(ints, at + SHAPE, index.shape, 0, dims, rank);
  if (byFour) ints[at + SHAPE + rank - 1] = index.shape[dims - 1]! / 4;
  [index, indexed, other].forEach(({ offset, strides }, k) => {
    const unit = units[k]!, words = at + SHAPE + rank * (k + 1);
    ints[at + OFFSETS + k] = offset / unit;
    writeStrides(ints, words, strides, 0, dims, rank);
    if (unit === 4) for (let d = 0; d < rank - 1; d++) ints[words + d] = ints[words + d]! / 4;
    else if (byFour) ints[words + rank - 1] = ints[words + rank - 1]! * 4;
  });
  ints[at + SHAPE + rank * 2 + (rank - dims) + dim] = 0; // along `dim` the index says where
}

export function gatherKernel(device: WebGpuDevice): Kernel<PrimitiveAttrs["gather"], WebGpuBuffer> {
  const compiled = new Map<string, Pipeline>();
  const operands = new Operands();
  return (inputs, outputs, places) => {
    device.assertAlive();
    const { chunks, slots } = operands.collect(inputs, outputs);
    const [input, index] = inputs as [View<WebGpuBuffer>, View<WebGpuBuffer>], out = outputs[0]!;
    const rank = rankClass(index.shape.length), byFour = isByFour(places.dim, index, input, out, [slots[1]!, slots[0]!, slots[2]!], chunks);
    const key = `${storedType(input.dtype)} ${rank} ${byFour} ${slots.join()}`;
    let pipeline = compiled.get(key);
    if (pipeline === undefined) compiled.set(key, (pipeline = device.pipelines.compile(gatherShader(input.dtype, rank, byFour, slots))));
    chunks.push(device.indexErrors.chunk());
    writeCall(device, pipeline, rank, places, byFour, byFour ? [1, 4, 4] : ones, index, input, out);
    device.recorder.dispatch(pipeline, chunks, byFour ? index.size / 4 : index.size);
  };
}

/** Whether additions or writes to one place would come in any order: not where each lane has one, nor where integers are added. */
const needsOrder = ({ dim, mode }: Places & { readonly mode: "set" | "add" }, index: View<WebGpuBuffer>, source: View<WebGpuBuffer>): boolean => index.shape[dim]! > 1 && (mode === "set" || source.dtype === "float32");

/** @param ordered the kernel for what would come in any order, where that shall not be */
export function scatterKernel(device: WebGpuDevice, ordered?: Kernel<PrimitiveAttrs["scatter"], WebGpuBuffer>): Kernel<PrimitiveAttrs["scatter"], WebGpuBuffer> {
  const compiled = new Map<string, Pipeline>();
  const operands = new Operands();
  return (inputs, outputs, places) => {
    device.assertAlive();
    const { mode } = places, [index, source] = inputs as [View<WebGpuBuffer>, View<WebGpuBuffer>], out = outputs[0]!;
    if (ordered !== undefined && needsOrder(places, index, source)) return ordered(inputs, outputs, places);
    const { chunks, slots } = operands.collect(inputs, outputs);
    const rank = rankClass(index.shape.length), isApart = mode === "set" || slots[1] !== slots[2];
    const byFour = isApart && isByFour(places.dim, index, out, source, [slots[0]!, slots[2]!, slots[1]!], chunks);
    const key = `${source.dtype} ${mode} ${rank} ${byFour} ${slots.join()}`;
    let pipeline = compiled.get(key);
    if (pipeline === undefined) compiled.set(key, (pipeline = device.pipelines.compile(scatterShader(source.dtype, mode, rank, byFour, slots))));
    chunks.push(device.indexErrors.chunk());
    writeCall(device, pipeline, rank, places, byFour, !byFour ? ones : mode === "add" ? [1, 1, 4] : [1, 4, 4], index, out, source);
    device.recorder.dispatch(pipeline, chunks, byFour ? index.size / 4 : index.size);
  };
}
