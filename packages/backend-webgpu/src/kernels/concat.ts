/** @file The fused kernel `concat`: an invocation finds the input that covers its element, or its four of them, of which bits alone are moved. */
import type { FusedAttrs, Kernel, View } from "@adjoint/core/backend";
import type { Chunk, WebGpuBuffer } from "../buffers.ts";
import type { WebGpuDevice } from "../device.ts";
import { bindingsOf, Operands } from "../operands.ts";
import { intWord, type Pipeline, type Shader, threadNumber } from "../pipelines.ts";
import { decompose, dot, rankClass, writeSizes, writeStrides } from "../wgsl/layout.ts";
import { workgroupOf } from "./map.ts";
import { foursOf } from "./quads.ts";

/** Words: header, sizes, the output's offset and strides; then of each input where it begins and ends along the dim, its offset if it began at 0, its strides. */
const SIZES = 4;
const outputAt = (rank: number): number => SIZES + rank;
const inputAt = (rank: number, k: number): number => SIZES + 2 * rank + 1 + k * (rank + 3);

/** @param slots of the inputs, and last of the output @param axis the dim, of `rank` */
function concatShader(rank: number, axis: number, isQuad: boolean, slots: readonly number[], workgroup: number): Shader {
  const n = slots.length - 1, type = isQuad ? "vec4<i32>" : "i32", out = outputAt(rank);
  const branches = slots.slice(0, n).map((slot, k) => {
    const at = inputAt(rank, k);
    return `if (i${axis} >= ${intWord(at)} && i${axis} < ${intWord(at + 1)}) { value = b${slot}[${intWord(at + 2)} + ${dot(at + 3, rank, "i")}]; }`;
  });
  return {
    label: "concat",
    bindings: bindingsOf(slots, slots.map(() => "int32"), n, () => type),
    uniformWords: inputAt(rank, n),
    workgroup: [workgroup, 1],
    isApart: true,
    body: `${threadNumber}\n${decompose("thread", SIZES, rank, "i")}\n  var value = ${type}();\n  ${branches.join(" else ")}\n  b${slots[n]}[${intWord(out)} + ${dot(out + 1, rank, "i")}] = value;`,
  };
}

/** Whether four neighbours along the last dim are a vector of every view, and of one input. */
function isByFour(inputs: readonly View<WebGpuBuffer>[], output: View<WebGpuBuffer>, { dim, starts }: FusedAttrs["concat"], slots: readonly number[], chunks: readonly Chunk[]): boolean {
  const last = output.shape.length - 1, n = inputs.length;
  if (output.shape[last]! % 4 !== 0 || foursOf(output, last, chunks[slots[n]!]!) !== "vector") return false;
  for (let k = 0; k < n; k++) {
    if (foursOf(inputs[k]!, last, chunks[slots[k]!]!) !== "vector") return false;
    if (dim === last && (starts[k]! % 4 !== 0 || inputs[k]!.shape[last]! % 4 !== 0)) return false;
  }
  return true;
}

export function concatKernel(device: WebGpuDevice): Kernel<FusedAttrs["concat"], WebGpuBuffer> {
  const compiled = new Map<string, Pipeline>(), operands = new Operands(), workgroup = workgroupOf(device);

  return (inputs, outputs, attrs) => {
    device.assertAlive();
    const { chunks, slots, pattern } = operands.collect(inputs, outputs);
    const { dim, starts } = attrs, output = outputs[0]!, dims = output.shape.length, rank = rankClass(dims), axis = rank - dims + dim, last = rank - 1;
    const isQuad = isByFour(inputs, output, attrs, slots, chunks);
    const key = `${inputs.length}:${pattern}:${rank}:${axis}:${isQuad}`;
    let pipeline = compiled.get(key);
    if (pipeline === undefined) compiled.set(key, (pipeline = device.pipelines.compile(concatShader(rank, axis, isQuad, slots, workgroup))));

    const { recorder } = device, { ints } = recorder, header = recorder.uniforms(pipeline);
    /** Counted in fours, but for the last dim's strides, which move by one of them. */
    const write = (at: number, view: View<WebGpuBuffer>, offset: number): void => {
      ints[at] = isQuad ? offset >> 2 : offset;
      writeStrides(ints, at + 1, view.strides, 0, dims, rank);
      if (isQuad) for (let d = 0; d < last; d++) ints[at + 1 + d] = ints[at + 1 + d]! >> 2;
    };
    const alongBy = isQuad && axis === last ? 4 : 1;
    writeSizes(ints, header + SIZES, output.shape, 0, dims, rank);
    if (isQuad) ints[header + SIZES + last] = output.shape[dims - 1]! >> 2;
    write(header + outputAt(rank), output, output.offset);
    for (let k = 0; k < inputs.length; k++) {
      const view = inputs[k]!, at = header + inputAt(rank, k), start = starts[k]!;
      ints[at] = start / alongBy;
      ints[at + 1] = (start + view.shape[dim]!) / alongBy;
      write(at + 2, view, view.offset - start * view.strides[dim]!);
    }
    recorder.dispatch(pipeline, chunks, isQuad ? output.size / 4 : output.size);
  };
}
