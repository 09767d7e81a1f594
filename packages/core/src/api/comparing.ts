/** @file Questions whose answer is one boolean, read from the device. */
import { all } from "../composites/reductions.ts";
import { eq } from "../elementwise/arithmetic.ts";
import { scalarTypeName } from "../dtype.ts";
import { type CloseOptions, isclose } from "../elementwise/predicates.ts";
import { ArgumentError, DTypeError } from "../errors.ts";
import { composite, requireReadable, type Tensor } from "../op.ts";
import { sameShape } from "../shape.ts";
import { item, itemSync } from "./reading.ts";

const everywhere: (x: Tensor, y: Tensor) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, y: Tensor): Tensor => all(eq(x, y)));
const closeEverywhere: (x: Tensor, y: Tensor, options: CloseOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, y: Tensor, options: CloseOptions): Tensor => all(isclose(x, y, options)));

/** Reads a bool of one element, which nobody else needs. */
async function answer(x: Tensor): Promise<boolean> {
  try {
    return (await item(x)) !== 0;
  } finally {
    x.dispose();
  }
}
function answerSync(x: Tensor): boolean {
  try {
    return itemSync(x) !== 0;
  } finally {
    x.dispose();
  }
}
function sameKind(x: Tensor, y: Tensor): boolean {
  if (x.dtype !== y.dtype) throw new DTypeError(`Expected object of data type ${scalarTypeName[x.dtype]} but got data type ${scalarTypeName[y.dtype]} for argument #2 'other' in call to equal`);
  return sameShape(x.shape, y.shape);
}
/**
 * Whether two tensors have one shape and equal elements. NaN equals nothing.
 * @param x of any shape and dtype
 * @param y of x's dtype
 * @returns a promise of true or false
 * @throws DTypeError where dtypes differ
 * @example await equal(tensor([1, 2]), tensor([1, 2])) // true
 */
export const equal = async (x: Tensor, y: Tensor): Promise<boolean> => sameKind(x, y) && answer(everywhere(x, y));
/**
 * As `equal`, at once.
 * @returns true or false
 * @throws DeviceError on a device that cannot read at once
 * @example equalSync(tensor([1, 2]), tensor([1, 3])) // false
 */
export function equalSync(x: Tensor, y: Tensor): boolean {
  requireReadable("equalSync", x.device, "use await equal(x, y)");
  return sameKind(x, y) && answerSync(everywhere(x, y));
}
/**
 * Whether all elements are close: |x - y| <= atol + rtol |y|.
 * @param x of any shape
 * @param y of x's dtype
 * @returns a promise of true or false
 * @throws ShapeError where shapes do not broadcast
 * @throws DTypeError where dtypes differ
 * @example await allclose(tensor([1]), tensor([1.000001])) // true
 */
export const allclose = async (x: Tensor, y: Tensor, options: CloseOptions = {}): Promise<boolean> => answer(closeEverywhere(x, y, options));
/**
 * As `allclose`, at once.
 * @returns true or false
 * @throws DeviceError on a device that cannot read at once
 * @example allcloseSync(tensor([1]), tensor([1.1])) // false
 */
export function allcloseSync(x: Tensor, y: Tensor, options: CloseOptions = {}): boolean {
  requireReadable("allcloseSync", x.device, "use await allclose(x, y)");
  return answerSync(closeEverywhere(x, y, options));
}

function one(x: Tensor): Tensor {
  if (x.window.size === 0) throw new ArgumentError("Boolean value of Tensor with no values is ambiguous");
  if (x.window.size > 1) throw new ArgumentError("Boolean value of Tensor with more than one value is ambiguous");
  return x;
}
/**
 * Whether the only element of a tensor is not zero.
 * @param x of one element, of any dtype
 * @returns a promise of true or false
 * @throws ArgumentError for more elements, or none
 * @example await isNonzero(tensor([3])) // true
 */
export const isNonzero = async (x: Tensor): Promise<boolean> => (await item(one(x))) !== 0;
/**
 * As `isNonzero`, at once.
 * @returns true or false
 * @throws DeviceError on a device that cannot read at once
 * @example isNonzeroSync(tensor([0])) // false
 */
export function isNonzeroSync(x: Tensor): boolean {
  requireReadable("isNonzeroSync", x.device, "use await isNonzero(x)");
  return itemSync(one(x)) !== 0;
}
