/** @file A bilinear form for each output. */
import { add } from "../elementwise/index.ts";
import { ShapeError } from "../errors.ts";
import { composite, type Tensor } from "../op.ts";
import { matmul } from "../primitives/matmul.ts";
import * as python from "../python.ts";
import { sameShape, sizeOf } from "../shape.ts";
import { permute, reshape } from "../views/views.ts";

export type BilinearOptions = {
  /** [k] */
  readonly bias?: Tensor | null | undefined;
};
/**
 * out_k = x^T W_k y + b_k.
 * @param x [..., n]
 * @param y [..., m], with x's leading sizes and dtype
 * @param weight [k, n, m], of x's dtype
 * @returns [..., k], of their dtype
 * @throws ShapeError where sizes do not fit
 * @throws DTypeError where dtypes differ
 * @example bilinear(ones([1, 2]), ones([1, 3]), ones([1, 2, 3])) // [[6]]
 */
export const bilinear: (x: Tensor, y: Tensor, weight: Tensor, options?: BilinearOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, y: Tensor, weight: Tensor, { bias }: BilinearOptions = {}): Tensor => {
  const front = x.shape.slice(0, -1), [k, n, m] = weight.shape as [number, number, number];
  if (x.ndim !== y.ndim) throw new ShapeError(`bilinear(): input dimensions do not match: got ${x.ndim} and ${y.ndim}`);
  const apart = front.findIndex((size, d) => size !== y.shape[d]);
  if (apart >= 0) throw new ShapeError(`bilinear(): input batch dimensions do not match at dim ${apart}: got ${x.shape[apart]} and ${y.shape[apart]}`);
  if (x.shape.at(-1) !== n) throw new ShapeError(`bilinear(): input1 size does not match weight size: got ${x.shape.at(-1)} but expected ${n}`);
  if (y.shape.at(-1) !== m) throw new ShapeError(`bilinear(): input2 size does not match weight size: got ${y.shape.at(-1)} but expected ${m}`);
  if (bias && !sameShape(bias.shape, [k])) throw new ShapeError(`bilinear(): bias size does not match weight size: got ${python.list(bias.shape)} but expected ${k}`);
  const rows = sizeOf(front);
  const half = reshape(matmul(reshape(x, [rows, n]), reshape(permute(weight, [1, 0, 2]), [n, k * m])), [rows, k, m]);
  const out = reshape(matmul(half, reshape(y, [rows, m, 1])), [...front, k]);
  return bias ? add(out, bias) : out;
});
