/**
 * @file PyTorch's names to ours, where convention does not say it: one row a name, and the only place where a golden case meets an operator's name.
 *
 * Without a row, `foo_bar(input, n, dim=-1, *, keepdim=False)` is our `fooBar(input, n, dim, { keepdim })`: the same name in camelCase, as a function of
 * core or a method of Tensor; what PyTorch requires and `dim`/`dims` by place, the rest in one options object. The parameters come from signatures.table.ts;
 * a function that has no row there takes them as they come, the named ones in one options object. `foo_` takes the row of `foo`, with the underscore put back. `ns.foo` looks for `ns.foo` and `nsFoo`, `nn.functional.foo` and `special.foo` for `foo` too.
 * A name that leads nowhere is "no operator", and works from the day when it is exported.
 *
 * A row is our call in PyTorch's names of the arguments: `fooBar(input, dim, {keepdim, ours: theirs})`; `.foo` is a method or property of Tensor, `...xs`
 * spreads. Arguments left out are dropped; one that a row does not mention is "not implemented: argument NAME". Or a row is a function of the bound
 * arguments, for what has no such form.
 */
import * as A from "@adjoint/core";
import type { Operand, Tensor } from "@adjoint/core";
import { type Value } from "../python/values.ts";

/** The arguments by PyTorch's name: numbers, tensors, arrays; undefined for None and what was left out. */
export type Given = { readonly [name: string]: Value };
export type Row = string | ((given: Given) => Value);

/** PyTorch's older word for correction. */
const spread = (fn: (x: Tensor, dim?: number | readonly number[], options?: A.VarOptions) => Tensor | [Tensor, Tensor]) => ({ input, dim, unbiased, correction, keepdim }: Given): Value =>
  fn(input as Tensor, dim as number | undefined, { correction: (correction as number | undefined) ?? (unbiased === false ? 0 : 1), keepdim: keepdim === true });
/** A complex number of Python, for which JavaScript has no word, as the tensor that it is. */
const numbered = (x: Value): Value => (typeof x === "object" && x !== null && "re" in x && "im" in x ? A.complex(A.tensor(x.re as number), A.tensor(x.im as number)) : x);
/** For each dim, where x is not 0. */
const placesOf = (x: Tensor): Promise<Value> => A.nonzero(x.ndim === 0 ? x.unsqueeze(0) : x).then((found) => found.t().split(1).map((row) => row.squeeze(0)));
/** Positions that are masks are read first. */
const putting = (x: Tensor, indices: Tensor[], values: Tensor, accumulate: Value): Tensor | Promise<Tensor> => {
  const options = { accumulate: accumulate === true };
  return indices.some((i) => A.isTensor(i) && i.dtype === "bool") ? A.indexPutAsync_(x.clone(), indices, values, options) : A.indexPut(x, indices, values, options);
};

export const names: { readonly [name: string]: Row } = {
  bartlett_window: "bartlettWindow(window_length, {periodic, dtype})", blackman_window: "blackmanWindow(window_length, {periodic, dtype})", hann_window: "hannWindow(window_length, {periodic, dtype})",
  hamming_window: "hammingWindow(window_length, {periodic, alpha, beta, dtype})", kaiser_window: "kaiserWindow(window_length, {periodic, beta, dtype})",
  subtract: "sub(input, other, {alpha})", divide: "div(input, other, {rounding_mode})", multiply: "mul(input, other)",
  __radd__: "add(other, input)", __rsub__: "rsub(input, other)", __rmul__: "mul(other, input)", __rdiv__: ({ input, other }) => A.mul(A.reciprocal(input as Tensor), other as Operand), // As Tensor.__rdiv__ does.
  __rmod__: "remainder(other, input)", __rmatmul__: "matmul(other, input)",
  __rand__: "bitwiseAnd(other, input)", __ror__: "bitwiseOr(other, input)", __rxor__: "bitwiseXor(other, input)",
  arange: ({ start, end, step, dtype, requires_grad }) => {
    const options = { dtype, requiresGrad: requires_grad } as A.CreationOptions;
    return start === undefined ? A.arange(end as number, undefined, undefined, options) : A.arange(start as number, end as number, step as number | undefined, options);
  },
  var: spread(A.var_), std: spread(A.std), var_mean: spread(A.varMean), std_mean: spread(A.stdMean),
  softmax: ({ input, dim, dtype }) => A.softmax(dtype === undefined ? input as Tensor : (input as Tensor).to(dtype as A.DType), dim as number),
  log_softmax: ({ input, dim, dtype }) => A.logSoftmax(dtype === undefined ? input as Tensor : (input as Tensor).to(dtype as A.DType), dim as number),
  "nn.functional.softmax": "softmax(input, dim, {dtype})", "nn.functional.log_softmax": "logSoftmax(input, dim, {dtype})",
  normal: "normal(mean, std, size, {dtype})", norm: "norm(input, p, dim, {keepdim, dtype})", "linalg.norm": "linalg.norm(input, ord, dim, {keepdim, dtype})", "linalg.vector_norm": "linalg.vectorNorm(input, ord, dim, {keepdim, dtype})", "linalg.matrix_norm": "linalg.matrixNorm(input, ord, dim, {keepdim, dtype})",
  "nn.functional.embedding": "embedding(input, weight, {padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse})", "nn.functional.linear": "linear(input, weight, bias)",
  split_with_sizes: "split(input, split_sizes, dim)", flatten: "flatten(input, start_dim, end_dim)", slice: "slice(input, dim, start, end, step)",
  where: ({ condition, input, other }) => input === undefined ? placesOf(condition as Tensor) : A.where(condition as Tensor, numbered(input) as Tensor, numbered(other) as Tensor),
  // These take fewer arguments than PyTorch's.
  clamp: "clamp(input, min, max)", clip: "clip(input, min, max)",
  sum: "sum(input, dim, {keepdim, dtype})", mean: "mean(input, dim, {keepdim, dtype})", prod: "prod(input, dim, {keepdim, dtype})",
  narrow: "narrow(input, dim, start, length)", eye: "eye(n, m, {dtype, requires_grad})",
  "nn.functional.dropout": "dropout(input, p, {training})",
  __rpow__: ({ input, other }) => A.pow(A.isTensor(other) ? other.detach() : other as Operand, input as Tensor), // PyTorch makes a new tensor of the base.
  backward: ".backward(gradient, {retain_graph, create_graph, inputs})", requires_grad_: ".requiresGrad_(requires_grad)", __rfloordiv__: "floorDivide(other, input)", __rlshift__: "bitwiseLeftShift(other, input)", __rrshift__: "bitwiseRightShift(other, input)",
  nonzero: ({ input, as_tuple }) => (as_tuple === true ? placesOf(input as Tensor) : A.nonzero(input as Tensor)),
  index_put_: ({ input, indices, values, accumulate }) => { const terms = indices as Tensor[], options = { accumulate: accumulate === true }; return terms.some((i) => A.isTensor(i) && i.dtype === "bool") ? A.indexPutAsync_(input as Tensor, terms, values as Tensor, options) : A.indexPut_(input as Tensor, terms, values as Tensor, options); },
  index_put: ({ input, indices, values, accumulate }) => putting(input as Tensor, indices as Tensor[], values as Tensor, accumulate),
  long: "int(input, {memory_format})", meshgrid: "meshgrid(tensors, {indexing})",
  sort: "sort(input, dim, {descending, stable})", argsort: "argsort(input, dim, {descending, stable})",
  segment_reduce: "segmentReduce(data, reduce, {lengths, offsets, axis, unsafe, initial})",
  histogram: "histogram(input, bins, {range, weight, density})",
  trapezoid: "trapezoid(y, x, {dx, dim})", trapz: "trapz(y, x, {dx, dim})", cumulative_trapezoid: "cumulativeTrapezoid(y, x, {dx, dim})",
  "nn.functional._scaled_dot_product_attention": "attentionWithWeights(query, key, value, {attn_mask, dropout_p, is_causal, need_attn_weights})", // The weights come in any case.
  gradient: "gradient(input, {spacing, dim, edge_order})",
  "linalg.pinv": "linalg.pinv(input, {rcond, atol, rtol, hermitian})", "linalg.matrix_rank": "linalg.matrixRank(input, {tol, atol, rtol, hermitian})", "linalg.lstsq": "linalg.lstsq(input, b, {rcond, driver})", "linalg.cond": "linalg.cond(input, p)",
  T: ".T()", unfold: ".unfold(input, dimension, size, step)", "nn.functional.normalize": "normalize(input, {p, dim, eps})",
};
