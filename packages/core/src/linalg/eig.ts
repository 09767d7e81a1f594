/** @file Eigenvalues and eigenvectors of square matrices, which are complex: `linalg.eig`, `linalg.eigvals`. Inside, complex tensors are pairs: real tensors whose last dim holds both parts. */
import { detach } from "../api/reading.ts";
import { onHost } from "../calculus/host.ts";
import { ComplexTensor } from "../complex/complex-tensor.ts";
import { withZeros } from "../complex/operands.ts";
import { conjPair, divPairs, matmulPairs, onParts } from "../complex/pairs.ts";
import { eye } from "../creation/fill.ts";
import { add, mul, neg } from "../elementwise/arithmetic.ts";
import { sub } from "../elementwise/scaled.ts";
import { ArgumentError, AutogradError } from "../errors.ts";
import { type Device, dispatch, dispatchAll, type MultiOp, type Op, savedTensors, savesNothing, type Tensor } from "../op.ts";
import { cat, stack } from "../views/cat.ts";
import { diagEmbed, diagonal } from "../views/diagonal.ts";
import { narrow, select, transpose, unsqueeze } from "../views/views.ts";
import { eigenvalues, eigenvectors } from "./algorithms/general-eigen.ts";
import { notConverged, batchOf, countOf, matrixOf, refuseFailed, requireFloat, requireSquare } from "./checks.ts";
import { solve } from "./solve.ts";

type EigAttrs = { readonly name: string };

function run(device: Device, x: Tensor, { name }: EigAttrs, wantsVectors: boolean): Tensor[] {
  return onHost(name, device, [x], ([elements]) => {
    if (!elements!.every(Number.isFinite)) throw new ArgumentError(`torch.${name}: input tensor should not contain infs or NaNs.`);
    const count = countOf(x), [n] = matrixOf(x), values = new Float64Array(2 * count * n), vectors = new Float64Array(wantsVectors ? 2 * count * n * n : 0), failed = new Uint8Array(count);
    for (let b = 0; b < count; b++) {
      const a = elements!.subarray(b * n * n, (b + 1) * n * n), into = values.subarray(2 * b * n, 2 * (b + 1) * n);
      const converged = wantsVectors ? eigenvectors(a, n, into, vectors.subarray(2 * b * n * n, 2 * (b + 1) * n * n)) : eigenvalues(a, n, into);
      failed[b] = converged ? 0 : 1;
    }
    refuseFailed(name, failed, x.ndim > 2, notConverged);
    const result = { dtype: x.dtype, shape: [...batchOf(x), n, 2], values };
    return wantsVectors ? [result, { dtype: x.dtype, shape: [...x.shape, 2], values: vectors }] : [result];
  });
}

const real = (pair: Tensor): Tensor => select(pair, -1, 0);
const conjT = (pair: Tensor): Tensor => conjPair(transpose(pair, -3, -2));
const identity = (L: Tensor): Tensor => eye(L.shape[L.ndim - 2]!, undefined, { dtype: L.dtype, device: L.device });
/** The diagonals of matrices of pairs: pairs. */
const diagonalOf = (pair: Tensor): Tensor => transpose(diagonal(pair, { dim1: -3, dim2: -2 }), -2, -1);
/** L_j - L_i, and 1 on the diagonal. */
const gaps = (L: Tensor): Tensor => add(sub(unsqueeze(L, -3), unsqueeze(L, -2)), withZeros(identity(L)));
const offDiagonal = (pair: Tensor, L: Tensor): Tensor => mul(pair, unsqueeze(sub(1, identity(L)), -1));
/** The columns of a matrix of pairs, each times a real number. */
const scaleColumns = (pair: Tensor, by: Tensor): Tensor => mul(pair, unsqueeze(unsqueeze(by, -2), -1));

/** A X = B of complex matrices, as a real system of twice the size. */
function solvePairs(A: Tensor, B: Tensor): Tensor {
  const [a, b, c, d] = [real(A), select(A, -1, 1), real(B), select(B, -1, 1)], n = a.shape[a.ndim - 1]!;
  const X = solve(cat([cat([a, neg(b)], -1), cat([b, a], -1)], -2), cat([c, d], -2));
  return stack([narrow(X, -2, 0, n), narrow(X, -2, n, n)], -1);
}

/** Refuses a gradient that depends on the phases of eigenvectors, which are anybody's choice. It is an op so that it sees what `vmap` batches. */
const phaseOp: Op<{}> = {
  name: "linalg.eig",
  gradName: () => "NotDifferentiable",
  run: (device, [x]) => onHost("linalg.eig", device, [x!], ([imaginary]) => {
    if (imaginary!.some((part) => Math.abs(part) > 1e-2))
      throw new AutogradError("linalg_eig_backward: The eigenvectors in the complex case are specified up to multiplication by e^{i phi}. The specified loss function depends on this quantity, so it is ill-defined.");
    return [{ dtype: x!.dtype, shape: x!.shape, values: imaginary! }];
  })[0]!,
  saves: () => savesNothing,
  vjp: () => [],
  jvp: () => [undefined],
  batched: (attrs) => attrs,
};

/** V^-H diag(gL) V^H. */
const ofValues = (V: Tensor, gradL: Tensor): Tensor => real(solvePairs(conjT(V), matmulPairs(onParts(gradL, (part) => diagEmbed(part)), conjT(V))));

const eigOp: MultiOp<EigAttrs> = {
  name: "linalg.eig",
  gradName: () => "LinalgEigBackward0",
  run: (device, [x], attrs) => run(device, x!, attrs, true),
  saves: () => ({ savedInputs: [], savedResults: [0, 1] }),
  // V^-H [(V^H gV - V^H V Re diag(V^H gV)) / conj(L_j - L_i) + diag(gL)] V^H: of a real matrix, its real part. Boeddeker et al., "On the computation of complex-valued gradients", 2017.
  vjp([gradL, gradV], node) {
    const [L, V] = savedTensors(node) as [Tensor, Tensor];
    if (gradV === undefined) return [ofValues(V, gradL!)];
    const Vh = conjT(V), turned = matmulPairs(Vh, gradV), onDiagonal = diagonalOf(turned);
    dispatch(phaseOp, [detach(select(onDiagonal, -1, 1))], {});
    const kept = sub(turned, matmulPairs(Vh, scaleColumns(V, real(onDiagonal))));
    const inner = offDiagonal(divPairs(kept, gaps(conjPair(L))), L);
    return [real(solvePairs(Vh, matmulPairs(gradL === undefined ? inner : add(inner, onParts(gradL, (part) => diagEmbed(part))), Vh)))];
  },
  jvp([tangent], _, [L, V]) {
    const P = solvePairs(V!, matmulPairs(withZeros(tangent!), V!)), moved = matmulPairs(V!, offDiagonal(divPairs(P, gaps(L!)), L!));
    return [diagonalOf(P), sub(moved, scaleColumns(V!, real(diagonalOf(matmulPairs(conjT(V!), moved)))))];
  },
  batched: (attrs) => attrs,
};
/** The eigenvalues alone. Its derivative makes the vectors. */
const eigvalsOp: Op<EigAttrs> = {
  name: "linalg.eigvals",
  gradName: () => "LinalgEigBackward0",
  run: (device, [x], attrs) => run(device, x!, attrs, false)[0]!,
  saves: () => ({ savedInputs: [0], savedResults: [] }),
  vjp([grad], node) {
    const [x] = savedTensors(node) as [Tensor], [, V] = dispatchAll(eigOp, [x], node.attrs) as [Tensor, Tensor];
    return [ofValues(V, grad!)];
  },
  jvp([tangent], [x], _, attrs) {
    const [, V] = dispatchAll(eigOp, [x!], attrs) as [Tensor, Tensor];
    return [diagonalOf(solvePairs(V, matmulPairs(withZeros(tangent!), V)))];
  },
  batched: (attrs) => attrs,
};

function requireEig(name: string, A: Tensor): EigAttrs {
  requireSquare(name, A);
  requireFloat(name, A);
  return { name };
}

/** `eigenvectors` are one a column, in the order of `eigenvalues`. */
export type Eigen = { readonly eigenvalues: ComplexTensor; readonly eigenvectors: ComplexTensor };
/**
 * Eigenvalues and eigenvectors: A V = V diag(L). Eigenvalues are in no particular order, pairs of conjugates side by side; eigenvectors have length 1, and their largest element
 * is real.
 * They are unique up to their phases, so a function that depends on these has no gradient. For symmetric matrices there is `linalg.eigh`. PyTorch's `torch.linalg.eig`.
 * @param A [..., n, n]; float32 or float64
 * @returns `{ eigenvalues, eigenvectors }`: [..., n] and [..., n, n], complex64 of float32 and complex128 of float64
 * @throws ArgumentError for infinities and NaN
 * @throws LinAlgError where the algorithm does not converge
 * @throws AutogradError in backward, for a loss that depends on phases
 * @throws ShapeError for other than square matrices
 * @throws DTypeError for anything but float32 and float64
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @example linalg.eig(tensor([[2, 0], [0, 1]])).eigenvalues.real() // [2, 1]
 */
export function eig(A: Tensor): Eigen {
  const [L, V] = dispatchAll(eigOp, [A], requireEig("linalg.eig", A)) as [Tensor, Tensor];
  return { eigenvalues: new ComplexTensor(L), eigenvectors: new ComplexTensor(V) };
}
/**
 * The eigenvalues of square matrices, in no particular order. PyTorch's `torch.linalg.eigvals`.
 * @param A [..., n, n]; float32 or float64
 * @returns [..., n], complex64 of float32 and complex128 of float64
 * @throws ArgumentError for infinities and NaN
 * @throws LinAlgError where the algorithm does not converge
 * @throws ShapeError for other than square matrices
 * @throws DTypeError for anything but float32 and float64
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @example linalg.eigvals(tensor([[2, 0], [0, 1]])).real() // [2, 1]
 */
export const eigvals = (A: Tensor): ComplexTensor => new ComplexTensor(dispatch(eigvalsOp, [A], requireEig("linalg.eigvals", A)));
