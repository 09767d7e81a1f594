/** @file `conv`: correlation with strides, dilation, groups and spread inputs; each invocation computes one place of four channels. */
import { type DType, DTypeError, type Kernel, type PrimitiveAttrs, type Shape, sizeOf, type View } from "@adjoint/core/backend";
import type { WebGpuBuffer } from "../buffers.ts";
import type { WebGpuDevice } from "../device.ts";
import { bindingsOf, Operands } from "../operands.ts";
import { intWord, type Pipeline, type Shader, threadNumber } from "../pipelines.ts";
import { storedType } from "../wgsl/expression.ts";
import { decompose } from "../wgsl/layout.ts";

/** Channels of one invocation: x is read once for all of them. */
const TILE = 4;
/** Words after the header: sizes of the invocations (group, example, tile of channels, depth, height, width), then by spatial dim, then three views. */
const SIZES = 4, CHANNELS = 10, REDUCED = 11, WINDOW = 12, INPUT = 15, STRIDE = 18, PADDING = 21, DILATION = 24, SPREAD = 27, X = 30, FILTER = 37, OUT = 44, WORDS = 51;

const range = Array.from({ length: TILE }, (_, i) => i);
const AXES = ["d", "h", "w"] as const;

/** Opens the loop over one dim of the window, and leaves out what does not meet an element of x. */
const openLoop = (axis: (typeof AXES)[number], k: number): string => `  for (var k${axis} = 0i; k${axis} < ${intWord(WINDOW + k)}; k${axis} = k${axis} + 1i) {
    let t${axis} = i${k + 3} * ${intWord(STRIDE + k)} - ${intWord(PADDING + k)} + k${axis} * ${intWord(DILATION + k)};
    let x${axis} = t${axis} / ${intWord(SPREAD + k)};
    if ((t${axis} < 0i) | (x${axis} * ${intWord(SPREAD + k)} != t${axis}) | (x${axis} >= ${intWord(INPUT + k)})) { continue; }`;
const spatial = (view: number, prefix: string): string => AXES.map((axis, k) => `${prefix}${axis} * ${intWord(view + 4 + k)}`).join(" + ");

/** Past the last channel the last one is computed again, and not written. */
function convShader(dtype: DType, slots: readonly number[]): Shader {
  const [x, filter, out] = slots, type = storedType(dtype);
  return {
    label: `conv ${dtype}`,
    bindings: bindingsOf(slots, [dtype, dtype, dtype], 2),
    uniformWords: WORDS,
    workgroup: [64, 1],
    body: `${threadNumber}
${decompose("thread", SIZES, 6, "i")}
  let channel = i2 * ${TILE};
  let fromX = ${intWord(X)} + i0 * ${intWord(X + 1)} + i1 * ${intWord(X + 2)};
  let fromFilter = ${intWord(FILTER)} + i0 * ${intWord(FILTER + 1)};
${range.map((j) => `  let row${j} = fromFilter + min(channel + ${j}, ${intWord(CHANNELS)} - 1) * ${intWord(FILTER + 2)};`).join("\n")}
  var sum = vec4<${type}>();
${AXES.map(openLoop).join("\n")}
    var atX = fromX + ${spatial(X, "x")};
    var atFilter = ${spatial(FILTER, "k")};
    for (var c = 0i; c < ${intWord(REDUCED)}; c = c + 1i) {
      sum = sum + b${x}[atX] * vec4<${type}>(${range.map((j) => `b${filter}[row${j} + atFilter]`).join(", ")});
      atX = atX + ${intWord(X + 3)};
      atFilter = atFilter + ${intWord(FILTER + 3)};
    }
  }}}
  let to = ${intWord(OUT)} + i0 * ${intWord(OUT + 1)} + i1 * ${intWord(OUT + 2)} + channel * ${intWord(OUT + 3)} + i3 * ${intWord(OUT + 4)} + i4 * ${intWord(OUT + 5)} + i5 * ${intWord(OUT + 6)};
${range.map((j) => `  if (channel + ${j} < ${intWord(CHANNELS)}) { b${out}[to + ${j} * ${intWord(OUT + 3)}] = sum.${"xyzw"[j]}; }`).join("\n")}`,
  };
}

export function convKernel(device: WebGpuDevice): Kernel<PrimitiveAttrs["conv"], WebGpuBuffer> {
  const compiled: { readonly [D in DType]?: Map<number | string, Pipeline> } = { float32: new Map(), int32: new Map() };
  const operands = new Operands();
  return (inputs, outputs, { stride, padding, dilation, spread }) => {
    device.assertAlive();
    const [x, filter] = inputs as [View<WebGpuBuffer>, View<WebGpuBuffer>], out = outputs[0]!;
    const { chunks, slots, pattern } = operands.collect(inputs, outputs), known = compiled[x.dtype];
    if (known === undefined) throw new DTypeError(`webgpu: conv takes float32 or int32, not ${x.dtype}`);
    let pipeline = known.get(pattern);
    if (pipeline === undefined) known.set(pattern, (pipeline = device.pipelines.compile(convShader(x.dtype, slots))));

    const { recorder } = device, { ints } = recorder, at = recorder.uniforms(pipeline);
    const [groups, examples, channels, ...size] = out.shape as readonly number[] as [number, number, number, ...number[]];
    const sizes = [groups, examples, Math.ceil(channels / TILE), ...size];
    ints.set(sizes, at + SIZES);
    ints[at + CHANNELS] = channels;
    ints[at + REDUCED] = filter.shape[2]!;
    const bySpatialDim: readonly (readonly [word: number, values: Shape])[] =
      [[WINDOW, filter.shape.slice(3)], [INPUT, x.shape.slice(3)], [STRIDE, stride], [PADDING, padding], [DILATION, dilation], [SPREAD, spread]];
    for (const [word, values] of bySpatialDim) ints.set(values, at + word);
    for (const [word, view] of [[X, x], [FILTER, filter], [OUT, out]] as const) {
      ints[at + word] = view.offset;
      ints.set(view.strides, at + word + 1);
    }
    recorder.dispatch(pipeline, chunks, sizeOf(sizes));
  };
}
