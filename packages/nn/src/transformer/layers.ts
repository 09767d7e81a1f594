/** @file One layer of a Transformer's encoder, and of its decoder (Vaswani et al., 2017). */
import { add, ArgumentError, gelu, relu, type Tensor } from "@adjoint/core/functional";
import { MultiheadAttention } from "../attention/multihead-attention.ts";
import { Dropout } from "../layers/dropout.ts";
import { Linear } from "../layers/linear.ts";
import { Module } from "../module.ts";
import { LayerNorm } from "../norm/layer-norm.ts";
import type { PlaceOptions } from "../place.ts";

export type Activate = (x: Tensor) => Tensor;
export type TransformerLayerOptions = PlaceOptions & {
  /** The size between the two products: 2048 by default. */
  readonly dimFeedforward?: number;
  /** With which probability an element is zeroed in training: 0.1 by default. */
  readonly dropout?: number;
  /** Between the two products: "relu" by default. */
  readonly activation?: "relu" | "gelu" | Activate | (Module & { forward(x: Tensor): Tensor });
  /** Added to variances: 1e-5 by default. */
  readonly layerNormEps?: number;
  /** [n, t, e] rather than [t, n, e]. */
  readonly batchFirst?: boolean;
  /** Normalise before attention and feed-forward rather than after. */
  readonly normFirst?: boolean;
};
/** Masks of attention, as those of `MultiheadAttention`. */
type Mask = Tensor | null | undefined;

function activationOf(activation: NonNullable<TransformerLayerOptions["activation"]>): Activate | (Module & { forward(x: Tensor): Tensor }) {
  if (typeof activation !== "string") return activation;
  if (activation !== "relu" && activation !== "gelu") throw new ArgumentError(`activation should be relu/gelu, not ${String(activation)}`);
  return activation === "relu" ? relu : (x) => gelu(x);
}

/** What both kinds of layer have: their options, and the feed-forward part. Properties are named as in PyTorch's checkpoints. */
abstract class TransformerLayer extends Module {
  readonly normFirst: boolean;
  protected abstract readonly linear1: Linear;
  protected abstract readonly linear2: Linear;
  protected abstract readonly dropout: Dropout;
  protected abstract readonly activation: Activate | (Module & { forward(x: Tensor): Tensor });

  constructor(normFirst: boolean) {
    super();
    this.normFirst = normFirst;
  }
  protected feedForward(x: Tensor, last: Dropout): Tensor {
    const { activation } = this, y = this.linear1.forward(x);
    const active = activation instanceof Module ? activation.forward(y) : activation(y);
    return last.forward(this.linear2.forward(this.dropout.forward(active)));
  }
  /** x + part(x), normalised before the part or after the sum. */
  protected residual(x: Tensor, norm: LayerNorm, part: (x: Tensor) => Tensor): Tensor {
    return this.normFirst ? add(x, part(norm.forward(x))) : norm.forward(add(x, part(x)));
  }
}

const withDefaults = (options: TransformerLayerOptions) => {
  const { dimFeedforward = 2048, dropout = 0.1, activation = "relu", layerNormEps: eps = 1e-5, batchFirst = false, normFirst = false, ...place } = options;
  return { dimFeedforward, dropout, activation, eps, batchFirst, normFirst, place };
};

export type EncoderMasks = { readonly srcMask?: Mask; readonly srcKeyPaddingMask?: Mask };

/**
 * norm(x + attention(x)), then norm(x + W activation(V x)): PyTorch's `nn.TransformerEncoderLayer`, of `MultiheadAttention` and `linear`. x [t, n, dModel], [n, t, dModel] with
 * `batchFirst`, or [t, dModel] -> the same shape.
 * @param dModel the size of elements
 * @param nhead how many heads attend
 * @throws ArgumentError for another activation, or a size that the heads do not divide
 * @example new nn.TransformerEncoderLayer(4, 2).forward(ones([3, 1, 4])).shape // [3, 1, 4]
 */
export class TransformerEncoderLayer extends TransformerLayer {
  static override readonly name: string = "TransformerEncoderLayer";
  readonly self_attn: MultiheadAttention;
  override readonly linear1: Linear;
  override readonly dropout: Dropout;
  override readonly linear2: Linear;
  readonly norm1: LayerNorm;
  readonly norm2: LayerNorm;
  readonly dropout1: Dropout;
  readonly dropout2: Dropout;
  override readonly activation: Activate | (Module & { forward(x: Tensor): Tensor });

  constructor(dModel: number, nhead: number, options: TransformerLayerOptions = {}) {
    const { dimFeedforward, dropout: p, activation, eps, batchFirst, normFirst, place } = withDefaults(options);
    super(normFirst);
    this.self_attn = new MultiheadAttention(dModel, nhead, { dropout: p, batchFirst, ...place });
    this.linear1 = new Linear(dModel, dimFeedforward, place);
    this.dropout = new Dropout(p);
    this.linear2 = new Linear(dimFeedforward, dModel, place);
    this.norm1 = new LayerNorm(dModel, { eps, ...place });
    this.norm2 = new LayerNorm(dModel, { eps, ...place });
    this.dropout1 = new Dropout(p);
    this.dropout2 = new Dropout(p);
    this.activation = activationOf(activation);
  }
  override forward(src: Tensor, { srcMask, srcKeyPaddingMask }: EncoderMasks = {}): Tensor {
    const masks = { attnMask: srcMask, keyPaddingMask: srcKeyPaddingMask, needWeights: false };
    const x = this.residual(src, this.norm1, (y) => this.dropout1.forward(this.self_attn.forward(y, y, y, masks)[0]));
    return this.residual(x, this.norm2, (y) => this.feedForward(y, this.dropout2));
  }
}

export type DecoderMasks = { readonly tgtMask?: Mask; readonly memoryMask?: Mask; readonly tgtKeyPaddingMask?: Mask; readonly memoryKeyPaddingMask?: Mask };

/**
 * As an encoder's layer, with attention to the encoder's memory in between: PyTorch's `nn.TransformerDecoderLayer`, of `MultiheadAttention` and `linear`. x [t, n, dModel] and
 * memory [s, n, dModel], or as the encoder's -> the shape of x.
 * @param dModel the size of elements
 * @param nhead how many heads attend
 * @throws ArgumentError for another activation, or a size that the heads do not divide
 * @example new nn.TransformerDecoderLayer(4, 2).forward(ones([3, 1, 4]), ones([5, 1, 4])).shape // [3, 1, 4]
 */
export class TransformerDecoderLayer extends TransformerLayer {
  static override readonly name: string = "TransformerDecoderLayer";
  readonly self_attn: MultiheadAttention;
  readonly multihead_attn: MultiheadAttention;
  override readonly linear1: Linear;
  override readonly dropout: Dropout;
  override readonly linear2: Linear;
  readonly norm1: LayerNorm;
  readonly norm2: LayerNorm;
  readonly norm3: LayerNorm;
  readonly dropout1: Dropout;
  readonly dropout2: Dropout;
  readonly dropout3: Dropout;
  override readonly activation: Activate | (Module & { forward(x: Tensor): Tensor });

  constructor(dModel: number, nhead: number, options: TransformerLayerOptions = {}) {
    const { dimFeedforward, dropout: p, activation, eps, batchFirst, normFirst, place } = withDefaults(options);
    super(normFirst);
    this.self_attn = new MultiheadAttention(dModel, nhead, { dropout: p, batchFirst, ...place });
    this.multihead_attn = new MultiheadAttention(dModel, nhead, { dropout: p, batchFirst, ...place });
    this.linear1 = new Linear(dModel, dimFeedforward, place);
    this.dropout = new Dropout(p);
    this.linear2 = new Linear(dimFeedforward, dModel, place);
    this.norm1 = new LayerNorm(dModel, { eps, ...place });
    this.norm2 = new LayerNorm(dModel, { eps, ...place });
    this.norm3 = new LayerNorm(dModel, { eps, ...place });
    this.dropout1 = new Dropout(p);
    this.dropout2 = new Dropout(p);
    this.dropout3 = new Dropout(p);
    this.activation = activationOf(activation);
  }
  override forward(tgt: Tensor, memory: Tensor, { tgtMask, memoryMask, tgtKeyPaddingMask, memoryKeyPaddingMask }: DecoderMasks = {}): Tensor {
    const own = { attnMask: tgtMask, keyPaddingMask: tgtKeyPaddingMask, needWeights: false };
    const other = { attnMask: memoryMask, keyPaddingMask: memoryKeyPaddingMask, needWeights: false };
    const x = this.residual(tgt, this.norm1, (y) => this.dropout1.forward(this.self_attn.forward(y, y, y, own)[0]));
    const z = this.residual(x, this.norm2, (y) => this.dropout2.forward(this.multihead_attn.forward(y, memory, memory, other)[0]));
    return this.residual(z, this.norm3, (y) => this.feedForward(y, this.dropout3));
  }
}
