/** @file Questions whose answer is one boolean, read from the device. */
import { all } from "../composites/reductions.ts";
import { eq } from "../elementwise/arithmetic.ts";
import { scalarTypeName } from "../dtype.ts";
import { type CloseOptions, isclose } from "../elementwise/predicates.ts";
import { ArgumentError, DTypeError } from "../errors.ts";
import { composite, type Tensor } from "../op.ts";
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
 * Whether two tensors of one dtype have one shape and equal elements. NaN equals nothing.
 * @example await equal(tensor([1, 2]), tensor([1, 2])) // true
 */
export const equal = async (x: Tensor, y: Tensor): Promise<boolean> => sameKind(x, y) && answer(everywhere(x, y));
/**
 * As `equal`, at once: on devices that can.
 * @example equalSync(tensor([1, 2]), tensor([1, 3])) // false
 */
export const equalSync = (x: Tensor, y: Tensor): boolean => sameKind(x, y) && answerSync(everywhere(x, y));
/**
 * Whether all elements are close: |x - y| <= atol + rtol |y|. Shapes broadcast; of one dtype.
 * @throws ShapeError where shapes do not broadcast
 * @example await allclose(tensor([1]), tensor([1.000001])) // true
 */
export const allclose = async (x: Tensor, y: Tensor, options: CloseOptions = {}): Promise<boolean> => answer(closeEverywhere(x, y, options));
/**
 * As `allclose`, at once: on devices that can.
 * @example allcloseSync(tensor([1]), tensor([1.1])) // false
 */
export const allcloseSync = (x: Tensor, y: Tensor, options: CloseOptions = {}): boolean => answerSync(closeEverywhere(x, y, options));

function one(x: Tensor): Tensor {
  if (x.window.size === 0) throw new ArgumentError("Boolean value of Tensor with no values is ambiguous");
  if (x.window.size > 1) throw new ArgumentError("Boolean value of Tensor with more than one value is ambiguous");
  return x;
}
/**
 * Whether the only element of a tensor is not zero.
 * @example await isNonzero(tensor([3])) // true
 */
export const isNonzero = async (x: Tensor): Promise<boolean> => (await item(one(x))) !== 0;
/**
 * As `isNonzero`, at once: on devices that can.
 * @example isNonzeroSync(tensor([0])) // false
 */
export const isNonzeroSync = (x: Tensor): boolean => itemSync(one(x)) !== 0;
