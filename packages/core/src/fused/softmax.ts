/** @file softmax and logSoftmax, along rows, with derivatives that read the result alone. */
import { clone, reshape } from "../calculus/map-reduce.ts";
import { alongRows, isFollowed, type Rows, rowsOf, rowsPerDType } from "../calculus/rows.ts";
import { composite, dispatch, type Op, savedTensors, type Tensor } from "../op.ts";
import { to, wide } from "../elementwise/elementwise.ts";
import { exp, mul, sub } from "../elementwise/index.ts";
import { expBelowZero } from "../elementwise/stable.ts";
import { decomposed } from "../composites/decomposed.ts";
import { sum } from "../composites/reductions.ts";
import * as s from "../scalar/expr.ts";
import { wrapDim } from "../shape.ts";
import { type DType, isFloat, scalarTypeName } from "../dtype.ts";
import { DTypeError } from "../errors.ts";
import { warn } from "../warning.ts";

type Attrs = { readonly dim: number };
const kept = { keepdim: true } as const;

const forward = /*@__PURE__*/ rowsPerDType((d) => {
  const [x, out, most, total] = [s.arg(0, d), s.arg(1, d), s.arg(2, d), s.arg(3, d)], e = expBelowZero(s.sub(x, most));
  return rowsOf("softmax", [d], [], [[[1, "max", x]], [[0, "element", e]], [[2, "sum", out]], [[2, "scalar", s.div(1, total)]], [[0, "element", s.mul(out, total)]]]);
});
const backward = /*@__PURE__*/ rowsPerDType((d) => {
  const [grad, out, total] = [s.arg(0, d), s.arg(1, d), s.arg(3, d)];
  return rowsOf("softmaxBackward", [d, d], [], [[[1, "sum", s.mul(grad, out)]], [[0, "element", s.mul(out, s.sub(grad, total))]]]);
});
const logForward = /*@__PURE__*/ rowsPerDType((d) => {
  const [x, most, total] = [s.arg(0, d), s.arg(2, d), s.arg(3, d)], shifted = s.sub(x, most);
  return rowsOf("logSoftmax", [d], [], [[[1, "max", x]], [[2, "sum", expBelowZero(shifted)]], [[2, "scalar", s.log(total)]], [[0, "element", s.sub(shifted, total)]]]);
});
const logBackward = /*@__PURE__*/ rowsPerDType((d) => {
  const [grad, out, total] = [s.arg(0, d), s.arg(1, d), s.arg(3, d)];
  return rowsOf("logSoftmaxBackward", [d, d], [], [[[1, "sum", grad]], [[0, "element", s.sub(grad, s.mul(s.exp(out), total))]]]);
});

/** The first result of rows along a dim; 16-bit floats are rounded at the end alone. */
const first = (rows: (dtype: DType) => Rows, inputs: readonly Tensor[], dim: number): Tensor => {
  const wides = inputs.map(wide);
  return to(alongRows(rows(wides[0]!.dtype), wides, [dim])[0]!, inputs[0]!.dtype);
};

const softmaxOp: Op<Attrs> = {
  name: "softmax",
  gradName: () => "SoftmaxBackward0",
  run: (_, [given], { dim }) => decomposed([given!], (x) => first(forward, [x], dim)),
  saves: () => ({ savedInputs: [], savedResults: [0] }),
  // d out_i = out_i (d x_i - sum_j out_j d x_j)
  vjp([grad], node) {
    const [out] = savedTensors(node) as [Tensor], { dim } = node.attrs;
    if (!isFollowed()) return [first(backward, [grad!, out], dim)];
    const weighted = mul(wide(grad!), wide(out));
    return [to(sub(weighted, mul(wide(out), sum(weighted, dim, kept))), grad!.dtype)];
  },
  jvp([t], _, [out], { dim }) {
    const weighted = mul(t!, out!);
    return [sub(weighted, mul(out!, sum(weighted, dim, kept)))];
  },
  batched: ({ dim }, { length }) => ({ dim: dim + length }),
};

const logSoftmaxOp: Op<Attrs> = {
  name: "logSoftmax",
  gradName: () => "LogSoftmaxBackward0",
  run: (_, [given], { dim }) => decomposed([given!], (x) => first(logForward, [x], dim)),
  saves: () => ({ savedInputs: [], savedResults: [0] }),
  vjp([grad], node) {
    const [out] = savedTensors(node) as [Tensor], { dim } = node.attrs;
    if (!isFollowed()) return [first(logBackward, [grad!, out], dim)];
    const g = wide(grad!);
    return [to(sub(g, mul(exp(wide(out)), sum(g, dim, kept))), grad!.dtype)];
  },
  jvp: ([t], _, [out], { dim }) => [sub(t!, sum(mul(t!, exp(out!)), dim, kept))],
  batched: ({ dim }, { length }) => ({ dim: dim + length }),
};

/** PyTorch's choice where no dim is given, which it warns of. */
function implicitDim(x: Tensor, name: string): number {
  warn(`Implicit dimension choice for ${name} has been deprecated. Change the call to include dim=X as an argument.`);
  return x.ndim === 0 || x.ndim === 1 || x.ndim === 3 ? 0 : 1;
}

const alongDim = (op: Op<Attrs>, name: string) => composite(undefined, (x: Tensor, dim?: number): Tensor => {
  const d = wrapDim(dim ?? implicitDim(x, name), x.ndim);
  if (x.window.size === 0) return clone(x);
  if (!isFloat(x.dtype)) {
    const kernel = d < x.ndim - 1 ? "softmax" : op === softmaxOp ? "softmax_lastdim" : "log_softmax_lastdim";
    throw new DTypeError(`"${kernel}_kernel_impl" not implemented for '${scalarTypeName[x.dtype]}'`);
  }
  return x.ndim === 0 ? reshape(dispatch(op, [reshape(x, [1])], { dim: 0 }), []) : dispatch(op, [x], { dim: d });
});

/**
 * exp(x) / sum(exp(x)) along a dim, shifted by the maximum so that nothing overflows.
 * @param x of any shape; floats
 * @param dim along which; without it, PyTorch's choice with a warning: dim 0 of none, one or three dims, else 1
 * @returns x's shape and dtype
 * @throws IndexError for a dim out of range
 * @throws DTypeError for integers and bools
 * @example softmax(tensor([0, 1]), 0) // [0.2689, 0.7311]
 */
export const softmax: (x: Tensor, dim?: number) => Tensor = /*@__PURE__*/ alongDim(softmaxOp, "softmax");
/**
 * x - log(sum(exp(x))) along a dim, shifted by the maximum so that nothing overflows.
 * @param x of any shape; floats
 * @param dim along which; without it, PyTorch's choice with a warning: dim 0 of none, one or three dims, else 1
 * @returns x's shape and dtype
 * @throws IndexError for a dim out of range
 * @throws DTypeError for integers and bools
 * @example logSoftmax(tensor([0, 0]), 0) // [-0.6931, -0.6931]
 */
export const logSoftmax: (x: Tensor, dim?: number) => Tensor = /*@__PURE__*/ alongDim(logSoftmaxOp, "log_softmax");
