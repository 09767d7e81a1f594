/** @file Operands of complex arithmetic, as pairs of one dtype. */
import type { Backend } from "../backend.ts";
import { fromHost, zerosLike } from "../creation/fill.ts";
import { encodeHost } from "../dtype.ts";
import { to } from "../elementwise/elementwise.ts";
import { ArgumentError } from "../errors.ts";
import { composite, isTensor, type Tensor } from "../op.ts";
import { stack } from "../views/cat.ts";
import type { ComplexOperand, ComplexTensor } from "./complex-tensor.ts";
import { commonDType, type ComplexDType, isComplex, isComplexNumber, partsOf } from "./kind.ts";

/** A real tensor with an imaginary part of zeros. */
export const withZeros: (x: Tensor) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor): Tensor => stack([x, zerosLike(x)], -1));

function pairOf(x: ComplexOperand, dtype: ComplexDType, device: Backend): Tensor {
  const parts = partsOf(dtype);
  if (isComplex(x)) return to(x.pair, parts);
  if (isTensor(x)) return withZeros(to(x, parts));
  if (typeof x !== "number" && !isComplexNumber(x)) throw new ArgumentError(`a complex operand is a tensor, a number, or { re, im }, got ${String(x)}`);
  const [re, im] = typeof x === "number" ? [x, 0] : [x.re, x.im];
  return fromHost(encodeHost(parts, [re, im]), [2], parts, { device });
}

/** Both operands. Their shapes broadcast as those of the numbers do, since each ends in the pair. */
export function pairsOf(x: ComplexTensor, y: ComplexOperand): readonly [Tensor, Tensor] {
  const dtype = commonDType([x, isComplexNumber(y) ? "complex" : typeof y === "object" ? y : "number"]);
  return [pairOf(x, dtype, x.device), pairOf(y, dtype, x.device)];
}
