/** @file Rows of a matrix at given numbers, alone and in bags. */
import { ArgumentError, type BagMode, embedding, embeddingBag, type EmbeddingOptions as LookupOptions, noGrad, python, select, ShapeError, type Tensor, zero_, zeros } from "@adjoint/core/functional";
import { fields } from "../describe.ts";
import { normal_ } from "../init.ts";
import { Module } from "../module.ts";
import { parameter } from "../parameter.ts";
import type { PlaceOptions } from "../place.ts";

export type EmbeddingOptions = PlaceOptions & LookupOptions;

/** What both have: the matrix, and how its rows are looked up. */
abstract class Lookup extends Module {
  readonly numEmbeddings: number;
  readonly embeddingDim: number;
  /** This row starts as 0 and gets no gradient. */
  readonly paddingIdx: number | null;
  readonly maxNorm: number | null;
  readonly normType: number;
  readonly scaleGradByFreq: boolean;
  readonly sparse: boolean;
  /** [numEmbeddings, embeddingDim] */
  readonly weight: Tensor;

  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingOptions) {
    super();
    const { paddingIdx, maxNorm, normType = 2, scaleGradByFreq = false, sparse = false, ...place } = options;
    const padding = paddingIdx ?? null;
    if (padding !== null && (padding >= numEmbeddings || padding < -numEmbeddings)) throw new ArgumentError("Padding_idx must be within num_embeddings");
    this.numEmbeddings = numEmbeddings;
    this.embeddingDim = embeddingDim;
    this.paddingIdx = padding !== null && padding < 0 ? padding + numEmbeddings : padding;
    this.maxNorm = maxNorm ?? null;
    this.normType = normType;
    this.scaleGradByFreq = scaleGradByFreq;
    this.sparse = sparse;
    this.weight = parameter(zeros([numEmbeddings, embeddingDim], place));
    this.resetParameters();
  }
  /** N(0, 1); the padding row 0. */
  resetParameters(): void {
    normal_(this.weight);
    const padding = this.paddingIdx;
    if (padding !== null) noGrad(() => { const row = select(this.weight, 0, padding); zero_(row); row.dispose(); });
  }
  protected get norms(): readonly (string | false)[] {
    return [this.maxNorm !== null && `max_norm=${python.float(this.maxNorm)}`, this.normType !== 2 && `norm_type=${python.float(this.normType)}`, this.scaleGradByFreq && "scale_grad_by_freq=True"];
  }
}

/**
 * Rows of a table at int32 indices: PyTorch's `nn.Embedding`, by `embedding`. index [...] -> [..., embeddingDim].
 * @param numEmbeddings how many rows
 * @param embeddingDim the size of a row
 * @throws ArgumentError for a `paddingIdx` out of range
 * @example new nn.Embedding(10, 3).forward(zeros([2, 4], { dtype: "int32" })).shape // [2, 4, 3]
 */
export class Embedding extends Lookup {
  static override readonly name: string = "Embedding";
  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingOptions = {}) {
    super(numEmbeddings, embeddingDim, options);
  }
  /** An embedding of the given rows [n, d], which are not trained unless `freeze` is false. */
  static fromPretrained(rows: Tensor, options: LookupOptions & { readonly freeze?: boolean } = {}): Embedding {
    const { freeze = true, ...rest } = options, [n, d] = rows.shape;
    if (rows.ndim !== 2) throw new ShapeError("Embeddings parameter is expected to be 2-dimensional");
    const layer = new Embedding(n!, d!, { ...rest, dtype: rows.dtype, device: rows.device });
    layer.loadStateDict({ weight: rows });
    layer.requiresGrad_(!freeze);
    return layer;
  }
  override forward(index: Tensor): Tensor {
    return embedding(index, this.weight, this);
  }
  protected override extraRepr(): string {
    return fields(`${this.numEmbeddings}`, `${this.embeddingDim}`, this.paddingIdx !== null && `padding_idx=${this.paddingIdx}`, ...this.norms, this.sparse && "sparse=True");
  }
}

export type EmbeddingBagOptions = EmbeddingOptions & {
  /** How the rows of a bag are combined: "mean" by default. */
  readonly mode?: BagMode;
  /** Whether `offsets` end with the length of the input. */
  readonly includeLastOffset?: boolean;
};
export type BagInput = {
  /** [bags], where each bag begins in a 1-d input. */
  readonly offsets?: Tensor | null;
  /** A factor of each row, of the input's shape; of the mode "sum" only. */
  readonly perSampleWeights?: Tensor | null;
};
/**
 * The sum, mean or maximum of rows by bags: PyTorch's `nn.EmbeddingBag`, by `embeddingBag`. input [bags, n], or [n] with `offsets` -> [bags, embeddingDim].
 * @param numEmbeddings how many rows
 * @param embeddingDim the size of a row
 * @throws ArgumentError for a `paddingIdx` out of range
 * @example new nn.EmbeddingBag(10, 3).forward(zeros([2, 4], { dtype: "int32" })).shape // [2, 3]
 */
export class EmbeddingBag extends Lookup {
  static override readonly name: string = "EmbeddingBag";
  readonly mode: BagMode;
  readonly includeLastOffset: boolean;
  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingBagOptions = {}) {
    const { mode = "mean", includeLastOffset = false, ...rest } = options;
    super(numEmbeddings, embeddingDim, rest);
    this.mode = mode;
    this.includeLastOffset = includeLastOffset;
  }
  override forward(input: Tensor, options: BagInput = {}): Tensor {
    const { paddingIdx, maxNorm, normType, scaleGradByFreq, mode, includeLastOffset } = this;
    return embeddingBag(input, this.weight, { paddingIdx, maxNorm, normType, scaleGradByFreq, mode, includeLastOffset, ...options });
  }
  protected override extraRepr(): string {
    return fields(`${this.numEmbeddings}`, `${this.embeddingDim}`, ...this.norms, `mode=${this.mode}`, this.paddingIdx !== null && `padding_idx=${this.paddingIdx}`);
  }
}
