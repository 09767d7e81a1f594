/** @file Powers and the exponential of square matrices. */
import { onHost } from "../calculus/host.ts";
import { clone, mapProgram } from "../calculus/map-reduce.ts";
import { zerosLike } from "../creation/fill.ts";
import { dtypes } from "../dtype.ts";
import { ArgumentError } from "../errors.ts";
import { composite, dispatch, type Op, savedTensors, type Tensor } from "../op.ts";
import { matmul } from "../primitives/matmul.ts";
import * as s from "../scalar/expr.ts";
import { perDType, program } from "../scalar/program.ts";
import { cat } from "../views/cat.ts";
import { narrow } from "../views/views.ts";
import { exponential } from "./algorithms/exponential.ts";
import { countOf, matrixOf, requireFloat, requireSquare } from "./checks.ts";
import { inv } from "./solve.ts";
import { mT } from "./triangular.ts";

/** Ones where the row is the column; recorded as a function of its input, which it does not depend on. */
const identity = /*@__PURE__*/ perDType((d) => {
  const size = s.param(0, "int32"), compute = dtypes[d].compute;
  const onDiagonal = s.eq(s.rem(s.index, size), s.rem(s.idiv(s.index, size), size));
  return program("matrixPower", [d], ["int32"], [s.cast(s.select(onDiagonal, s.lit(1, compute), s.lit(0, compute)), d)]);
});
/**
 * Matrices multiplied n times with themselves; for a negative n, their inverses. PyTorch's `torch.linalg.matrix_power`.
 * @param x [..., n, n]; for a negative n float32 or float64
 * @param n a whole number
 * @returns x's shape and dtype
 * @throws ShapeError for other than square matrices
 * @throws ArgumentError for an n that is not whole
 * @throws LinAlgError for a negative n, where a matrix is singular
 * @throws DTypeError for a negative n of anything but float32 and float64
 * @example linalg.matrixPower(tensor([[1, 1], [0, 1]]), 3) // [[1, 3], [0, 1]]
 */
export const matrixPower: (x: Tensor, n: number) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, n: number): Tensor => {
  requireSquare("linalg.matrix_power", x);
  if (!Number.isInteger(n)) throw new ArgumentError(`linalg.matrix_power: n must be an integer, got ${n}`);
  if (n === 0) return mapProgram(identity(x.dtype), [x], [Math.max(1, x.shape[x.ndim - 1]!)]);
  let power = n < 0 ? inv(x) : x, out: Tensor | undefined;
  for (let e = Math.abs(n); e > 0; e = Math.floor(e / 2)) {
    if (e % 2 === 1) out = out === undefined ? power : matmul(out, power);
    if (e > 1) power = matmul(power, power);
  }
  return out === x ? clone(x) : out!;
});

const matrixExpOp: Op<{}> = {
  name: "linalg.matrixExp",
  gradName: () => "LinalgMatrixExpBackward0",
  run: (device, [given]) => onHost("linalg.matrix_exp", device, [given!], ([a]) => {
    const [n] = matrixOf(given!), size = n * n;
    for (let i = 0; i < countOf(given!); i++) a!.set(exponential(a!.subarray(i * size, (i + 1) * size), n), i * size);
    return [{ dtype: given!.dtype, shape: given!.shape, values: a! }];
  })[0]!,
  saves: () => ({ savedInputs: [0], savedResults: [] }),
  vjp: ([grad], node) => [along(mT(savedTensors(node)[0]!), grad!)],
  jvp: ([tangent], [x]) => [along(x!, tangent!)],
  batched: (attrs) => attrs,
};
const exponentialOf = (x: Tensor): Tensor => dispatch(matrixExpOp, [x], {});
/** The derivative of exp at A along H: exp([A H; 0 A]) is [exp(A) it; 0 exp(A)]. */
function along(a: Tensor, h: Tensor): Tensor {
  const [n] = matrixOf(a), whole = exponentialOf(cat([cat([a, h], -1), cat([zerosLike(a), a], -1)], -2));
  return narrow(narrow(whole, -2, 0, n), -1, n, n);
}
/**
 * The exponential of matrices, I + A + A A / 2 + A A A / 6 + ... PyTorch's `torch.matrix_exp`.
 * @param A [..., n, n]; float32 or float64
 * @returns A's shape and dtype
 * @throws ShapeError for other than square matrices
 * @throws DTypeError for anything but float32 and float64
 * @throws DeviceError on a device that cannot read at once: it is computed on the host
 * @example matrixExp(zeros([2, 2])) // [[1, 0], [0, 1]]
 */
export const matrixExp: (A: Tensor) => Tensor = /*@__PURE__*/ composite(undefined, (A: Tensor): Tensor => {
  requireSquare("linalg.matrix_exp", A);
  requireFloat("linalg.matrix_exp", A);
  return exponentialOf(A);
});
