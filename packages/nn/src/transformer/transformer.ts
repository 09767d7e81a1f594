/** @file Stacks of layers, and the whole Transformer (Vaswani et al., 2017). */
import { arange, type Backend, gt, ShapeError, type Tensor, unsqueeze, where } from "@adjoint/core/functional";
import { ModuleList } from "../containers/module-list.ts";
import { xavierUniform_ } from "../init.ts";
import { Module } from "../module.ts";
import { LayerNorm } from "../norm/layer-norm.ts";
import { type DecoderMasks, type EncoderMasks, TransformerDecoderLayer, TransformerEncoderLayer, type TransformerLayerOptions } from "./layers.ts";

type Norm = Module & { forward(x: Tensor): Tensor };
type EncoderLike = Module & { forward(src: Tensor, options?: StackMasks): Tensor };
type DecoderLike = Module & { forward(tgt: Tensor, memory: Tensor, options?: DecoderMasks): Tensor };
const copies = <M extends Module>(layer: M, count: number): ModuleList<M> => new ModuleList(Array.from({ length: count }, () => layer.copy()));

export type StackMasks = { readonly mask?: EncoderMasks["srcMask"]; readonly srcKeyPaddingMask?: EncoderMasks["srcKeyPaddingMask"] };
export type StackOptions = {
  /** A last normalisation. */
  readonly norm?: Norm | null;
  /** Accepted and without effect: PyTorch's way to pass over padding. */
  readonly enableNestedTensor?: boolean;
};

/** `numLayers` copies of a layer one after another: PyTorch's `nn.TransformerEncoder`. */
export class TransformerEncoder extends Module {
  readonly layers: ModuleList<TransformerEncoderLayer>;
  readonly numLayers: number;
  readonly norm: Norm | null;
  constructor(encoderLayer: TransformerEncoderLayer, numLayers: number, options: StackOptions = {}) {
    super();
    this.layers = copies(encoderLayer, numLayers);
    this.numLayers = numLayers;
    this.norm = options.norm ?? null;
  }
  override forward(src: Tensor, { mask, srcKeyPaddingMask }: StackMasks = {}): Tensor {
    let x = src;
    for (const layer of this.layers) x = layer.forward(x, { srcMask: mask, srcKeyPaddingMask });
    return this.norm === null ? x : this.norm.forward(x);
  }
}

/** `numLayers` copies of a layer one after another, all attending to one memory: PyTorch's `nn.TransformerDecoder`. */
export class TransformerDecoder extends Module {
  readonly layers: ModuleList<TransformerDecoderLayer>;
  readonly numLayers: number;
  readonly norm: Norm | null;
  constructor(decoderLayer: TransformerDecoderLayer, numLayers: number, options: Pick<StackOptions, "norm"> = {}) {
    super();
    this.layers = copies(decoderLayer, numLayers);
    this.numLayers = numLayers;
    this.norm = options.norm ?? null;
  }
  override forward(tgt: Tensor, memory: Tensor, masks: DecoderMasks = {}): Tensor {
    let x = tgt;
    for (const layer of this.layers) x = layer.forward(x, memory, masks);
    return this.norm === null ? x : this.norm.forward(x);
  }
}

export type TransformerOptions = TransformerLayerOptions & {
  readonly dModel?: number;
  readonly nhead?: number;
  readonly numEncoderLayers?: number;
  readonly numDecoderLayers?: number;
  readonly customEncoder?: EncoderLike | null;
  readonly customDecoder?: DecoderLike | null;
};
export type TransformerMasks = EncoderMasks & DecoderMasks;

/**
 * Encoder and decoder, PyTorch's `nn.Transformer`. src [s, n, dModel] and tgt [t, n, dModel], with `batchFirst` [n, s, dModel], without batch
 * [s, dModel]; the result is of tgt's shape.
 */
export class Transformer extends Module {
  readonly encoder: EncoderLike;
  readonly decoder: DecoderLike;
  readonly dModel: number;
  readonly nhead: number;
  readonly batchFirst: boolean;

  constructor(options: TransformerOptions = {}) {
    super();
    const { dModel = 512, nhead = 8, numEncoderLayers = 6, numDecoderLayers = 6, customEncoder, customDecoder, ...rest } = options;
    const { layerNormEps: eps = 1e-5, batchFirst = false, dimFeedforward: _f, dropout: _d, activation: _a, normFirst: _n, ...place } = rest;
    const norm = (): LayerNorm => new LayerNorm(dModel, { eps, ...place });
    this.encoder = customEncoder ?? new TransformerEncoder(new TransformerEncoderLayer(dModel, nhead, rest), numEncoderLayers, { norm: norm() });
    this.decoder = customDecoder ?? new TransformerDecoder(new TransformerDecoderLayer(dModel, nhead, rest), numDecoderLayers, { norm: norm() });
    this.dModel = dModel;
    this.nhead = nhead;
    this.batchFirst = batchFirst;
    for (const x of this.parameters()) if (x.ndim > 1) xavierUniform_(x);
  }
  override forward(src: Tensor, tgt: Tensor, masks: TransformerMasks = {}): Tensor {
    const batchDim = this.batchFirst ? 0 : 1;
    if (src.ndim === 3 && src.shape[batchDim] !== tgt.shape[batchDim]) throw new ShapeError("the batch number of src and tgt must be equal");
    if (src.shape.at(-1) !== this.dModel || tgt.shape.at(-1) !== this.dModel) throw new ShapeError("the feature number of src and tgt must be equal to d_model");
    const memory = this.encoder.forward(src, { mask: masks.srcMask, srcKeyPaddingMask: masks.srcKeyPaddingMask });
    return this.decoder.forward(tgt, memory, masks);
  }
  /** [size, size]: 0 on and below the diagonal, -Infinity above, so that each position attends to itself and what is before it. */
  static generateSquareSubsequentMask(size: number, options: { readonly device?: Backend } = {}): Tensor {
    const at = arange(0, size, 1, options);
    return where(gt(at, unsqueeze(at, 1)), -Infinity, 0);
  }
}
