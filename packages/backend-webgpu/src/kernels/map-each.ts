/**
 * @file The fused kernel `mapEach`: `map` in place on several groups of operands, as many in a dispatch as the device binds buffers. An invocation finds its group, and computes four elements of it;
 * what does not go by fours, or not in place, goes by `map`.
 */
import type { FusedAttrs, Kernel, PrimitiveAttrs, Program, View } from "@adjoint/core/backend";
import { chunkOf, type WebGpuBuffer } from "../buffers.ts";
import type { WebGpuDevice } from "../device.ts";
import { bindingsOf, Operands } from "../operands.ts";
import { intWord, type Pipeline, type Shader, threadNumber, word } from "../pipelines.ts";
import { loaded, programFunction, stored, storedType } from "../wgsl/expression.ts";
import { paramText, vectorsOf, workgroupOf, writeParams } from "./map.ts";
import { isShort, isWholeQuads } from "./quads.ts";

/** Words after the header, of each group: the first vector that is no more of it, as all are numbered, and the offsets of its operands in vectors; then params. */
const GROUPS = 4;
/** More groups make no fewer dispatches of a usual model, and each is compiled for. */
const MOST = 8;

/** Slots: the operands of the first group, then those of the next. Results are as many as the first of them, in place. */
function shader(p: Program, groups: number, workgroup: number): Shader {
  const n = p.args.length, count = p.results.length, stride = 1 + n, each = [0, 1, 2, 3], slots = Array.from({ length: groups * n }, (_, k) => k);
  const vector = (k: number): string => `vec4<${storedType(p.args[k]!)}>`, place = (g: number, k: number): string => `b${g * n + k}[${intWord(GROUPS + g * stride + 1 + k)} + at]`;
  const first = (g: number): string => (g === 0 ? "0u" : word(GROUPS + (g - 1) * stride));
  /** Statements of the group that the invocation is in. */
  const choose = (what: (g: number) => string): string =>
    Array.from({ length: groups }, (_, g) => `${g === groups - 1 ? "{" : `if (thread < ${word(GROUPS + g * stride)}) {`} let at = bitcast<i32>(thread - ${first(g)}); ${what(g)} }`).join("\n  else ");
  const all = (length: number, of: (k: number) => string): string => Array.from({ length }, (_, k) => of(k)).join(" ");
  return {
    label: p.name,
    bindings: bindingsOf([...slots, ...slots.filter((k) => k % n < count)], [...slots, ...slots.filter((k) => k % n < count)].map((k) => p.args[k % n]!), slots.length, (slot) => vector(slot % n)),
    uniformWords: GROUPS + groups * stride + p.params.length,
    workgroup: [workgroup, 1],
    isApart: true,
    declarations: programFunction(p, slots, paramText(GROUPS + groups * stride), "compute"),
    body: `${threadNumber}
  ${all(n, (k) => `var x${k}: ${vector(k)};`)}
  ${choose((g) => all(n, (k) => `x${k} = ${place(g, k)};`))}
${each.map((j) => `  let y${j} = compute(${["0u", ...p.args.map((dtype, k) => loaded(`x${k}.${"xyzw"[j]}`, dtype))].join(", ")});`).join("\n")}
  ${choose((g) => all(count, (k) => `${place(g, k)} = ${vector(k)}(${each.map((j) => stored(`y${j}.r${k}`, p.args[k]!)).join(", ")});`))}`,
  };
}

export function mapEachKernel(device: WebGpuDevice, map: Kernel<PrimitiveAttrs["map"], WebGpuBuffer>): Kernel<FusedAttrs["mapEach"], WebGpuBuffer> {
  const compiled = new WeakMap<Program, Map<number, Pipeline>>(), operands = new Operands(), workgroup = workgroupOf(device);

  const run = (inputs: readonly View<WebGpuBuffer>[], p: Program, params: readonly number[]): void => {
    const n = p.args.length, groups = inputs.length / n, { chunks } = operands.collect(inputs, []);
    let known = compiled.get(p);
    if (known === undefined) compiled.set(p, (known = new Map()));
    let pipeline = known.get(groups);
    if (pipeline === undefined) known.set(groups, (pipeline = device.pipelines.compile(shader(p, groups, workgroup))));
    const { recorder } = device, { ints } = recorder;
    let at = recorder.uniforms(pipeline) + GROUPS, end = 0;
    for (let k = 0; k < inputs.length; k++) {
      if (k % n === 0) ints[at++] = end += (inputs[k]!.size + 3) >> 2;
      ints[at++] = inputs[k]!.offset >> 2;
    }
    writeParams(device, at, p, params);
    recorder.dispatch(pipeline, chunks, end);
  };

  /** Whether a group is in place and goes by fours, and a call of its own is not better: an invocation of a software adapter may take several vectors of a large one. */
  const fits = (inputs: readonly View<WebGpuBuffer>[], outputs: readonly View<WebGpuBuffer>[], p: Program): boolean => {
    for (let k = 0; k < outputs.length; k++) if (inputs[k] !== outputs[k] || p.results[k]!.dtype !== p.args[k]) return false;
    for (const view of inputs) if (!isWholeQuads(view, chunkOf(view.buffer))) return false;
    return vectorsOf(device, p, inputs[0]!.size) === 1;
  };

  return (inputs, outputs, { program: p, params }) => {
    device.assertAlive();
    const n = p.args.length, count = p.results.length, most = isShort(p) ? Math.min(MOST, Math.floor(device.limits.maxBindings / n)) : 0;
    let together: View<WebGpuBuffer>[] = [];
    for (let g = 0; g * n < inputs.length; g++) {
      const ins = inputs.slice(g * n, (g + 1) * n), outs = outputs.slice(g * count, (g + 1) * count);
      if (most < 2 || !fits(ins, outs, p)) {
        map(ins, outs, { program: p, params });
        continue;
      }
      together.push(...ins);
      if (together.length < most * n) continue;
      run(together, p, params);
      together = [];
    }
    if (together.length > 0) run(together, p, params);
  };
}
