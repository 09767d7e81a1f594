/** @file Layers that multiply by a matrix of parameters, or pick its rows. */
import { ArgumentError, type Backend, detach, type DType, embedding, eq, linear, noGrad, select, type Tensor, unsqueeze, where, zero_, zeros } from "@adjoint/core/functional";
import { kaimingUniform_, normal_, uniform_ } from "./init.ts";
import { Module } from "./module.ts";
import { parameter } from "./parameter.ts";
import { bool } from "./python.ts";

/** Where the parameters are made, and of which dtype. */
export type PlaceOptions = { readonly device?: Backend; readonly dtype?: DType };

/** x W^T + b, as PyTorch's `nn.Linear`. x [..., inFeatures] -> [..., outFeatures]. */
export class Linear extends Module {
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** [outFeatures, inFeatures] */
  readonly weight: Tensor;
  readonly bias: Tensor | null;

  constructor(inFeatures: number, outFeatures: number, options: PlaceOptions & { readonly bias?: boolean } = {}) {
    super();
    const { bias = true, ...place } = options;
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.weight = parameter(zeros([outFeatures, inFeatures], place));
    this.bias = bias ? parameter(zeros([outFeatures], place)) : null;
    this.resetParameters();
  }
  /** U(-1 / sqrt(inFeatures), 1 / sqrt(inFeatures)), weight and bias. */
  resetParameters(): void {
    const bound = this.inFeatures > 0 ? 1 / Math.sqrt(this.inFeatures) : 0;
    if (this.inFeatures > 0) kaimingUniform_(this.weight, { a: Math.sqrt(5) });
    if (this.bias !== null) uniform_(this.bias, -bound, bound);
  }
  forward(x: Tensor): Tensor {
    return this.bias === null ? linear(x, this.weight) : linear(x, this.weight, this.bias);
  }
  protected override extraRepr(): string {
    return `in_features=${this.inFeatures}, out_features=${this.outFeatures}, bias=${bool(this.bias !== null)}`;
  }
}

/** The rows of a matrix at int32 indices, as PyTorch's `nn.Embedding`. index [...] -> [..., embeddingDim]. */
export class Embedding extends Module {
  readonly numEmbeddings: number;
  readonly embeddingDim: number;
  /** This row starts as 0 and gets no gradient. */
  readonly paddingIdx: number | null;
  /** [numEmbeddings, embeddingDim] */
  readonly weight: Tensor;

  constructor(numEmbeddings: number, embeddingDim: number, options: PlaceOptions & { readonly paddingIdx?: number } = {}) {
    super();
    const { paddingIdx, ...place } = options;
    if (paddingIdx !== undefined && (paddingIdx >= numEmbeddings || paddingIdx < -numEmbeddings)) throw new ArgumentError("Padding_idx must be within num_embeddings");
    this.numEmbeddings = numEmbeddings;
    this.embeddingDim = embeddingDim;
    this.paddingIdx = paddingIdx === undefined ? null : paddingIdx < 0 ? paddingIdx + numEmbeddings : paddingIdx;
    this.weight = parameter(zeros([numEmbeddings, embeddingDim], place));
    this.resetParameters();
  }
  /** N(0, 1). */
  resetParameters(): void {
    normal_(this.weight);
    const padding = this.paddingIdx;
    if (padding !== null) noGrad(() => { const row = select(this.weight, 0, padding); zero_(row); row.dispose(); });
  }
  forward(index: Tensor): Tensor {
    const rows = embedding(index, this.weight);
    if (this.paddingIdx === null) return rows;
    return where(unsqueeze(eq(index, this.paddingIdx), -1), detach(rows), rows);
  }
  protected override extraRepr(): string {
    return `${this.numEmbeddings}, ${this.embeddingDim}${this.paddingIdx === null ? "" : `, padding_idx=${this.paddingIdx}`}`;
  }
}
