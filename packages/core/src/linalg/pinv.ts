/** @file The pseudo-inverse and the rank of matrices: `linalg.pinv`, `pinverse`, `linalg.matrix_rank`. */
import { detach } from "../api/reading.ts";
import { onHost } from "../calculus/host.ts";
import { amax, sum } from "../composites/reductions.ts";
import { isFloat, isStoredOnly, scalarTypeName } from "../dtype.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { zeros } from "../creation/fill.ts";
import { add, abs, gt, maximum, mul, neg } from "../elementwise/arithmetic.ts";
import { to } from "../elementwise/elementwise.ts";
import { sub } from "../elementwise/scaled.ts";
import { composite, dispatch, isTensor, type Op, savedTensors, type Tensor } from "../op.ts";
import { matmul } from "../primitives/matmul.ts";
import { broadcastShapes, type Shape, showShape } from "../shape.ts";
import { expand, unsqueeze } from "../views/views.ts";
import { transposed } from "./algorithms/rows.ts";
import { eigenSymmetric } from "./algorithms/symmetric-eigen.ts";
import { batchOf, countOf, matrixOf, requireSquare } from "./checks.ts";
import { eigvalsh } from "./eigh.ts";
import { refuseDiverged, svdOf, svdvals } from "./svd.ts";
import { tolerancesOf, type Tolerance, type ToleranceOptions } from "./tolerance.ts";
import { mT } from "./triangular.ts";

type PinvAttrs = { readonly hermitian: boolean; readonly atol: number; readonly rtol: number };

/** `into`, n by m, += the sum of right_k left_k' / value_k over the values above the cut: rows of `left` and `right` are vectors. */
function invert(into: Float64Array, left: Float64Array, right: Float64Array, values: Float64Array, cut: number, m: number, n: number): void {
  for (let k = 0; k < values.length; k++) {
    if (!(Math.abs(values[k]!) > cut)) continue;
    for (let i = 0; i < n; i++) {
      const factor = right[k * n + i]! / values[k]!;
      for (let j = 0; j < m; j++) into[i * m + j]! += factor * left[k * m + j]!;
    }
  }
}
/** Inputs: the matrices, and where tolerances are tensors these, one number a matrix. */
const pinvOp: Op<PinvAttrs> = {
  name: "linalg.pinv",
  gradName: () => "LinalgPinvBackward0",
  run: (device, inputs, { hermitian, atol, rtol }) => onHost("linalg.pinv", device, inputs, ([values, absolute, relative]) => {
    const x = inputs[0]!, count = countOf(x), [m, n] = matrixOf(x), out = new Float64Array(count * m * n), failed = new Uint8Array(count);
    for (let b = 0; b < count; b++) {
      const a = values!.slice(b * m * n, (b + 1) * m * n), into = out.subarray(b * m * n, (b + 1) * m * n);
      const cut = (largest: number): number => Math.max(absolute === undefined ? atol : absolute[b]!, (relative === undefined ? rtol : relative[b]!) * largest);
      if (hermitian) {
        const L = new Float64Array(n), V = new Float64Array(n * n);
        if (!eigenSymmetric(a, n, L, V)) { failed[b] = 1; continue; }
        invert(into, V, V, L, cut(L.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)), n, n);
      } else {
        const found = svdOf(a, m, n, false);
        if (found === undefined) { failed[b] = 1; continue; }
        invert(into, transposed(found.U, m, found.S.length), found.Vh, found.S, cut(found.S[0] ?? 0), m, n);
      }
    }
    refuseDiverged("linalg.svd", failed, x.ndim > 2, values!);
    return [{ dtype: x.dtype, shape: [...batchOf(x), n, m], values: out }];
  })[0]!,
  saves: () => ({ savedInputs: [0], savedResults: [0] }),
  vjp([grad], node) {
    const [x, out] = savedTensors(node) as [Tensor, Tensor];
    return [pinvBackward(grad!, out, x)];
  },
  jvp: ([tangent], [x], [out]) => [pinvForward(tangent!, out!, x!)],
  batched: (attrs) => attrs,
};

/**
 * The gradient of A from that of its pseudo-inverse P: -P'GP' + (I - AP) G'PP' + P'PG'(I - PA), the smaller products first. Golub and Pereyra,
 * "The differentiation of pseudo-inverses", 1973.
 */
export function pinvBackward(grad: Tensor, P: Tensor, A: Tensor): Tensor {
  const [m, n] = matrixOf(A), G = mT(grad), Pt = mT(P);
  if (m <= n) {
    const K = matmul(G, P), KPt = matmul(K, Pt);
    return add(add(neg(mT(matmul(P, K))), sub(KPt, matmul(matmul(A, P), KPt))), matmul(matmul(Pt, P), sub(G, matmul(K, A))));
  }
  const K = matmul(P, G), PtK = matmul(Pt, K);
  return add(add(neg(mT(matmul(K, P))), matmul(matmul(sub(G, matmul(A, K)), P), Pt)), sub(PtK, matmul(matmul(PtK, P), A)));
}
/** The tangent of the pseudo-inverse P from that of A: -P dA P + PP'dA'(I - AP) + (I - PA) dA'P'P. */
export function pinvForward(tangent: Tensor, P: Tensor, A: Tensor): Tensor {
  const t = mT(tangent), Pt = mT(P);
  const range = matmul(P, matmul(Pt, sub(t, matmul(matmul(t, A), P)))), kernel = matmul(matmul(sub(t, matmul(P, matmul(A, t))), Pt), P);
  return add(sub(range, matmul(P, matmul(tangent, P))), kernel);
}

export type PinvOptions = ToleranceOptions & {
  /** The older name of `rtol`. */
  readonly rcond?: Tolerance | null;
  /** Whether the matrices are symmetric: then their lower triangle is read alone. */
  readonly hermitian?: boolean;
};
/**
 * The pseudo-inverse of Moore and Penrose. Singular values up to max(atol, rtol times the largest) are zero. The gradient exists where the rank does not change nearby.
 * `linalg.pinv(A).matmul(b)` is the least squares solution of A x = b. PyTorch's `torch.linalg.pinv`.
 * @param A [..., m, n]; float32 or float64
 * @returns [..., n, m], of A's dtype
 * @throws ShapeError for fewer than 2 dims, or by `hermitian` a matrix that is not square
 * @throws LinAlgError for infinities and NaN
 * @throws DTypeError for anything but float32 and float64
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @example linalg.pinv(tensor([[2, 0], [0, 4]])) // [[0.5, 0], [0, 0.25]]
 */
export const pinv: (A: Tensor, options?: PinvOptions) => Tensor = /*@__PURE__*/ composite(undefined, (A: Tensor, { rcond, atol, rtol, hermitian = false }: PinvOptions = {}): Tensor => {
  if (A.ndim < 2 || !isFloat(A.dtype) || isStoredOnly(A.dtype))
    throw new (A.ndim < 2 ? ShapeError : DTypeError)(`linalg.pinv(${scalarTypeName[A.dtype]}{${showShape(A.shape)}}): expected a tensor with 2 or more dimensions of float, double, cfloat or cdouble types`);
  if (hermitian) requireSquare("linalg.eigh", A);
  const [absolute, relative] = tolerancesOf(A, rcond === undefined || rcond === null ? { atol: atol ?? null, rtol: rtol ?? null } : { atol: 0, rtol: rcond });
  if (!isTensor(absolute) || !isTensor(relative)) return dispatch(pinvOp, [A], { hermitian, atol: absolute as number, rtol: relative as number });
  const batch = [absolute.shape, relative.shape].reduce<Shape>(broadcastShapes, batchOf(A));
  return dispatch(pinvOp, [expand(A, [...batch, ...A.shape.slice(-2)]), expand(detach(absolute), batch), expand(detach(relative), batch)], { hermitian, atol: 0, rtol: 0 });
});
/**
 * The pseudo-inverse: PyTorch's older `torch.pinverse`.
 * @param x [..., m, n]; float32 or float64
 * @param options `rcond`: up to how much of the largest a singular value is zero, 1e-15 by default
 * @returns [..., n, m], of x's dtype
 * @throws ShapeError for fewer than 2 dims
 * @throws LinAlgError for infinities and NaN
 * @throws DTypeError for anything but float32 and float64
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @example pinverse(tensor([[2, 0], [0, 4]])) // [[0.5, 0], [0, 0.25]]
 */
export const pinverse = (x: Tensor, options: { readonly rcond?: number } = {}): Tensor => pinv(x, { rcond: options.rcond ?? 1e-15 });

export type MatrixRankOptions = ToleranceOptions & {
  /** Singular values up to this are zero: `atol`, with an `rtol` of 0. */
  readonly tol?: Tolerance | null;
  /** Whether the matrices are symmetric: then their lower triangle is read alone. */
  readonly hermitian?: boolean;
};
/**
 * How many singular values of each matrix are more than max(atol, rtol times the largest). PyTorch's `torch.linalg.matrix_rank`.
 * @param A [..., m, n]; float32 or float64
 * @returns [...], int32
 * @throws ShapeError for fewer than 2 dims, or by `hermitian` a matrix that is not square
 * @throws LinAlgError for infinities and NaN
 * @throws DTypeError for anything but float32 and float64
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @example linalg.matrixRank(tensor([[1, 0], [0, 0]])) // 1
 */
export const matrixRank: (A: Tensor, options?: MatrixRankOptions) => Tensor = /*@__PURE__*/ composite(undefined, (A: Tensor, { tol, atol, rtol, hermitian = false }: MatrixRankOptions = {}): Tensor => {
  if (A.ndim < 2) throw new ShapeError("torch.linalg.matrix_rank: The input tensor input must have at least 2 dimensions.");
  if (!isFloat(A.dtype) || isStoredOnly(A.dtype)) throw new DTypeError("This function doesn't handle types other than float and double");
  if (hermitian) requireSquare("linalg.eigh", A);
  const [absolute, relative] = tolerancesOf(A, tol === undefined || tol === null ? { atol: atol ?? null, rtol: rtol ?? null } : { atol: tol, rtol: 0 });
  const shapes = [absolute, relative].map((x) => (isTensor(x) ? x.shape : []));
  if (matrixOf(A).includes(0)) return zeros(shapes.reduce<Shape>(broadcastShapes, batchOf(A)), { dtype: "int32", device: A.device });
  const S = hermitian ? abs(eigvalsh(detach(A))) : svdvals(detach(A)), largest = amax(S, -1);
  const byRatio = mul(largest, relative), cut = maximum(byRatio, isTensor(absolute) ? to(absolute, byRatio.dtype) : add(mul(byRatio, 0), absolute));
  return sum(gt(S, unsqueeze(cut, -1)), -1, { dtype: "int32" });
});
