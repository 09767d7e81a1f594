/** @file A program: the results of one kernel as scalar expressions over typed inputs and params. Interned, so a cache may key by the object. */
import { type DType, dtypeInfo, dtypes, isFloat, isStoredOnly } from "../dtype.ts";
import { NotSupportedError } from "../errors.ts";
import { differentiate } from "./derivatives.ts";
import { add, arg, cast, type Expr, index, load, param, rem, substitute, topologicalOrder } from "./expr.ts";
import { castValue, evaluateInstruction } from "./instructions.ts";

/** A derivative that there is, but that nobody has written down, as in PyTorch: what backward throws by, once it is asked for. */
export type Underived = () => never;
/** The gradient of a row whose derived one is fragile or saves too much. Same meaning as the derived one. */
export type GradientOverride = (grad: Expr, out: Expr, args: readonly Expr[]) => readonly (Expr | Underived | undefined)[];

export class Program {
  /** For people: labels of kernels, profiles, error messages. */
  readonly name: string;
  readonly args: readonly DType[];
  readonly params: readonly DType[];
  readonly results: readonly Expr[];
  readonly override: GradientOverride | undefined;
  /** Derivatives already worked out, by which inputs and results they are for. */
  readonly gradients: Map<number, GradientPlan> = new Map();
  readonly tangents: Map<number, TangentProgram> = new Map();
  perExample: { readonly program: Program; readonly numbered: boolean } | undefined = undefined;

  constructor(name: string, args: readonly DType[], params: readonly DType[], results: readonly Expr[], override: GradientOverride | undefined) {
    this.name = name;
    this.args = args;
    this.params = params;
    this.results = results;
    this.override = override;
  }
}

const interned = /*@__PURE__*/ new Map<string, Program>();

/** The program of these results: one object for one meaning. Nobody can say whether two overrides mean the same, so one that has an override is kept by who made it. */
export function program(name: string, args: readonly DType[], params: readonly DType[], results: readonly Expr[], override?: GradientOverride): Program {
  if (override !== undefined) return new Program(name, args, params, results, override);
  const key = `${name}(${args.join()};${params.join()})${results.map((x) => x.id).join()}`;
  let known = interned.get(key);
  if (known === undefined) interned.set(key, (known = new Program(name, args, params, results, undefined)));
  return known;
}

/** A family of programs, one for each dtype, each made when it is first asked for, from the dtype and what that is computed in. */
export function perDType(make: (dtype: DType, compute: DType) => Program): (dtype: DType) => Program {
  const made: (Program | undefined)[] = [];
  return (dtype) => {
    const { code, compute } = dtypeInfo(dtype);
    return (made[code] ??= make(dtype, compute));
  };
}

/**
 * What the backward of a program computes. Its expressions read `arg(0..)`: first the gradients of the results that are
 * used, then the saved inputs, then the saved results.
 */
export type GradientPlan = {
  /** Inputs and results that the expressions read, in ascending order: what the tape keeps, and nothing else. */
  readonly savedInputs: readonly number[];
  readonly savedResults: readonly number[];
  readonly args: readonly DType[];
  /** For each input: its gradient, or undefined where it does not depend or was not asked for. */
  readonly gradients: readonly (Expr | undefined)[];
  /** Whether no gradient that was asked for depends: a step function's. */
  readonly vanishes: boolean;
  /** What was asked for and has no derivative. */
  readonly underived: Underived | undefined;
  /** Programs of groups of these gradients, made when first asked for. */
  readonly programs: Map<number, Program>;
};

/** @param inputs bit mask of the inputs that need a gradient @param used bit mask of the results that have one */
export function gradientPlan(p: Program, inputs: number, used: number): GradientPlan {
  const key = inputs + used * 65536; // at most 16 inputs and results: far more than any device binds
  let plan = p.gradients.get(key);
  if (plan === undefined) p.gradients.set(key, (plan = makePlan(p, inputs, used)));
  return plan;
}

/** The plan of a program that is a reduction's prologue: its result is never stored, so backward computes it again from the inputs. */
export function prologuePlan(p: Program, inputs: number): GradientPlan {
  const key = -1 - inputs;
  let plan = p.gradients.get(key);
  if (plan === undefined) p.gradients.set(key, (plan = makePlan(p, inputs, 1, [])));
  return plan;
}

/** @param stored the results that backward may read instead of computing them again */
function makePlan(p: Program, inputs: number, used: number, stored: readonly Expr[] = p.results): GradientPlan {
  // Gradients of results stand beyond the program's own args until it is known what else is read.
  const at = p.args.length;
  const grads = p.results.map((x, k) => (used & (1 << k) && isFloat(x.dtype) ? arg(at + k, x.dtype) : undefined));
  const args = p.args.map((dtype, i) => arg(i, dtype));
  const wanted = args.map((x, i) => (inputs & (1 << i)) !== 0 && isFloat(x.dtype));
  const all = p.override !== undefined && grads[0] !== undefined
    ? p.override(grads[0], p.results[0]!, args)
    : differentiate(p.results, grads, args);
  const asked = args.map((_, i) => (wanted[i] ? all[i] : undefined)), gradients = asked.map((g) => (isUnderived(g) ? undefined : g));

  // A result that a gradient contains is read, not recomputed. An input that is itself a result needs no second copy.
  const placeholder = new Map<Expr, Expr>();
  stored.forEach((x, k) => {
    if (x.kind !== "apply") return;
    const place = at + p.results.length + k, wide = x.operands[0]!;
    placeholder.set(x, arg(place, x.dtype));
    // Of a result rounded to a 16-bit float, the rounded one is what is left, as in PyTorch.
    if (x.name === "cast" && isStoredOnly(x.dtype) && wide.kind === "apply" && wide.dtype === dtypes[x.dtype].compute) placeholder.set(wide, load(place, x.dtype));
  });
  const reading = gradients.map((g) => g && substitute(g, (x) => placeholder.get(x)));
  const read = new Set<number>();
  for (const x of topologicalOrder(reading.filter((g) => g !== undefined))) if (x.kind === "arg") read.add(x.index);

  const order: { from: number; dtype: DType }[] = [];
  p.results.forEach((x, k) => { if (grads[k] !== undefined) order.push({ from: at + k, dtype: x.dtype }); });
  const savedInputs = p.args.flatMap((dtype, i) => (read.has(i) ? (order.push({ from: i, dtype }), [i]) : []));
  const savedResults = p.results.flatMap((x, k) => {
    const from = at + p.results.length + k;
    return read.has(from) ? (order.push({ from, dtype: x.dtype }), [k]) : [];
  });
  const position = new Map(order.map(({ from }, i) => [from, i]));
  const renumber = (x: Expr): Expr | undefined => (x.kind === "arg" ? arg(position.get(x.index)!, x.dtype) : undefined);
  return {
    savedInputs, savedResults,
    args: order.map(({ dtype }) => dtype),
    gradients: reading.map((g) => g && substitute(g, renumber)),
    vanishes: asked.every((g) => g === undefined),
    underived: asked.find(isUnderived),
    programs: new Map(),
  };
}

/** What PyTorch says of such a derivative. */
export const notDerived = (of: string): NotSupportedError => new NotSupportedError(`the derivative for '${of}' is not implemented.`);
export const isUnderived = (g: Expr | Underived | undefined): g is Underived => typeof g === "function";

/** The program of those of a plan's gradients whose inputs are in `mask`. */
export function gradientProgram(p: Program, plan: GradientPlan, mask: number): Program {
  let made = plan.programs.get(mask);
  if (made === undefined) {
    const results = plan.gradients.filter((g, i): g is Expr => g !== undefined && (mask & (1 << i)) !== 0);
    plan.programs.set(mask, (made = program(`${p.name}Backward`, plan.args, p.params, results)));
  }
  return made;
}

/**
 * Forward mode: the tangents of the results, from the program's inputs and then the tangents of the inputs in `mask`. A result
 * that does not depend on them has none: its number is not in `results`. A scalar function is its own transpose, so the tangent
 * is what the reverse rule makes of an incoming gradient, summed over the inputs.
 */
export type TangentProgram = { readonly program: Program; readonly results: readonly number[] };

export function tangentProgram(p: Program, mask: number): TangentProgram {
  let made = p.tangents.get(mask);
  if (made === undefined) p.tangents.set(mask, (made = makeTangents(p, mask)));
  return made;
}

function makeTangents(p: Program, mask: number): TangentProgram {
  const args = p.args.map((dtype, i) => arg(i, dtype)), tangentTypes: DType[] = [];
  const tangents = args.map((x, i) => (mask & (1 << i) ? arg(p.args.length + tangentTypes.push(x.dtype) - 1, x.dtype) : undefined));
  const sums = p.results.map((root, k) => {
    const { compute } = dtypes[root.dtype];
    let sum: Expr | undefined;
    tangents.forEach((t, i) => {
      if (t === undefined || !isFloat(root.dtype)) return;
      const grads = p.results.map((_, j) => (j === k ? cast(t, root.dtype) : undefined));
      const part = (p.override !== undefined ? p.override(cast(t, root.dtype), root, args) : differentiate(p.results, grads, args))[i];
      if (isUnderived(part)) return part();
      if (part !== undefined) sum = sum === undefined ? cast(part, compute) : add(sum, cast(part, compute));
    });
    return sum === undefined ? undefined : cast(sum, root.dtype);
  });
  const results = sums.flatMap((sum, k) => (sum === undefined ? [] : [k]));
  return { program: program(`${p.name}Tangent`, [...p.args, ...tangentTypes], p.params, results.map((k) => sums[k]!)), results };
}

/** The same program where each of several examples numbers its own elements: one param more, the number of elements of an example. */
export function perExample(p: Program): { readonly program: Program; readonly numbered: boolean } {
  if (p.perExample === undefined) {
    const size = param(p.params.length, "int32");
    const results = p.results.map((x) => substitute(x, (e) => (e === index ? rem(index, size) : undefined)));
    const numbered = results.some((x, k) => x !== p.results[k]);
    p.perExample = { numbered, program: numbered ? program(p.name, p.args, [...p.params, "int32"], results, p.override) : p };
  }
  return p.perExample;
}

/** A value of a result, one rounding after every instruction: the reference that every backend is held to. */
export function evaluate(p: Program, args: readonly number[], params: readonly number[], at: number = 0): number[] {
  const values = new Map<Expr, number>();
  for (const x of topologicalOrder(p.results)) {
    if (x.kind === "lit") values.set(x, x.value);
    else if (x.kind === "arg") values.set(x, args[x.index]!);
    else if (x.kind === "param") values.set(x, castValue("float64", x.dtype, params[x.index]!));
    else if (x.name === "index") values.set(x, at);
    else values.set(x, evaluateInstruction(x.name, operandDType(x.name, x.operands), x.dtype, x.operands.map((o) => values.get(o)!)));
  }
  return p.results.map((x) => values.get(x)!);
}

/** The dtype an instruction works in: its first operand's, but for select, whose first is the condition. */
const operandDType = (name: string, operands: readonly Expr[]): DType => operands[name === "select" ? 1 : 0]!.dtype;
