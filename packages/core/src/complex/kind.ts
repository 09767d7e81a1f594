/** @file What is complex, and PyTorch's promotion of such dtypes. No table of core or of a backend knows them: they are ComplexTensor's alone. */
import { type DType, dtypes, isFloat, promoteTypes as promoteReal } from "../dtype.ts";
import { ArgumentError, NotSupportedError } from "../errors.ts";
import type { ComplexTensor } from "./complex-tensor.ts";

/** The dtypes of a ComplexTensor: pairs of float32, and of float64. */
export type ComplexDType = "complex64" | "complex128";
export type AnyDType = DType | ComplexDType;
/** A complex number. */
export type ComplexNumber = { readonly re: number; readonly im: number };

export const COMPLEX: symbol = /*@__PURE__*/ Symbol.for("adjoint.complex");

/**
 * Whether it is a ComplexTensor.
 * @param x anything
 * @returns true or false, at once
 * @throws ArgumentError if it is one of another copy of this package
 * @example isComplex(ones([1])) // false
 */
export function isComplex(x: unknown): x is ComplexTensor {
  if (typeof x !== "object" || x === null) return false;
  const mark: unknown = Reflect.get(x, COMPLEX);
  if (mark === undefined || mark === isComplex) return mark !== undefined;
  throw new ArgumentError("a complex tensor of another copy of @adjoint/core: install one version only");
}
export const isComplexNumber = (x: unknown): x is ComplexNumber => typeof x === "object" && x !== null && "re" in x && "im" in x;

export const isComplexDType = (dtype: AnyDType): dtype is ComplexDType => dtype === "complex64" || dtype === "complex128";
/** Of which dtype the parts are. */
export const partsOf = (dtype: AnyDType): DType => (isComplexDType(dtype) ? (dtype === "complex128" ? "float64" : "float32") : dtype);
/** The complex dtype that holds such numbers. bfloat16 gives complex64, and float16 too, where PyTorch does not ask for complex32. */
export const complexOf = (dtype: AnyDType): ComplexDType => (partsOf(dtype) === "float64" ? "complex128" : "complex64");

/**
 * PyTorch's `promote_types`: the smallest dtype that both can be cast to.
 * @param a one dtype
 * @param b the other
 * @returns a dtype
 * @throws NotSupportedError for float16 beside a complex dtype
 * @example promoteTypes("int32", "float32") // "float32"
 */
export function promoteTypes(a: DType, b: DType): DType;
export function promoteTypes(a: AnyDType, b: AnyDType): AnyDType;
export function promoteTypes(a: AnyDType, b: AnyDType): AnyDType {
  const common = promoteReal(partsOf(a), partsOf(b));
  return isComplexDType(a) || isComplexDType(b) ? complexOf(common) : common;
}

/** What an operand is to promotion: a tensor, or a number of that kind. */
export type Promoted = { readonly dtype: AnyDType; readonly ndim: number } | "number" | "complex";
/** The dtype of a computation on tensors and numbers of which one at least is complex: tensors with dims come first, then 0-d tensors, then numbers. */
export function commonDType(operands: readonly Promoted[]): ComplexDType {
  const tensors = operands.filter((x) => typeof x === "object");
  const of = (group: readonly { readonly dtype: AnyDType }[]): AnyDType | undefined => group.reduce<AnyDType | undefined>((dtype, x) => (dtype === undefined ? x.dtype : promoteTypes(dtype, x.dtype)), undefined);
  const found = combine(of(tensors.filter((x) => x.ndim > 0)), of(tensors.filter((x) => x.ndim === 0)));
  return complexOf(combine(found, operands.includes("complex") ? "complex64" : undefined) ?? "float32");
}
/** What comes first keeps its width, and takes the kind of what comes after it. */
function combine(first: AnyDType | undefined, after: AnyDType | undefined): AnyDType | undefined {
  if (first === undefined || after === undefined) return first ?? after;
  if (isComplexDType(first)) return first;
  if (first === "float16" && isComplexDType(after)) throw new NotSupportedError("float16 beside a complex number gives complex32, which is not there: cast to float32");
  if (isFloat(first)) return isComplexDType(after) ? complexOf(first) : first;
  return dtypes[first].kind === "bool" || isComplexDType(after) || isFloat(after) ? promoteTypes(first, after) : first;
}

/** PyTorch's C++ name of the dtype, as its messages have it. */
export const scalarName = (z: { readonly dtype: ComplexDType }): string => (z.dtype === "complex128" ? "ComplexDouble" : "ComplexFloat");
/** What an op of real tensors says when it meets a complex one. */
export function refused(z: { readonly dtype: ComplexDType }): never {
  throw new NotSupportedError(`not implemented for '${scalarName(z)}': this function takes real tensors; use a method of ComplexTensor, or the parts by real(), imag() and pair`);
}
