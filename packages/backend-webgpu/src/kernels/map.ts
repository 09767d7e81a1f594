/**
 * @file `map`: a scalar program at every element; `copy` is the identity. Shapes, strides, offsets and params are uniforms.
 * An invocation computes four elements that lie side by side, where every operand lets it, and else one; of many that are dense, up to four times four.
 */
import { type Kernel, type PrimitiveAttrs, type Program, program, scalar, type View } from "@adjoint/core/backend";
import type { WebGpuBuffer } from "../buffers.ts";
import type { WebGpuDevice } from "../device.ts";
import { bindingsOf, Operands } from "../operands.ts";
import { floatWord, intWord, type Pipeline, type Shader, threadNumber, word } from "../pipelines.ts";
import { lengthOf, loaded, programFunction, stored, storedType } from "../wgsl/expression.ts";
import { decompose, dot, rankClass, writeSizes, writeStrides } from "../wgsl/layout.ts";
import { NO_QUADS, quadsOf } from "./quads.ts";

const HEADER = 4;
/** A software adapter takes twice as long where 64 invocations are a workgroup; hardware is at the speed of its memory with 512. */
export const workgroupOf = ({ tuning, gpu: { limits } }: WebGpuDevice): number =>
  tuning === "workgroup" && Math.min(limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX) >= 512 ? 512 : 256;

/**
 * Elements from which on an invocation of a software adapter, which is dear there, takes several vectors, if the program is short: a loop instead would gain
 * nothing, and texts of twice the length take twice as long to compile.
 */
const MANY = 1 << 16, ENOUGH = 64;
export const vectorsOf = ({ tuning }: WebGpuDevice, p: Program, size: number): 1 | 2 | 4 =>
  tuning !== "registers" || size < MANY ? 1 : 4 * lengthOf(p) <= ENOUGH ? 4 : 2 * lengthOf(p) <= ENOUGH ? 2 : 1;
/** The header's free word: vectors in all. */
const VECTORS = 3;

/** Where a program's params stand in the uniforms, by their dtype. */
export const paramText = (start: number) => (index: number, dtype: string): string =>
  dtype === "float32" ? floatWord(start + index) : dtype === "int32" ? intWord(start + index) : `(${word(start + index)} != 0u)`;

/** Writes the numbers of a call. */
export function writeParams(device: WebGpuDevice, at: number, { params: types }: Program, params: readonly number[]): void {
  const { recorder } = device;
  for (let i = 0; i < params.length; i++)
    if (types[i] === "float32") recorder.floats[at + i] = params[i]!;
    else recorder.ints[at + i] = params[i]!;
}

/** @param rank 0 where every view is dense, else the rank class @param splats bit k: operand k has one value for four elements; or NO_QUADS @param vectors for each invocation, where views are dense */
function mapShader(p: Program, rank: number, splats: number, vectors: number, slots: readonly number[], workgroup: number): Shader {
  const n = p.args.length, total = slots.length, isQuad = splats !== NO_QUADS;
  const dtypes = [...p.args, ...p.results.map((x) => x.dtype)];
  const start = HEADER + rank, stride = 1 + rank;
  const address = (k: number, at: string): string =>
    rank === 0 ? `${intWord(start + k)} + bitcast<i32>(${at})` : `${intWord(start + k * stride)} + ${dot(start + k * stride + 1, rank, "i")}`;
  const place = (k: number, at: string): string => `b${slots[k]}[${address(k, at)}]`;
  const isSplat = (k: number): boolean => ((splats >> k) & 1) === 1;
  const types = new Map(slots.map((slot, k) => [slot, isSplat(k) ? undefined : `vec4<${storedType(dtypes[k]!)}>`]));
  const each = isQuad ? [0, 1, 2, 3] : [0], all = Array.from({ length: vectors }, (_, v) => v);
  // Those past the end are the last again, of the last invocation: it has read all before it writes.
  const at = (v: number): string => (vectors === 1 ? "thread" : `at${v}`);
  const places = vectors === 1 ? [] : all.map((v) => `  let at${v} = min(thread * ${vectors}u + ${v}u, ${word(VECTORS)} - 1u);`);
  const loads = all.flatMap((v) => p.args.map((_, k) => `  let x${k}_${v} = ${place(k, at(v))};`));
  const calls = all.flatMap((v) => each.map((j) => {
    const values = p.args.map((dtype, k) => loaded(isQuad && !isSplat(k) ? `x${k}_${v}.${"xyzw"[j]}` : `x${k}_${v}`, dtype));
    return `  let y${j}_${v} = compute(${[isQuad ? `${at(v)} * 4u + ${j}u` : "thread", ...values].join(", ")});`;
  }));
  const stores = all.flatMap((v) => p.results.map(({ dtype }, k) => {
    const value = (j: number): string => stored(`y${j}_${v}.r${k}`, dtype);
    return `  ${place(n + k, at(v))} = ${isQuad ? `vec4<${storedType(dtype)}>(${each.map(value).join(", ")})` : value(0)};`;
  }));
  return {
    label: p.name,
    bindings: bindingsOf(slots, dtypes, n, (slot) => (isQuad ? types.get(slot) : undefined)),
    uniformWords: start + total * stride + p.params.length,
    workgroup: [workgroup, 1],
    isApart: true,
    declarations: programFunction(p, slots, paramText(start + total * stride), "compute"),
    body: [threadNumber, rank > 0 ? decompose("thread", HEADER, rank, "i") : "", ...places, ...loads, ...calls, ...stores].join("\n"),
  };
}

export function mapKernel(device: WebGpuDevice): Kernel<PrimitiveAttrs["map"], WebGpuBuffer> {
  const compiled = new WeakMap<Program, Map<number | string, Pipeline>>();
  const operands = new Operands(), workgroup = workgroupOf(device);

  return (inputs, outputs, { program: p, params }) => {
    device.assertAlive();
    const { chunks, slots, pattern } = operands.collect(inputs, outputs);
    const n = inputs.length, total = n + outputs.length;
    const first = outputs[0]!, { shape } = first;
    const rank = allDense(inputs) && allDense(outputs) ? 0 : rankClass(shape.length);
    const splats = quadsOf(p, inputs, outputs, rank === 0, slots, chunks), isQuad = splats !== NO_QUADS;
    const vectors = rank === 0 && isQuad ? vectorsOf(device, p, first.size) : 1;

    let family = compiled.get(p);
    if (family === undefined) compiled.set(p, (family = new Map()));
    const key = typeof pattern === "number" && total <= 6 ? ((pattern * 16 + rank) * 64 + Math.max(splats, 0)) * 8 + (isQuad ? vectors : 0) : `${pattern}:${rank}:${splats}:${vectors}`;
    let pipeline = family.get(key);
    if (pipeline === undefined) family.set(key, (pipeline = device.pipelines.compile(mapShader(p, rank, splats, vectors, slots, workgroup))));

    const { recorder } = device;
    const { ints } = recorder, header = recorder.uniforms(pipeline), units = isQuad ? (first.size + 3) >> 2 : first.size;
    let at = header + HEADER;
    ints[header + VECTORS] = units;
    if (rank === 0) {
      for (let k = 0; k < total; k++) {
        const { offset } = k < n ? inputs[k]! : outputs[k - n]!;
        ints[at++] = isQuad ? offset >> 2 : offset;
      }
    } else {
      const dims = shape.length, last = rank - 1;
      writeSizes(ints, at, shape, 0, dims, rank);
      if (isQuad) ints[at + last] = (shape[dims - 1]! + 3) >> 2;
      at += rank;
      for (let k = 0; k < total; k++) {
        const view = k < n ? inputs[k]! : outputs[k - n]!;
        ints[at] = view.offset;
        writeStrides(ints, at + 1, view.strides, 0, dims, rank);
        if (isQuad && ((splats >> k) & 1) === 0) {
          // Counted in fours, but for the last dim, which moves by one of them.
          for (let d = 0; d <= last; d++) ints[at + d] = ints[at + d]! >> 2;
        }
        at += 1 + rank;
      }
    }
    writeParams(device, at, p, params);
    recorder.dispatch(pipeline, chunks, Math.ceil(units / vectors));
  };
}

function allDense(views: readonly View<WebGpuBuffer>[]): boolean {
  for (let k = 0; k < views.length; k++) if (!views[k]!.dense) return false;
  return true;
}

/** Elements are words whatever their dtype, so a copy moves bits and one pipeline serves all. */
const identity: Program = /*@__PURE__*/ program("copy", ["int32"], [], [/*@__PURE__*/ scalar.arg(0, "int32")]);

export function copyKernel(map: Kernel<PrimitiveAttrs["map"], WebGpuBuffer>): Kernel<PrimitiveAttrs["copy"], WebGpuBuffer> {
  const attrs = { program: identity, params: [] };
  return (inputs, outputs) => map(inputs, outputs, attrs);
}
