/** @file `logcumsumexp`: a decomposition that is its meaning, and derivatives that are recurrences with factors of at most 1. */
import { decomposed } from "../composites/decomposed.ts";
import { isFloat, scalarTypeName } from "../dtype.ts";
import { to, wide } from "../elementwise/elementwise.ts";
import { eq, exp, logaddexp, mul, sub } from "../elementwise/index.ts";
import { where } from "../elementwise/where.ts";
import { DTypeError } from "../errors.ts";
import { composite, dispatch, type Op, savedTensors, type Tensor } from "../op.ts";
import { back, before, recurrence, type ScanAttrs } from "../primitives/scan.ts";
import { wrapDim } from "../shape.ts";
import { cat } from "../views/cat.ts";
import { narrow, reshape } from "../views/views.ts";

/** Sums of 1, 2, 4 ... elements: log n steps. */
function logSums(x: Tensor, dim: number): Tensor {
  const n = x.shape[dim]!;
  let y = mul(wide(x), 1);
  for (let step = 1; step < n; step *= 2) y = cat([narrow(y, dim, 0, step), logaddexp(narrow(y, dim, step, n - step), narrow(y, dim, 0, n - step))], dim);
  return to(y, x.dtype);
}

/** exp(y_{k-1} - y_k): what a sum so far is of the next. 1 where both are infinite alike. */
function shrinking(y: Tensor, attrs: ScanAttrs): Tensor {
  const earlier = before(y, attrs, 0);
  return where(eq(earlier, y), 1, exp(sub(earlier, y)));
}

const logSumsOp: Op<ScanAttrs> = {
  name: "logcumsumexp",
  gradName: ({ name }) => name,
  run: (_, [given], { dim }) => decomposed([given!], (x) => logSums(x, dim)),
  saves: () => ({ savedInputs: [0], savedResults: [0] }),
  // dx_k = sum of g_i exp(x_k - y_i) over i >= k: exp(x_k - y_k) s_k with s_k = g_k + exp(y_k - y_{k+1}) s_{k+1}.
  vjp([grad], node) {
    const [x, y] = savedTensors(node) as [Tensor, Tensor], { attrs } = node;
    return [mul(exp(sub(x, y)), recurrence(before(shrinking(y, attrs), back(attrs), 0), grad!, back(attrs)))];
  },
  // t_i = exp(y_{i-1} - y_i) t_{i-1} + exp(x_i - y_i) t_i
  jvp: ([t], [x], [y], attrs) => [recurrence(shrinking(y!, attrs), mul(t!, exp(sub(x!, y!))), attrs)],
  batched: (attrs, { length }) => ({ ...attrs, dim: attrs.dim + length }),
};

/**
 * log(exp(x_0) + ... + exp(x_i)) along a dim, without overflow. PyTorch's `logcumsumexp`.
 * @param x of any shape; floats
 * @param dim along which
 * @returns x's shape and dtype
 * @throws DTypeError for integers and bools
 * @throws IndexError for a dim out of range
 * @example logcumsumexp(tensor([0, 0]), 0) // [0, 0.6931]
 */
export const logcumsumexp: (x: Tensor, dim: number) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, dim: number): Tensor => {
  const d = wrapDim(dim, x.ndim), attrs = { dim: d, reverse: false, name: "LogcumsumexpBackward0" };
  if (!isFloat(x.dtype)) throw new DTypeError(`"logcumsumexp_out_cpu" not implemented for '${scalarTypeName[x.dtype]}'`);
  return x.ndim === 0 ? reshape(dispatch(logSumsOp, [reshape(x, [1])], attrs), []) : dispatch(logSumsOp, [x], attrs);
});
