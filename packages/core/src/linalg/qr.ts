/** @file The QR factorisation: `linalg.qr`, and the older `qr`. Factors as products of reflections are in reflections.ts. */
import { onHost } from "../calculus/host.ts";
import { zerosLike } from "../creation/fill.ts";
import { add, neg } from "../elementwise/arithmetic.ts";
import { sub } from "../elementwise/scaled.ts";
import { ArgumentError, AutogradError } from "../errors.ts";
import { dispatchAll, type MultiOp, savedTensors, type Tensor } from "../op.ts";
import { matmul } from "../primitives/matmul.ts";
import type { Shape } from "../shape.ts";
import { cat } from "../views/cat.ts";
import { tril, triu } from "../views/diagonal.ts";
import { narrow } from "../views/views.ts";
import { factorQr, formQ } from "./algorithms/qr.ts";
import { batchOf, countOf, matrixOf, requireFloat, requireMatrix } from "./checks.ts";
import { mT, solveTriangle } from "./triangular.ts";

/** "reduced": Q has min(m, n) columns; "complete": m of them; "r": R alone. */
export type QrMode = "reduced" | "complete" | "r";
export type QrOptions = {
  /** "reduced" by default; "complete" gives a square Q, "r" none. */
  readonly mode?: QrMode;
};
export type QrFactors = { readonly Q: Tensor; readonly R: Tensor };

const withoutQ = "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use linalg.qr(A, mode='reduced') if you are going to differentiate through linalg.qr.";
function requireDerivative(mode: QrMode, rows: number, columns: number): void {
  if (mode === "r") throw new AutogradError(withoutQ);
  if (mode === "complete" && rows > columns) throw new AutogradError("The QR decomposition is not differentiable when mode='complete' and nrows > ncols.");
}

/** `lead`: the batch dims of function transforms, which an empty Q has too. */
const qrOp: MultiOp<{ readonly mode: QrMode; readonly lead: Shape }> = {
  name: "linalg.qr",
  gradName: () => "LinalgQrBackward0",
  run: (device, [x], { mode, lead }) => onHost("linalg.qr", device, [x!], ([values]) => {
    const count = countOf(x!), [m, n] = matrixOf(x!), batch = batchOf(x!), rows = mode === "complete" ? m : Math.min(m, n);
    const q = new Float64Array(mode === "r" ? 0 : count * m * rows), r = new Float64Array(count * rows * n), tau = new Float64Array(Math.min(m, n));
    for (let b = 0; b < count; b++) {
      const a = values!.subarray(b * m * n, (b + 1) * m * n);
      factorQr(a, m, n, tau);
      for (let i = 0; i < Math.min(rows, n); i++) for (let j = i; j < n; j++) r[(b * rows + i) * n + j] = a[i * n + j]!;
      if (mode !== "r") formQ(a, m, n, tau, q.subarray(b * m * rows, (b + 1) * m * rows), rows);
    }
    return [{ dtype: x!.dtype, shape: mode === "r" ? [...lead, 0] : [...batch, m, rows], values: q }, { dtype: x!.dtype, shape: [...batch, rows, n], values: r }];
  }),
  saves: () => ({ savedInputs: [], savedResults: [0, 1] }),
  // Walter and Lehmann, "Algorithmic differentiation of linear algebra functions", 2018; Roberts and Roberts, "QR and LQ decomposition matrix backpropagation", 2020.
  vjp([gradQ, gradR], node) {
    const [m, n] = node.shapeOf(0).slice(-2) as [number, number];
    requireDerivative(node.attrs.mode, m, n);
    const [Q, R] = savedTensors(node) as [Tensor, Tensor];
    if (m >= n) return [ofTall(Q, R, gradQ, gradR)];
    // A = [A1 A2] with A1 = Q R1 square, and R2 = Q'A2.
    const [R1, R2] = columnsAt(R, m), [gradR1, gradR2] = gradR === undefined ? [] : columnsAt(gradR, m);
    const through = gradR2 && matmul(matmul(Q, R2), mT(gradR2)), ofQ = plus(gradQ, through);
    const gradA1 = ofTall(Q, R1, ofQ, gradR1);
    return [cat([gradA1, gradR2 === undefined ? zerosLike(R2) : matmul(Q, gradR2)], -1)];
  },
  jvp([tangent], [x], [Q, R], { mode }) {
    const [m, n] = matrixOf(x!);
    requireDerivative(mode, m, n);
    if (m >= n) return alongTall(tangent!, Q!, R!);
    const [R1, R2] = columnsAt(R!, m), [t1, t2] = columnsAt(tangent!, m), [dQ, dR1] = alongTall(t1, Q!, R1);
    return [dQ, cat([dR1, matmul(mT(Q!), sub(t2, matmul(dQ, R2)))], -1)];
  },
  batched: (attrs, lead) => ({ ...attrs, lead: [...lead, ...attrs.lead] }),
};
const plus = (a: Tensor | undefined, b: Tensor | undefined): Tensor | undefined => (a === undefined ? b : b === undefined ? a : add(a, b));
/** The first columns of matrices, and the others. */
const columnsAt = (x: Tensor, at: number): readonly [Tensor, Tensor] => [narrow(x, -1, 0, at), narrow(x, -1, at, x.shape[x.ndim - 1]! - at)];

/** The gradient of A = QR, R square: [gQ + Q sym(triu(gR R' - Q'gQ))] R^-T, where sym mirrors a triangle. */
function ofTall(Q: Tensor, R: Tensor, gradQ: Tensor | undefined, gradR: Tensor | undefined): Tensor {
  const fromR = gradR && matmul(gradR, mT(R)), fromQ = gradQ && matmul(mT(Q), gradQ);
  const inner = triu(fromR === undefined ? neg(fromQ!) : fromQ === undefined ? fromR : sub(fromR, fromQ));
  const whole = matmul(Q, add(inner, mT(triu(inner, { diagonal: 1 }))));
  return solveTriangle(mT(R), gradQ === undefined ? whole : add(gradQ, whole), false, false);
}
/** With X = Q'dA R^-1 and S = X - (its skew part by the lower triangle), upper: dQ = dA R^-1 - Q S and dR = S R. */
function alongTall(tangent: Tensor, Q: Tensor, R: Tensor): readonly [Tensor, Tensor] {
  const divided = solveTriangle(R, tangent, true, false), X = matmul(mT(Q), divided), below = tril(X, { diagonal: -1 });
  const S = add(sub(X, below), mT(below));
  return [sub(divided, matmul(Q, S)), matmul(S, R)];
}

function factors(name: string, x: Tensor, mode: QrMode): QrFactors {
  requireMatrix(name, x);
  requireFloat(name, x);
  const [Q, R] = dispatchAll(qrOp, [x], { mode, lead: [] }) as [Tensor, Tensor];
  return { Q, R };
}

/**
 * A = QR with orthonormal columns in Q and R upper triangular; the diagonal of R has LAPACK's signs. It has a gradient unless the mode is "r", or "complete" with m > n; the first
 * min(m, n) columns must be independent. PyTorch's `torch.linalg.qr`.
 * @param A [..., m, n]; float32 or float64
 * @returns `{ Q, R }`: [..., m, k] and [..., k, n], k = min(m, n); in mode "complete" k = m, in mode "r" Q is empty. Of A's dtype
 * @throws ShapeError for fewer than 2 dims
 * @throws DTypeError for anything but float32 and float64
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @throws ArgumentError for another mode
 * @throws AutogradError in backward, where there is no gradient
 * @example linalg.qr(eye(2)).R.abs() // [[1, 0], [0, 1]]
 */
export function qr(A: Tensor, options: QrOptions = {}): QrFactors {
  const { mode = "reduced" } = options;
  if (mode !== "reduced" && mode !== "complete" && mode !== "r")
    throw new ArgumentError(`qr received unrecognized mode '${String(mode)}' but expected one of 'reduced' (default), 'r', or 'complete'`);
  return factors("linalg.qr", A, mode);
}
/**
 * As `linalg.qr`, in mode "reduced", or with `some: false` in mode "complete": PyTorch's older `torch.qr`.
 * @param x [..., m, n]; float32 or float64
 * @param options `some`: true by default
 * @returns `{ Q, R }`: [..., m, k] and [..., k, n], k = min(m, n) or m; of x's dtype
 * @example qr(eye(2)).R.abs() // [[1, 0], [0, 1]]
 */
export const torchQr = (x: Tensor, options: { readonly some?: boolean } = {}): QrFactors => factors("linalg.qr", x, options.some === false ? "complete" : "reduced");
