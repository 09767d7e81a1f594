/** @file The constructor of elementwise ops: one scalar expression each; promotion and programs made once per combination of dtypes. */
import { conversion } from "../calculus/call.ts";
import { checkTarget, mapInto, mapOut } from "../calculus/in-place.ts";
import { countOperands, generate, mapProgram } from "../calculus/map-reduce.ts";
import { type DType, type DTypeKind, dtypes, isFloat, isStoredOnly, promoteTypes, scalarTypeName, widerKind } from "../dtype.ts";
import { ArgumentError, DTypeError } from "../errors.ts";
import { currentDevice, isTensor, type Tensor } from "../op.ts";
import { arg, cast, type Expr, param } from "../scalar/expr.ts";
import { castValue } from "../scalar/instructions.ts";
import { type GradientOverride, isUnderived, type Program, program } from "../scalar/program.ts";

/** What ops take: a tensor, or a number that is a Python scalar in promotion and a param of the kernel. */
export type Operand = Tensor | number | boolean;

/**
 * How the dtype of the computation follows from the operands': `promote` is PyTorch's common type; `float` also turns
 * integers and bools into float32; `number` turns bools into int32, `arithmetic` computes them as int32 and stores a
 * bool again; `bits` refuses floats, `floats` tensors of all else.
 */
export type Rule = "promote" | "arithmetic" | "float" | "number" | "bits" | "floats";

export type ElementwiseOptions = {
  readonly rule?: Rule;
  /** The result is bool, whatever is compared. */
  readonly predicate?: boolean;
  readonly gradient?: GradientOverride;
  /** What PyTorch calls the op's kernel, where it says that it is not there for a dtype. */
  readonly kernel?: string;
  /** What to say where every operand is bool, if that is an error. */
  readonly refusesBool?: string;
  /** What to say where one of several is bool, if that is an error too. */
  readonly refusesOneBool?: string;
  /** The number that PyTorch's node of this call bears, where overloads have nodes of their own: 1 gives "PowBackward1". */
  readonly overload?: (operands: readonly Operand[]) => number;
  /** PyTorch makes tensors of numbers: its node has an input for each, and of numbers alone there is a result too, on the default device; that of floats is float64 where it can be. */
  readonly wrapsNumbers?: boolean;
  /** Where PyTorch takes no number: nowhere (`tensors`), or as the first operand (`tensorFirst`). */
  readonly takes?: "tensors" | "tensorFirst";
};

/** A function whose result may go into a tensor that is there already. */
export interface WithOut<A extends readonly unknown[]> {
  (...args: A): Tensor;
  /** Writes the result into a tensor of its shape: PyTorch's `out=`. Nothing is allocated, and nothing recorded. */
  out(target: Tensor, ...args: A): Tensor;
}

export interface Elementwise<A extends readonly Operand[]> extends WithOut<A> {
  /** Writes the result into the first operand: the op with a trailing underscore. */
  into(target: Tensor, ...others: readonly Operand[]): Tensor;
}

const scalarKind = (x: number | boolean): DTypeKind => (typeof x === "boolean" ? "bool" : Number.isInteger(x) && !Object.is(x, -0) ? "int" : "float");
const scalarDType: { readonly [K in DTypeKind]: DType } = { bool: "bool", int: "int32", float: "float32" };

/**
 * PyTorch's `result_type`: tensors with dims come before 0-d tensors, and those before numbers, within one kind.
 * @example resultType([ones([2], { dtype: "uint8" }), 1.5]) // "float32"
 */
export function resultType(operands: readonly Operand[]): DType {
  let dim: DType | undefined, zero: DType | undefined, scalar: DTypeKind | undefined;
  for (const x of operands) {
    if (typeof x !== "object") scalar = scalar === undefined ? scalarKind(x) : widerKind(scalar, scalarKind(x));
    else if (x.window.shape.length > 0) dim = dim === undefined ? x.window.dtype : promoteTypes(dim, x.window.dtype);
    else zero = zero === undefined ? x.window.dtype : promoteTypes(zero, x.window.dtype);
  }
  const combine = (higher: DType | undefined, lower: DType | undefined): DType | undefined =>
    higher === undefined ? lower : lower === undefined ? higher
      : dtypes[higher].kind === "float" ? higher
      : dtypes[higher].kind === "bool" || dtypes[lower].kind === "float" ? promoteTypes(higher, lower) : higher;
  return combine(combine(dim, zero), scalar === undefined ? undefined : scalarDType[scalar])!;
}

/** What the tensors among the operands are together. */
function tensorsType(operands: readonly Operand[]): DType | undefined {
  const tensors = operands.filter((x) => typeof x === "object");
  return tensors.length === 0 ? undefined : resultType(tensors);
}

function computeType(rule: Rule, common: DType): DType {
  const kind = dtypes[common].kind;
  if (rule === "float" && kind !== "float") return "float32";
  if ((rule === "number" || rule === "arithmetic") && kind === "bool") return "int32";
  return dtypes[common].compute;
}

/**
 * Defines an elementwise op.
 * @param build the expression, over operands already of one dtype
 */
export function elementwise<A extends readonly Operand[]>(name: string, build: (...x: Expr[]) => Expr, options: ElementwiseOptions = {}): Elementwise<A> {
  const { rule = "promote", predicate = false, gradient, refusesBool, refusesOneBool, overload, takes, wrapsNumbers = false, kernel = name } = options;
  const programs = new Map<number, Program>();
  let same: Program | undefined, sameType: DType | undefined, sameCount = 0, beside: Program | undefined, numberType: DType | undefined;

  /** The dtype of the result, where nothing asks for another. */
  const resultOf = (common: DType, compute: DType): DType =>
    predicate ? "bool" : isFloat(compute) && !isFloat(common) ? "float32" : rule === "number" && common === "bool" ? "int32" : common;

  /** @param target the dtype to store, where it is given (in place) */
  function programFor(operands: readonly Operand[], common: DType, target: DType | undefined): Program {
    refuse(operands, common);
    const compute = computeType(rule, common);
    const stored = target ?? resultOf(common, compute);
    let key = dtypes[compute].code * 10 + dtypes[stored].code;
    for (let i = 0; i < operands.length; i++) {
      const x = operands[i]!;
      key = key * 10 + (typeof x === "object" ? dtypes[x.window.dtype].code : 9);
    }
    let known = programs.get(key);
    if (known === undefined) programs.set(key, (known = makeProgram(operands, common, compute, stored)));
    return known;
  }

  function refuse(operands: readonly Operand[], common: DType): void {
    if (refusesBool !== undefined && common === "bool") throw new DTypeError(refusesBool);
    if (refusesOneBool !== undefined && operands.some((x) => typeof x === "boolean" || (typeof x === "object" && x.window.dtype === "bool")))
      throw new DTypeError(refusesOneBool);
    const given = rule === "floats" ? tensorsType(operands) ?? common : common;
    if (rule === "bits" ? isFloat(given) : rule === "floats" && !isFloat(given)) throw new DTypeError(`"${kernel}" not implemented for '${scalarTypeName[given]}'`);
  }

  function makeProgram(operands: readonly Operand[], common: DType, compute: DType, stored: DType): Program {
    const args: DType[] = [], params: DType[] = [];
    const inputs = operands.map((x) => {
      if (typeof x !== "object") return param(params.push(compute) - 1, compute);
      const operand = arg(args.push(x.window.dtype) - 1, x.window.dtype);
      // Every operand is first what the common type makes of it: 300 in uint8 is 44, also in a comparison.
      return cast(narrows(common, compute) ? cast(operand, common) : operand, compute);
    });
    const result = build(...inputs);
    const override = gradient === undefined ? undefined : overrideOf(gradient, operands, inputs, result);
    const made = program(overload === undefined ? name : `${name}:${overload(operands)}`, args, params, [cast(result, stored)], override);
    return wrapsNumbers && params.length > 0 ? countOperands(made, operands.length) : made;
  }
  /** Whether operands lose something in the common type before the computation: then its kind is the computation's. */
  const narrows = (common: DType, compute: DType): boolean => isStoredOnly(common) && dtypes[common].compute === compute;

  function call(...operands: readonly Operand[]): Tensor {
    const first = operands[0], second = operands[1];
    // The common cases, with the program of the call before: as many tensors of its dtype, or a number beside floats.
    if (typeof first === "object" && first !== null) {
      const { dtype } = first.window;
      if (typeof second === "number" && dtype === numberType && operands.length === 2) return mapProgram(beside!, [first], [second]);
      if (dtype === sameType && operands.length === sameCount && (sameCount === 1 || (typeof second === "object" && second?.window?.dtype === dtype)))
        return mapProgram(same!, operands as readonly Tensor[]);
    }
    return callAny(operands);
  }
  function callAny(operands: readonly Operand[]): Tensor {
    if (takes !== undefined) refuseNumbers(name, operands, takes);
    const tensors: Tensor[] = [], params: number[] = [];
    split(operands, tensors, params);
    if (operands.length < build.length) throw new ArgumentError(`${name}(): expected ${build.length} operands, got ${operands.length}`);
    const common = commonType(operands);
    if (wrapsNumbers && tensors.length === 0) {
      const device = currentDevice();
      return generate(device, programFor(operands, isFloat(common) && device.backend.dtypes.has("float64") ? "float64" : common, undefined), params, []);
    }
    const p = programFor(operands, common, undefined);
    const alike = tensors.length > 0 && tensors.length <= 2 && tensors.every((x) => x.dtype === common);
    if (alike && typeof operands[1] === "number" && operands.length === 2 && isFloat(common) && !isStoredOnly(common)) {
      beside = p;
      numberType = common;
    }
    if (alike && params.length === 0) {
      same = p;
      sameType = common;
      sameCount = tensors.length;
    }
    return mapProgram(p, tensors, inCommon(params, common));
  }
  function into(target: Tensor, ...others: readonly Operand[]): Tensor {
    if (takes === "tensors") refuseNumbers(name, [target, ...others], takes);
    const tensors: Tensor[] = [], params: number[] = [];
    split(others, tensors, params);
    const operands = [target, ...others];
    const common = commonType(operands);
    refuse(operands, common);
    refuseCast(common, target, tensors);
    return mapInto(target, programFor(operands, common, target.dtype), tensors, inCommon(params, common));
  }
  function out(target: Tensor, ...operands: readonly Operand[]): Tensor {
    const tensors: Tensor[] = [], params: number[] = [];
    split(operands, tensors, params);
    const common = commonType(operands);
    refuse(operands, common);
    refuseCast(common, target, tensors);
    return mapOut(target, programFor(operands, common, target.dtype), tensors, inCommon(params, common));
  }
  function refuseCast(common: DType, target: Tensor, others: readonly Tensor[]): void {
    const natural = resultOf(common, computeType(rule, common));
    if (canCast(natural, target.dtype)) return;
    checkTarget(target, others); // PyTorch complains of the place first
    throw new DTypeError(`result type ${scalarTypeName[natural]} can't be cast to the desired output type ${scalarTypeName[target.dtype]}`);
  }
  /** Numbers as the common type holds them: rounded once, on the host. */
  const inCommon = (params: readonly number[], common: DType): readonly number[] =>
    params.length > 0 && isStoredOnly(common) && narrows(common, computeType(rule, common)) ? params.map((x) => castValue("float64", common, x)) : params;
  function split(operands: readonly Operand[], tensors: Tensor[], params: number[]): void {
    for (const x of operands)
      if (typeof x === "number") params.push(x);
      else if (typeof x === "boolean") params.push(x ? 1 : 0);
      else if (isTensor(x)) tensors.push(x);
      else throw new ArgumentError(`${name}(): operands must be tensors or numbers, got ${String(x)}`);
  }
  return Object.assign(call, { into, out }) as Elementwise<A>;
}

/** A function of several rows, with the form that writes into a tensor that is there already. */
export const withOut = <A extends readonly unknown[]>(run: (...args: A) => Tensor, out: (target: Tensor, ...args: A) => Tensor): WithOut<A> => Object.assign(run, { out });

const pythonName = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const pythonType = (x: Operand): string => (typeof x === "object" ? "Tensor" : typeof x === "boolean" ? "bool" : Number.isInteger(x) ? "int" : "float");
function refuseNumbers(name: string, operands: readonly Operand[], takes: "tensors" | "tensorFirst"): void {
  const at = operands.findIndex((x) => typeof x !== "object");
  if (takes === "tensors" && at >= 0)
    throw new ArgumentError(`${pythonName(name)}(): argument '${at === 0 ? "input" : "other"}' (position ${at + 1}) must be Tensor, not ${pythonType(operands[at]!)}`);
  if (at === 0) throw new ArgumentError(`${pythonName(name)}() received an invalid combination of arguments - got (${operands.map(pythonType).join(", ")})`);
}

/** A row's gradient speaks of all operands as they are computed on; a program's of its inputs alone, numbers being params, in their own dtypes. */
function overrideOf(gradient: GradientOverride, operands: readonly Operand[], inputs: readonly Expr[], result: Expr): GradientOverride {
  const given = operands.map((x) => (typeof x === "object" ? x.window.dtype : undefined));
  return (grad) => {
    const all = gradient(cast(grad, result.dtype), result, inputs);
    return given.flatMap((dtype, i) => (dtype === undefined ? [] : [isUnderived(all[i]) ? all[i] : all[i] && cast(all[i], dtype)]));
  };
}

/** The tensor in what its dtype is computed in: for ops of several steps, which round their result at the end alone. */
export const wide = (x: Tensor): Tensor => to(x, dtypes[x.dtype].compute);

/** Two tensors of one dtype with dims need no rule. */
function commonType(operands: readonly Operand[]): DType {
  const first = operands[0]!;
  if (typeof first === "object") {
    let same = true;
    for (let i = 1; i < operands.length; i++) {
      const x = operands[i]!;
      if (typeof x !== "object" || x.window.dtype !== first.window.dtype) same = false;
    }
    if (same) return first.window.dtype;
  }
  return resultType(operands);
}

const kindRank: { readonly [K in DTypeKind]: number } = { bool: 0, int: 1, float: 2 };
/**
 * PyTorch's `can_cast`: whether values may be stored in place, which is not so from a wider kind (bool, int, float) to a narrower.
 * @example canCast("float32", "int32") // false
 */
export const canCast = (from: DType, to: DType): boolean => kindRank[dtypes[from].kind] <= kindRank[dtypes[to].kind];

/** The tensor in another dtype; the tensor itself if it has it already. Float to int truncates, then wraps through int32; what int32 cannot hold, NaN too, is its least number there. */
export const to = (x: Tensor, dtype: DType): Tensor => (x.dtype === dtype ? x : mapProgram(conversion(x.dtype, dtype), [x]));
