/** @file What functions of matrices ask of their arguments, in PyTorch's words, and the batch dims that two of them share. */
import { isFloat, isStoredOnly, scalarTypeName } from "../dtype.ts";
import { DTypeError, LinAlgError, ShapeError } from "../errors.ts";
import type { Tensor } from "../op.ts";
import { broadcastShapes, type Shape, showShape, sizeOf } from "../shape.ts";
import { expand } from "../views/views.ts";

export function requireFloat(name: string, x: Tensor): void {
  if (!isFloat(x.dtype)) throw new DTypeError(`${name}: Expected a floating point or complex tensor as input. Got ${scalarTypeName[x.dtype]}`);
  if (isStoredOnly(x.dtype)) throw new DTypeError(`${name}: Low precision dtypes not supported. Got ${scalarTypeName[x.dtype]}`);
}
export function requireSameDType(name: string, a: Tensor, b: Tensor, first: string = "A"): void {
  if (a.dtype !== b.dtype) throw new DTypeError(`${name}: Expected ${first} and B to have the same dtype, but found ${first} of type ${scalarTypeName[a.dtype]} and B of type ${scalarTypeName[b.dtype]} instead`);
}
export function requireMatrix(name: string, x: Tensor, argument: string = "A"): void {
  if (x.ndim < 2) throw new ShapeError(`${name}: The input tensor ${argument} must have at least 2 dimensions.`);
}
export function requireSquare(name: string, x: Tensor, argument: string = "A"): void {
  requireMatrix(name, x, argument);
  const [rows, columns] = matrixOf(x);
  if (rows !== columns) throw new ShapeError(`${name}: ${argument} must be batches of square matrices, but they are ${rows} by ${columns} matrices`);
}
/** As `requireMatrix`, in the words of the functions about LU. */
export function requireDims(name: string, x: Tensor): void {
  if (x.ndim < 2) throw new ShapeError(`${name}: Expected tensor with 2 or more dimensions. Got size: ${showShape(x.shape)} instead`);
}
/** The operands of A X = B, or X A = B. */
export function requireSystem(name: string, a: Tensor, b: Tensor, left: boolean): void {
  requireFloat(name, a);
  requireSameDType(name, a, b);
  requireSquare(name, a);
  requireMatrix(name, b, "B");
  const [n] = matrixOf(a), [rows, columns] = matrixOf(b);
  if (n !== (left ? rows : columns))
    throw new ShapeError(`${name}: Incompatible shapes of A and B for the equation ${left ? "AX = B" : "XA = B"} (${n}x${n} and ${rows}x${columns})`);
}

export type CheckOption = {
  /** Whether a matrix that has no answer is an error, not only a number in `info`. */
  readonly checkErrors?: boolean;
};

/** Rows and columns of each matrix. */
export const matrixOf = (x: Tensor): readonly [rows: number, columns: number] => [x.shape[x.ndim - 2]!, x.shape[x.ndim - 1]!];
/** The dims before those of the matrix. */
export const batchOf = (x: Tensor): Shape => x.shape.slice(0, -2);
/** How many matrices. */
export const countOf = (x: Tensor): number => sizeOf(batchOf(x));

/** As many matrices with ones on the diagonal, on the host. */
export function identities(count: number, n: number): Float64Array {
  const out = new Float64Array(count * n * n);
  for (let i = 0; i < count; i++) for (let d = 0; d < n; d++) out[i * n * n + d * (n + 1)] = 1;
  return out;
}

/** Both with the batch dims to which theirs broadcast: views. */
export function sharingBatch(a: Tensor, b: Tensor): readonly [Tensor, Tensor] {
  const batch = broadcastShapes(batchOf(a), batchOf(b));
  return [expand(a, [...batch, ...a.shape.slice(-2)]), expand(b, [...batch, ...b.shape.slice(-2)])];
}

/** Refuses a matrix that an algorithm could not work with: the first of a batch is named. @param info of each matrix: 0 is well */
export function refuseFailed(name: string, infos: ArrayLike<number>, isBatch: boolean, what: (info: number) => string): void {
  for (let b = 0; b < infos.length; b++) if (infos[b] !== 0) throw new LinAlgError(`${name}${isBatch ? `: (Batch element ${b})` : ""}: ${what(infos[b]!)}`);
}
/** What `refuseFailed` says of an iteration for eigenvalues. */
export const notConverged = (info: number): string =>
  `The algorithm failed to converge because the input matrix is ill-conditioned or has too many repeated eigenvalues (error code: ${info}).`;
