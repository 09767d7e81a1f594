/** @file A character-level transformer: about 100,000 parameters. */
import { arange, type Backend, nn, scaledDotProductAttention, type Tensor } from "adjoint";

export type ModelSize = { readonly context: number; readonly width: number; readonly heads: number; readonly layers: number };
export const defaultSize: ModelSize = { context: 64, width: 64, heads: 4, layers: 2 };

class SelfAttention extends nn.Module {
  readonly qkv: nn.Linear;
  readonly out: nn.Linear;
  readonly heads: number;
  constructor(width: number, heads: number, device: Backend) {
    super();
    this.heads = heads;
    this.qkv = new nn.Linear(width, 3 * width, { device });
    this.out = new nn.Linear(width, width, { device });
  }
  /** [batch, time, width] to the same. */
  override forward(x: Tensor): Tensor {
    const [batch, time, width] = x.shape as [number, number, number];
    const split = this.qkv.forward(x).reshape([batch, time, 3, this.heads, width / this.heads]).permute([2, 0, 3, 1, 4]);
    const [q, k, v] = [0, 1, 2].map((i) => split.select(0, i)) as [Tensor, Tensor, Tensor];
    const mixed = scaledDotProductAttention(q, k, v, { isCausal: true });
    return this.out.forward(mixed.transpose(1, 2).reshape([batch, time, width]));
  }
}

class Block extends nn.Module {
  readonly norm1: nn.LayerNorm;
  readonly attention: SelfAttention;
  readonly norm2: nn.LayerNorm;
  readonly feedForward: nn.Sequential;
  constructor({ width, heads }: ModelSize, device: Backend) {
    super();
    this.norm1 = new nn.LayerNorm(width, { device });
    this.attention = new SelfAttention(width, heads, device);
    this.norm2 = new nn.LayerNorm(width, { device });
    this.feedForward = new nn.Sequential(new nn.Linear(width, 4 * width, { device }), new nn.GELU(), new nn.Linear(4 * width, width, { device }));
  }
  override forward(x: Tensor): Tensor {
    const attended = x.add(this.attention.forward(this.norm1.forward(x)));
    return attended.add(this.feedForward.forward(this.norm2.forward(attended)));
  }
}

/** Predicts the next character at every place of a context. */
export class CharTransformer extends nn.Module {
  readonly token: nn.Embedding;
  readonly position: nn.Embedding;
  readonly blocks: Block[];
  readonly norm: nn.LayerNorm;
  readonly head: nn.Linear;
  readonly size: ModelSize;
  constructor(vocabulary: number, size: ModelSize, device: Backend) {
    super();
    this.size = size;
    this.token = new nn.Embedding(vocabulary, size.width, { device });
    this.position = new nn.Embedding(size.context, size.width, { device });
    this.blocks = Array.from({ length: size.layers }, () => new Block(size, device));
    this.norm = new nn.LayerNorm(size.width, { device });
    this.head = new nn.Linear(size.width, vocabulary, { device });
  }
  /** int32 [batch, time] to scores [batch, time, vocabulary]. */
  override forward(tokens: Tensor): Tensor {
    const places = arange(0, tokens.shape[1]!, 1, { dtype: "int32", device: tokens.device });
    let x = this.token.forward(tokens).add(this.position.forward(places));
    places.dispose();
    for (const block of this.blocks) x = block.forward(x);
    return this.head.forward(this.norm.forward(x));
  }
  /** Numbers that training changes. */
  count(): number {
    return [...this.parameters()].reduce((sum, p) => sum + p.numel(), 0);
  }
}
