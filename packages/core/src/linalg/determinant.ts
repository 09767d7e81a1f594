/** @file Determinants and their logarithms. */
import { onHost } from "../calculus/host.ts";
import { sum } from "../composites/reductions.ts";
import { zerosLike } from "../creation/fill.ts";
import { eq, mul } from "../elementwise/arithmetic.ts";
import { where } from "../elementwise/where.ts";
import { add } from "../elementwise/scaled.ts";
import { composite, dispatch, dispatchAll, type MultiOp, type Op, savedTensors, type Tensor } from "../op.ts";
import { unsqueeze } from "../views/views.ts";
import { determinantForm } from "./algorithms/determinant.ts";
import { factorLu, signOf } from "./algorithms/lu.ts";
import { batchOf, countOf, matrixOf, requireFloat, requireSquare } from "./checks.ts";
import { inverseOrNone } from "./solve.ts";
import { mT } from "./triangular.ts";

type None = { readonly [name: string]: never };
const none: None = {};

/** A number for each matrix, as a factor of the matrix. */
const each = (x: Tensor): Tensor => unsqueeze(unsqueeze(x, -1), -1);
/** The sum of products of two matrices, for each of a batch. */
const inner = (x: Tensor, y: Tensor): Tensor => sum(mul(x, y), [-2, -1]);

/** Calls `visit` with the pivots of each matrix, and the sign of its row exchanges. */
function eachFactored(x: Tensor, a: Float64Array, visit: (matrix: number, diagonal: Float64Array, sign: number) => void): void {
  const count = countOf(x), [n] = matrixOf(x), pivots = new Float64Array(n), diagonal = new Float64Array(n);
  for (let i = 0; i < count; i++) {
    const lu = a.subarray(i * n * n, (i + 1) * n * n);
    factorLu(lu, n, n, pivots, true);
    for (let k = 0; k < n; k++) diagonal[k] = lu[k * (n + 1)]!;
    visit(i, diagonal, signOf(pivots));
  }
}

/** The last argument of a differential of the determinant, which is linear in it and in each direction: [A, ...directions] of one shape. */
const formOp: Op<{ readonly inputs: number }> = {
  name: "linalg.det",
  gradName: () => "LinalgDetBackward0Backward0",
  run: (device, [given, ...directions]) => onHost("linalg.det", device, [given!, ...directions], ([a, ...h]) => {
    const count = countOf(given!), [n] = matrixOf(given!), values = new Float64Array(a!.length), size = n * n;
    for (let i = 0; i < count; i++) values.set(determinantForm(a!.subarray(i * size, (i + 1) * size), h.map((x) => x.subarray(i * size, (i + 1) * size)), n), i * size);
    return [{ dtype: given!.dtype, shape: given!.shape, values }];
  })[0]!,
  saves: ({ inputs }) => ({ savedInputs: Array.from({ length: inputs }, (_, i) => i), savedResults: [] }),
  vjp: ([grad], node) => node.edges.map((edge, i) => (edge === null ? undefined : form(i === 0 ? [...savedTensors(node), grad!] : savedTensors(node).with(i, grad!)))),
  jvp: (tangents, inputs) => {
    const terms = tangents.flatMap((t, i) => (t === undefined ? [] : [form(i === 0 ? [...inputs, t] : inputs.with(i, t))]));
    return [terms.reduce((a, b) => add(a, b))];
  },
  batched: (attrs) => attrs,
};
const form = (inputs: readonly Tensor[]): Tensor => dispatch(formOp, inputs, { inputs: inputs.length });

const detOp: Op<None> = {
  name: "linalg.det",
  gradName: () => "LinalgDetBackward0",
  run: (device, [given]) => onHost("linalg.det", device, [given!], ([a]) => {
    const values = new Float64Array(countOf(given!));
    eachFactored(given!, a!, (i, diagonal, sign) => (values[i] = diagonal.reduce((x, y) => x * y, sign)));
    return [{ dtype: given!.dtype, shape: batchOf(given!), values }];
  })[0]!,
  saves: () => ({ savedInputs: [0], savedResults: [] }),
  vjp: ([grad], node) => [mul(each(grad!), form(savedTensors(node)))],
  jvp: ([tangent], [x]) => [inner(form([x!]), tangent!)],
  batched: (attrs) => attrs,
};
/**
 * The determinant of matrices. Its derivatives, of every order, are exact for singular matrices too. PyTorch's `torch.linalg.det`.
 * @param A [..., n, n]; float32 or float64
 * @returns [...], of A's dtype
 * @throws ShapeError for other than square matrices
 * @throws DTypeError for anything but float32 and float64
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @example det(tensor([[1, 2], [3, 4]])) // -2
 */
export const det: (A: Tensor) => Tensor = /*@__PURE__*/ composite(undefined, (A: Tensor): Tensor => {
  requireSquare("linalg.det", A);
  requireFloat("linalg.det", A);
  return dispatch(detOp, [A], none);
});

const slogdetOp: MultiOp<None> = {
  name: "linalg.slogdet",
  gradName: () => "LinalgSlogdetBackward0",
  run: (device, [given]) => onHost("linalg.slogdet", device, [given!], ([a]) => {
    const signs = new Float64Array(countOf(given!)), logs = new Float64Array(signs.length), { dtype } = given!, shape = batchOf(given!);
    eachFactored(given!, a!, (i, diagonal, sign) => {
      signs[i] = diagonal.reduce((x, y) => x * Math.sign(y), sign);
      logs[i] = diagonal.reduce((x, y) => x + Math.log(Math.abs(y)), 0);
    });
    return [{ dtype, shape, values: signs }, { dtype, shape, values: logs }];
  }),
  saves: () => ({ savedInputs: [0], savedResults: [] }),
  vjp([, grad], node) {
    const [x] = savedTensors(node) as [Tensor];
    return [grad === undefined ? zerosLike(x) : mul(each(grad), mT(inverseOrNone(x)))];
  },
  jvp: ([tangent], [x]) => [undefined, inner(mT(inverseOrNone(x!)), tangent!)],
  batched: (attrs) => attrs,
};
export type SignAndLog = { readonly sign: Tensor; readonly logabsdet: Tensor };
function signAndLog(name: string, A: Tensor): SignAndLog {
  requireSquare(name, A);
  requireFloat(name, A);
  const [sign, logabsdet] = dispatchAll(slogdetOp, [A], none) as [Tensor, Tensor];
  return { sign, logabsdet };
}
/**
 * The sign of the determinant and the logarithm of its absolute value: 0 and -Infinity for a singular matrix. PyTorch's `torch.linalg.slogdet`.
 * @param A [..., n, n]; float32 or float64
 * @returns `{ sign, logabsdet }`, each [...] of A's dtype
 * @throws ShapeError for other than square matrices
 * @throws DTypeError for anything but float32 and float64
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @example slogdet(tensor([[-2, 0], [0, 4]])) // { sign: -1, logabsdet: 2.0794 }
 */
export const slogdet: (A: Tensor) => SignAndLog = /*@__PURE__*/ composite(undefined, (A: Tensor): SignAndLog => signAndLog("linalg.slogdet", A));
/**
 * The logarithm of the determinant: NaN where that is negative, -Infinity where it is 0. PyTorch's `torch.logdet`.
 * @param A [..., n, n]; float32 or float64
 * @returns [...], of A's dtype
 * @throws ShapeError for other than square matrices
 * @throws DTypeError for anything but float32 and float64
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @example logdet(tensor([[2, 0], [0, 4]])) // 2.0794
 */
export const logdet: (A: Tensor) => Tensor = /*@__PURE__*/ composite("WhereBackward0", (A: Tensor): Tensor => {
  const { sign, logabsdet } = signAndLog("logdet", A);
  return where(eq(sign, -1), NaN, logabsdet);
});
