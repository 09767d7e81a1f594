/** @file Triangular systems of equations: `linalg.solve_triangular` and the older `triangular_solve`. */
import { onHost } from "../calculus/host.ts";
import { clone } from "../calculus/map-reduce.ts";
import { scalarTypeName } from "../dtype.ts";
import { neg } from "../elementwise/arithmetic.ts";
import { sub } from "../elementwise/scaled.ts";
import { ArgumentError, DTypeError, ShapeError } from "../errors.ts";
import { composite, dispatch, type Op, savedTensors, type Tensor } from "../op.ts";
import { matmul } from "../primitives/matmul.ts";
import { tril, triu } from "../views/diagonal.ts";
import { expand, transpose } from "../views/views.ts";
import { solveTriangularLeft, solveTriangularRight, type Triangle } from "./algorithms/triangular.ts";
import { batchOf, countOf, matrixOf, requireSystem, sharingBatch } from "./checks.ts";

type TriangularAttrs = Triangle & { readonly left: boolean };

/** The part of a matrix that is read: what the gradient is of. */
const triangleOf = (x: Tensor, { upper, unitriangular }: Triangle): Tensor =>
  upper ? triu(x, { diagonal: unitriangular ? 1 : 0 }) : tril(x, { diagonal: unitriangular ? -1 : 0 });

/** The transpose of each matrix: a view. */
export const mT = (x: Tensor): Tensor => transpose(x, -2, -1);

/** A X = B or X A = B, the batch dims equal. */
const solveTriangularOp: Op<TriangularAttrs> = {
  name: "linalg.solveTriangular",
  gradName: () => "LinalgSolveTriangularBackward0",
  run: (device, [a, b], attrs) => onHost("linalg.solve_triangular", device, [a!, b!], ([matrices, x]) => {
    const count = countOf(a!), [n] = matrixOf(a!), [rows, columns] = matrixOf(b!), size = rows * columns;
    for (let i = 0; i < count; i++) {
      const at = (i * n * n) % Math.max(1, matrices!.length), matrix = matrices!.subarray(at, at + n * n), solution = x!.subarray(i * size, (i + 1) * size);
      if (attrs.left) solveTriangularLeft(matrix, n, solution, columns, attrs);
      else solveTriangularRight(matrix, n, solution, rows, attrs);
    }
    return [{ dtype: a!.dtype, shape: b!.shape, values: x! }];
  }, [0])[0]!,
  saves: (_, needs) => ({ savedInputs: [0], savedResults: needs & 1 ? [0] : [] }),
  vjp([grad], node) {
    const { attrs } = node, [a, x] = savedTensors(node) as [Tensor, Tensor?];
    const gradB = dispatch(solveTriangularOp, [mT(a), grad!], { ...attrs, upper: !attrs.upper });
    return [x && triangleOf(neg(attrs.left ? matmul(gradB, mT(x)) : matmul(mT(x), gradB)), attrs), gradB];
  },
  // A dX = dB - dA X
  jvp([da, db], [a], [x], attrs) {
    const part = da && triangleOf(da, attrs), product = part && (attrs.left ? matmul(part, x!) : matmul(x!, part));
    return [dispatch(solveTriangularOp, [a!, product === undefined ? db! : db === undefined ? neg(product) : sub(db, product)], attrs)];
  },
  batched: (attrs) => attrs,
};

/** The solution where shapes and dtypes are known to fit. */
export const solveTriangle = (a: Tensor, b: Tensor, upper: boolean, left: boolean = true, unitriangular: boolean = false): Tensor =>
  dispatch(solveTriangularOp, [a, b], { upper, left, unitriangular });

export type SolveTriangularOptions = {
  /** Whether A is upper triangular: the other triangle is not read. */
  readonly upper: boolean;
  /** Whether A X = B is solved (the default), or X A = B. */
  readonly left?: boolean;
  /** Whether the diagonal of A is ones, whatever is stored there. */
  readonly unitriangular?: boolean;
};
/**
 * The solution X of A X = B, A triangular. A zero on the diagonal gives infinities, not an error. PyTorch's `torch.linalg.solve_triangular`.
 * @param A [..., n, n], of which one triangle is read; float32 or float64
 * @param B [..., n, k], of A's dtype
 * @returns [..., n, k], the batch dims broadcast, of their dtype
 * @throws ShapeError where sizes do not fit
 * @throws DTypeError for anything but float32 and float64, and where dtypes differ
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @throws ArgumentError if `upper` is missing
 * @example linalg.solveTriangular(tensor([[2, 0], [1, 1]]), tensor([[2], [3]]), { upper: false }) // [[1], [2]]
 */
export const solveTriangular: (A: Tensor, B: Tensor, options: SolveTriangularOptions) => Tensor = /*@__PURE__*/ composite(undefined, (A: Tensor, B: Tensor, options: SolveTriangularOptions): Tensor => {
  if (typeof options?.upper !== "boolean") throw new ArgumentError("linalg.solve_triangular(): missing required option: upper");
  const { upper, left = true, unitriangular = false } = options;
  requireSystem("linalg.solve_triangular", A, B, left);
  const [a, b] = sharingBatch(A, B);
  return solveTriangle(a, b, upper, left, unitriangular);
});

export type TriangularSolveOptions = {
  /** Whether A is upper triangular (the default). */
  readonly upper?: boolean;
  /** Whether the transpose of A stands for A. */
  readonly transpose?: boolean;
  /** Take the diagonal of A to be ones. */
  readonly unitriangular?: boolean;
};
export type TriangularSolution = { readonly solution: Tensor; readonly clonedCoefficient: Tensor };
/**
 * The solution X of A X = B, A triangular, and a copy of A: PyTorch's older `torch.triangular_solve`.
 * @param B [..., n, k]; float32 or float64
 * @param A [..., n, n], of which one triangle is read, of B's dtype
 * @returns `{ solution, clonedCoefficient }`: [..., n, k] and [..., n, n], the batch dims broadcast, of their dtype
 * @throws ShapeError where sizes do not fit
 * @throws DTypeError for anything but float32 and float64, and where dtypes differ
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @example triangularSolve(tensor([[2], [4]]), tensor([[2, 0], [0, 4]])) // { solution: [[1], [1]], clonedCoefficient: [[2, 0], [0, 4]] }
 */
export const triangularSolve: (B: Tensor, A: Tensor, options?: TriangularSolveOptions) => TriangularSolution = /*@__PURE__*/ composite(undefined, (B: Tensor, A: Tensor, options: TriangularSolveOptions = {}): TriangularSolution => {
  const { upper = true, transpose: transposed = false, unitriangular = false } = options;
  if (B.ndim < 2) throw new ShapeError(`torch.triangular_solve: Expected b to have at least 2 dimensions, but it has ${B.ndim} dimensions instead`);
  if (A.ndim < 2) throw new ShapeError(`torch.triangular_solve: Expected A to have at least 2 dimensions, but it has ${A.ndim} dimensions instead`);
  if (A.dtype !== B.dtype) throw new DTypeError(`Expected b and A to have the same dtype, but found b of type ${scalarTypeName[B.dtype]} and A of type ${scalarTypeName[A.dtype]} instead.`);
  requireSystem("triangular_solve", A, B, true);
  const [a, b] = sharingBatch(A, B);
  const solution = transposed ? solveTriangle(mT(a), b, !upper, true, unitriangular) : solveTriangle(a, b, upper, true, unitriangular);
  const clonedCoefficient = clone(expand(A, [...batchOf(a), ...A.shape.slice(-2)]));
  for (const out of [solution, clonedCoefficient]) if (out.gradFn !== null) out.gradFn.label = "TriangularSolveBackward0";
  return { solution, clonedCoefficient };
});
