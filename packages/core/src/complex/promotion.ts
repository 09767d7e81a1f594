/** @file PyTorch's questions about dtypes, where complex ones may take part. */
import type { DType } from "../dtype.ts";
import { canCast as canCastReal, resultType as resultOfReal, type Operand } from "../elementwise/elementwise.ts";
import type { ComplexOperand } from "./complex-tensor.ts";
import { type AnyDType, commonDType, isComplex, isComplexDType, isComplexNumber } from "./kind.ts";

/**
 * PyTorch's `can_cast`: whether values may be stored in place, which is not so from a wider kind (bool, int, float, complex) to a narrower.
 * @param from the dtype of the values
 * @param to the dtype of the target
 * @returns true or false
 * @throws DTypeError for the name of no dtype
 * @example canCast("float32", "int32") // false
 */
export const canCast = (from: AnyDType, to: AnyDType): boolean => isComplexDType(to) || (!isComplexDType(from) && canCastReal(from, to));

/**
 * PyTorch's `result_type`: tensors with dims come before 0-d tensors, and those before numbers, within one kind.
 * @param operands tensors and numbers
 * @returns the dtype of their sum
 * @throws NotSupportedError for float16 beside complex numbers
 * @example resultType([ones([2], { dtype: "uint8" }), 1.5]) // "float32"
 */
export function resultType(operands: readonly Operand[]): DType;
export function resultType(operands: readonly (Operand | ComplexOperand)[]): AnyDType;
export function resultType(operands: readonly (Operand | ComplexOperand)[]): AnyDType {
  const real = operands.filter((x): x is Operand => !isComplex(x) && !isComplexNumber(x));
  if (real.length === operands.length) return resultOfReal(real);
  return commonDType(operands.map((x) => (isComplexNumber(x) ? "complex" : typeof x === "object" ? x : "number")));
}
