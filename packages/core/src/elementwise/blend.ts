/** @file Elements made of two or three operands: interpolation, scaled products, signs and neighbours. */
import { isFloat, isStoredOnly, scalarTypeName } from "../dtype.ts";
import { ArgumentError, DTypeError } from "../errors.ts";
import { finfo } from "../numeric-limits.ts";
import { composite, type Tensor } from "../op.ts";
import { notDerived, type Underived } from "../scalar/program.ts";
import * as s from "../scalar/expr.ts";
import type { Expr } from "../scalar/expr.ts";
import { mul, pow } from "./arithmetic.ts";
import { cppName, numberIn } from "./checks.ts";
import { type Elementwise, elementwise, type Operand, resultType, to } from "./elementwise.ts";
import { both, either, signBitOf } from "./stable.ts";

type Binary = Elementwise<readonly [x: Operand, y: Operand]>;
type TwoTensors = Elementwise<readonly [x: Tensor, y: Tensor]>;
type Ternary = Elementwise<readonly [x: Tensor, y: Operand, z: Operand]>;
export type ValueOptions = {
  /** The factor of the product or quotient: 1 by default. */
  readonly value?: number;
};

/** Counted from the nearer end, so that weight 1 gives y exactly. */
const between: Ternary = /*@__PURE__*/ elementwise("lerp", (x, y, weight) => {
  const gap = s.sub(y!, x!);
  return s.select(s.lt(weight!, 0.5), s.add(x!, s.mul(weight!, gap)), s.sub(y!, s.mul(gap, s.sub(1, weight!))));
}, {
  overload: ([, , weight]) => (typeof weight === "object" ? 1 : 0),
  gradient: (g, _, [x, y, weight]) => [s.mul(g, s.sub(1, weight!)), s.mul(g, weight!), s.mul(g, s.sub(y!, x!))],
});
/**
 * x + weight * (end - x).
 * @param x of any shape; floats
 * @param end what a weight of 1 gives, of x's dtype; it broadcasts
 * @param weight a number, or a tensor of x's dtype that broadcasts
 * @returns the broadcast shape, x's dtype
 * @throws DTypeError for integers and bools, and where dtypes differ
 * @throws ShapeError where shapes do not broadcast
 * @example lerp(tensor([0, 10]), tensor([10, 20]), 0.25) // [2.5, 12.5]
 */
export function lerp(x: Tensor, end: Tensor, weight: Operand): Tensor {
  checkSame(x, end, "end");
  if (typeof weight === "object") checkSame(x, weight, "weight");
  if (!isFloat(x.dtype)) throw new DTypeError(`"lerp_kernel_${typeof weight === "object" ? "tensor" : "scalar"}" not implemented for '${scalarTypeName[x.dtype]}'`);
  return between(x, end, weight);
}
/** x += weight * (end - x). */
export const lerp_ = (x: Tensor, end: Tensor, weight: Operand): Tensor => between.into(x, end, weight);
function checkSame(x: Tensor, y: Tensor, name: string): void {
  if (y.dtype !== x.dtype) throw new DTypeError(`expected dtype ${cppName[x.dtype]} for \`${name}\` but got dtype ${cppName[y.dtype]}`);
}

type Scaled = Elementwise<readonly [x: Tensor, y: Tensor, z: Tensor, value: number]>;
const withProduct: Scaled = /*@__PURE__*/ elementwise("addcmul", (x, y, z, value) => s.add(x!, s.mul(s.mul(value!, y!), z!)), { rule: "number" });
const withQuotient: Scaled = /*@__PURE__*/ elementwise("addcdiv", (x, y, z, value) => s.add(x!, s.mul(value!, s.div(y!, z!))), {
  rule: "float", gradient: (g, _, [, y, z, value]) => [g, s.mul(g, s.div(value!, z!)), s.neg(s.mul(g, s.div(s.mul(value!, s.div(y!, z!)), z!)))],
});
/**
 * x + value * y * z.
 * @example addcmul(tensor([1]), tensor([2]), tensor([3])) // [7]
 */
export function addcmul(x: Tensor, y: Tensor, z: Tensor, options: ValueOptions = {}): Tensor {
  if ([x, y, z].every(({ dtype }) => dtype === "bool")) throw new DTypeError("\"addcmul_cpu_out\" not implemented for 'Bool'");
  return withProduct(x, y, z, numberIn([x, y, z], options.value ?? 1));
}
/** x += value * y * z. */
export const addcmul_ = (x: Tensor, y: Tensor, z: Tensor, { value = 1 }: ValueOptions = {}): Tensor => withProduct.into(x, y, z, numberIn([x, y, z], value));
/**
 * x + value * y / z, of floats: y and z are not both integers.
 * @example addcdiv(tensor([1]), tensor([6]), tensor([3])) // [3]
 */
export function addcdiv(x: Tensor, y: Tensor, z: Tensor, options: ValueOptions = {}): Tensor {
  refuseIntegers(y, z);
  return withQuotient(x, y, z, options.value ?? 1);
}
/** x += value * y / z. */
export function addcdiv_(x: Tensor, y: Tensor, z: Tensor, options: ValueOptions = {}): Tensor {
  refuseIntegers(y, z);
  return withQuotient.into(x, y, z, options.value ?? 1);
}
function refuseIntegers(y: Tensor, z: Tensor): void {
  if (!isFloat(y.dtype) && !isFloat(z.dtype))
    throw new DTypeError("Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform a true division of tensor1 and tensor2. The historic addcdiv behavior can be implemented as (input + value * torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer inputs and as (input + value * tensor1 / tensor2) for float inputs. The future addcdiv behavior is just the latter implementation: (input + value * tensor1 / tensor2), for all dtypes.");
}

/**
 * |x| with the sign bit of y; integers give float32. Shapes broadcast, and dtypes are promoted; integers and bools give float32.
 * @throws ShapeError where shapes do not broadcast
 * @example copysign(tensor([1, 2]), tensor([-3, 4])) // [-1, 2]
 */
export const copysign: Elementwise<readonly [x: Tensor, y: Operand]> = /*@__PURE__*/ elementwise("copysign", (x, y) => s.select(signBitOf(y!), s.neg(s.abs(x!)), s.abs(x!)), {
  rule: "float", takes: "tensorFirst", overload: ([, y]) => (typeof y === "object" ? 0 : 1),
  gradient: (g, out, [x]) => [s.select(s.eq(x!, 0), s.mul(g, 0), s.mul(g, s.div(out, s.select(s.eq(x!, 0), 1, x!)))), s.mul(g, 0)],
});
/**
 * x * 2 ** y. Shapes broadcast, and dtypes are promoted; integers and bools give float32.
 * @throws ShapeError where shapes do not broadcast
 * @example ldexp(tensor([1.5]), tensor([3])) // [12]
 */
export const ldexp: (x: Tensor, y: Tensor) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, y: Tensor): Tensor => {
  if (typeof x !== "object") throw new ArgumentError(`ldexp(): argument 'input' (position 1) must be Tensor, not ${Number.isInteger(x) ? "int" : "float"}`);
  return mul(x, pow(2, isFloat(y.dtype) ? y : to(y, "float32")));
});

const underived: Underived = () => { throw notDerived("aten::heaviside"); };
const steps: Binary = /*@__PURE__*/ elementwise("heaviside", (x, y) => s.select(s.eq(x!, 0), y!, s.cast(s.lt(0, x!), x!.dtype)), { rule: "arithmetic", gradient: () => [underived, underived] });
/**
 * 0 below 0, 1 above, and `values` at 0. Both have one dtype. Shapes broadcast, and dtypes are promoted.
 * @throws ShapeError where shapes do not broadcast
 * @example heaviside(tensor([-1, 0, 2]), tensor(0.5)) // [0, 0.5, 1]
 */
export function heaviside(x: Tensor, values: Tensor): Tensor {
  if (x.dtype !== values.dtype) throw new DTypeError("heaviside is not yet implemented for tensors with different dtypes.");
  return steps(x, values);
}

/** The number next to x in the direction of y. In float32 the bits count the numbers; in float64 half a unit is added and rounded (Rump et al., 2009). */
function neighbour(x: Expr, y: Expr): Expr {
  const up = s.lt(x, y);
  let next: Expr;
  if (x.dtype === "float32") {
    const bits = s.bitcast(x), away = s.eq(s.lt(0, x), up);
    const tiny = s.bitcast(s.select(up, s.lit(1, "int32"), s.lit(-0x7fffffff, "int32")));
    next = s.select(s.eq(x, 0), tiny, s.bitcast(s.select(away, s.add(bits, 1), s.sub(bits, 1))));
  } else {
    const step = s.add(s.mul(s.abs(x), 2 ** -53 * (1 + 2 ** -52)), 5e-324), far = s.eq(s.abs(x), Infinity);
    const moved = s.select(up, s.add(x, step), s.sub(x, step));
    next = s.select(far, s.select(up, -Number.MAX_VALUE, Number.MAX_VALUE), moved);
  }
  return s.select(s.isNan(y), y, s.select(either(s.isNan(x), s.eq(x, y)), s.select(s.isNan(x), x, y), next));
}
/**
 * The next number after x towards y. Floats only, no derivative. Shapes broadcast, and dtypes are promoted.
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for integers and bools
 * @example nextafter(tensor([1]), tensor([2])).gt(1) // [true]
 */
export function nextafter(x: Tensor, y: Tensor): Tensor {
  const dtype = resultType([x, y]);
  if (isStoredOnly(dtype)) throw new DTypeError(`"nextafter_cpu" not implemented for '${scalarTypeName[dtype]}'`); // the numbers between are float32's
  return next(x, y);
}
const next: Binary = /*@__PURE__*/ elementwise("nextafter", (x, y) => neighbour(x!, y!), { rule: "floats", kernel: "nextafter_cpu", gradient: () => [] });

/** The one that is no NaN; where both are numbers, which of them wins. The winner has the gradient, x at a tie. */
const ignoringNan = (name: string, wins: (x: Expr, y: Expr) => Expr): TwoTensors => {
  const first = (x: Expr, y: Expr): Expr => (isFloat(x.dtype) ? either(wins(x, y), s.isNan(y)) : wins(x, y));
  return elementwise(name, (x, y) => s.select(first(x!, y!), x!, y!), {
    rule: "arithmetic", takes: "tensors", gradient: (g, _, [x, y]) => [s.select(first(x!, y!), g, 0), s.select(first(x!, y!), 0, g)],
  });
};
/**
 * The larger; a number where the other is NaN. Shapes broadcast, and dtypes are promoted.
 * @throws ShapeError where shapes do not broadcast
 * @example fmax(tensor([NaN, 1]), tensor([2, 3])) // [2, 3]
 */
export const fmax: TwoTensors = /*@__PURE__*/ ignoringNan("fmax", s.ge);
/**
 * The smaller; a number where the other is NaN. Shapes broadcast, and dtypes are promoted.
 * @throws ShapeError where shapes do not broadcast
 * @example fmin(tensor([NaN, 1]), tensor([2, 3])) // [2, 1]
 */
export const fmin: TwoTensors = /*@__PURE__*/ ignoringNan("fmin", s.le);

/**
 * x - trunc(x), with the sign of x. Of any shape; keeps the dtype.
 * @throws DTypeError for integers and bools
 * @example frac(tensor([1.5, -1.25])) // [0.5, -0.25]
 */
export const frac: Elementwise<readonly [x: Tensor]> = /*@__PURE__*/ elementwise("frac", (x) => s.sub(x!, s.trunc(x!)), { rule: "floats", kernel: "frac_cpu", gradient: (g) => [g] });
/**
 * The sign; of real numbers the same as `sign`. Of any shape; keeps the dtype.
 * @example sgn(tensor([-2, 0, 3])) // [-1, 0, 1]
 */
export const sgn: Elementwise<readonly [x: Tensor]> = /*@__PURE__*/ elementwise("sgn", s.sign, { rule: "arithmetic" });
/**
 * The tensor itself; a bool is refused. Of any shape; keeps the dtype.
 * @throws DTypeError for bools
 * @example positive(tensor([1, -2])) // [1, -2]
 */
export function positive(x: Tensor): Tensor {
  if (x.dtype === "bool") throw new DTypeError("The `+` operator, on a bool tensor is not supported.");
  return x;
}
/**
 * x ** y computed in float64, whatever the dtypes. Shapes broadcast, and dtypes are promoted; gives float64.
 * @throws ShapeError where shapes do not broadcast
 * @example floatPower(tensor([2, 3]), 2) // [4, 9]
 */
export const floatPower: (x: Operand, y: Operand) => Tensor = /*@__PURE__*/ composite(undefined, (x: Operand, y: Operand): Tensor => pow(wide(x), wide(y)));
const wide = (x: Operand): Operand => (typeof x === "object" ? to(x, "float64") : x);

const numbersOnly: Elementwise<readonly [x: Tensor, nan: number, posinf: number, neginf: number]> = /*@__PURE__*/ elementwise("nanToNum", (x, nan, high, low) =>
  s.select(s.isNan(x!), nan!, s.select(s.eq(x!, Infinity), high!, s.select(s.eq(x!, -Infinity), low!, x!))), {
  gradient: (g, _, [x]) => [s.select(both(s.lt(-Infinity, x!), s.lt(x!, Infinity)), g, 0)],
});
export type NanToNumOptions = {
  /** In the place of NaN: 0 by default. */
  readonly nan?: number | null;
  /** In the place of Infinity: the largest number of the dtype by default. */
  readonly posinf?: number | null;
  /** In the place of -Infinity: the least number of the dtype by default. */
  readonly neginf?: number | null;
};
/**
 * NaN replaced by `nan` (0), infinities by the given numbers, or by the largest of the dtype. Of any shape; keeps the dtype.
 * @example nanToNum(tensor([NaN, 2])) // [0, 2]
 */
export function nanToNum(x: Tensor, options: NanToNumOptions = {}): Tensor {
  return isFloat(x.dtype) ? numbersOnly(x, ...replacements(x, options)) : to(mul(x, 1), x.dtype);
}
/** As `nanToNum`, in place. */
export const nanToNum_ = (x: Tensor, options: NanToNumOptions = {}): Tensor => (isFloat(x.dtype) ? numbersOnly.into(x, ...replacements(x, options)) : x);
const replacements = (x: Tensor, { nan, posinf, neginf }: NanToNumOptions): [number, number, number] =>
  [nan ?? 0, posinf ?? finfo(x.dtype).max, neginf ?? finfo(x.dtype).min];
/**
 * The angle of a real number: 0, or pi below 0; NaN of NaN. Of any shape; integers and bools give float32.
 * @example angle(tensor([1, -1])) // [0, 3.1416]
 */
export const angle: Elementwise<readonly [x: Tensor]> = /*@__PURE__*/ elementwise("angle", (x) => s.select(s.lt(x!, 0), Math.PI, s.select(s.isNan(x!), x!, s.lit(0, x!.dtype))), { rule: "float", gradient: (g) => [s.mul(g, 0)] });
