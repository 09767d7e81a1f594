/** @file PyTorch's functions of complex numbers that a real tensor answers with itself. A complex one knows its own answer. */
import type { ComplexTensor } from "../complex/complex-tensor.ts";
import { isTensor, type Tensor } from "../op.ts";

/**
 * The real part.
 * @param x a complex tensor, or a real one of any dtype
 * @returns a view of the same shape, float32 of complex64 and float64 of complex128; a real tensor itself
 * @example real(tensor([1, 2])) // [1, 2]
 */
export function real(x: ComplexTensor | Tensor): Tensor {
  return isTensor(x) ? x : x.real();
}
/**
 * The conjugate: re - i im.
 * @param x a complex tensor, or a real one of any dtype
 * @returns the same shape and dtype; a real tensor itself
 * @example conj(tensor([1, 2])) // [1, 2]
 */
export function conj(x: ComplexTensor): ComplexTensor;
export function conj(x: Tensor): Tensor;
export function conj(x: ComplexTensor | Tensor): ComplexTensor | Tensor {
  return isTensor(x) ? x : x.conj();
}
/** `conj` under its other name in PyTorch. */
export const conjPhysical: typeof conj = conj;
/**
 * The tensor itself: a conjugate is computed at once.
 * @param x a complex tensor, or a real one of any dtype
 * @returns x itself, of its shape and dtype
 * @example resolveConj(tensor([1, 2])) // [1, 2]
 */
export function resolveConj(x: ComplexTensor): ComplexTensor;
export function resolveConj(x: Tensor): Tensor;
export function resolveConj<T extends ComplexTensor | Tensor>(x: T): T {
  return x;
}
/** `resolveConj` under another name: nothing is left to be negated either. */
export const resolveNeg: typeof resolveConj = resolveConj;
