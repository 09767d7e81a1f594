/** @file The shader of fused rows: every stage along a row, before the next row begins. Knows stages and layout classes, not calls. */
import { type DType, type Expr, type Program, program, type ReduceOp, type RowForm, type RowStage, topologicalOrder } from "@adjoint/core/backend";
import { bindingsOf } from "../operands.ts";
import { intWord, type Shader, threadNumber, word } from "../pipelines.ts";
import { accumulator, combined } from "../wgsl/accumulator.ts";
import { decompose, dot } from "../wgsl/layout.ts";
import { loaded, programFunction, stored, storedType, valueType } from "../wgsl/expression.ts";
import { paramText } from "./map.ts";

/** Words after the header: rows, elements of a row, counted in fours where a row goes by fours; the sizes of the rows' dims; then of each operand offset and strides of rows, then params. */
export const ROWS = 4, INNER = 5, SIZES = 6;

/** What a pipeline of rows is compiled for. */
export type RowsClass = {
  /** Invocations that share a row: a power of two that divides the workgroup. */
  readonly threads: number;
  readonly workgroup: number;
  readonly isQuad: boolean;
  /** Dims of the rows: of operands whose rows have no common stride several. */
  readonly dims: number;
  /** Bit k: operand k has one value for a row. */
  readonly splats: number;
};

const isReduction = (as: RowForm): as is ReduceOp => as !== "element" && as !== "scalar" && as !== "column";
type Kept = { readonly as: RowForm; readonly output: number; readonly value: Expr };
const argsOf = (values: readonly Expr[]): Set<number> => new Set(topologicalOrder(values).flatMap((x) => (x.kind === "arg" ? [x.index] : [])));
const keptOf = ({ program: p, into }: RowStage): Kept[] => into.flatMap(({ output, as }, k) => (as === "column" ? [] : [{ as, output, value: p.results[k]! }]));
/** What of the operands a run of stages reads or writes, columns apart. */
export const operandsOf = (stages: readonly RowStage[], inputs: number): number[] => {
  const kept = stages.flatMap(keptOf), used = argsOf(kept.map(({ value }) => value));
  for (const { output } of kept) used.add(inputs + output);
  return [...used].sort((a, b) => a - b);
};

/** @param used operands, in the order of `slots` @param splats as of `used` */
export function rowsShader(stages: readonly RowStage[], inputs: number, used: readonly number[], slots: readonly number[], { threads, workgroup, isQuad, dims, splats }: RowsClass): Shader {
  const first = stages[0]!.program, dtypeOf = dtypesOf(stages, inputs), lanes = isQuad ? [0, 1, 2, 3] : [0];
  const at = new Map(used.map((operand, k) => [operand, k])), isSplat = (operand: number): boolean => ((splats >> at.get(operand)!) & 1) === 1;
  const operands = SIZES + dims, param = paramText(operands + (1 + dims) * used.length);
  const place = (operand: number): string => isSplat(operand) ? `b${slots[at.get(operand)!]}[base${operand}]` : `b${slots[at.get(operand)!]}[base${operand} + bitcast<i32>(at)]`;
  const functions: string[] = [], shared = new Set<string>(), lines: string[] = [];
  const isShared = threads > 1, mayWrite = isShared ? "isFirst" : "";

  /** Declares the function of some results, and says how to call it with the values of lane j. */
  const functionOf = (stage: number, kind: "scalar" | "walk", kept: readonly Kept[]): ((j: number) => string) => {
    const name = `stage${stage}_${kind}`, p: Program = program(first.name, first.args, first.params, kept.map(({ value }) => value)), reads = argsOf(p.results);
    functions.push(programFunction(p, first.args.map((_, operand) => slots[at.get(operand) ?? -1] ?? -1 - operand), param, name));
    const value = (operand: number, dtype: DType, j: number): string =>
      !reads.has(operand) ? `${valueType(dtype)}()` : isSplat(operand) ? `s${operand}` : loaded(isQuad ? `x${operand}.${"xyzw"[j]}` : `x${operand}`, dtype);
    return (j) => `${name}(${["0u", ...first.args.map((dtype, operand) => value(operand, dtype, j))].join(", ")})`;
  };
  /** A value that a row has once becomes known to all that share it, and to memory. */
  const keep = (operand: number, text: string): void => {
    const store = `${place(operand)} = ${stored(`s${operand}`, dtypeOf(operand))};`;
    lines.push(`  s${operand} = ${text};`, mayWrite === "" ? `  ${store}` : `  if (${mayWrite}) { ${store} }`);
  };

  stages.forEach((stage, number) => {
    const kept = keptOf(stage), scalars = kept.filter(({ as }) => as === "scalar"), walked = kept.filter(({ as }) => as !== "scalar");
    if (scalars.length > 0) {
      lines.push(`  let q${number} = ${functionOf(number, "scalar", scalars)(0)};`);
      scalars.forEach(({ output }, k) => keep(inputs + output, `q${number}.r${k}`));
    }
    if (walked.length === 0) return;
    const call = functionOf(number, "walk", walked);
    const reductions = walked.flatMap(({ as, output, value }, k) => (isReduction(as) ? [{ k, operand: inputs + output, op: as, dtype: value.dtype, total: accumulator(as, value.dtype, `t${number}_${k}`) }] : []));
    lines.push(...reductions.map(({ total }) => `  ${total.declare}`));
    const stores = walked.flatMap(({ as, output }, k) => {
      if (as !== "element") return [];
      const operand = inputs + output, dtype = dtypeOf(operand), values = lanes.map((j) => stored(`y${j}.r${k}`, dtype));
      return [`      ${place(operand)} = ${isQuad ? `vec4<${storedType(dtype)}>(${values.join(", ")})` : values[0]};`];
    });
    lines.push(`  for (var begin = lane; begin < inner; begin = begin + ${16 * threads}u) {
    let stop = min(inner, begin + ${16 * threads}u);
    for (var at = begin; at < stop; at = at + ${threads}u) {
${[...argsOf(walked.map(({ value }) => value))].filter((operand) => !isSplat(operand)).map((operand) => `      let x${operand} = ${place(operand)};`).join("\n")}
${lanes.map((j) => `      let y${j} = ${call(j)};`).join("\n")}
${[...stores, ...reductions.map(({ total, k }) => `      ${total.step(lanes.map((j) => `y${j}.r${k}`))}`)].join("\n")}
    }
${reductions.map(({ total }) => (total.fold === "" ? "" : `    ${total.fold}`)).join("\n")}
  }`);
    for (const { operand, op, dtype, total } of reductions) {
      if (!isShared) {
        keep(operand, total.result);
        continue;
      }
      const type = valueType(dtype), memory = `shared_${type}`;
      shared.add(type);
      lines.push(`  ${memory}[local] = ${total.result};
  workgroupBarrier();
  for (var gap = ${threads / 2}u; gap > 0u; gap = gap >> 1u) {
    if (lane < gap) { ${memory}[local] = ${combined(op, dtype, `${memory}[local]`, `${memory}[local + gap]`)}; }
    workgroupBarrier();
  }`);
      keep(operand, `${memory}[local - lane]`);
      lines.push("  workgroupBarrier();");
    }
  });

  const held = used.filter(isSplat), isRead = (operand: number): boolean => operand < inputs;
  return {
    label: first.name,
    bindings: bindingsOf(slots, used.map(dtypeOf), used.filter((operand) => operand < inputs).length,
      (slot) => (isQuad && !isSplat(used[slots.indexOf(slot)]!) ? `vec4<${storedType(dtypeOf(used[slots.indexOf(slot)]!))}>` : undefined)),
    uniformWords: operands + (1 + dims) * used.length + first.params.length,
    workgroup: [workgroup, 1],
    declarations: [...[...shared].map((type) => `var<workgroup> shared_${type}: array<${type}, ${workgroup}>;`), ...functions].join("\n"),
    body: [
      // Where invocations share a row all go on to every barrier; those beyond the last row have nothing to do.
      isShared ? `  let thread = global.y * u[0].y + global.x;
  let lane = thread % ${threads}u;
  let local = global.x % ${workgroup}u;
  let isThere = thread / ${threads}u < ${word(ROWS)};
  let isFirst = isThere & (lane == 0u);
  let row = min(thread / ${threads}u, ${word(ROWS)} - 1u);
  let inner = select(0u, ${word(INNER)}, isThere);` : `${threadNumber}\n  let row = thread;\n  let lane = 0u;\n  let inner = ${word(INNER)};`,
      decompose("row", SIZES, dims, "row"),
      ...used.map((operand, k) => `  let base${operand} = ${intWord(operands + (1 + dims) * k)} + ${dot(operands + (1 + dims) * k + 1, dims, "row")};`),
      ...held.map((operand) => `  var s${operand}: ${valueType(dtypeOf(operand))}${isRead(operand) || isReadFirst(stages, inputs, operand) ? ` = ${loaded(place(operand), dtypeOf(operand))}` : ""};`),
      ...lines,
    ].join("\n"),
  };
}

/** Whether a stage reads output `operand` before one of these stages writes it: an earlier run left it in memory. */
function isReadFirst(stages: readonly RowStage[], inputs: number, operand: number): boolean {
  for (const stage of stages) {
    const kept = keptOf(stage);
    if (argsOf(kept.map(({ value }) => value)).has(operand)) return true;
    if (kept.some(({ output }) => inputs + output === operand)) return false;
  }
  return false;
}

/** Of inputs, and of outputs as the stages write them. */
const dtypesOf = (stages: readonly RowStage[], inputs: number): ((operand: number) => DType) => {
  const written = new Map(stages.flatMap(keptOf).map(({ output, value }) => [inputs + output, value.dtype]));
  return (operand) => written.get(operand) ?? stages[0]!.program.args[operand]!;
};
