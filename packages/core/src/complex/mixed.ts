/** @file Functions of real tensors that answer for complex ones too. They know these by their mark alone, so that who calls them with real ones does not carry the complex. */
import { type PadOptions, pad as padReal } from "../composites/pad.ts";
import { scalarTypeName } from "../dtype.ts";
import { addcdiv as addcdivReal, addcdiv_ as addcdivReal_, addcmul as addcmulReal, addcmul_ as addcmulReal_, type ValueOptions } from "../elementwise/blend.ts";
import { maskedFill as maskedFillReal, maskedFill_ as maskedFillReal_ } from "../elementwise/bounds.ts";
import { add, mul } from "../elementwise/arithmetic.ts";
import type { Operand } from "../elementwise/elementwise.ts";
import { where as whereReal } from "../elementwise/where.ts";
import { ArgumentError, DTypeError } from "../errors.ts";
import { composite, type Tensor } from "../op.ts";
import { unsqueeze } from "../views/views.ts";
import type { ComplexOperand, ComplexTensor } from "./complex-tensor.ts";
import { isComplex, isComplexNumber, scalarName } from "./kind.ts";
import { divPairs, mulPairs } from "./pair-op.ts";

type Any = ComplexTensor | Tensor;
/** A real tensor cannot become a complex one. */
function refuseComplex(target: Tensor, ...others: readonly unknown[]): void {
  const found = others.find(isComplex);
  if (found !== undefined) throw new DTypeError(`result type ${scalarName(found)} can't be cast to the desired output type ${scalarTypeName[target.dtype]}`);
}

/**
 * x where a condition holds, y elsewhere; the three broadcast together.
 * @param condition bool
 * @param x a tensor, or a number
 * @param y a tensor, or a number
 * @returns the broadcast shape of the three, the promoted dtype of x and y
 * @throws DTypeError for a condition that is not bool
 * @throws ShapeError where shapes do not broadcast
 * @example where(tensor([true, false]), tensor([1, 2]), 0) // [1, 0]
 */
export function where(condition: Tensor, x: ComplexTensor, y: ComplexOperand): ComplexTensor;
export function where(condition: Tensor, x: ComplexOperand, y: ComplexTensor): ComplexTensor;
export function where(condition: Tensor, x: Operand, y: Operand): Tensor;
export function where(condition: Tensor, x: Operand | ComplexOperand, y: Operand | ComplexOperand): Any {
  const some = [x, y].find(isComplex);
  return some === undefined ? whereReal(condition, x as Operand, y as Operand) : some.among((p, q) => whereReal(unsqueeze(condition, -1), p!, q!), x as ComplexOperand, y as ComplexOperand);
}

const blended = (name: string, op: (y: Tensor, z: Tensor) => Tensor) => ({ value = 1 }: ValueOptions) =>
  composite(name, (x?: Tensor, y?: Tensor, z?: Tensor): Tensor => add(x!, mul(op(y!, z!), Number(value))));

type Blend = {
  (x: ComplexTensor, y: Any, z: Any, options?: ValueOptions): ComplexTensor;
  (x: Any, y: ComplexTensor, z: Any, options?: ValueOptions): ComplexTensor;
  (x: Any, y: Any, z: ComplexTensor, options?: ValueOptions): ComplexTensor;
  (x: Tensor, y: Tensor, z: Tensor, options?: ValueOptions): Tensor;
};
const blend = (real: (x: Tensor, y: Tensor, z: Tensor, options: ValueOptions) => Tensor, pairs: (options: ValueOptions) => (x?: Tensor, y?: Tensor, z?: Tensor) => Tensor): Blend =>
  ((x: Any, y: Any, z: Any, options: ValueOptions = {}): Any => {
    const some = [x, y, z].find(isComplex);
    return some === undefined ? real(x as Tensor, y as Tensor, z as Tensor, options) : some.among(pairs(options), x, y, z);
  }) as Blend;

/**
 * x + value * y * z. Shapes of all three broadcast, and dtypes are promoted.
 * @param x the sum begins with it
 * @param y a factor
 * @param z the other factor
 * @returns the broadcast shape of the three, their promoted dtype
 * @throws ShapeError where shapes do not broadcast
 * @example addcmul(tensor([1]), tensor([2]), tensor([3])) // [7]
 */
export const addcmul: Blend = /*@__PURE__*/ blend(addcmulReal, /*@__PURE__*/ blended("AddcmulBackward0", mulPairs));
/** As `addcmul`, in place. */
export function addcmul_(x: Tensor, y: Tensor, z: Tensor, options: ValueOptions = {}): Tensor {
  refuseComplex(x, y, z);
  return addcmulReal_(x, y, z, options);
}
/**
 * x + value * y / z.
 * @param x the sum begins with it
 * @param y the dividend
 * @param z the divisor; it or y is a float
 * @returns the broadcast shape of the three, their promoted dtype
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError for integers divided by integers
 * @example addcdiv(tensor([1]), tensor([6]), tensor([3])) // [3]
 */
export const addcdiv: Blend = /*@__PURE__*/ blend(addcdivReal, /*@__PURE__*/ blended("AddcdivBackward0", divPairs));
/** As `addcdiv`, in place. */
export function addcdiv_(x: Tensor, y: Tensor, z: Tensor, options: ValueOptions = {}): Tensor {
  refuseComplex(x, y, z);
  return addcdivReal_(x, y, z, options);
}

function refuseNumber(x: Tensor, value: unknown): void {
  if (isComplexNumber(value) && value.im !== 0) throw new ArgumentError(`value cannot be converted to type ${x.dtype === "float64" ? "double" : x.dtype === "float32" ? "float" : x.dtype} without overflow`);
}
/**
 * x with one value where a mask is true; they broadcast together.
 * @param x of any shape and dtype
 * @param mask bool
 * @param value a number, or a 0-d tensor
 * @returns the broadcast shape of x and mask, x's dtype
 * @throws DTypeError for a mask that is not bool
 * @throws ShapeError where shapes do not broadcast, or the value has dims
 * @throws ArgumentError for a complex number in a real tensor
 * @example maskedFill(tensor([1, 2]), tensor([true, false]), 0) // [0, 2]
 */
export function maskedFill(x: ComplexTensor, mask: Tensor, value: ComplexOperand): ComplexTensor;
export function maskedFill(x: Tensor, mask: Tensor, value: Operand): Tensor;
export function maskedFill(x: Any, mask: Tensor, value: Operand | ComplexOperand): Any {
  if (isComplex(x)) return x.among((p, q) => whereReal(unsqueeze(mask, -1), q!, p!), x, value as ComplexOperand);
  refuseNumber(x, value);
  return maskedFillReal(x, mask, value as Operand);
}
/** As `maskedFill`, in place; the mask broadcasts to x. */
export function maskedFill_(x: Tensor, mask: Tensor, value: Operand): Tensor {
  refuseNumber(x, value);
  refuseComplex(x, value);
  return maskedFillReal_(x, mask, value);
}

/**
 * x with more at its ends.
 * @param x of any shape and dtype; of all modes but "constant" [n, channels, ...] or [channels, ...], of which the last one to three dims are padded
 * @param pad [before, after] of the last dim, then of the one before it, and so on; a negative number takes away
 * @returns x's shape with the sizes changed by so much, of its dtype
 * @throws ShapeError where the padding does not fit the mode
 * @throws ArgumentError for an odd count of numbers, or a mode that is none
 * @throws NotSupportedError for a rank that the mode does not take
 * @example pad(tensor([1, 2]), [1, 0]) // [0, 1, 2]
 */
export function pad(x: ComplexTensor, pad: readonly number[], options?: PadOptions): ComplexTensor;
export function pad(x: Tensor, pad: readonly number[], options?: PadOptions): Tensor;
export function pad(x: Any, pad: readonly number[], options: PadOptions = {}): Any {
  if (!isComplex(x)) return padReal(x, pad, options);
  return x.onParts((part, k) => padReal(part, pad, k === 0 ? options : { ...options, value: null }));
}
