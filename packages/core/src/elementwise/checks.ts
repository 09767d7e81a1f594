/** @file What elementwise ops refuse, in PyTorch's words. */
import { type DType, dtypes } from "../dtype.ts";
import { ArgumentError } from "../errors.ts";
import { type Operand, resultType } from "./elementwise.ts";

/** `subtract` of two bools, in either order. */
export const noBoolSub = "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead.";

/** The same where one of them is no bool. */
export const noOneBoolSub = "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.";
/** What C++ itself calls the dtypes. */
export const cppName: { readonly [D in DType]: string } = {
  float32: "float", float64: "double", float16: "c10::Half", bfloat16: "c10::BFloat16", int32: "int", int16: "short int", int8: "signed char", uint8: "unsigned char", bool: "bool",
};
export const notForBool = (kernel: string): string => `"${kernel}" not implemented for 'Bool'`;

/** A factor of integers is an integer. */
export function checkFactor(name: string, factor: number, operands: readonly Operand[]): void {
  if (!Number.isInteger(Number(factor)) && dtypes[resultType(operands)].kind !== "float")
    throw new ArgumentError(`For integral input tensors, argument ${name} must not be a floating point number.`);
}

/** A number that takes no part in promotion: of integers, what is left of it as an integer. */
export const numberIn = (operands: readonly Operand[], value: number): number => (dtypes[resultType(operands)].kind === "float" ? value : Math.trunc(value) || 0);
