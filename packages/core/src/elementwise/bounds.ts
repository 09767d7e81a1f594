/** @file Elements kept within bounds, or replaced where a mask says so. */
import { ArgumentError, DTypeError, ShapeError } from "../errors.ts";
import { mapInto } from "../calculus/in-place.ts";
import { mapProgram } from "../calculus/map-reduce.ts";
import { type DType, dtypes } from "../dtype.ts";
import { type Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import { doesNotFit, elementOf } from "../scalar/element.ts";
import { type Program, program } from "../scalar/program.ts";
import { type Elementwise, elementwise, type Operand, resultType } from "./elementwise.ts";
import { both, either } from "./stable.ts";

type Bounded = Elementwise<readonly [x: Tensor, bound: Operand]>;
const byTensor = ([, ...bounds]: readonly Operand[]): number => (bounds.some((x) => typeof x === "object") ? 1 : 0);
/** Of clamp, the node of the overload with tensors is the one without a number. */
const byNumber = (operands: readonly Operand[]): number => 1 - byTensor(operands);

// The gradient passes where x lies within, bounds included; where it does not, that of the bound that won.
const clampBoth: Elementwise<readonly [x: Tensor, min: Operand, max: Operand]> = /*@__PURE__*/ elementwise("clamp", (x, low, high) => s.min(s.max(x!, low!), high!), {
  rule: "number", overload: byNumber,
  gradient: (g, _, [x, low, high]) => [
    s.select(both(s.ge(x!, low!), s.le(x!, high!)), g, 0), s.select(both(s.lt(low!, high!), s.lt(x!, low!)), g, 0),
    s.select(either(s.gt(x!, high!), s.lt(high!, low!)), g, 0),
  ],
});
const bounded = (name: string, overload: (operands: readonly Operand[]) => number, bound: (x: s.Expr, y: s.Expr) => s.Expr, within: (x: s.Expr, y: s.Expr) => s.Expr, beyond: (x: s.Expr, y: s.Expr) => s.Expr): Bounded =>
  elementwise(name, (x, y) => bound(x!, y!), {
    rule: "arithmetic", overload, takes: "tensorFirst",
    gradient: (g, _, [x, y]) => [s.select(within(x!, y!), g, 0), s.select(beyond(x!, y!), g, 0)],
  });
const clampLow = /*@__PURE__*/ bounded("clamp", byNumber, s.max, s.ge, s.lt), clampHigh = /*@__PURE__*/ bounded("clamp", byNumber, s.min, s.le, s.gt);

/**
 * The larger of x and a number or tensor; x's gradient passes where x is at least `min`. Shapes broadcast, and dtypes are promoted.
 * @throws ShapeError where shapes do not broadcast
 * @example clampMin(tensor([-2, 2]), 0) // [0, 2]
 */
export const clampMin: Bounded = /*@__PURE__*/ bounded("clampMin", byTensor, s.max, s.ge, s.lt);
/**
 * The smaller of x and a number or tensor; x's gradient passes where x is at most `max`. Shapes broadcast, and dtypes are promoted.
 * @throws ShapeError where shapes do not broadcast
 * @example clampMax(tensor([-2, 2]), 0) // [-2, 0]
 */
export const clampMax: Bounded = /*@__PURE__*/ bounded("clampMax", byTensor, s.min, s.le, s.gt);

/**
 * x brought into [min, max]: min(max(x, min), max). The gradient passes where x lies within, bounds included.
 * @param x of any shape and dtype
 * @param min a number, or a tensor that broadcasts; null for none
 * @param max a number, or a tensor that broadcasts; null for none
 * @returns the broadcast shape, the promoted dtype
 * @throws ArgumentError for no bound at all
 * @throws ShapeError where shapes do not broadcast
 * @example clamp(tensor([-2, 0.5, 2]), -1, 1) // [-1, 0.5, 1]
 */
export function clamp(x: Tensor, min?: Operand | null, max?: Operand | null): Tensor {
  const low = min ?? undefined, high = max ?? undefined;
  if (low !== undefined && high !== undefined) return clampBoth(x, low, high);
  if (low !== undefined) return clampLow(x, low);
  if (high !== undefined) return clampHigh(x, high);
  throw new ArgumentError("torch.clamp: At least one of 'min' or 'max' must not be None");
}
/** As `clamp`, in place. */
export function clamp_(x: Tensor, min?: Operand | null, max?: Operand | null): Tensor {
  const low = min ?? undefined, high = max ?? undefined;
  if (low !== undefined && high !== undefined) return clampBoth.into(x, low, high);
  if (low !== undefined) return clampLow.into(x, low);
  if (high !== undefined) return clampHigh.into(x, high);
  throw new ArgumentError("torch.clamp: At least one of 'min' or 'max' must not be None");
}

const fills = /*@__PURE__*/ new Map<number, Program>();
function fillProgram(x: DType, value: DType | undefined): Program {
  const key = dtypes[x].code * 10 + (value === undefined ? 9 : dtypes[value].code);
  let known = fills.get(key);
  if (known === undefined) {
    const compute = dtypes[x].compute;
    const fill = value === undefined ? s.param(0, compute) : s.cast(s.arg(2, value), compute);
    const result = s.cast(s.select(s.arg(1, "bool"), fill, s.cast(s.arg(0, x), compute)), x);
    fills.set(key, (known = program(value === undefined ? "maskedFill" : "maskedFill:1", value === undefined ? [x, "bool"] : [x, "bool", value], value === undefined ? [compute] : [], [result])));
  }
  return known;
}
function checkFill(x: Tensor, mask: Tensor, value: Operand): void {
  if (mask.dtype !== "bool") throw new DTypeError(`masked_fill only supports boolean masks, but got mask with dtype ${mask.dtype}`);
  if (typeof value === "object" && value.ndim > 0) throw new ShapeError(`masked_fill_ only supports a 0-dimensional value tensor, but got tensor with ${value.ndim} dimension(s).`);
  const from = typeof value === "object" ? value.dtype : resultType([value]);
  if (dtypes[from].kind === "float" && dtypes[x.dtype].kind !== "float") throw doesNotFit(x.dtype);
}

/**
 * x with `value`, a number or a 0-d tensor, where the bool mask is true; mask and x broadcast together.
 * @example maskedFill(tensor([1, 2]), tensor([true, false]), 0) // [0, 2]
 */
export function maskedFill(x: Tensor, mask: Tensor, value: Operand): Tensor {
  checkFill(x, mask, value);
  return typeof value === "object" ? mapProgram(fillProgram(x.dtype, value.dtype), [x, mask, value]) : mapProgram(fillProgram(x.dtype, undefined), [x, mask], [elementOf(value, x.dtype)]);
}
/** As `maskedFill`, in place; the mask broadcasts to x. */
export function maskedFill_(x: Tensor, mask: Tensor, value: Operand): Tensor {
  checkFill(x, mask, value);
  return typeof value === "object" ? mapInto(x, fillProgram(x.dtype, value.dtype), [mask, value]) : mapInto(x, fillProgram(x.dtype, undefined), [mask], [elementOf(value, x.dtype)]);
}
