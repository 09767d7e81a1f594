/** @file softmax and logSoftmax: a decomposition that is their meaning, and a derivative that reads the result alone. */
import { clone, reshape } from "../calculus/map-reduce.ts";
import { composite, dispatch, type Op, savedTensors, type Tensor } from "../op.ts";
import { to, wide } from "../elementwise/elementwise.ts";
import { exp, log, mul, sub, div } from "../elementwise/index.ts";
import { decomposed } from "../composites/decomposed.ts";
import { amax, sum } from "../composites/reductions.ts";
import { wrapDim } from "../shape.ts";
import { isFloat, scalarTypeName } from "../dtype.ts";
import { DTypeError } from "../errors.ts";
import { warn } from "../warning.ts";

type Attrs = { readonly dim: number };
const kept = { keepdim: true } as const;

/** 16-bit floats are rounded at the end alone. */
const roundedOnce = (run: (x: Tensor, dim: number) => Tensor): Op<Attrs>["run"] => (_, [given], { dim }) => decomposed([given!], (x) => to(run(wide(x), dim), x.dtype));

const softmaxOp: Op<Attrs> = {
  name: "softmax",
  gradName: () => "SoftmaxBackward0",
  run: roundedOnce((x, dim) => {
    const e = exp(sub(x, amax(x, dim, kept)));
    return div(e, sum(e, dim, kept));
  }),
  saves: () => ({ savedInputs: [], savedResults: [0] }),
  // d out_i = out_i (d x_i - sum_j out_j d x_j)
  vjp([grad], node) {
    const out = wide(savedTensors(node)[0]!);
    const weighted = mul(wide(grad!), out);
    return [to(sub(weighted, mul(out, sum(weighted, node.attrs.dim, kept))), grad!.dtype)];
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
  run: roundedOnce((x, dim) => {
    const shifted = sub(x, amax(x, dim, kept));
    return sub(shifted, log(sum(exp(shifted), dim, kept)));
  }),
  saves: () => ({ savedInputs: [], savedResults: [0] }),
  vjp([grad], node) {
    const out = wide(savedTensors(node)[0]!), g = wide(grad!);
    return [to(sub(g, mul(exp(out), sum(g, node.attrs.dim, kept))), grad!.dtype)];
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

/** exp(x) / sum(exp(x)) along a dim, shifted by the maximum so that nothing overflows. Without a dim PyTorch's choice, with a warning. */
export const softmax: (x: Tensor, dim?: number) => Tensor = /*@__PURE__*/ alongDim(softmaxOp, "softmax");
/** x - log(sum(exp(x))) along a dim, shifted by the maximum. */
export const logSoftmax: (x: Tensor, dim?: number) => Tensor = /*@__PURE__*/ alongDim(logSoftmaxOp, "log_softmax");
