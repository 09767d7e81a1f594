/**
 * @file `sort`: blocks first, where each element counts those before it, then several runs at a time, where each looks up by bisection how many of every
 * other run come before it. Every pass is one invocation for each element, without barriers, and stable. What is not among the first that are asked for leaves its run at once.
 */
import type { DType, Kernel, PrimitiveAttrs } from "@adjoint/core/backend";
import type { Chunk, WebGpuBuffer } from "../buffers.ts";
import type { WebGpuDevice } from "../device.ts";
import { bindingsOf, slotsOf } from "../operands.ts";
import { intWord, type Pipeline, type Shader, threadNumber, word } from "../pipelines.ts";
import type { Tuning } from "../tuning.ts";
import { decompose, dot, rankClass, writeSizes, writeStrides } from "../wgsl/layout.ts";
import { rankOf } from "./arg-reduce.ts";

/**
 * Words after the header: elements of a row, of a run, of the runs that become one; how many of these stay, elements of a row then; of the order, how
 * many are left out first and how many the output has; offset and step of the input and of the output, then sizes and both strides.
 */
const LENGTH = 4, WIDTH = 5, WHOLE = 6, STAY = 7, NEXT = 8, FROM = 9, COUNT = 10, IN_OFFSET = 11, IN_STEP = 12, OUT_OFFSET = 13, OUT_STEP = 14, SHAPES = 15;

/** Elements of a block, and how many elements one looks at in a pass that merges. Passes are few on hardware, where each has its price and reading costs little. */
const sizes: { readonly [T in Tuning]: { readonly block: number; readonly looks: number } } = { workgroup: { block: 256, looks: 72 }, registers: { block: 32, looks: 11 } };

/** Where a pass writes: all, or what stays, into the keys and positions of the next, or, the last one, the positions into the output. */
type Target = "all" | "some" | "output";

/** Of an element that is to be in run `run`, at `rank` in it. */
const write = (target: Target, slots: readonly number[], kept: number): string => target !== "output"
  ? `${target === "all" ? "  let to = row * length + start + rank;" : `  let stay = ${word(STAY)};
  if (rank >= stay) { return; }
  let to = row * ${word(NEXT)} + run * stay + rank;`}
  b${slots[0]}[to] = key;
  b${slots[1]}[to] = place;`
  : `  let to = rank - ${word(FROM)};
  if (to < ${word(COUNT)}) {
${decompose("row", SHAPES, kept, "o")}
    b${slots[0]}[${intWord(OUT_OFFSET)} + ${dot(SHAPES + 2 * kept, kept, "o")} + bitcast<i32>(to) * ${intWord(OUT_STEP)}] = place;
  }`;

const head = `${threadNumber}
  let length = ${word(LENGTH)};
  let whole = ${word(WHOLE)};
  let row = thread / length;
  let at = thread - row * length;
  let run = at / whole;
  let start = run * whole;
  let end = min(start + whole, length);`;

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
  var rank = 0u;
  for (var j = start; j < end; j = j + 1u) {
    let other = ${keyAt("j")};
    rank = rank + select(0u, 1u, (other < key) | ((other == key) & (j < at)));
  }
${write(target, slots.slice(1), kept)}`,
  };
}

/** Slots: keys, positions, then what is written. @param isPair two runs become one: without a loop, which a software adapter would pay for */
function mergeShader(isPair: boolean, target: Target, kept: number, slots: readonly number[]): Shader {
  // Of equals those of the run before come first.
  const lookUp = `    let isBefore = first < own;
    var low = first; var high = min(first + width, end);
    while (low < high) {
      let middle = (low + high) / 2u;
      let other = b${slots[0]}[base + middle];
      if ((other < key) | (isBefore & (other == key))) { low = middle + 1u; } else { high = middle; }
    }`;
  return {
    label: "sort merge",
    bindings: bindingsOf(slots, ["int32", "int32", "int32", "int32"], 2),
    uniformWords: SHAPES + 3 * kept,
    workgroup: [64, 1],
    isApart: true,
    body: `${head}
  let base = row * length;
  let key = b${slots[0]}[base + at];
  let place = b${slots[1]}[base + at];
  let width = ${word(WIDTH)};
  let own = at - at % width;
${isPair ? `  let first = min(start + start + width - own, end);
${lookUp}
  let rank = at - own + low - first;` : `  var rank = at - own;
  for (var first = start; first < end; first = first + width) {
    if (first == own) { continue; }
${lookUp}
    rank = rank + low - first;
  }`}
${write(target, slots.slice(2), kept)}`,
  };
}

/** How many runs of a row of `count` become one, so that an element looks at about so many others, and all runs in as few passes. */
function waysOf(count: number, width: number, looks: number): number {
  const most = Math.max(2, 1 + Math.floor(looks / Math.ceil(Math.log2(width + 1))));
  return most >= count ? count : Math.ceil(count ** (1 / Math.ceil(Math.log(count) / Math.log(most))));
}

export function sortKernel(device: WebGpuDevice): Kernel<PrimitiveAttrs["sort"], WebGpuBuffer> {
  const compiled = new Map<string, Pipeline>(), { block, looks } = sizes[device.tuning];

  return (inputs, outputs, { descending, from }) => {
    device.assertAlive();
    const input = inputs[0]!, out = outputs[0]!, { shape } = out, last = shape.length - 1, count = shape[last]!, rows = out.size / count, asked = from + count, kept = rankClass(last);
    let length = input.shape[last]!, width = 1, own: readonly WebGpuBuffer[] = [];

    /** Makes runs of so many runs each, by a shader that reads the first `read` buffers. */
    const pass = (key: string, shader: (target: Target, slots: readonly number[]) => Shader, read: readonly WebGpuBuffer[], ways: number): void => {
      const whole = width * ways, isLast = whole >= length, stay = Math.min(whole, asked), next = Math.floor(length / whole) * stay + Math.min(length % whole, stay);
      const written: WebGpuBuffer[] = [], chunks: Chunk[] = [];
      try {
        for (let k = 0; k < 2 && !isLast; k++) written.push(device.pool.allocate("int32", rows * next));
        const slots = slotsOf([...read, ...(isLast ? [out.buffer] : written)], chunks);
        const target = isLast ? "output" : next === length ? "all" : "some", name = `${key} ${target} ${kept} ${slots.join()}`;
        let pipeline = compiled.get(name);
        if (pipeline === undefined) compiled.set(name, (pipeline = device.pipelines.compile(shader(target, slots))));
        const { recorder } = device, { ints } = recorder;
        const at = recorder.uniforms(pipeline);
        ints.set([length, width, whole, stay, next, from, count, input.offset, input.strides[last]!, out.offset, out.strides[last]!], at + LENGTH);
        writeSizes(ints, at + SHAPES, shape, 0, last, kept);
        writeStrides(ints, at + SHAPES + kept, input.strides, 0, last, kept);
        writeStrides(ints, at + SHAPES + 2 * kept, out.strides, 0, last, kept);
        recorder.dispatch(pipeline, chunks, rows * length);
      } finally {
        for (const buffer of own) device.pool.free(buffer);
        own = written;
      }
      [length, width] = [next, stay];
    };

    try {
      width = block;
      pass(`block ${input.dtype} ${descending}`, (target, slots) => blockShader(input.dtype, descending, target, kept, slots), [input.buffer], 1);
      while (own.length > 0) {
        const ways = waysOf(Math.ceil(length / width), width, looks), isPair = ways === 2;
        pass(`merge ${isPair}`, (target, slots) => mergeShader(isPair, target, kept, slots), own, ways);
      }
    } finally {
      for (const buffer of own) device.pool.free(buffer);
    }
  };
}
