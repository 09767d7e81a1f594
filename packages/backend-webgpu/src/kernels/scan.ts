/** @file `scan`: what the elements so far come to. A long row is cut into chunks: one pass finds what each comes to, the next scans it from what those before come to. */
import type { DType, Kernel, PrimitiveAttrs, ScanOp, View } from "@adjoint/core/backend";
import type { Chunk, WebGpuBuffer } from "../buffers.ts";
import type { WebGpuDevice } from "../device.ts";
import { bindingsOf, slotsOf } from "../operands.ts";
import { intWord, type Pipeline, type Shader, threadNumber, word } from "../pipelines.ts";
import { literal, valueType } from "../wgsl/expression.ts";
import { decompose, dot, rankClass, writeSizes, writeStrides } from "../wgsl/layout.ts";
import { rankOf } from "./arg-reduce.ts";

/** Words after the header: chunks of a row, elements of a chunk and of a row, the position of a row's first element and the way to the next, then the views. */
const LANES = 4, CHUNK = 5, LENGTH = 6, FIRST = 7, NEXT = 8, SHAPES = 9;
const SHORT = 128, ENOUGH = 1 << 14, MAX_LANES = 512;

type Stage = "whole" | "totals" | "resume";

/** What is known of the elements so far, as WGSL. `walk` goes along a row; `total` along a chunk that knows nothing of those before. */
type State = {
  readonly walk: Steps & { readonly result: string };
  readonly total: Steps & { readonly kept: readonly string[] };
  /** What `walk` knows goes on by a whole chunk, number `l`, whose kept words have these texts. */
  readonly join: (kept: readonly string[], valueAt: (position: string) => string) => string;
};
/** Goes on by the element at `i` of the row; `x` and `y` are the inputs' values. */
type Steps = { readonly declare: string; readonly step: (x: string, y: string) => string };

/**
 * A product of many as a number from 1/2 to 1 and an exponent: that of a chunk may leave the range where the whole row's does not.
 * Zeros, infinities and NaN stay what they are.
 */
const factors = `fn scan_times(s: vec2<f32>, x: f32) -> vec2<f32> {
  let p = s.x * x; let b = bitcast<u32>(p); let e = b & 0x7f800000u;
  if ((e == 0u) | (e == 0x7f800000u)) { return vec2<f32>(p, s.y); }
  return vec2<f32>(bitcast<f32>((b & 0x807fffffu) | 0x3f000000u), s.y + f32(i32(e >> 23u) - 126i));
}
fn scan_scale(x: f32, s: vec2<f32>) -> f32 {
  var p = x * s.x; var e = i32(s.y);
  for (var k = 0i; k < 3i; k = k + 1i) { let part = clamp(e, -126i, 127i); p = p * bitcast<f32>(u32(part + 127i) << 23u); e = e - part; }
  return p;
}`;

function stateOf(op: ScanOp, dtype: DType): State {
  const type = valueType(dtype), isFloat = dtype === "float32";
  const simple = (start: number, sign: string): State => {
    const steps: Steps = { declare: `var so_far: ${type} = ${literal(start, dtype)};`, step: (x) => `so_far = so_far ${sign} ${x};` };
    return { walk: { ...steps, result: "so_far" }, total: { ...steps, kept: ["so_far"] }, join: ([kept]) => `so_far = so_far ${sign} ${kept};` };
  };
  switch (op) {
    case "sum": return simple(0, "+");
    case "prod":
      return !isFloat ? simple(1, "*") : {
        ...simple(1, "*"),
        total: { declare: "var factor = vec2<f32>(1.0, 0.0);", step: (x) => `factor = scan_times(factor, ${x});`, kept: ["factor.x", "factor.y"] },
        join: ([m, e]) => `so_far = scan_scale(so_far, vec2<f32>(${m}, ${e}));`,
      };
    case "max": case "min": {
      const better = (value: string, position: string): string =>
        `{ let rank = ${rankOf(value, dtype, op)}; let position = ${position}; if (rank >= best) { best = rank; found = position; } }`;
      const steps: Steps = {
        declare: "var best = bitcast<i32>(0x80000000u); var found = 0i;", step: (x) => better(x, `${intWord(FIRST)} + bitcast<i32>(i) * ${intWord(NEXT)}`),
      };
      return { walk: { ...steps, result: "found" }, total: { ...steps, kept: ["found"] }, join: ([kept], valueAt) => better(valueAt(kept!), kept!) };
    }
    case "recurrence":
      // The first of a row is y alone, as of a chunk: 0 times an infinite x would be NaN.
      return {
        walk: { declare: "var so_far = 0.0;", step: (x, y) => `if (i == 0u) { so_far = ${y}; } else { so_far = ${x} * so_far + ${y}; }`, result: "so_far" },
        total: {
          declare: "var factor = vec2<f32>(1.0, 0.0); var so_far = 0.0;",
          step: (x, y) => `if (i == start) { so_far = ${y}; } else { so_far = ${x} * so_far + ${y}; }
    factor = scan_times(factor, ${x});`,
          kept: ["factor.x", "factor.y", "so_far"],
        },
        join: ([m, e, value]) => `if (l == 0u) { so_far = ${value}; } else { so_far = scan_scale(so_far, vec2<f32>(${m}, ${e})) + ${value}; }`,
      };
  }
}

/** Slots: the inputs, then the output or ("totals") what is kept, and for "resume" what is kept. */
function scanShader(op: ScanOp, dtype: DType, stage: Stage, kept: number, slots: readonly number[]): Shader {
  const inputs = op === "recurrence" ? 2 : 1, outDType = op === "max" || op === "min" ? "int32" : dtype, state = stateOf(op, dtype);
  // Each view: its offset, its strides over the kept dims, its step along the row.
  const view = (k: number): number => SHAPES + kept + k * (kept + 2);
  const base = (k: number): string => `${intWord(view(k))} + ${dot(view(k) + 1, kept, "o")}`, step = (k: number): string => intWord(view(k) + 1 + kept);
  const value = (k: number, at: string): string => `b${slots[k]}[base${k} + ${at} * ${step(k)}]`;
  const element = (k: number): string => value(k, "bitcast<i32>(i)");
  const partial = slots[slots.length - 1], words = state.total.kept.length, { declare, step: go } = stage === "totals" ? state.total : state.walk;
  const keptWord = (lane: string, j: number): string => `b${partial}[(row * ${word(LANES)} + ${lane}) * ${words}u + ${j}u]`;
  // Positions count along the dim, elements along the way of the scan.
  const valueAt = (position: string): string => value(0, `((${position} - ${intWord(FIRST)}) * ${intWord(NEXT)})`);
  const bound = [...slots.slice(0, inputs), ...(stage === "resume" ? [partial!] : []), slots[inputs]!];
  return {
    label: `scan ${op} ${stage}`,
    bindings: bindingsOf(bound, [...Array<DType>(inputs).fill(dtype), ...(stage === "resume" ? [outDType] : []), outDType], inputs + (stage === "resume" ? 1 : 0)),
    uniformWords: view(inputs + 1),
    workgroup: [64, 1],
    isApart: true,
    declarations: factors,
    body: `${threadNumber}
  let row = thread / ${word(LANES)};
  let lane = thread % ${word(LANES)};
${decompose("row", SHAPES, kept, "o")}
${Array.from({ length: stage === "totals" ? inputs : inputs + 1 }, (_, k) => `  let base${k} = ${base(k)};`).join("\n")}
  ${declare}
${stage === "resume" ? `  for (var l = 0u; l < lane; l = l + 1u) { ${state.join(Array.from({ length: words }, (_, j) => keptWord("l", j)), valueAt)} }` : ""}
  let start = lane * ${word(CHUNK)};
  let end = min(start + ${word(CHUNK)}, ${word(LENGTH)});
  for (var i = start; i < end; i = i + 1u) {
    ${go(element(0), inputs === 2 ? element(1) : "")}
${stage === "totals" ? "" : `    b${slots[inputs]}[base${inputs} + bitcast<i32>(i) * ${step(inputs)}] = ${state.walk.result};`}
  }
${stage === "totals" ? state.total.kept.map((text, j) => `  ${keptWord("lane", j)} = ${text};`).join("\n") : ""}`,
  };
}

export function scanKernel(device: WebGpuDevice): Kernel<PrimitiveAttrs["scan"], WebGpuBuffer> {
  const compiled = new Map<string, Pipeline>();

  const run = (stage: Stage, op: ScanOp, reverse: boolean, views: readonly View<WebGpuBuffer>[], lanes: number, partial: WebGpuBuffer | undefined): void => {
    const inputs = views.length - 1, out = views[inputs]!, { shape } = out, last = shape.length - 1, length = shape[last]!;
    const chunks: Chunk[] = [];
    const buffers = views.map((view, k) => (k === inputs && stage === "totals" ? partial! : view.buffer));
    const slots = slotsOf(stage === "resume" ? [...buffers, partial!] : buffers, chunks);
    const kept = rankClass(last), { dtype } = views[0]!;
    const key = `${dtype} ${op} ${stage} ${kept} ${slots.join()}`;
    let pipeline = compiled.get(key);
    if (pipeline === undefined) compiled.set(key, (pipeline = device.pipelines.compile(scanShader(op, dtype, stage, kept, slots))));
    const { recorder } = device, { ints } = recorder;
    const first = reverse ? length - 1 : 0, next = reverse ? -1 : 1;
    let at = recorder.uniforms(pipeline);
    ints[at + LANES] = lanes;
    ints[at + CHUNK] = Math.ceil(length / lanes);
    ints[at + LENGTH] = length;
    ints[at + FIRST] = first;
    ints[at + NEXT] = next;
    at += SHAPES;
    writeSizes(ints, at, shape, 0, last, kept);
    at += kept;
    for (const { offset, strides } of views) {
      ints[at] = offset + first * strides[last]!;
      writeStrides(ints, at + 1, strides, 0, last, kept);
      ints[at + 1 + kept] = next * strides[last]!;
      at += kept + 2;
    }
    recorder.dispatch(pipeline, chunks, (out.size / length) * lanes);
  };

  return (inputs, outputs, { op, reverse }) => {
    device.assertAlive();
    const out = outputs[0]!, views = [...inputs, out], length = out.shape[out.shape.length - 1]!, rows = out.size / length;
    const most = length <= SHORT || rows >= ENOUGH ? 1 : Math.min(MAX_LANES, Math.ceil(Math.sqrt(length)));
    // No lane without elements.
    const lanes = Math.ceil(length / Math.ceil(length / most));
    if (lanes === 1) return run("whole", op, reverse, views, 1, undefined);
    device.pool.lend(out.dtype, rows * lanes * stateOf(op, inputs[0]!.dtype).total.kept.length, (partial) => {
      run("totals", op, reverse, views, lanes, partial);
      run("resume", op, reverse, views, lanes, partial);
    });
  };
}
