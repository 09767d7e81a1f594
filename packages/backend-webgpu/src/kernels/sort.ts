/**
 * @file `sort`: blocks first, where each element counts those before it, then runs in pairs, where each looks up by bisection how many of the
 * other run come before it. Every pass is one invocation for each element, without barriers, and stable.
 */
import type { DType, Kernel, PrimitiveAttrs } from "@adjoint/core/backend";
import { type Chunk, chunkOf, type WebGpuBuffer } from "../buffers.ts";
import type { WebGpuDevice } from "../device.ts";
import { bindingsOf } from "../operands.ts";
import { intWord, type Pipeline, type Shader, threadNumber, word } from "../pipelines.ts";
import { decompose, dot, rankClass, writeSizes, writeStrides } from "../wgsl/layout.ts";
import { rankOf } from "./arg-reduce.ts";

/** Words after the header: elements of a row and of a run, offset and step of the input and of the output, then sizes and both strides. */
const LENGTH = 4, WIDTH = 5, IN_OFFSET = 6, IN_STEP = 7, OUT_OFFSET = 8, OUT_STEP = 9, SHAPES = 10;
/** Elements of a block. */
const BLOCK = 32;

/** Where a pass writes: into the keys and positions of the next, or, the last one, the positions into the output. */
type Target = "next" | "output";

const write = (target: Target, slots: readonly number[], kept: number): string => target === "next"
  ? `  b${slots[0]}[row * ${word(LENGTH)} + to] = key;\n  b${slots[1]}[row * ${word(LENGTH)} + to] = place;`
  : `${decompose("row", SHAPES, kept, "o")}
  b${slots[0]}[${intWord(OUT_OFFSET)} + ${dot(SHAPES + 2 * kept, kept, "o")} + bitcast<i32>(to) * ${intWord(OUT_STEP)}] = place;`;

const head = `${threadNumber}
  let row = thread / ${word(LENGTH)};
  let at = thread % ${word(LENGTH)};
  let start = at - at % ${word(WIDTH)};`;

/** Slots: the input, then what is written. */
function blockShader(dtype: DType, descending: boolean, target: Target, kept: number, slots: readonly number[]): Shader {
  const keyAt = (position: string): string => {
    const rank = rankOf(`b${slots[0]}[base + bitcast<i32>(${position}) * ${intWord(IN_STEP)}]`, dtype, "max");
    return descending ? `~(${rank})` : rank;
  };
  return {
    label: "sort blocks",
    bindings: bindingsOf(slots, [dtype, "int32", "int32"], 1),
    uniformWords: SHAPES + 3 * kept,
    workgroup: [64, 1],
    isApart: true,
    body: `${head}
${decompose("row", SHAPES, kept, "i")}
  let base = ${intWord(IN_OFFSET)} + ${dot(SHAPES + kept, kept, "i")};
  let key = ${keyAt("at")};
  let place = bitcast<i32>(at);
  let end = min(start + ${word(WIDTH)}, ${word(LENGTH)});
  var to = start;
  for (var j = start; j < end; j = j + 1u) {
    let other = ${keyAt("j")};
    to = to + select(0u, 1u, (other < key) | ((other == key) & (j < at)));
  }
${write(target, slots.slice(1), kept)}`,
  };
}

/** Slots: keys, positions, then what is written. */
function mergeShader(target: Target, kept: number, slots: readonly number[]): Shader {
  return {
    label: "sort merge",
    bindings: bindingsOf(slots, ["int32", "int32", "int32", "int32"], 2),
    uniformWords: SHAPES + 3 * kept,
    workgroup: [64, 1],
    isApart: true,
    body: `${head}
  let base = row * ${word(LENGTH)};
  let key = b${slots[0]}[base + at];
  let place = b${slots[1]}[base + at];
  let isRight = (at / ${word(WIDTH)}) % 2u == 1u;
  // Of equals those of the left run come first.
  let first = select(min(start + ${word(WIDTH)}, ${word(LENGTH)}), start - ${word(WIDTH)}, isRight);
  let end = min(first + ${word(WIDTH)}, ${word(LENGTH)});
  var low = first; var high = end;
  while (low < high) {
    let middle = (low + high) / 2u;
    let other = b${slots[0]}[base + middle];
    if ((other < key) | (isRight & (other == key))) { low = middle + 1u; } else { high = middle; }
  }
  let to = select(at, at - ${word(WIDTH)}, isRight) + (low - first);
${write(target, slots.slice(2), kept)}`,
  };
}

export function sortKernel(device: WebGpuDevice): Kernel<PrimitiveAttrs["sort"], WebGpuBuffer> {
  const compiled = new Map<string, Pipeline>();

  return (inputs, outputs, { descending }) => {
    device.assertAlive();
    const input = inputs[0]!, out = outputs[0]!, { shape } = out, last = shape.length - 1, length = shape[last]!, kept = rankClass(last);

    const pass = (key: string, shader: (slots: readonly number[]) => Shader, buffers: readonly WebGpuBuffer[], width: number): void => {
      const chunks: Chunk[] = [];
      const slots = buffers.map((buffer) => {
        const known = chunks.indexOf(chunkOf(buffer));
        return known >= 0 ? known : chunks.push(chunkOf(buffer)) - 1;
      });
      const name = `${key} ${kept} ${slots.join()}`;
      let pipeline = compiled.get(name);
      if (pipeline === undefined) compiled.set(name, (pipeline = device.pipelines.compile(shader(slots))));
      const { recorder } = device, { ints } = recorder;
      const at = recorder.uniforms(pipeline);
      ints[at + LENGTH] = length;
      ints[at + WIDTH] = width;
      ints[at + IN_OFFSET] = input.offset;
      ints[at + IN_STEP] = input.strides[last]!;
      ints[at + OUT_OFFSET] = out.offset;
      ints[at + OUT_STEP] = out.strides[last]!;
      writeSizes(ints, at + SHAPES, shape, 0, last, kept);
      writeStrides(ints, at + SHAPES + kept, input.strides, 0, last, kept);
      writeStrides(ints, at + SHAPES + 2 * kept, out.strides, 0, last, kept);
      recorder.dispatch(pipeline, chunks, out.size);
    };

    const block = (target: Target, to: readonly WebGpuBuffer[]): void =>
      pass(`block ${input.dtype} ${descending} ${target}`, (slots) => blockShader(input.dtype, descending, target, kept, slots), [input.buffer, ...to], BLOCK);
    if (length <= BLOCK) return block("output", [out.buffer]);
    const own: WebGpuBuffer[] = [];
    const room = (): WebGpuBuffer => {
      const buffer = device.pool.allocate("int32", out.size);
      own.push(buffer);
      return buffer;
    };
    const pair = (): [WebGpuBuffer, WebGpuBuffer] => [room(), room()];
    try {
      let from = pair(), to: [WebGpuBuffer, WebGpuBuffer] | undefined;
      block("next", from);
      for (let width = BLOCK; width < length; width *= 2) {
        const target: Target = 2 * width >= length ? "output" : "next";
        if (target === "next") to ??= pair();
        pass(`merge ${target}`, (slots) => mergeShader(target, kept, slots), [...from, ...(target === "next" ? to! : [out.buffer])], width);
        if (target === "next") [from, to] = [to!, from];
      }
    } finally {
      for (const buffer of own) device.pool.free(buffer);
    }
  };
}
