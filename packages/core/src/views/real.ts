/** @file PyTorch's functions of complex numbers that a real tensor answers with itself. A complex one knows its own answer. */
import type { ComplexTensor } from "../complex/complex-tensor.ts";
import { isTensor, type Tensor } from "../op.ts";

/**
 * The real part: of a real tensor, the tensor itself.
 * @example real(tensor([1, 2])) // [1, 2]
 */
export function real(x: ComplexTensor | Tensor): Tensor {
  return isTensor(x) ? x : x.real();
}
/**
 * The conjugate: of a real tensor, the tensor itself.
 * @example conj(tensor([1, 2])) // [1, 2]
 */
export function conj(x: ComplexTensor): ComplexTensor;
export function conj(x: Tensor): Tensor;
export function conj(x: ComplexTensor | Tensor): ComplexTensor | Tensor {
  return isTensor(x) ? x : x.conj();
}
/** As `conj`. */
export const conjPhysical: typeof conj = conj;
/**
 * The tensor itself: a conjugate is computed at once.
 * @example resolveConj(tensor([1, 2])) // [1, 2]
 */
export function resolveConj(x: ComplexTensor): ComplexTensor;
export function resolveConj(x: Tensor): Tensor;
export function resolveConj<T extends ComplexTensor | Tensor>(x: T): T {
  return x;
}
/** The tensor itself: nothing is left to be negated. */
export const resolveNeg: typeof resolveConj = resolveConj;
