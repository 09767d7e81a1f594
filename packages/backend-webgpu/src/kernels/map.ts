/** @file `map`: a scalar program at every element; `copy` is the identity. Shapes, strides, offsets and params are uniforms. */
import { type Kernel, type PrimitiveAttrs, type Program, program, scalar, type View } from "@adjoint/core/backend";
import type { WebGpuBuffer } from "../buffers.ts";
import type { WebGpuDevice } from "../device.ts";
import { bindingsOf, Operands } from "../operands.ts";
import { floatWord, intWord, type Pipeline, type Shader, threadNumber, word } from "../pipelines.ts";
import { emitProgram, loaded, stored } from "../wgsl/expression.ts";
import { decompose, dot, rankClass, writeSizes, writeStrides } from "../wgsl/layout.ts";

const HEADER = 4;

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

/** @param rank 0 where every view is dense, else the rank class */
function mapShader(p: Program, rank: number, slots: readonly number[]): Shader {
  const n = p.args.length, total = slots.length;
  const dtypes = [...p.args, ...p.results.map((x) => x.dtype)];
  const start = HEADER + rank, stride = 1 + rank;
  const address = (k: number): string =>
    rank === 0 ? `${intWord(start + k)} + bitcast<i32>(thread)` : `${intWord(start + k * stride)} + ${dot(start + k * stride + 1, rank, "i")}`;
  const { statements, results } = emitProgram(p, {
    arg: (k) => loaded(`b${slots[k]}[${address(k)}]`, p.args[k]!),
    param: paramText(start + total * stride),
  });
  const stores = results.map((value, k) => `  b${slots[n + k]}[${address(n + k)}] = ${stored(value, dtypes[n + k]!)};`);
  return {
    label: p.name,
    bindings: bindingsOf(slots, dtypes, n),
    uniformWords: start + total * stride + p.params.length,
    workgroup: [64, 1],
    body: [threadNumber, "  let element = thread;", rank > 0 ? decompose("thread", HEADER, rank, "i") : "", statements, ...stores].join("\n"),
  };
}

export function mapKernel(device: WebGpuDevice): Kernel<PrimitiveAttrs["map"], WebGpuBuffer> {
  const compiled = new WeakMap<Program, Map<number | string, Pipeline>>();
  const operands = new Operands();

  return (inputs, outputs, { program: p, params }) => {
    device.assertAlive();
    const { chunks, slots, pattern } = operands.collect(inputs, outputs);
    const n = inputs.length, total = n + outputs.length;
    const first = outputs[0]!;
    const rank = allDense(inputs) && allDense(outputs) ? 0 : rankClass(first.shape.length);

    let family = compiled.get(p);
    if (family === undefined) compiled.set(p, (family = new Map()));
    const key = typeof pattern === "number" ? pattern * 16 + rank : `${pattern}:${rank}`;
    let pipeline = family.get(key);
    if (pipeline === undefined) family.set(key, (pipeline = device.pipelines.compile(mapShader(p, rank, slots))));

    const { recorder } = device;
    const { ints } = recorder;
    let at = recorder.uniforms(pipeline) + HEADER;
    if (rank === 0) {
      for (let k = 0; k < total; k++) ints[at++] = (k < n ? inputs[k]! : outputs[k - n]!).offset;
    } else {
      const dims = first.shape.length;
      writeSizes(ints, at, first.shape, 0, dims, rank);
      at += rank;
      for (let k = 0; k < total; k++) {
        const view = k < n ? inputs[k]! : outputs[k - n]!;
        ints[at] = view.offset;
        writeStrides(ints, at + 1, view.strides, 0, dims, rank);
        at += 1 + rank;
      }
    }
    writeParams(device, at, p, params);
    recorder.dispatch(pipeline, chunks, first.size);
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
