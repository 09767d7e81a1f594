/** @file What elementwise ops refuse, in PyTorch's words. */
import { refusing } from "../calculus/refusing.ts";
import type { Complaint } from "../complaint.ts";
import { type DType, dtypes, isFloat, scalarTypeName } from "../dtype.ts";
import { ArgumentError, DTypeError } from "../errors.ts";
import type { Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import { type Elementwise, type Operand, resultType } from "./elementwise.ts";

/** `subtract` of two bools, in either order. */
export const noBoolSub = "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead.";

/** The same where one of them is no bool. */
export const noOneBoolSub = "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.";
/** What C++ itself calls the dtypes. */
export const cppName: { readonly [D in DType]: string } = {
  float32: "float", float64: "double", float16: "c10::Half", bfloat16: "c10::BFloat16", int32: "int", int16: "short int", int8: "signed char", uint8: "unsigned char", bool: "bool",
};
/** An op that PyTorch has no kernel of but for floats. */
export function floatsOnly(kernel: string, { dtype }: Tensor): void {
  if (!isFloat(dtype)) throw new DTypeError(`"${kernel}" not implemented for '${scalarTypeName[dtype]}'`);
}
/** The same of one whose steps make a float that no integer holds. */
export function floatsInto({ dtype }: Tensor): void {
  if (!isFloat(dtype)) throw new DTypeError(`result type Float can't be cast to the desired output type ${scalarTypeName[dtype]}`);
}
export const notForBool = (kernel: string): string => `"${kernel}" not implemented for 'Bool'`;

const byZero: Complaint = { error: "argument", text: "ZeroDivisionError" };
const refuseZeros = /*@__PURE__*/ refusing((x) => s.eq(x, 0), byZero);
function refuseZeroDivisor(operands: readonly Operand[]): void {
  const y = operands[1]!;
  if (typeof y !== "object" ? Number(y) !== 0 : isFloat(y.dtype)) return;
  if (isFloat(resultType(operands))) return;
  if (typeof y !== "object") throw new ArgumentError(byZero.text);
  refuseZeros(y);
}
/** An op that looks at its operands before it runs, wherever its result goes. */
const checking = <A extends readonly Operand[]>(op: Elementwise<A>, check: (operands: readonly Operand[]) => void): Elementwise<A> => Object.assign((...operands: A): Tensor => {
  check(operands);
  return op(...operands);
}, {
  into(target: Tensor, ...others: readonly Operand[]): Tensor {
    check([target, ...others]);
    return op.into(target, ...others);
  },
  out(target: Tensor, ...operands: A): Tensor {
    check(operands);
    return op.out(target, ...operands);
  },
});
/** An op whose second operand divides: beside integers it is not 0. */
export const dividing = <A extends readonly Operand[]>(op: Elementwise<A>): Elementwise<A> => checking(op, refuseZeroDivisor);

function refuseNegativePower([x, y]: readonly Operand[]): void {
  if (typeof x === "object" && !isFloat(x.dtype) && typeof y === "number" && y < 0 && Number.isInteger(y)) throw new ArgumentError("Integers to negative integer powers are not allowed.");
}
/** An op whose second operand is a power: a negative whole number is none of integers. */
export const raising = <A extends readonly Operand[]>(op: Elementwise<A>): Elementwise<A> => checking(op, refuseNegativePower);

/** A factor of integers is an integer. */
export function checkFactor(name: string, factor: number, operands: readonly Operand[]): void {
  if (!Number.isInteger(Number(factor)) && dtypes[resultType(operands)].kind !== "float")
    throw new ArgumentError(`For integral input tensors, argument ${name} must not be a floating point number.`);
}

/** A number that takes no part in promotion: of integers, what is left of it as an integer. */
export const numberIn = (operands: readonly Operand[], value: number): number => (dtypes[resultType(operands)].kind === "float" ? value : Math.trunc(value) || 0);
