/** @file A program as a list of loops over slots (arrays with offset and stride), compiled once. How blocks run is machine.ts. */
import { type DType, dtypes, type Expr, type Program, topologicalOrder, type TypedArray } from "@adjoint/core/backend";
import { noValues } from "./buffer.ts";
import { assign, type Loop, type LoopRow, loops } from "./instructions.ts";

/** How many elements a temporary holds: small enough that all of them stay in the first-level cache. */
export const BLOCK = 1024;
/**
 * And a single loop without temporaries: many short calls, because V8 optimises a function that is called often well, and one that runs
 * long, entered in the middle of its loop, badly [measured: a sum of 2^20 in one call 5.9 ns an element, in calls of 1024 0.5].
 */
const ROW = 4096;

export type Step = {
  readonly kind: "loop" | "index" | "random";
  readonly loop: Loop;
  readonly out: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** All operands, for `random`, which has five. */
  readonly operands: readonly number[];
};

/** Slots: the args, then the results, then constants, params and temporaries. */
export type Plan = {
  readonly argCount: number;
  /** Args and results: the slots that move from row to row. */
  readonly viewCount: number;
  readonly steps: readonly Step[];
  readonly params: readonly { readonly slot: number; readonly index: number; readonly isBool: boolean }[];
  readonly arrays: TypedArray[];
  readonly offsets: number[];
  readonly strides: number[];
  /** Elements that one pass over the steps may take. */
  readonly block: number;
  /** For reduce: the arg that the only result is, as it stands; -1 otherwise. */
  readonly plainArg: number;
  /** One loop, of args and constants. */
  readonly isOneLoop: boolean;
};

const direct = /*@__PURE__*/ new WeakMap<Program, Plan>();
const buffered = /*@__PURE__*/ new WeakMap<Program, Plan>();
let lastProgram: Program | undefined, lastPlan: Plan | undefined;

/** The plan for outputs that share no element with an input: results are written as soon as they are known. */
export function planOf(program: Program): Plan {
  if (program === lastProgram && lastPlan !== undefined) return lastPlan;
  let plan = direct.get(program);
  if (plan === undefined) direct.set(program, (plan = compile(program, false)));
  lastProgram = program;
  lastPlan = plan;
  return plan;
}

/** The plan for outputs that may be inputs: nothing is written in a block before every input of it was read. */
export function bufferedPlanOf(program: Program): Plan {
  let plan = buffered.get(program);
  if (plan === undefined) buffered.set(program, (plan = compile(program, true)));
  return plan;
}

const operandDType = (expr: Expr & { kind: "apply" }): DType => expr.operands[expr.name === "select" ? 1 : 0]?.dtype ?? expr.dtype;

function compile(program: Program, inPlace: boolean): Plan {
  const { args, results } = program;
  const order = topologicalOrder(results), computed = order.filter((expr) => expr.kind === "apply");
  const arrays: TypedArray[] = [], strides: number[] = [], slots = new Map<Expr, number>();
  for (let i = 0; i < args.length + results.length; i++) slot(noValues, 1);
  function slot(values: TypedArray, stride: number): number {
    strides.push(stride);
    return arrays.push(values) - 1;
  }

  const params: { slot: number; index: number; isBool: boolean }[] = [];
  for (const expr of order) {
    if (expr.kind === "arg") slots.set(expr, expr.index);
    else if (expr.kind !== "apply") {
      const values = dtypes[expr.dtype].hostArray(1), at = slot(values, 0);
      slots.set(expr, at);
      if (expr.kind === "lit") values[0] = expr.value;
      else params.push({ slot: at, index: expr.index, isBool: expr.dtype === "bool" });
    }
  }

  // When each value is last read, and the last step that reads an arg.
  const lastUse = new Map<Expr, number>();
  let lastArgRead = -1;
  computed.forEach((expr, at) => {
    for (const x of expr.operands) {
      lastUse.set(x, at);
      if (x.kind === "arg") lastArgRead = at;
    }
  });
  const argResults = results.some((x) => x.kind === "arg");
  const isSafe = (at: number): boolean => !inPlace || (at >= lastArgRead && !argResults);

  const steps: Step[] = [], free = new Map<DType, number[]>();
  const temporary = (dtype: DType): number => free.get(dtype)?.pop() ?? slot(dtypes[dtype].hostArray(BLOCK), 1);
  const emit = (loop: Loop, out: number, operands: readonly number[], kind: Step["kind"] = "loop"): void => {
    const x = operands[0] ?? out;
    steps.push({ kind, loop, out, x, y: operands[1] ?? x, z: operands[2] ?? x, operands });
  };

  computed.forEach((expr, at) => {
    const operands = expr.operands.map((x) => slots.get(x)!);
    const result = results.indexOf(expr), isResult = result >= 0;
    const out = isResult && isSafe(at) ? args.length + result : temporary(expr.dtype);
    slots.set(expr, out);
    const row: LoopRow | "numbered" = loops[expr.name];
    if (row !== "numbered") emit(row(operandDType(expr), expr.dtype), out, operands);
    else emit(assign(expr.dtype, expr.dtype), out, operands, expr.name === "index" ? "index" : "random");
    new Set(expr.operands).forEach((x) => {
      if (x.kind !== "apply" || lastUse.get(x) !== at || results.includes(x)) return;
      const list = free.get(x.dtype);
      if (list === undefined) free.set(x.dtype, [slots.get(x)!]);
      else list.push(slots.get(x)!);
    });
  });

  // Results that are inputs are kept apart first: another output may be that very input.
  const sources = results.map((x) => {
    const from = slots.get(x)!;
    if (x.kind !== "arg" || !inPlace) return from;
    const kept = slot(dtypes[x.dtype].hostArray(BLOCK), 1);
    emit(assign(x.dtype, x.dtype), kept, [from]);
    return kept;
  });
  results.forEach((x, k) => {
    if (sources[k] !== args.length + k) emit(assign(x.dtype, x.dtype), args.length + k, [sources[k]!]);
  });

  const only = results[0]!, first = steps[0]!;
  return {
    argCount: args.length, viewCount: args.length + results.length, steps, params, arrays, strides, offsets: arrays.map(() => 0),
    block: steps.length === 1 ? ROW : BLOCK,
    plainArg: results.length === 1 && only.kind === "arg" ? only.index : -1,
    isOneLoop: steps.length === 1 && first.kind === "loop",
  };
}

/** Puts the numbers of this call where the steps read them. The store rounds them to their dtypes. */
export function setParams(plan: Plan, params: readonly number[]): void {
  for (let i = 0; i < plan.params.length; i++) {
    const { slot, index, isBool } = plan.params[i]!, value = params[index]!;
    plan.arrays[slot]![0] = isBool && value !== 0 ? 1 : value;
  }
}
