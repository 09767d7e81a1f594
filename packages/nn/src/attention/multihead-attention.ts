/** @file Multi-head attention with its projections (Vaswani et al., 2017). */
import {
  add, ArgumentError, cat, chunk, dropout, expand, linear, matmul, mean, mul, narrow, permute, python, reshape, scaledDotProductAttention, type Shape, ShapeError, softmax, squeeze, type Tensor, transpose, unsqueeze, zeros,
} from "@adjoint/core/functional";
import { xavierNormal_, xavierUniform_, zeros_ } from "../init.ts";
import { Linear } from "../layers/linear.ts";
import { Module } from "../module.ts";
import { parameter } from "../parameter.ts";
import type { PlaceOptions } from "../place.ts";
import { checkDims, type Masks, scoreMask } from "./masks.ts";

export type MultiheadAttentionOptions = PlaceOptions & {
  /** With which probability a weight is zeroed in training: 0 by default. */
  readonly dropout?: number;
  /** Whether the projections add one: true by default. */
  readonly bias?: boolean;
  /** One more key and value, which are parameters. */
  readonly addBiasKv?: boolean;
  /** One more key and value, which are zeros. */
  readonly addZeroAttn?: boolean;
  /** The size of the keys and of the values, where it is another. */
  readonly kdim?: number | null;
  /** The size of values: `embedDim` by default. */
  readonly vdim?: number | null;
  /** [n, l, e] rather than [l, n, e]. */
  readonly batchFirst?: boolean;
};
export type AttendOptions = Masks & {
  /** Give the weights too; without them a faster kernel may run. Default true. */
  readonly needWeights?: boolean;
  /** The mean of the weights over the heads. Default true. */
  readonly averageAttnWeights?: boolean;
};

/** PyTorch's name for the output projection, which its repr shows. */
class NonDynamicallyQuantizableLinear extends Linear {
  static override readonly name: string = "NonDynamicallyQuantizableLinear";
}

/**
 * softmax(q k^T / sqrt(d)) v of each head, projected before and after (Vaswani et al., 2017): PyTorch's `nn.MultiheadAttention`, by `scaledDotProductAttention`. query [l, n, e],
 * key [s, n, kdim] and value [s, n, vdim]; with `batchFirst` [n, l, e]; [l, e] without batch -> the output, of query's shape, and the weights [n, l, s] or null.
 * @param embedDim e, the size of queries and outputs
 * @param numHeads how many heads share it
 * @throws ArgumentError for a size that the heads do not divide
 * @throws ShapeError in `forward`, where sizes do not fit
 * @example new nn.MultiheadAttention(4, 2).forward(ones([3, 1, 4]), ones([5, 1, 4]), ones([5, 1, 4]))[0].shape // [3, 1, 4]
 */
export class MultiheadAttention extends Module {
  static override readonly name: string = "MultiheadAttention";
  readonly embedDim: number;
  readonly kdim: number;
  readonly vdim: number;
  readonly numHeads: number;
  readonly dropout: number;
  readonly batchFirst: boolean;
  readonly addZeroAttn: boolean;
  // These names are in every PyTorch checkpoint. One matrix, or three where the sizes differ.
  readonly in_proj_weight: Tensor | null = null;
  readonly q_proj_weight: Tensor | null = null;
  readonly k_proj_weight: Tensor | null = null;
  readonly v_proj_weight: Tensor | null = null;
  readonly in_proj_bias: Tensor | null;
  readonly out_proj: Linear;
  readonly bias_k: Tensor | null;
  readonly bias_v: Tensor | null;

  constructor(embedDim: number, numHeads: number, options: MultiheadAttentionOptions = {}) {
    super();
    const { dropout: p = 0, bias = true, addBiasKv = false, addZeroAttn = false, kdim, vdim, batchFirst = false, ...place } = options;
    if (embedDim % numHeads !== 0) throw new ArgumentError("embed_dim must be divisible by num_heads");
    this.embedDim = embedDim;
    this.kdim = kdim ?? embedDim;
    this.vdim = vdim ?? embedDim;
    this.numHeads = numHeads;
    this.dropout = p;
    this.batchFirst = batchFirst;
    this.addZeroAttn = addZeroAttn;
    const make = (...shape: Shape): Tensor => parameter(zeros(shape, place));
    if (this.kdim === embedDim && this.vdim === embedDim) this.in_proj_weight = make(3 * embedDim, embedDim);
    else {
      this.q_proj_weight = make(embedDim, embedDim);
      this.k_proj_weight = make(embedDim, this.kdim);
      this.v_proj_weight = make(embedDim, this.vdim);
    }
    this.in_proj_bias = bias ? make(3 * embedDim) : null;
    this.out_proj = new NonDynamicallyQuantizableLinear(embedDim, embedDim, { bias, ...place });
    this.bias_k = addBiasKv ? make(1, 1, embedDim) : null;
    this.bias_v = addBiasKv ? make(1, 1, embedDim) : null;
    this.resetParameters();
  }
  resetParameters(): void {
    for (const weight of [this.in_proj_weight, this.q_proj_weight, this.k_proj_weight, this.v_proj_weight]) if (weight !== null) xavierUniform_(weight);
    if (this.in_proj_bias !== null) zeros_(this.in_proj_bias);
    if (this.out_proj.bias !== null) zeros_(this.out_proj.bias);
    for (const bias of [this.bias_k, this.bias_v]) if (bias !== null) xavierNormal_(bias);
  }

  /** The projections of query, key and value: one product where they are one tensor. */
  private projected(query: Tensor, key: Tensor, value: Tensor): readonly Tensor[] {
    const { in_proj_weight: weight, in_proj_bias: bias, embedDim } = this;
    if (weight !== null && query === key && key === value) return chunk(bias === null ? linear(query, weight) : linear(query, weight, bias), 3, -1);
    const weights = weight !== null ? chunk(weight, 3, 0) : [this.q_proj_weight!, this.k_proj_weight!, this.v_proj_weight!];
    return [query, key, value].map((x, i) => (bias === null ? linear(x, weights[i]!) : linear(x, weights[i]!, narrow(bias, 0, i * embedDim, embedDim))));
  }
  /** [l, n, e] or [n, l, e] as [n, heads, l, e / heads]. */
  private split(x: Tensor): Tensor {
    const parts = reshape(x, [x.shape[0]!, x.shape[1]!, this.numHeads, this.embedDim / this.numHeads]);
    return permute(parts, this.batchFirst ? [0, 2, 1, 3] : [1, 2, 0, 3]);
  }
  /** The keys or values with what is put after them. */
  private extended(x: Tensor, bias: Tensor | null): Tensor {
    const [n, heads, , size] = x.shape as [number, number, number, number], more: Tensor[] = [];
    if (bias !== null) more.push(expand(reshape(bias, [1, heads, 1, size]), [n, heads, 1, size]));
    if (this.addZeroAttn) more.push(zeros([n, heads, 1, size], { dtype: x.dtype, device: x.device }));
    return more.length === 0 ? x : cat([x, ...more], 2);
  }
  private checkShapes(query: Tensor, key: Tensor, value: Tensor): void {
    if (query.shape.at(-1) !== this.embedDim) throw new ShapeError(`was expecting embedding dimension of ${this.embedDim}, but got ${query.shape.at(-1)}`);
    const known = this.in_proj_weight === null ? 2 : 3, [a, b] = [key.shape.slice(0, known), value.shape.slice(0, known)];
    if (a.join() === b.join()) return;
    throw new ShapeError(known === 3 ? `key shape ${python.size(key.shape)} does not match value shape ${python.size(value.shape)}`
      : `key's sequence and batch dims ${python.size(a)} do not match value's ${python.size(b)}`);
  }

  override forward(query: Tensor, key: Tensor, value: Tensor, options: AttendOptions = {}): [output: Tensor, weights: Tensor | null] {
    const { needWeights = true, averageAttnWeights = true, isCausal = false, attnMask, keyPaddingMask } = options;
    checkDims(query, key, value, options, this.numHeads);
    const batchDim = this.batchFirst ? 0 : 1, isBatched = query.ndim === 3;
    const batched = new Map([query, key, value].map((x) => [x, isBatched ? x : unsqueeze(x, batchDim)]));
    const [qs, ks, vs] = [query, key, value].map((x) => batched.get(x)!) as [Tensor, Tensor, Tensor];
    this.checkShapes(qs, ks, vs);
    const [q, keys, values] = this.projected(qs, ks, vs).map((x) => this.split(x)) as [Tensor, Tensor, Tensor];
    const k = this.extended(keys, this.bias_k), v = this.extended(values, this.bias_v);
    const [n, heads, l] = q.shape as [number, number, number], s = keys.shape[2]!, more = k.shape[2]! - s;
    const dropoutP = this.training ? this.dropout : 0;
    const merged = (x: Tensor): Tensor => {
      const y = permute(x, this.batchFirst ? [0, 2, 1, 3] : [2, 0, 1, 3]);
      const out = this.out_proj.forward(reshape(y, [y.shape[0]!, y.shape[1]!, this.embedDim]));
      return isBatched ? out : squeeze(out, batchDim);
    };
    const isOnlyCausal = !needWeights && isCausal && !attnMask && !keyPaddingMask && more === 0;
    const mask = isOnlyCausal ? undefined : scoreMask(options, { n, heads, l, s, more }, q);
    if (!needWeights) return [merged(scaledDotProductAttention(q, k, v, { attnMask: mask, dropoutP, isCausal: isOnlyCausal })), null];
    const scores = matmul(mul(q, 1 / Math.sqrt(q.shape[3]!)), transpose(k, -2, -1));
    const weights = dropout(softmax(mask === undefined ? scores : add(scores, mask), -1), dropoutP);
    const shown = averageAttnWeights ? mean(weights, 1) : weights;
    return [merged(matmul(weights, v)), isBatched ? shown : squeeze(shown, 0)];
  }
}
