/** @file Operands of complex arithmetic, as pairs of one dtype. */
import type { Backend } from "../backend.ts";
import { fromHost, zerosLike } from "../creation/fill.ts";
import { encodeHost } from "../dtype.ts";
import { to } from "../elementwise/elementwise.ts";
import { ArgumentError } from "../errors.ts";
import { composite, isTensor, type Tensor } from "../op.ts";
import { stack } from "../views/cat.ts";
import { unsqueeze } from "../views/views.ts";
import type { ComplexOperand, ComplexTensor } from "./complex-tensor.ts";
import { commonDType, type ComplexDType, isComplex, isComplexNumber, partsOf, type Promoted } from "./kind.ts";

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

const promoted = (x: ComplexOperand): Promoted => (isComplexNumber(x) ? "complex" : typeof x === "object" ? x : "number");
/** Operands of which one at least is complex, in the dtype they have together. Their shapes broadcast as those of the numbers do, since each ends in the pair. */
function pairsOf(operands: readonly ComplexOperand[]): Tensor[] {
  const dtype = commonDType(operands.map(promoted)), { device } = operands.find(isComplex)!;
  return operands.map((x) => pairOf(x, dtype, device));
}

/** An op on the pairs of its operands; what is made on the way dies. */
export const onPairs: (op: (...pairs: Tensor[]) => Tensor, ...operands: readonly ComplexOperand[]) => Tensor =
  /*@__PURE__*/ composite(undefined, (op: (...pairs: Tensor[]) => Tensor, ...operands: readonly ComplexOperand[]): Tensor => op(...pairsOf(operands)));

/** An op by which what is real scales both parts, and the same op of pairs for what is complex. */
export const scaling: (scale: (x: Tensor, y: Tensor | number) => Tensor, op: (x: Tensor, y: Tensor) => Tensor, x: ComplexTensor, y: ComplexOperand) => Tensor =
  /*@__PURE__*/ composite(undefined, (scale: (x: Tensor, y: Tensor | number) => Tensor, op: (x: Tensor, y: Tensor) => Tensor, x: ComplexTensor, y: ComplexOperand): Tensor => {
    if (typeof y === "number") return scale(x.pair, y);
    if (!isTensor(y)) return op(...(pairsOf([x, y]) as [Tensor, Tensor]));
    const parts = partsOf(commonDType([x, y]));
    return scale(to(x.pair, parts), unsqueeze(to(y, parts), -1));
  });
