/** @file A scalar program as straight-line WGSL. Knows expressions; where operands come from is the caller's. */
import { branched, type DType, dtypes, DTypeError, type Expr, floatBits, type InstructionName, lower, type Program, type Step, topologicalOrder } from "@adjoint/core/backend";
import { type Hidden, hiddenOperands } from "./hidden.ts";
import { wgslInstructions } from "./instructions.ts";

/** The instructions whose WGSL is exact enough. The others become core's polynomials. */
const builtin: ReadonlySet<InstructionName> = /*@__PURE__*/ new Set<InstructionName>([
  "neg", "abs", "sign", "add", "sub", "mul", "div", "idiv", "rem", "max", "min", "sqrt", "floor", "ceil", "trunc", "round", "isNan",
  "eq", "lt", "le", "not", "and", "or", "xor", "shl", "shr", "ushr", "select", "cast", "bitcast", "index", "random",
]);

/** The WGSL type of a value in an expression; what is only stored is a number of what it is computed in. */
export const valueType = (dtype: DType): string => ({ bool: "bool", int: "i32", float: "f32" })[dtypes[dtype].kind];
/** The WGSL type of an element in a buffer: bool takes a word. */
export const storedType = (dtype: DType): string => (dtype === "bool" ? "u32" : valueType(dtype));
/** From an element in a buffer to a value, and back. */
export const loaded = (text: string, dtype: DType): string => (dtype === "bool" ? `(${text} != 0u)` : text);
export const stored = (text: string, dtype: DType): string => (dtype === "bool" ? `select(0u, 1u, ${text})` : text);

export type Operands = {
  /** The text of `arg(index)`. */
  readonly arg: (index: number) => string;
  /** The text of `param(index)`. */
  readonly param: (index: number, dtype: DType) => string;
};

/**
 * Statements that compute a program's results, one `let` each, and the names of the results. The row-major number of the
 * element is the u32 `element`. A `let` is no constant expression, so no compiler may reject `x / 0` or a NaN.
 */
function emitProgram(program: Program, operands: Operands, slots: readonly number[]): { statements: string; results: string[] } {
  const roots = program.results.map((root) => lower(root, builtin));
  const names = new Map<Expr, string>(), isHidden = hiddenOperands(slots);
  const lines: string[] = [], order = topologicalOrder(roots), isLeaf = (x: Expr): boolean => x.kind !== "apply";
  const run = (steps: readonly Step[], outside: ReadonlySet<Expr>): void => {
    for (const step of steps) {
      if (step.kind === "branch") {
        for (const x of step.yields) lines.push(`  var ${nameOf(x)}: ${valueType(x.dtype)};`);
        lines.push(`  if (${step.holds ? "" : "!"}${nameOf(step.condition)}) {`);
        run(step.steps, new Set(step.yields));
        lines.push("  }");
      } else lines.push(`  ${outside.has(step) ? nameOf(step) : `let ${nameOf(step)}: ${valueType(step.dtype)}`} = ${text(step, operands, names, isHidden)};`);
    }
  };
  const nameOf = (x: Expr): string => names.get(x)!;
  for (const x of order) names.set(x, `v${names.size}`);
  run([...order.filter(isLeaf), ...branched(order.filter((x) => !isLeaf(x)), new Set(roots))], new Set());
  return { statements: lines.join("\n"), results: roots.map((root) => names.get(root)!) };
}

const lengths = /*@__PURE__*/ new WeakMap<Program, number>();
/** How many instructions, constants included, a program is in WGSL. */
export function lengthOf(p: Program): number {
  let known = lengths.get(p);
  if (known === undefined) lengths.set(p, (known = topologicalOrder(p.results.map((root) => lower(root, builtin))).length));
  return known;
}

/**
 * A program as a function `<name>(element, x0, x1, ...)` of its inputs' values, which returns a struct `<Name>` with a member `r0`, `r1`, ... for each
 * result: for kernels that compute it at several places. Compilers inline it, and its text stands in the shader once.
 * @param slots the buffer of each input
 */
export function programFunction(p: Program, slots: readonly number[], param: Operands["param"], name: string): string {
  const { statements, results } = emitProgram(p, { arg: (k) => `x${k}`, param }, slots);
  const inputs = p.args.map((dtype, k) => `, x${k}: ${valueType(dtype)}`).join("");
  return `struct ${structOf(name)} { ${p.results.map(({ dtype }, k) => `r${k}: ${valueType(dtype)}`).join(", ")} }
fn ${name}(element: u32${inputs}) -> ${structOf(name)} {
${statements}
  return ${structOf(name)}(${results.join(", ")});
}`;
}
const structOf = (name: string): string => `Results_${name}`;

function text(expr: Expr, operands: Operands, names: ReadonlyMap<Expr, string>, isHidden: Hidden): string {
  switch (expr.kind) {
    case "arg": return operands.arg(expr.index);
    case "param": return operands.param(expr.index, expr.dtype);
    case "lit": return literal(expr.value, expr.dtype);
    case "apply": {
      const dtype = expr.operands[expr.name === "select" ? 1 : 0]?.dtype ?? expr.dtype;
      return wgslInstructions[expr.name](expr.operands.map((x, k) => (isHidden(expr, k) ? `ad_hidden(${names.get(x)!})` : names.get(x)!)), dtype, expr.dtype);
    }
  }
}

/** A constant, exactly; a NaN or an infinity is added to a uniform zero, since WGSL has neither, and so is -0, which compilers take for the same constant as 0. */
export function literal(value: number, dtype: DType): string {
  switch (dtype) {
    case "bool": return value !== 0 ? "true" : "false";
    case "int32": return `bitcast<i32>(${value >>> 0}u)`;
    case "float32": {
      const bits = `0x${(floatBits(value) >>> 0).toString(16)}u`;
      return Number.isFinite(value) && !Object.is(value, -0) ? `bitcast<f32>(${bits})` : `bitcast<f32>(ad_zero() + ${bits})`;
    }
    default: throw new DTypeError(`webgpu: no constant is of ${dtype}`);
  }
}
