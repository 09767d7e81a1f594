/** @file Variance or deviation together with the mean. */
import { composite, type Tensor } from "../op.ts";
import { mean } from "../composites/reductions.ts";
import { std, var_, type VarOptions } from "./spread.ts";

type Dims = number | readonly number[];

/** The variance and the mean, as `var_` and `mean` have them. */
export const varMean: (x: Tensor, dim?: Dims, options?: VarOptions) => [Tensor, Tensor] = /*@__PURE__*/ composite(undefined, (x: Tensor, dim?: Dims, options: VarOptions = {}): [Tensor, Tensor] =>
  labelled("VarMeanBackward0", [var_(x, dim, options), mean(x, dim, { keepdim: options.keepdim ?? false })]));
/** The standard deviation and the mean, as `std` and `mean` have them. */
export const stdMean: (x: Tensor, dim?: Dims, options?: VarOptions) => [Tensor, Tensor] = /*@__PURE__*/ composite(undefined, (x: Tensor, dim?: Dims, options: VarOptions = {}): [Tensor, Tensor] =>
  labelled("StdMeanBackward0", [std(x, dim, options), mean(x, dim, { keepdim: options.keepdim ?? false })]));
function labelled(name: string, results: [Tensor, Tensor]): [Tensor, Tensor] {
  for (const out of results) if (out.gradFn !== null) out.gradFn.label = name;
  return results;
}
