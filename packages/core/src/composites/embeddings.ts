/** @file Rows of a matrix at given numbers, with PyTorch's options; and their sums, means or maxima by bags. */
import { registerHook } from "../autograd/hooks.ts";
import { arange, ones, zeros } from "../creation/fill.ts";
import { add, clampMin, div, eq, ge, gt, logicalAnd, lt, mul, ne, where } from "../elementwise/index.ts";
import { to } from "../elementwise/elementwise.ts";
import { copy_ } from "../elementwise/overwrite.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { composite, noGrad, type Tensor } from "../op.ts";
import { embedding as rowsOf, gather, scatterAdd } from "../primitives/gather.ts";
import { matmul } from "../primitives/matmul.ts";
import { reshape, unsqueeze } from "../views/views.ts";
import { detach } from "../api/reading.ts";
import { elementNorm } from "./norms.ts";
import { amax, sum } from "./reductions.ts";

export type EmbeddingOptions = {
  /** Rows at this number get no gradient; negative ones count from the end. */
  readonly paddingIdx?: number | null | undefined;
  /** Rows that are looked up are first shortened, in place, to this norm. */
  readonly maxNorm?: number | null | undefined;
  /** The order of that norm: 2 by default. */
  readonly normType?: number;
  /** Divides the gradient of a row by how often it is looked up. */
  readonly scaleGradByFreq?: boolean;
  /** Accepted and without effect: gradients are dense. */
  readonly sparse?: boolean;
};

/** How often each row is looked up: [rows]. */
function frequencies(index: Tensor, rows: number, weight: Tensor): Tensor {
  const flat = reshape(index, [-1]), place = { dtype: weight.dtype, device: weight.device };
  return scatterAdd(zeros([rows], place), 0, flat, ones([flat.shape[0]!], place));
}

/** Shortens the rows that are looked up, where they are longer. */
function shorten(index: Tensor, weight: Tensor, maxNorm: number, normType: number): void {
  noGrad(() => {
    const length = elementNorm(weight, normType, 1, { keepdim: true });
    const isLonger = logicalAnd(gt(length, maxNorm), unsqueeze(gt(frequencies(index, weight.shape[0]!, weight), 0), 1));
    copy_(weight, where(isLonger, mul(weight, div(maxNorm, add(length, 1e-7))), weight));
  });
}
const shortenAll = /*@__PURE__*/ composite(undefined, (index: Tensor, weight: Tensor, maxNorm: number, normType: number): Tensor => {
  shorten(index, weight, maxNorm, normType);
  return weight;
});

function wrapped(paddingIdx: number | null | undefined, rows: number): number | undefined {
  if (paddingIdx === null || paddingIdx === undefined) return undefined;
  if (paddingIdx >= rows || paddingIdx < -rows) throw new ArgumentError("Padding_idx must be within num_embeddings");
  return paddingIdx < 0 ? paddingIdx + rows : paddingIdx;
}

/** The rows whose gradient passes everywhere but at the padding. */
const padded = /*@__PURE__*/ composite("EmbeddingBackward0", (index: Tensor, weight: Tensor, padding: number): Tensor => {
  const rows = rowsOf(index, weight);
  return where(unsqueeze(eq(index, padding), -1), detach(rows), rows);
});

/**
 * Rows of a table: out[..., :] = weight[index[...], :]. PyTorch's `F.embedding`.
 * @param index int32 of any shape [...]
 * @param weight the table [rows, width]
 * @returns [..., width], of the table's dtype
 * @throws IndexError for an index out of range
 * @throws DTypeError for indices that are no integers
 * @throws ShapeError for a table that is no matrix
 * @throws ArgumentError for a `paddingIdx` out of range
 * @example embedding(tensor(Int32Array.of(1, 0)), tensor([[1, 2], [3, 4]])) // [[3, 4], [1, 2]]
 */
export function embedding(index: Tensor, weight: Tensor, options: EmbeddingOptions = {}): Tensor {
  const { paddingIdx, maxNorm, normType = 2, scaleGradByFreq = false } = options;
  if (weight.ndim !== 2) throw new ShapeError("'weight' must be 2-D");
  const padding = wrapped(paddingIdx, weight.shape[0]!);
  if (maxNorm !== null && maxNorm !== undefined) shortenAll(index, weight, maxNorm, normType);
  const rows = padding === undefined ? rowsOf(index, weight) : padded(index, weight, padding);
  if (scaleGradByFreq && rows.requiresGrad) {
    const counts = noGrad(() => gather(frequencies(index, weight.shape[0]!, weight), 0, reshape(index, [-1])));
    registerHook(rows, (grad) => div(grad, reshape(counts, [...index.shape, 1])));
  }
  return rows;
}

export type BagMode = "sum" | "mean" | "max";
export type EmbeddingBagOptions = EmbeddingOptions & {
  /** [bags], where each bag begins in a 1-d input. */
  readonly offsets?: Tensor | null | undefined;
  /** How the rows of a bag are combined: "mean" by default. */
  readonly mode?: BagMode;
  /** A factor of each row, of the input's shape; of the mode "sum" only. */
  readonly perSampleWeights?: Tensor | null | undefined;
  /** `offsets` has one more, the end of the last bag. */
  readonly includeLastOffset?: boolean;
};

/**
 * The sum, mean or maximum of rows of a table by bags; an empty bag gives 0, and padding does not count. PyTorch's `F.embedding_bag`.
 * @param input int32 [bags, n], or [n] with `offsets` that say where each bag begins
 * @param weight the table [rows, width]
 * @returns [bags, width], of the table's dtype
 * @throws IndexError for an index out of range
 * @throws DTypeError for indices that are no integers
 * @throws ShapeError where sizes or ranks do not fit
 * @throws ArgumentError for another mode, offsets that are missing or too many, and weights in a mode other than "sum"
 * @example embeddingBag(tensor([[0, 1]], { dtype: "int32" }), tensor([[1, 2], [3, 4]])) // [[2, 3]]
 */
export const embeddingBag: (input: Tensor, weight: Tensor, options?: EmbeddingBagOptions) => Tensor = /*@__PURE__*/ composite("EmbeddingBagBackward0", (input: Tensor, weight: Tensor, options: EmbeddingBagOptions = {}): Tensor => {
  const { offsets, mode = "mean", perSampleWeights: factors, includeLastOffset = false, paddingIdx, ...rest } = options;
  if (mode !== "sum" && mode !== "mean" && mode !== "max") throw new ArgumentError("mode has to be one of sum, mean or max");
  if (factors && factors.shape.join() !== input.shape.join())
    throw new ShapeError(`embedding_bag: If per_sample_weights (${JSON.stringify(factors.shape)}) is not None, then it must have the same shape as the input (${JSON.stringify(input.shape)})`);
  if (input.ndim === 2 && offsets) throw new ArgumentError("if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length sequences. However, found offsets of type <class 'torch.Tensor'>");
  if (input.ndim === 1 && !offsets) throw new ArgumentError("offsets has to be a 1D Tensor but got None");
  if (offsets && offsets.ndim !== 1) throw new ShapeError("offsets has to be a 1D Tensor");
  if (input.ndim !== 1 && input.ndim !== 2) throw new ShapeError(`input has to be 1D or 2D Tensor, but got Tensor of dimension ${input.ndim}`);
  if (factors && mode !== "sum")
    throw new ArgumentError(`embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got mode='${mode}'). Please open a feature request on GitHub.`);
  const padding = wrapped(paddingIdx, weight.shape[0]!), flat = reshape(input, [-1]);
  const rows = embedding(flat, weight, rest), members = membership(input, offsets ?? undefined, includeLastOffset, padding);
  const share = to(members, weight.dtype), scaled = factors ? mul(rows, unsqueeze(reshape(factors, [-1]), 1)) : rows;
  if (mode === "max") {
    const most = amax(where(unsqueeze(members, 2), unsqueeze(rows, 0), -Infinity), 1);
    return where(unsqueeze(gt(sum(share, 1), 0), 1), most, 0);
  }
  const total = matmul(share, scaled);
  return mode === "sum" ? total : div(total, clampMin(sum(share, 1, { keepdim: true }), 1));
});

/** bool [bags, elements]: which element is in which bag. */
function membership(input: Tensor, offsets: Tensor | undefined, hasEnd: boolean, padding: number | undefined): Tensor {
  const place = { device: input.device }, flat = reshape(input, [-1]), at = arange(0, flat.shape[0]!, 1, place);
  let members: Tensor;
  if (offsets === undefined) {
    const [bags, n] = input.shape as [number, number], starts = unsqueeze(mul(arange(0, bags, 1, place), n), 1);
    members = logicalAnd(ge(at, starts), lt(at, add(starts, n)));
  } else {
    const bags = offsets.shape[0]! - (hasEnd ? 1 : 0);
    const isAfter = ge(at, unsqueeze(offsets, 1)), number = add(sum(to(isAfter, "int32"), 0), -1);
    members = eq(unsqueeze(arange(0, bags, 1, place), 1), number);
  }
  return padding === undefined ? members : logicalAnd(members, ne(flat, padding));
}
