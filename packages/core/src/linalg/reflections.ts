/** @file Products of Householder reflections: `geqrf`, `linalg.householder_product`, `ormqr`. */
import { onHost } from "../calculus/host.ts";
import { eye } from "../creation/fill.ts";
import { scalarTypeName } from "../dtype.ts";
import { add, mul } from "../elementwise/arithmetic.ts";
import { sub } from "../elementwise/scaled.ts";
import { DTypeError, NotSupportedError, ShapeError } from "../errors.ts";
import { composite, dispatchAll, type MultiOp, savesNothing, type Tensor } from "../op.ts";
import { matmul } from "../primitives/matmul.ts";
import { diagEmbed, tril, triu } from "../views/diagonal.ts";
import { narrow, unsqueeze } from "../views/views.ts";
import { factorQr } from "./algorithms/qr.ts";
import { batchOf, countOf, matrixOf, requireFloat } from "./checks.ts";
import { mT, solveTriangle } from "./triangular.ts";

const geqrfOp: MultiOp<{}> = {
  name: "geqrf",
  gradName: () => "NotImplemented",
  run: (device, [x]) => onHost("geqrf", device, [x!], ([values]) => {
    const count = countOf(x!), [m, n] = matrixOf(x!), k = Math.min(m, n), tau = new Float64Array(count * k);
    for (let b = 0; b < count; b++) factorQr(values!.subarray(b * m * n, (b + 1) * m * n), m, n, tau.subarray(b * k, (b + 1) * k));
    return [{ dtype: x!.dtype, shape: x!.shape, values: values! }, { dtype: x!.dtype, shape: [...batchOf(x!), k], values: tau }];
  }),
  saves: () => savesNothing,
  vjp() {
    throw new NotSupportedError("derivative for geqrf is not implemented: linalg.qr has one");
  },
  jvp() {
    throw new NotSupportedError("derivative for geqrf is not implemented: linalg.qr has one");
  },
  batched: (attrs) => attrs,
};
/**
 * The QR factors as LAPACK keeps them: reflections I - tau v v' whose product is Q. PyTorch's `torch.geqrf`.
 * @param x [..., m, n]; float32 or float64
 * @returns `{ a, tau }`: [..., m, n], R on and above the diagonal and the vectors v below it; [..., min(m, n)]; of x's dtype
 * @throws ShapeError for fewer than 2 dims
 * @throws DTypeError for anything but float32 and float64
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @throws NotSupportedError in backward: `linalg.qr` has a gradient
 * @example geqrf(tensor([[3, 1], [4, 2]])).a.triu().abs() // [[5, 2.2], [0, 0.4]]
 */
export function geqrf(x: Tensor): { readonly a: Tensor; readonly tau: Tensor } {
  if (x.ndim < 2) throw new ShapeError("torch.geqrf: input must have at least 2 dimensions.");
  requireFloat("torch.geqrf", x);
  const [a, tau] = dispatchAll(geqrfOp, [x], {}) as [Tensor, Tensor];
  return { a, tau };
}

/** What both `householderProduct` and `ormqr` ask. */
function requireReflections(name: string, x: Tensor, tau: Tensor): void {
  if (x.ndim - tau.ndim !== 1) throw new ShapeError(`${name}: Expected tau to have one dimension less than input, but got tau.ndim equal to ${tau.ndim} and input.ndim is equal to ${x.ndim}`);
  if (batchOf(x).join() !== tau.shape.slice(0, -1).join())
    throw new ShapeError(`${name}: Expected batch dimensions of tau to be equal to input.shape[:-2], but got [${tau.shape.slice(0, -1).join(", ")}]`);
  if (tau.dtype !== x.dtype) throw new DTypeError(`${name}: tau dtype ${scalarTypeName[tau.dtype]} does not match input dtype ${scalarTypeName[x.dtype]}`);
  requireFloat(name, x);
}
/**
 * V and T with (I - tau_1 v_1 v_1') (I - tau_2 v_2 v_2') ... = I - V T V': T^-1 is the strict upper triangle of V'V, and 1 / tau on the
 * diagonal (Schreiber and Van Loan, 1989). Nothing is divided by tau, which may be 0.
 */
function compact(x: Tensor, tau: Tensor): readonly [V: Tensor, T: Tensor] {
  const [m] = matrixOf(x), k = tau.shape[tau.ndim - 1]!, V = add(tril(narrow(x, -1, 0, k), { diagonal: -1 }), eye(m, k, { dtype: x.dtype, device: x.device }));
  const inverse = mul(unsqueeze(tau, -1), triu(matmul(mT(V), V), { diagonal: 1 }));
  return [V, solveTriangle(inverse, diagEmbed(tau), true, true, true)];
}

/**
 * The first n columns of the product of the reflections I - tau v v' that `geqrf` gives. PyTorch's `torch.linalg.householder_product`, and `orgqr`.
 * @param x [..., m, n], m >= n, with the vectors below the diagonal; float32 or float64
 * @param tau [..., k], k <= n, of x's dtype
 * @returns [..., m, n], of their dtype
 * @throws ShapeError where sizes do not fit
 * @throws DTypeError for anything but float32 and float64, and where dtypes differ
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @example linalg.householderProduct(tensor([[1], [1]]), tensor([1])) // [[0], [-1]]
 */
export const householderProduct: (x: Tensor, tau: Tensor) => Tensor = /*@__PURE__*/ composite("LinalgHouseholderProductBackward0", (x: Tensor, tau: Tensor): Tensor => {
  const name = "torch.linalg.householder_product";
  if (x.ndim < 2) throw new ShapeError(`${name}: input must have at least 2 dimensions.`);
  const [m, n] = matrixOf(x);
  if (m < n) throw new ShapeError(`${name}: input.shape[-2] must be greater than or equal to input.shape[-1]`);
  if (n < (tau.shape[tau.ndim - 1] ?? 0)) throw new ShapeError(`${name}: input.shape[-1] must be greater than or equal to tau.shape[-1]`);
  requireReflections(name, x, tau);
  const [V, T] = compact(x, tau);
  return sub(eye(m, n, { dtype: x.dtype, device: x.device }), matmul(V, matmul(T, mT(narrow(V, -2, 0, n)))));
});

export type OrmqrOptions = {
  /** Whether Q stands on the left of `other` (the default), or on the right. */
  readonly left?: boolean;
  /** Whether the transpose of Q stands for Q. */
  readonly transpose?: boolean;
};
/**
 * Q times `other`, with Q the whole product, m by m, of the reflections that `geqrf` makes. PyTorch's `torch.ormqr`.
 * @param x [..., m, n]; float32 or float64
 * @param tau [..., k], of x's dtype
 * @param other [..., m, p], or by `left: false` [..., p, m], of x's dtype
 * @returns the shape and dtype of `other`
 * @throws ShapeError where sizes do not fit
 * @throws DTypeError for anything but float32 and float64, and where dtypes differ
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @example ormqr(tensor([[1], [1]]), tensor([1]), eye(2)) // [[0, -1], [-1, 0]]
 */
export const ormqr: (x: Tensor, tau: Tensor, other: Tensor, options?: OrmqrOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, tau: Tensor, other: Tensor, options: OrmqrOptions = {}): Tensor => {
  const { left = true, transpose: transposed = false } = options, side = left ? -2 : -1, k = tau.shape[tau.ndim - 1] ?? 0;
  if (x.ndim < 2) throw new ShapeError("torch.ormqr: input must have at least 2 dimensions.");
  if (other.ndim < 2) throw new ShapeError("torch.ormqr: other must have at least 2 dimensions.");
  const size = other.shape[other.ndim + side]!;
  if (size < k) throw new ShapeError(`torch.ormqr: other.shape[${side}] must be greater than or equal to tau.shape[-1]`);
  if (size !== matrixOf(x)[0]) throw new ShapeError(`torch.ormqr: other.shape[${side}] must be equal to input.shape[-2]`);
  if (k > matrixOf(x)[1]) throw new ShapeError("torch.ormqr: tau.shape[-1] must be less than or equal to input.shape[-1]");
  if (other.ndim !== x.ndim) throw new ShapeError(`torch.ormqr: Expected other to have the same number of dimensions as input, but got other.ndim equal to ${other.ndim} and input.ndim is equal to ${x.ndim}`);
  requireReflections("torch.ormqr", x, tau);
  if (batchOf(x).join() !== batchOf(other).join()) throw new ShapeError(`torch.ormqr: Expected batch dimensions of other to be equal to input.shape[:-2], but got [${batchOf(other).join(", ")}]`);
  if (other.dtype !== x.dtype) throw new DTypeError(`torch.ormqr: other dtype ${scalarTypeName[other.dtype]} does not match input dtype ${scalarTypeName[x.dtype]}`);
  const [V, whole] = compact(x, tau), T = transposed ? mT(whole) : whole;
  return sub(other, left ? matmul(V, matmul(T, matmul(mT(V), other))) : matmul(matmul(matmul(other, V), T), mT(V)));
});
