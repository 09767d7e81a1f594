/** @file The shaders of `reduce`: invocations that know nothing of each other, or a workgroup that shares outputs. Knows layout classes, not calls. */
import type { Program, ReduceOp } from "@adjoint/core/backend";
import { bindingsOf } from "../operands.ts";
import { intWord, type Shader, threadNumber, word } from "../pipelines.ts";
import { type Accumulator, accumulator, combined } from "../wgsl/accumulator.ts";
import { loaded, programFunction, stored, storedType, valueType } from "../wgsl/expression.ts";
import { decompose, dot } from "../wgsl/layout.ts";
import { paramText } from "./map.ts";

/**
 * Words after the header: outputs, lanes of each in all, elements to reduce, the first or the last counted in fours; offset of the output, its strides for what lanes leave and for outputs that are
 * neighbours; then how invocations are numbered: dividers for outputs and lanes, lanes of an output that are in one workgroup, and how many workgroups share an output.
 * After all others the offsets of further outputs, which lie as the first.
 */
export const OUTPUTS = 4, LANES = 5, LENGTH = 6, OUT_OFFSET = 7, OUT_LANE = 8, OUT_NEXT = 9, OUTPUT_DIVIDER = 10, LANE_DIVIDER = 11, TOGETHER = 12, PARTS = 13, SHAPES = 14;

/** What an invocation takes at once: one element, four along the row, or one for each of four outputs. */
export type Way = "one" | "along" | "across";
export const ways: readonly Way[] = ["one", "along", "across"];
/** What a pipeline is compiled for. Where lanes are `shared` they add up through workgroup memory. */
export type ReduceClass = { readonly way: Way; readonly splats: number; readonly kept: number; readonly reduced: number; readonly isShared: boolean };

/** Invocations of a workgroup whose lanes know nothing of each other, or share outputs. */
const APART = 64;
export const SHARED = 256;
/** Outputs of a program at most, so that four totals of each are no more workgroup memory than every device has: 16 KiB. */
export const MOST_OUTPUTS = 4;
/** What a turn of the loop takes where it may take something twice. */
const TURN = 4;

/** The first statements: an invocation's output and lane. */
const apart = `${threadNumber}
  let lanes = ${word(LANES)};
  var output = thread;
  var lane = 0u;
  if (lanes > 1u) {
    output = (thread / ${word(OUTPUT_DIVIDER)}) % ${word(OUTPUTS)};
    lane = (thread / ${word(LANE_DIVIDER)}) % lanes;
  }
  let length = ${word(LENGTH)};`;
/** All go on to every barrier: those beyond the last output have nothing to add. */
const shared = `  let local = global.x % ${SHARED}u; let number = group.y * groups.x + group.x;
  let lanes = ${word(LANES)}; let together = ${word(TOGETHER)}; let each = ${SHARED}u / together;
  let block = number / ${word(PARTS)}; let part = number % ${word(PARTS)};
  let own = (local / ${word(LANE_DIVIDER)}) % together;
  let wanted = block * each + (local / ${word(OUTPUT_DIVIDER)}) % each; let isThere = wanted < ${word(OUTPUTS)};
  let output = min(wanted, ${word(OUTPUTS)} - 1u);
  let lane = part * together + own;
  let length = select(0u, ${word(LENGTH)}, isThere);`;

export function reduceShader(p: Program, op: ReduceOp, { way, splats, kept, reduced, isShared }: ReduceClass, slots: readonly number[]): Shader {
  const n = p.args.length, outs = p.results.length, dtype = p.results[0]!.dtype, isSplat = (k: number): boolean => way === "one" || ((splats >> k) & 1) === 1;
  const keptSizes = SHAPES, reducedSizes = keptSizes + kept, outStrides = reducedSizes + reduced, inputs = outStrides + kept;
  const stride = 1 + kept + reduced, each = way === "one" ? [0] : [0, 1, 2, 3];
  /** Of each result one total, or four that lie side by side. */
  const lanesOf = way === "across" ? each : [0], totals = p.results.flatMap((_, r) => lanesOf.map((j) => accumulator(op, dtype, `total${r}_${j}`)));
  const vectors = new Map(slots.slice(0, n).map((slot, k) => [slot, isSplat(k) ? undefined : `vec4<${storedType(p.args[k]!)}>`]));
  const number = (j: number): string =>
    way === "along" ? `output * (${word(LENGTH)} * 4u) + at * 4u + ${j}u` : way === "across" ? `(output * 4u + ${j}u) * ${word(LENGTH)} + at` : `output * ${word(LENGTH)} + at`;
  // A uniform is dear where it is read again and again: those of the loop are read before it.
  const steps = p.args.flatMap((_, k) => Array.from({ length: reduced }, (__, d) => `  let step${k}_${d} = ${intWord(inputs + k * stride + 1 + kept + d)};`));
  const place = (k: number): string => `base${k} + ${Array.from({ length: reduced }, (_, d) => `r${d} * step${k}_${d}`).join(" + ")}`;
  const values = each.map((j) => `compute(${[number(j), ...p.args.map((of, k) => loaded(isSplat(k) ? `x${k}` : `x${k}.${"xyzw"[j]}`, of))].join(", ")})`);
  const take = `${decompose("at", (d) => `size${d}`, reduced, "r")}
${p.args.map((_, k) => `    let x${k} = b${slots[k]}[${place(k)}];`).join("\n")}
${each.map((j) => `    let y${j} = ${values[j]};`).join("\n")}
    ${totals.map(({ step }, t) => step(way === "across" ? [`y${t % 4}.r${t >> 2}`] : each.map((j) => `y${j}.r${t}`))).join("\n    ")}`;
  const folds = totals.map(({ fold }) => fold).join("\n    ");
  const loop = op === "max" || op === "min"
    // Of what is taken twice an extremum is the same, so the turns of a loop, which are dear, may go beyond the end.
    ? `  for (var begin = lane; begin < length; begin = begin + ${TURN}u * lanes) {
${Array.from({ length: TURN }, (_, j) => `    {\n    let at = min(begin + ${j}u * lanes, length - 1u);\n${take}\n    }`).join("\n")}
  }` : `  for (var begin = lane; begin < length; begin = begin + 16u * lanes) {
    let stop = min(length, begin + 16u * lanes);
    for (var at = begin; at < stop; at = at + lanes) {
${take}
    }
    ${folds}
  }`;
  const memory = valueType(dtype), more = inputs + n * stride + p.params.length, of = isShared ? "part" : "lane";
  const results = isShared ? totals.map((_, t) => `shared_totals[${t * SHARED}u + local]`) : totals.map(({ result }) => result);
  const offsetOf = (r: number): string => (r === 0 ? intWord(OUT_OFFSET) : intWord(more + r - 1));
  const store = (result: string, t: number): string => {
    const r = Math.floor(t / lanesOf.length);
    return `  b${slots[n + r]}[${offsetOf(r)} + place + ${t % lanesOf.length} * ${intWord(OUT_NEXT)}] = ${stored(result, dtype)};`;
  };
  const stores = `  let place = bitcast<i32>(${of}) * ${intWord(OUT_LANE)} + ${dot(outStrides, kept, "o")};
${results.map(store).join("\n")}`;
  return {
    label: `${op}(${p.name})${isShared ? " shared" : ""}`,
    bindings: bindingsOf(slots, [...p.args, ...p.results.map(() => dtype)], n, (slot) => vectors.get(slot)),
    uniformWords: more + outs - 1,
    workgroup: [isShared ? SHARED : APART, 1],
    ...(isShared ? {} : { isApart: true as const }),
    declarations: `${isShared ? `var<workgroup> shared_totals: array<${memory}, ${SHARED * totals.length}>;\n` : ""}${programFunction(p, slots, paramText(inputs + n * stride), "compute")}`,
    body: `${isShared ? shared : apart}
${decompose("output", keptSizes, kept, "o")}
${p.args.map((_, k) => `  let base${k} = ${intWord(inputs + k * stride)} + ${dot(inputs + k * stride + 1, kept, "o")};`).join("\n")}
${totals.map(({ declare }) => `  ${declare}`).join("\n")}
${steps.join("\n")}
${Array.from({ length: reduced }, (_, d) => `  let size${d} = ${word(reducedSizes + d)};`).join("\n")}
${loop}
${isShared ? `${together(op, p, totals)}
  if (!isThere | (own > 0u)) { return; }
` : ""}${stores}`,
  };
}

/** Adds up what the lanes of a workgroup have, in halves. */
function together(op: ReduceOp, p: Program, totals: readonly Accumulator[]): string {
  const at = (j: number, where: string): string => `shared_totals[${j * SHARED}u + ${where}]`, { dtype } = p.results[0]!;
  return `${totals.map(({ result }, j) => `  ${at(j, "local")} = ${result};`).join("\n")}
  let next = ${word(LANE_DIVIDER)};
  workgroupBarrier();
  for (var gap = together / 2u; gap > 0u; gap = gap / 2u) {
    if (own < gap) {
${totals.map((_, j) => `      ${at(j, "local")} = ${combined(op, dtype, at(j, "local"), at(j, "local + gap * next"))};`).join("\n")}
    }
    workgroupBarrier();
  }`;
}
