/** @file `where`: its condition is a bool that takes no part in promotion. */
import { mapProgram } from "../calculus/map-reduce.ts";
import { type DType, dtypes, isStoredOnly } from "../dtype.ts";
import { DTypeError } from "../errors.ts";
import type { Tensor } from "../op.ts";
import { arg, cast, param, select } from "../scalar/expr.ts";
import { numberFrom } from "../scalar/element.ts";
import { castValue } from "../scalar/instructions.ts";
import { type Program, program } from "../scalar/program.ts";
import { type Operand, resultType } from "./elementwise.ts";

const programs = /*@__PURE__*/ new Map<number, Program>();

/**
 * x where `condition` holds, y elsewhere; the three broadcast together. `condition` is bool.
 * @example where(tensor([true, false]), tensor([1, 2]), 0) // [1, 0]
 */
export function where(condition: Tensor, x: Operand, y: Operand): Tensor {
  if (condition.dtype !== "bool") throw new DTypeError(`where expected condition to be a boolean tensor, but got a tensor with dtype ${condition.dtype}`);
  const common = resultType([x, y]);
  const branches = [x, y];
  const key = branches.reduce<number>((k, b) => k * 10 + (typeof b === "object" ? dtypes[b.dtype].code : 9), dtypes[common].code);
  let p = programs.get(key);
  if (p === undefined) programs.set(key, (p = makeProgram(branches, common)));
  const tensors = branches.filter((b): b is Tensor => typeof b === "object");
  const numbers = branches.filter((b) => typeof b !== "object").map(numberFrom);
  return mapProgram(p, [condition, ...tensors], isStoredOnly(common) ? numbers.map((b) => castValue("float64", common, b)) : numbers);
}

function makeProgram(branches: readonly Operand[], common: DType): Program {
  const compute = dtypes[common].compute;
  const args: DType[] = ["bool"], params: DType[] = [];
  const [x, y] = branches.map((b) => typeof b === "object"
    ? cast(arg(args.push(b.dtype) - 1, b.dtype), compute) : param(params.push(compute) - 1, compute));
  return program("where", args, params, [cast(select(arg(0, "bool"), x!, y!), common)]);
}
