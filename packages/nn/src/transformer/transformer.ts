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

/**
 * Copies of a layer one after another: PyTorch's `nn.TransformerEncoder`, of `TransformerEncoderLayer`. x [t, n, dModel] -> the same shape.
 * @param encoderLayer what is copied
 * @param numLayers how often
 * @example new nn.TransformerEncoder(new nn.TransformerEncoderLayer(4, 2), 2).forward(ones([3, 1, 4])).shape // [3, 1, 4]
 */
export class TransformerEncoder extends Module {
  static override readonly name: string = "TransformerEncoder";
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

/**
 * Copies of a layer one after another, all attending to one memory: PyTorch's `nn.TransformerDecoder`, of `TransformerDecoderLayer`. x [t, n, dModel] and memory [s, n, dModel] ->
 * the shape of x.
 * @param decoderLayer what is copied
 * @param numLayers how often
 * @example new nn.TransformerDecoder(new nn.TransformerDecoderLayer(4, 2), 2).forward(ones([3, 1, 4]), ones([5, 1, 4])).shape // [3, 1, 4]
 */
export class TransformerDecoder extends Module {
  static override readonly name: string = "TransformerDecoder";
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
  /** The size of elements: 512 by default. */
  readonly dModel?: number;
  /** How many heads attend: 8 by default. */
  readonly nhead?: number;
  /** 6 by default. */
  readonly numEncoderLayers?: number;
  /** 6 by default. */
  readonly numDecoderLayers?: number;
  /** A module in the encoder's place. */
  readonly customEncoder?: EncoderLike | null;
  /** A module in the decoder's place. */
  readonly customDecoder?: DecoderLike | null;
};
export type TransformerMasks = EncoderMasks & DecoderMasks;

/**
 * Encoder and decoder (Vaswani et al., 2017): PyTorch's `nn.Transformer`, of `TransformerEncoder` and `TransformerDecoder`. src [s, n, dModel] and tgt [t, n, dModel], with
 * `batchFirst` [n, s, dModel], without batch [s, dModel] -> the shape of tgt.
 * @throws ShapeError in `forward`, where batches or sizes differ
 * @example new nn.Transformer({ dModel: 4, nhead: 2, numEncoderLayers: 1, numDecoderLayers: 1 }).forward(ones([5, 1, 4]), ones([3, 1, 4])).shape // [3, 1, 4]
 */
export class Transformer extends Module {
  static override readonly name: string = "Transformer";
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
