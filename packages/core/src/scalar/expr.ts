/** @file Scalar expressions: the one language in which every elementwise kernel is written. Hash-consed: `===` is structural equality. */
import { type DType, dtypes, isFloat, isStoredOnly, roundTo } from "../dtype.ts";
import { DTypeError } from "../errors.ts";
import { evaluateInstruction, type InstructionName, type InstructionRow, instructions } from "./instructions.ts";

/** Input `index` of the kernel. */
export type Arg = { readonly kind: "arg"; readonly id: number; readonly dtype: DType; readonly index: number };
/** A constant of the op's definition, part of the kernel's key. */
export type Lit = { readonly kind: "lit"; readonly id: number; readonly dtype: DType; readonly value: number };
/** A number of this call, `attrs.params[index]`: never part of a key. */
export type Param = { readonly kind: "param"; readonly id: number; readonly dtype: DType; readonly index: number };
export type Apply = {
  readonly kind: "apply"; readonly id: number; readonly dtype: DType;
  readonly name: InstructionName; readonly operands: readonly Expr[];
};
export type Expr = Arg | Lit | Param | Apply;
/** What builders take beside expressions: a number becomes a `lit` of the other operand's dtype. */
export type Operand = Expr | number;

const interned = /*@__PURE__*/ new Map<string, Expr>();
function intern(key: string, make: (id: number) => Expr): Expr {
  let expr = interned.get(key);
  if (expr === undefined) interned.set(key, (expr = make(interned.size)));
  return expr;
}

export const arg = (index: number, dtype: DType): Expr => intern(`a${index}:${dtype}`, (id) => ({ kind: "arg", id, dtype, index }));
/** Input `index` in what its dtype is computed in. */
export const load = (index: number, dtype: DType): Expr => cast(arg(index, dtype), dtypes[dtype].compute);
/** Of a dtype that is computed in. */
export const param = (index: number, dtype: DType): Expr => intern(`p${index}:${computed("param", dtype)}`, (id) => ({ kind: "param", id, dtype, index }));
/** Of a dtype that is computed in; the value is rounded to it. */
export function lit(value: number, dtype: DType): Expr {
  computed("lit", dtype);
  const v = roundTo(dtype, value);
  return intern(`l${Object.is(v, -0) ? "-0" : v}:${dtype}`, (id) => ({ kind: "lit", id, dtype, value: v }));
}

function computed(what: string, dtype: DType): DType {
  if (isStoredOnly(dtype)) throw new DTypeError(`scalar ${what}: ${dtype} is stored, not computed in; take ${dtypes[dtype].compute} and cast`);
  return dtype;
}

const isLit = (expr: Expr, value: number): boolean => expr.kind === "lit" && Object.is(expr.value, value);

/** Applies an instruction: checks dtypes, folds constants, and simplifies where that is exact for NaN, infinities and -0. */
function apply(name: InstructionName, given: DType | undefined, ...raw: Operand[]): Expr {
  const row: InstructionRow = instructions[name];
  const typed = raw.find((x): x is Expr => typeof x !== "number" && !(name === "select" && x === raw[0]));
  const dtype = typed?.dtype ?? given ?? "int32";
  const operands = raw.map((x) => (typeof x === "number" ? lit(x, dtype) : x));
  checkOperands(name, row, operands);
  const result = row.result === "same" ? dtype : row.result === "given" ? given! : row.result;
  if (operands.length > 0 && operands.every((x) => x.kind === "lit") && !isStoredOnly(result))
    return lit(evaluateInstruction(name, dtype, result, operands.map((x) => (x as Lit).value)), result);
  return simplify(name, result, operands)
    ?? intern(`${name}:${result}(${operands.map((x) => x.id).join()})`, (id) => ({ kind: "apply", id, dtype: result, name, operands }));
}

function checkOperands(name: InstructionName, row: InstructionRow, operands: readonly Expr[]): void {
  operands.forEach((x, i) => {
    const kind = dtypes[x.dtype].kind;
    const condition = name === "select" && i === 0;
    const fits = condition ? kind === "bool"
      : row.domain === "any" || row.domain === kind || (row.domain === "number" && kind !== "bool") || (row.domain === "bits" && kind !== "float");
    const stored = isStoredOnly(x.dtype) && name !== "cast";
    const mixed = !condition && x.dtype !== operands[name === "select" ? 1 : 0]!.dtype;
    if (!fits || stored || mixed)
      throw new DTypeError(`scalar ${name}: operand ${i} is ${x.dtype}, of (${operands.map((o) => o.dtype).join(", ")}); expected ${row.domain} operands of one dtype`);
  });
}

function simplify(name: InstructionName, result: DType, operands: readonly Expr[]): Expr | undefined {
  const [x, y, z] = operands as [Expr, Expr, Expr];
  switch (name) {
    case "mul": return isLit(y, 1) ? x : isLit(x, 1) ? y : undefined;
    case "div": return isLit(y, 1) ? x : undefined;
    case "sub": return isLit(y, 0) ? x : undefined;
    case "neg": return x.kind === "apply" && x.name === "neg" ? x.operands[0] : undefined;
    case "not": return x.kind === "apply" && x.name === "not" ? x.operands[0] : undefined;
    case "cast": return x.dtype === result ? x : undefined;
    case "select": return y === z ? y : x.kind === "lit" ? (x.value !== 0 ? y : z) : undefined;
    default: return undefined;
  }
}

const unary = (name: InstructionName) => (x: Expr): Expr => apply(name, undefined, x);
const binary = (name: InstructionName) => (x: Operand, y: Operand): Expr => apply(name, undefined, x, y);
type Unary = (x: Expr) => Expr;
type Binary = (x: Operand, y: Operand) => Expr;

export const neg: Unary = /*@__PURE__*/ unary("neg");
export const abs: Unary = /*@__PURE__*/ unary("abs");
export const sign: Unary = /*@__PURE__*/ unary("sign");
export const add: Binary = /*@__PURE__*/ binary("add");
export const sub: Binary = /*@__PURE__*/ binary("sub");
export const mul: Binary = /*@__PURE__*/ binary("mul");
export const div: Binary = /*@__PURE__*/ binary("div");
export const idiv: Binary = /*@__PURE__*/ binary("idiv");
export const rem: Binary = /*@__PURE__*/ binary("rem");
export const pow: Binary = /*@__PURE__*/ binary("pow");
export const max: Binary = /*@__PURE__*/ binary("max");
export const min: Binary = /*@__PURE__*/ binary("min");
export const exp: Unary = /*@__PURE__*/ unary("exp");
export const exp2: Unary = /*@__PURE__*/ unary("exp2");
export const expm1: Unary = /*@__PURE__*/ unary("expm1");
export const log: Unary = /*@__PURE__*/ unary("log");
export const log1p: Unary = /*@__PURE__*/ unary("log1p");
export const sqrt: Unary = /*@__PURE__*/ unary("sqrt");
export const sin: Unary = /*@__PURE__*/ unary("sin");
export const cos: Unary = /*@__PURE__*/ unary("cos");
export const tan: Unary = /*@__PURE__*/ unary("tan");
export const asin: Unary = /*@__PURE__*/ unary("asin");
export const acos: Unary = /*@__PURE__*/ unary("acos");
export const atan: Unary = /*@__PURE__*/ unary("atan");
export const atan2: Binary = /*@__PURE__*/ binary("atan2");
export const tanh: Unary = /*@__PURE__*/ unary("tanh");
export const erf: Unary = /*@__PURE__*/ unary("erf");
export const floor: Unary = /*@__PURE__*/ unary("floor");
export const ceil: Unary = /*@__PURE__*/ unary("ceil");
export const trunc: Unary = /*@__PURE__*/ unary("trunc");
export const round: Unary = /*@__PURE__*/ unary("round");
export const isNan: Unary = /*@__PURE__*/ unary("isNan");
export const eq: Binary = /*@__PURE__*/ binary("eq");
export const lt: Binary = /*@__PURE__*/ binary("lt");
export const le: Binary = /*@__PURE__*/ binary("le");
export const not: Unary = /*@__PURE__*/ unary("not");
export const and: Binary = /*@__PURE__*/ binary("and");
export const or: Binary = /*@__PURE__*/ binary("or");
export const xor: Binary = /*@__PURE__*/ binary("xor");
export const shl: Binary = /*@__PURE__*/ binary("shl");
export const shr: Binary = /*@__PURE__*/ binary("shr");
export const ushr: Binary = /*@__PURE__*/ binary("ushr");
export const ne: Binary = (x, y) => not(eq(x, y));
export const gt: Binary = (x, y) => lt(y, x);
export const ge: Binary = (x, y) => le(y, x);
export const select = (condition: Expr, x: Operand, y: Operand): Expr => apply("select", undefined, condition, x, y);
/**
 * To any dtype. From and to one that is only stored it goes by way of what that is computed in, so that a backend
 * converts between these pairs alone; float64 to a 16-bit float is one step, and rounds once.
 */
export function cast(x: Expr, dtype: DType): Expr {
  if (x.dtype === dtype) return x;
  const from = dtypes[x.dtype].compute, to = dtypes[dtype].compute;
  const wide = apply("cast", from, x);
  const isOneStep = to === from || (isFloat(from) && isFloat(to));
  return apply("cast", dtype, isOneStep ? wide : apply("cast", to, wide));
}
/** Between float32 and int32. */
export const bitcast = (x: Expr): Expr => apply("bitcast", isFloat(x.dtype) ? "int32" : "float32", x);
/** 2^24 times a subnormal float32 above 0, from its bits: in a product a device may take it for 0. */
export const magnified = (x: Expr): Expr => mul(cast(bitcast(x), "float32"), 2 ** -125);
export const index: Expr = /*@__PURE__*/ apply("index", undefined);
export const random = (at: Expr, seedLow: Expr, seedHigh: Expr, offsetLow: Expr, offsetHigh: Expr): Expr =>
  apply("random", undefined, at, seedLow, seedHigh, offsetLow, offsetHigh);

/** Rebuilds `expr` with other operands, simplifying anew. */
export const rebuild = (expr: Apply, operands: readonly Expr[]): Expr => apply(expr.name, expr.dtype, ...operands);

/** Each distinct subexpression of the roots once, operands before users. Iterative: expressions may be deep. */
export function topologicalOrder(roots: readonly Expr[]): Expr[] {
  const order: Expr[] = [], seen = new Set<Expr>(), stack: Expr[] = [...roots].reverse();
  while (stack.length > 0) {
    const expr = stack[stack.length - 1]!;
    const pending = seen.has(expr) || expr.kind !== "apply" ? [] : expr.operands.filter((x) => !seen.has(x));
    if (pending.length > 0) {
      for (let i = pending.length - 1; i >= 0; i--) stack.push(pending[i]!);
      continue;
    }
    stack.pop();
    if (!seen.has(expr)) {
      seen.add(expr);
      order.push(expr);
    }
  }
  return order;
}

/** Replaces subexpressions; a replacement is not searched again. */
export function substitute(root: Expr, replacement: (expr: Expr) => Expr | undefined): Expr {
  const done = new Map<Expr, Expr>();
  const visit = (expr: Expr): Expr => {
    const known = done.get(expr);
    if (known !== undefined) return known;
    const operands = expr.kind === "apply" ? expr.operands : [];
    let out = replacement(expr);
    if (out === undefined) {
      const rebuilt = operands.map(visit);
      out = expr.kind === "apply" && rebuilt.some((x, i) => x !== operands[i]) ? rebuild(expr, rebuilt) : expr;
    }
    done.set(expr, out);
    return out;
  };
  return visit(root);
}
