/** @file Rows of a matrix at given numbers. */
import { ArgumentError, detach, embedding, eq, noGrad, python, select, type Tensor, unsqueeze, where, zero_, zeros } from "@adjoint/core/functional";
import { normal_ } from "../init.ts";
import { Module } from "../module.ts";
import { parameter } from "../parameter.ts";
import type { PlaceOptions } from "../place.ts";

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
  override forward(index: Tensor): Tensor {
    const rows = embedding(index, this.weight);
    if (this.paddingIdx === null) return rows;
    return where(unsqueeze(eq(index, this.paddingIdx), -1), detach(rows), rows);
  }
  protected override extraRepr(): string {
    return `${python.number(this.numEmbeddings)}, ${this.embeddingDim}${this.paddingIdx === null ? "" : `, padding_idx=${this.paddingIdx}`}`;
  }
}
