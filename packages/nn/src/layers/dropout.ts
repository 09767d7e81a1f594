/** @file Layers that drop elements at random while training. */
import { alphaDropout, ArgumentError, copy_, dropout, dropout1d, dropout2d, dropout3d, featureAlphaDropout, python, type Tensor } from "@adjoint/core/functional";
import { Module } from "../module.ts";
import { type InplaceOptions, leading } from "../options.ts";

type DropoutOptions = InplaceOptions & {
  /** The probability: 0.5 by default. */
  readonly p?: number;
};

/** What the dropouts share: a probability, and that nothing happens outside training. */
abstract class Dropping extends Module {
  readonly p: number;
  readonly inplace: boolean;
  /** `p` is 0.5 by default. */
  constructor(p?: number | DropoutOptions, options?: InplaceOptions) {
    super();
    const all = leading<"p", DropoutOptions>("p", p, options);
    this.p = all.p ?? 0.5;
    this.inplace = all.inplace ?? false;
    if (!(this.p >= 0 && this.p <= 1)) throw new ArgumentError(`dropout probability has to be between 0 and 1, but got ${python.number(this.p)}`);
  }
  protected abstract dropped(x: Tensor): Tensor;
  override forward(x: Tensor): Tensor {
    if (!this.training) return x;
    return this.inplace ? copy_(x, this.dropped(x)) : this.dropped(x);
  }
  protected override extraRepr(): string {
    return `p=${python.float(this.p)}, inplace=${python.bool(this.inplace)}`;
  }
}

/**
 * In training zeroes each element with probability p and multiplies the others by 1 / (1 - p) (Hinton et al., 2012): PyTorch's `nn.Dropout`, by `dropout`. Keeps shape and dtype.
 * @param p the probability, 0.5 by default; or the options
 * @param options further ones
 * @throws ArgumentError for a p beyond [0, 1]
 * @example new nn.Dropout(1).forward(ones([2])) // [0, 0]
 */
export class Dropout extends Dropping {
  static override readonly name: string = "Dropout";
  protected override dropped(x: Tensor): Tensor {
    return dropout(x, this.p);
  }
}
/**
 * In training zeroes whole channels with probability p and multiplies the others by 1 / (1 - p): PyTorch's `nn.Dropout1d`, by `dropout1d`. x [n, channels, length] or [channels,
 * length] -> the same shape.
 * @param p the probability, 0.5 by default; or the options
 * @param options further ones
 * @throws ArgumentError for a p beyond [0, 1]
 * @example new nn.Dropout1d(1).forward(ones([1, 2, 1])).shape // [1, 2, 1]
 */
export class Dropout1d extends Dropping {
  static override readonly name: string = "Dropout1d";
  protected override dropped(x: Tensor): Tensor {
    return dropout1d(x, this.p);
  }
}
/**
 * In training zeroes whole channels with probability p and multiplies the others by 1 / (1 - p): PyTorch's `nn.Dropout2d`, by `dropout2d`. x [n, channels, height, width] -> the
 * same shape.
 * @param p the probability, 0.5 by default; or the options
 * @param options further ones
 * @throws ArgumentError for a p beyond [0, 1]
 * @example new nn.Dropout2d(1).forward(ones([1, 2, 1, 1])).shape // [1, 2, 1, 1]
 */
export class Dropout2d extends Dropping {
  static override readonly name: string = "Dropout2d";
  protected override dropped(x: Tensor): Tensor {
    return dropout2d(x, this.p);
  }
}
/**
 * In training zeroes whole channels with probability p and multiplies the others by 1 / (1 - p): PyTorch's `nn.Dropout3d`, by `dropout3d`. x [n, channels, depth, height, width]
 * or [channels, depth, height, width] -> the same shape.
 * @param p the probability, 0.5 by default; or the options
 * @param options further ones
 * @throws ArgumentError for a p beyond [0, 1]
 * @example new nn.Dropout3d(1).forward(ones([1, 2, 1, 1, 1])).shape // [1, 2, 1, 1, 1]
 */
export class Dropout3d extends Dropping {
  static override readonly name: string = "Dropout3d";
  protected override dropped(x: Tensor): Tensor {
    return dropout3d(x, this.p);
  }
}
/**
 * In training sets elements to SELU's lower limit with probability p, and keeps mean and variance (Klambauer et al., 2017): PyTorch's `nn.AlphaDropout`, by `alphaDropout`. Keeps
 * shape and dtype.
 * @param p the probability, 0.5 by default; or the options
 * @param options further ones
 * @throws ArgumentError for a p beyond [0, 1]
 * @example new nn.AlphaDropout().eval().forward(ones([2])) // [1, 1]
 */
export class AlphaDropout extends Dropping {
  static override readonly name: string = "AlphaDropout";
  protected override dropped(x: Tensor): Tensor {
    return alphaDropout(x, this.p, { training: true });
  }
}
/**
 * As AlphaDropout, of whole channels: PyTorch's `nn.FeatureAlphaDropout`, by `featureAlphaDropout`. x [n, channels, ...] -> the same shape.
 * @param p the probability, 0.5 by default; or the options
 * @param options further ones
 * @throws ArgumentError for a p beyond [0, 1]
 * @example new nn.FeatureAlphaDropout().eval().forward(ones([1, 2])) // [[1, 1]]
 */
export class FeatureAlphaDropout extends Dropping {
  static override readonly name: string = "FeatureAlphaDropout";
  protected override dropped(x: Tensor): Tensor {
    return featureAlphaDropout(x, this.p, { training: true });
  }
}
