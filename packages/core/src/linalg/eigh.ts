/** @file Eigenvalues and eigenvectors of symmetric matrices: `linalg.eigh`, `linalg.eigvalsh`, and the older `symeig`. */
import { onHost } from "../calculus/host.ts";
import { eye, zeros } from "../creation/fill.ts";
import { add, div, mul } from "../elementwise/arithmetic.ts";
import { sub } from "../elementwise/scaled.ts";
import { ArgumentError, AutogradError } from "../errors.ts";
import { dispatch, dispatchAll, type Device, type MultiOp, type Op, savedTensors, type Tensor } from "../op.ts";
import { matmul } from "../primitives/matmul.ts";
import { diagEmbed, diagonal } from "../views/diagonal.ts";
import { unsqueeze } from "../views/views.ts";
import { eigenSymmetric } from "./algorithms/symmetric-eigen.ts";
import { transposed } from "./algorithms/rows.ts";
import { notConverged, batchOf, countOf, matrixOf, refuseFailed, requireFloat, requireSquare } from "./checks.ts";
import { mT } from "./triangular.ts";

/** Which triangle of a matrix is read. */
export type Uplo = "L" | "U";
type EighAttrs = { readonly upper: boolean; readonly name: string; /** What PyTorch's refusals call it. */ readonly said: string; readonly gradName: string; readonly vectors: boolean };

function run(device: Device, x: Tensor, { upper, name, said }: EighAttrs, wantsVectors: boolean): Tensor[] {
  return onHost(name, device, [x], ([elements]) => {
    const count = countOf(x), [n] = matrixOf(x), values = new Float64Array(count * n), rows = wantsVectors ? new Float64Array(n * n) : undefined;
    const vectors = new Float64Array(wantsVectors ? count * n * n : 0), failed = new Uint8Array(count);
    for (let b = 0; b < count; b++) {
      const given = elements!.subarray(b * n * n, (b + 1) * n * n), a = upper ? transposed(given, n, n) : given;
      failed[b] = eigenSymmetric(a, n, values.subarray(b * n, (b + 1) * n), rows) ? 0 : 1;
      if (rows !== undefined) vectors.set(transposed(rows, n, n), b * n * n);
    }
    refuseFailed(said, failed, x.ndim > 2, notConverged);
    const result = { dtype: x.dtype, shape: [...batchOf(x), n], values };
    return wantsVectors ? [result, { dtype: x.dtype, shape: x.shape, values: vectors }] : [result];
  });
}

/** L_j - L_i, and 1 on the diagonal. */
const gaps = (L: Tensor): Tensor => add(sub(unsqueeze(L, -2), unsqueeze(L, -1)), identity(L));
const identity = (L: Tensor): Tensor => eye(L.shape[L.ndim - 1]!, undefined, { dtype: L.dtype, device: L.device });
const skew = (x: Tensor): Tensor => sub(x, mT(x));
const scaledBy = (V: Tensor, weights: Tensor): Tensor => matmul(mul(V, unsqueeze(weights, -2)), mT(V));
const diagonalOf = (x: Tensor): Tensor => diagonal(x, { dim1: -2, dim2: -1 });

const eighOp: MultiOp<EighAttrs> = {
  name: "linalg.eigh",
  gradName: ({ gradName }) => gradName,
  run: (device, [x], attrs) => run(device, x!, attrs, true),
  saves: () => ({ savedInputs: [], savedResults: [0, 1] }),
  // V [skew(V'gV) / 2 / (L_j - L_i) + diag(gL)] V'
  vjp([gradL, gradV], node) {
    const [L, V] = savedTensors(node) as [Tensor, Tensor];
    if (!node.attrs.vectors) throw new AutogradError("linalg_eigh_backward: torch.symeig(A, eigenvectors=False) is not differentiable. Use torch.linalg.eigvalsh(A) instead.");
    if (gradV === undefined) return [scaledBy(V, gradL!)];
    const turned = div(mul(skew(matmul(mT(V), gradV)), 0.5), gaps(L));
    return [matmul(V, matmul(gradL === undefined ? turned : add(turned, diagEmbed(gradL)), mT(V)))];
  },
  jvp([tangent], _, [L, V]) {
    const inner = matmul(mT(V!), matmul(tangent!, V!)), symmetric = mul(add(inner, mT(inner)), 0.5);
    return [diagonalOf(inner), matmul(V!, div(mul(symmetric, sub(1, identity(L!))), gaps(L!)))];
  },
  batched: (attrs) => attrs,
};
/** The eigenvalues alone: a third of the work. Its derivative makes the vectors. */
const eigvalshOp: Op<EighAttrs> = {
  name: "linalg.eigvalsh",
  gradName: ({ gradName }) => gradName,
  run: (device, [x], attrs) => run(device, x!, attrs, false)[0]!,
  saves: () => ({ savedInputs: [0], savedResults: [] }),
  vjp([grad], node) {
    const [x] = savedTensors(node) as [Tensor], [, V] = dispatchAll(eighOp, [x], node.attrs) as [Tensor, Tensor];
    return [scaledBy(V, grad!)];
  },
  jvp([tangent], [x], _, attrs) {
    const [, V] = dispatchAll(eighOp, [x!], attrs) as [Tensor, Tensor];
    return [diagonalOf(matmul(mT(V), matmul(tangent!, V)))];
  },
  batched: (attrs) => attrs,
};

function attrsOf(name: string, x: Tensor, UPLO: string, said: string = "linalg.eigh", gradName: string = "LinalgEighBackward0"): EighAttrs {
  requireSquare(said, x);
  requireFloat(said, x);
  const letter = typeof UPLO === "string" ? UPLO.toUpperCase() : UPLO;
  if (letter !== "L" && letter !== "U") throw new ArgumentError(`Expected UPLO argument to be 'L' or 'U', but got ${String(UPLO)}`);
  return { upper: letter === "U", name, said, gradName, vectors: true };
}

export type EighOptions = {
  /** Which triangle is read: "L" by default. */
  readonly UPLO?: Uplo;
};
/** `eigenvalues` in ascending order, `eigenvectors` one a column. */
export type SymmetricEigen = {
  readonly eigenvalues: Tensor;
  /** Compute these too, with gradients. */
  readonly eigenvectors: Tensor;
};
/**
 * Eigenvalues and eigenvectors of symmetric matrices, of which one triangle is read: A = V diag(L) V'. Eigenvectors are unique up to their signs, and their gradient is infinite
 * where
 * eigenvalues are equal. PyTorch's `torch.linalg.eigh`.
 * @param A [..., n, n]; float32 or float64
 * @returns `{ eigenvalues, eigenvectors }`: [..., n], ascending, and [..., n, n], the vectors as columns; of A's dtype
 * @throws LinAlgError where the algorithm does not converge, as for NaN
 * @throws ArgumentError for another triangle than "L" and "U"
 * @throws ShapeError for other than square matrices
 * @throws DTypeError for anything but float32 and float64
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @example linalg.eigh(tensor([[2, 0], [0, 1]])).eigenvalues // [1, 2]
 */
export function eigh(A: Tensor, options: EighOptions = {}): SymmetricEigen {
  const [eigenvalues, eigenvectors] = dispatchAll(eighOp, [A], attrsOf("linalg.eigh", A, options.UPLO ?? "L")) as [Tensor, Tensor];
  return { eigenvalues, eigenvectors };
}
/**
 * The eigenvalues of symmetric matrices, of which one triangle is read; their gradient is that of `eigh`, where it exists. PyTorch's `torch.linalg.eigvalsh`.
 * @param A [..., n, n]; float32 or float64
 * @returns [..., n], ascending, of A's dtype
 * @throws LinAlgError where the algorithm does not converge, as for NaN
 * @throws ArgumentError for another triangle than "L" and "U"
 * @throws ShapeError for other than square matrices
 * @throws DTypeError for anything but float32 and float64
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @example linalg.eigvalsh(tensor([[2, 0], [0, 1]])) // [1, 2]
 */
export const eigvalsh = (A: Tensor, options: EighOptions = {}): Tensor => dispatch(eigvalshOp, [A], attrsOf("linalg.eigvalsh", A, options.UPLO ?? "L"));

export type SymeigOptions = {
  /** Compute these too, with gradients. */
  readonly eigenvectors?: boolean;
  /** Read the upper triangle: true by default. */
  readonly upper?: boolean;
};
/**
 * As `linalg.eigh`, of the upper triangle: PyTorch's older `torch.symeig`. Without `eigenvectors: true` these are empty, and there is no gradient.
 * @param x [..., n, n]; float32 or float64
 * @returns `{ eigenvalues, eigenvectors }`: [..., n], ascending, and [..., n, n] or [0]; of x's dtype
 * @throws ShapeError for other than square matrices
 * @throws DTypeError for anything but float32 and float64
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @example symeig(tensor([[2, 0], [0, 1]])).eigenvalues // [1, 2]
 */
export function symeig(x: Tensor, { eigenvectors: vectors = false, upper = true }: SymeigOptions = {}): SymmetricEigen {
  const attrs = { ...attrsOf("symeig", x, upper ? "U" : "L", "linalg.symeig", "SymeigBackward0"), vectors };
  const [eigenvalues, eigenvectors] = dispatchAll(eighOp, [x], attrs) as [Tensor, Tensor];
  return { eigenvalues, eigenvectors: vectors ? eigenvectors : zeros([0], { dtype: x.dtype, device: x.device }) };
}
