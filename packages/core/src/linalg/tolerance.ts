/** @file Which singular values count as zero: the tolerances of `pinv` and `matrixRank`. */
import { full } from "../creation/fill.ts";
import { gt } from "../elementwise/arithmetic.ts";
import { where } from "../elementwise/where.ts";
import { finfo } from "../numeric-limits.ts";
import { isTensor, type Tensor } from "../op.ts";
import { matrixOf } from "./checks.ts";

/** A number, or one for each matrix of a batch. */
export type Tolerance = number | Tensor;
export type ToleranceOptions = {
  /** Singular values up to this are zero; 0 by default. */
  readonly atol?: Tolerance | null;
  /** Singular values up to this times the largest are zero; by default max(m, n) times the dtype's eps, or 0 where `atol` is more than 0. */
  readonly rtol?: Tolerance | null;
};

/** Both tolerances: two numbers, or two tensors. */
export function tolerancesOf(x: Tensor, { atol, rtol }: ToleranceOptions): readonly [number, number] | readonly [Tensor, Tensor] {
  const usual = finfo(x.dtype).eps * Math.max(...matrixOf(x));
  if (!isTensor(atol) && !isTensor(rtol)) return [atol ?? 0, rtol ?? ((atol ?? 0) > 0 ? 0 : usual)];
  const filled = (value: number): Tensor => full([], value, { dtype: x.dtype, device: x.device }), absolute = isTensor(atol) ? atol : filled(atol ?? 0);
  return [absolute, isTensor(rtol) ? rtol : typeof rtol === "number" ? filled(rtol) : where(gt(absolute, 0), filled(0), filled(usual))];
}
