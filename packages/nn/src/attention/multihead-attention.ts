/** @file Multi-head attention with its projections (Vaswani et al., 2017). */
import {
  add, arange, ArgumentError, chunk, dropout, gt, linear, matmul, mean, mul, narrow, permute, reshape, scaledDotProductAttention, ShapeError, softmax, squeeze, type Tensor, transpose, unsqueeze, where, zeros,
} from "@adjoint/core/functional";
import { xavierUniform_, zeros_ } from "../init.ts";
import { Linear } from "../layers/linear.ts";
import type { PlaceOptions } from "../place.ts";
import { Module } from "../module.ts";
import { parameter } from "../parameter.ts";

export type MultiheadAttentionOptions = PlaceOptions & { readonly dropout?: number; readonly bias?: boolean; readonly batchFirst?: boolean };
export type AttendOptions = {
  /** [l, s] or [n * heads, l, s]. bool: true where NOT to attend, unlike `scaledDotProductAttention`; float: added to the scores. */
  readonly attnMask?: Tensor | undefined;
  /** [n, s]. true, or -Infinity, at keys that nobody attends to. */
  readonly keyPaddingMask?: Tensor | undefined;
  /** Each position attends to itself and what is before it. No mask is needed with it. */
  readonly isCausal?: boolean;
  /** Give the weights too; without them a faster kernel may run. Default true. */
  readonly needWeights?: boolean;
  /** The mean of the weights over the heads. Default true. */
  readonly averageAttnWeights?: boolean;
};

/** PyTorch's name for the output projection, which its repr shows. */
class NonDynamicallyQuantizableLinear extends Linear {}

const added = (mask: Tensor): Tensor => (mask.dtype === "bool" ? where(mask, -Infinity, 0) : mask);

/**
 * PyTorch's `nn.MultiheadAttention`. query [l, n, e], key and value [s, n, e]; with `batchFirst` [n, l, e]; [l, e] without batch.
 * Gives the output, of query's shape, and the weights [n, l, s] or null.
 */
export class MultiheadAttention extends Module {
  readonly embedDim: number;
  readonly numHeads: number;
  readonly dropout: number;
  readonly batchFirst: boolean;
  // These names are in every PyTorch checkpoint.
  readonly in_proj_weight: Tensor;
  readonly in_proj_bias: Tensor | null;
  readonly out_proj: Linear;

  constructor(embedDim: number, numHeads: number, options: MultiheadAttentionOptions = {}) {
    super();
    const { dropout: p = 0, bias = true, batchFirst = false, ...place } = options;
    if (embedDim % numHeads !== 0) throw new ArgumentError("embed_dim must be divisible by num_heads");
    this.embedDim = embedDim;
    this.numHeads = numHeads;
    this.dropout = p;
    this.batchFirst = batchFirst;
    this.in_proj_weight = parameter(zeros([3 * embedDim, embedDim], place));
    this.in_proj_bias = bias ? parameter(zeros([3 * embedDim], place)) : null;
    this.out_proj = new NonDynamicallyQuantizableLinear(embedDim, embedDim, { bias, ...place });
    this.resetParameters();
  }
  resetParameters(): void {
    xavierUniform_(this.in_proj_weight);
    if (this.in_proj_bias !== null) zeros_(this.in_proj_bias);
    if (this.out_proj.bias !== null) zeros_(this.out_proj.bias);
  }

  /** The projections of query, key and value: one product where they are one tensor. */
  #projected(query: Tensor, key: Tensor, value: Tensor): readonly Tensor[] {
    const { in_proj_weight: weight, in_proj_bias: bias, embedDim } = this;
    if (query === key && key === value) return chunk(bias === null ? linear(query, weight) : linear(query, weight, bias), 3, -1);
    return [query, key, value].map((x, i) => {
      const part = narrow(weight, 0, i * embedDim, embedDim);
      return bias === null ? linear(x, part) : linear(x, part, narrow(bias, 0, i * embedDim, embedDim));
    });
  }
  /** What is added to the scores [n, heads, l, s], or undefined. */
  #mask(q: Tensor, k: Tensor, { attnMask, keyPaddingMask, isCausal = false }: AttendOptions): Tensor | undefined {
    const masks: Tensor[] = [], [n, heads, l] = q.shape as [number, number, number], s = k.shape[2]!;
    const place = { device: q.device };
    if (isCausal) masks.push(added(gt(arange(0, s, 1, place), unsqueeze(arange(0, l, 1, place), 1))));
    if (attnMask !== undefined) masks.push(added(attnMask.ndim === 3 ? reshape(attnMask, [n, heads, l, s]) : attnMask));
    if (keyPaddingMask !== undefined) masks.push(reshape(added(keyPaddingMask), [n, 1, 1, s]));
    return masks.length === 0 ? undefined : masks.reduce((sum, mask) => add(sum, mask));
  }

  override forward(query: Tensor, key: Tensor, value: Tensor, options: AttendOptions = {}): [output: Tensor, weights: Tensor | null] {
    const { needWeights = true, averageAttnWeights = true, isCausal = false } = options;
    const batchDim = this.batchFirst ? 0 : 1, batched = query.ndim === 3;
    if (!batched && query.ndim !== 2) throw new ArgumentError(`query should be unbatched 2D or batched 3D tensor but received ${query.ndim}-D query tensor`);
    if (query.shape.at(-1) !== this.embedDim) throw new ShapeError(`was expecting embedding dimension of ${this.embedDim}, but got ${query.shape.at(-1)}`);
    const [q, k, v] = this.#projected(query, key, value).map((x) => {
      const y = batched ? x : unsqueeze(x, batchDim);
      const split = reshape(y, [y.shape[0]!, y.shape[1]!, this.numHeads, this.embedDim / this.numHeads]);
      return permute(split, this.batchFirst ? [0, 2, 1, 3] : [1, 2, 0, 3]);
    }) as [Tensor, Tensor, Tensor];
    const dropoutP = this.training ? this.dropout : 0;
    const merged = (x: Tensor): Tensor => {
      const y = permute(x, this.batchFirst ? [0, 2, 1, 3] : [2, 0, 1, 3]);
      const out = this.out_proj.forward(reshape(y, [y.shape[0]!, y.shape[1]!, this.embedDim]));
      return batched ? out : squeeze(out, batchDim);
    };
    if (!needWeights) {
      const onlyCausal = isCausal && options.attnMask === undefined && options.keyPaddingMask === undefined;
      const attnMask = onlyCausal ? undefined : this.#mask(q, k, options);
      return [merged(scaledDotProductAttention(q, k, v, { attnMask, dropoutP, isCausal: onlyCausal })), null];
    }
    const mask = this.#mask(q, k, options);
    const scores = matmul(mul(q, 1 / Math.sqrt(q.shape[3]!)), transpose(k, -2, -1));
    const weights = dropout(softmax(mask === undefined ? scores : add(scores, mask), -1), dropoutP);
    const shown = averageAttnWeights ? mean(weights, 1) : weights;
    return [merged(matmul(weights, v)), batched ? shown : squeeze(shown, 0)];
  }
}
