/** @file Convolutions with their weights: what is said of one to three spatial dims lies in one class. */
import {
  ArgumentError, conv1d, conv2d, conv3d, type ConvOptions, convTranspose1d, convTranspose2d, convTranspose3d, type ConvTransposeOptions, pad, python, type Shape, ShapeError, type Spatial, type Tensor,
  zeros,
} from "@adjoint/core/functional";
import { fields } from "../describe.ts";
import { fans, kaimingUniform_, uniform_ } from "../init.ts";
import { Module } from "../module.ts";
import { parameter } from "../parameter.ts";
import type { PlaceOptions } from "../place.ts";
import { perDim, type Rank } from "./sizes.ts";

export type PaddingMode = "zeros" | "reflect" | "replicate" | "circular";
export type ConvLayerOptions = PlaceOptions & {
  /** How far windows are apart: 1 by default. */
  readonly stride?: Spatial;
  /** Elements added on both sides; "same" keeps the sizes, "valid" adds none. */
  readonly padding?: Spatial | "same" | "valid";
  /** How far the elements of a window are apart: 1 by default. */
  readonly dilation?: Spatial;
  /** Into how many groups the channels fall, each with filters of its own: 1 by default. */
  readonly groups?: number;
  /** Whether there is one: true by default. */
  readonly bias?: boolean;
  /** What is added: zeros, the image mirrored, its border, or its other side. */
  readonly paddingMode?: PaddingMode;
};
export type ConvTransposeLayerOptions = Omit<ConvLayerOptions, "padding" | "paddingMode"> & {
  /** How much is cut from each end of the result: 0 by default. */
  readonly padding?: Spatial;
  /** There is no other. */
  readonly paddingMode?: "zeros";
  /** Elements added to one side of the result. */
  readonly outputPadding?: Spatial;
};

const MODES: readonly string[] = ["zeros", "reflect", "replicate", "circular"];

abstract class Convolution extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: Shape;
  readonly stride: Shape;
  readonly padding: Shape | "same" | "valid";
  readonly dilation: Shape;
  readonly outputPadding: Shape;
  readonly groups: number;
  readonly paddingMode: PaddingMode;
  /** [out, in / groups, ...kernelSize]; of a transposed convolution [in, out / groups, ...kernelSize]. */
  readonly weight: Tensor;
  readonly bias: Tensor | null;

  constructor(rank: Rank, isTransposed: boolean, inChannels: number, outChannels: number, kernelSize: Spatial, options: ConvLayerOptions & { readonly outputPadding?: Spatial }) {
    super();
    const { stride = 1, padding = 0, dilation = 1, outputPadding = 0, groups = 1, bias = true, paddingMode = "zeros", ...place } = options;
    if (inChannels % groups !== 0) throw new ArgumentError("in_channels must be divisible by groups");
    if (outChannels % groups !== 0) throw new ArgumentError("out_channels must be divisible by groups");
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = perDim("kernelSize", kernelSize, rank);
    this.stride = perDim("stride", stride, rank);
    this.padding = typeof padding === "string" ? padding : perDim("padding", padding, rank);
    this.dilation = perDim("dilation", dilation, rank);
    this.outputPadding = perDim("outputPadding", outputPadding, rank);
    this.groups = groups;
    this.paddingMode = paddingMode;
    if (typeof padding === "string" && padding !== "same" && padding !== "valid") throw new ArgumentError(`Invalid padding string '${String(padding)}', should be one of {'same', 'valid'}`);
    if (padding === "same" && this.stride.some((step) => step !== 1)) throw new ArgumentError("padding='same' is not supported for strided convolutions");
    if (!MODES.includes(paddingMode)) throw new ArgumentError(`padding_mode must be one of {'zeros', 'reflect', 'replicate', 'circular'}, but got padding_mode='${String(paddingMode)}'`);
    if (isTransposed && paddingMode !== "zeros") throw new ArgumentError(`Only "zeros" padding mode is supported for ${this.constructor.name}`);
    const [first, second] = isTransposed ? [inChannels, outChannels / groups] : [outChannels, inChannels / groups];
    this.weight = parameter(zeros([first, second, ...this.kernelSize], place));
    this.bias = bias ? parameter(zeros([outChannels], place)) : null;
    this.resetParameters();
  }
  /** U(-1 / sqrt(fanIn), 1 / sqrt(fanIn)), weight and bias. */
  resetParameters(): void {
    const { fanIn } = fans(this.weight.shape);
    if (fanIn === 0) return;
    kaimingUniform_(this.weight, { a: Math.sqrt(5) });
    if (this.bias !== null) uniform_(this.bias, -1 / Math.sqrt(fanIn), 1 / Math.sqrt(fanIn));
  }
  /** The arguments of the function, without the padding. */
  protected geometry(): { readonly bias: Tensor | undefined; readonly stride: Shape; readonly dilation: Shape; readonly groups: number } {
    return { bias: this.bias ?? undefined, stride: this.stride, dilation: this.dilation, groups: this.groups };
  }
  protected override extraRepr(): string {
    const unless = (name: string, values: Shape | string, usual: number): string | false => (typeof values === "string" ? `${name}=${values}` : values.some((v) => v !== usual) && `${name}=${python.tuple(values)}`);
    return fields(
      `${this.inChannels}, ${this.outChannels}, kernel_size=${python.tuple(this.kernelSize)}, stride=${python.tuple(this.stride)}`,
      unless("padding", this.padding, 0), unless("dilation", this.dilation, 1), unless("output_padding", this.outputPadding, 0),
      this.groups !== 1 && `groups=${this.groups}`, this.bias === null && "bias=False", this.paddingMode !== "zeros" && `padding_mode=${this.paddingMode}`);
  }
}

/** How much to pad each side, the last dim first, as `pad` takes it. */
function sides({ padding, kernelSize, dilation }: Convolution): number[] {
  return kernelSize.flatMap((size, d) => {
    const total = padding === "same" ? dilation[d]! * (size - 1) : 0, both = typeof padding === "string" ? total >> 1 : padding[d]!;
    return [[both, padding === "same" ? total - both : both]];
  }).reverse().flat();
}

abstract class Straight extends Convolution {
  protected abstract convolve(x: Tensor, options: ConvOptions): Tensor;
  override forward(x: Tensor): Tensor {
    if (this.paddingMode === "zeros") return this.convolve(x, { ...this.geometry(), padding: this.padding });
    return this.convolve(pad(x, sides(this), { mode: this.paddingMode }), this.geometry());
  }
}

abstract class Transposed extends Convolution {
  protected abstract convolve(x: Tensor, options: ConvTransposeOptions): Tensor;
  /** @param options `outputSize`: the sizes of the result, where several are possible; batch and channels may be there too */
  override forward(x: Tensor, options: { readonly outputSize?: Shape | undefined } = {}): Tensor {
    const { outputSize } = options, padding = this.padding as Shape;
    return this.convolve(x, { ...this.geometry(), padding, outputPadding: outputSize === undefined ? this.outputPadding : paddingFor(this, padding, x, outputSize) });
  }
}

/** The output padding that gives a result of `outputSize`. */
function paddingFor({ kernelSize, stride, dilation }: Convolution, padding: Shape, x: Tensor, outputSize: Shape): Shape {
  const rank = kernelSize.length, lead = x.ndim === rank + 2 ? 2 : 1, wanted = outputSize.length === lead + rank ? outputSize.slice(lead) : outputSize, sizes = x.shape.slice(-rank);
  if (wanted.length !== rank) throw new ShapeError(`ConvTranspose${rank}D: for ${x.ndim}D input, output_size must have ${rank} or ${lead + rank} elements (got ${outputSize.length})`);
  const least = sizes.map((size, d) => (size - 1) * stride[d]! - 2 * padding[d]! + dilation[d]! * (kernelSize[d]! - 1) + 1), most = least.map((size, d) => size + stride[d]! - 1);
  if (wanted.some((size, d) => size < least[d]! || size > most[d]!))
    throw new ShapeError(`requested an output size of ${python.list(wanted)}, but valid sizes range from ${python.list(least)} to ${python.list(most)} (for an input of ${python.size(sizes)})`);
  return wanted.map((size, d) => size - least[d]!);
}

/**
 * The cross-correlation with learned filters, and a bias: PyTorch's `nn.Conv1d`, by `conv1d`. x [n, in, l] or [in, l] -> [n, out, ...] or [out, ...].
 * @param inChannels of x
 * @param outChannels of the result
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @throws ArgumentError for channels that the groups do not divide, or another padding or padding mode
 * @example new nn.Conv1d(2, 3, 2).forward(ones([1, 2, 4])).shape // [1, 3, 3]
 */
export class Conv1d extends Straight {
  static override readonly name: string = "Conv1d";
  constructor(inChannels: number, outChannels: number, kernelSize: Spatial, options: ConvLayerOptions = {}) {
    super(1, false, inChannels, outChannels, kernelSize, options);
  }
  protected override convolve(x: Tensor, options: ConvOptions): Tensor {
    return conv1d(x, this.weight, options);
  }
}
/**
 * The cross-correlation with learned filters, and a bias: PyTorch's `nn.Conv2d`, by `conv2d`. x [n, in, h, w] or [in, h, w] -> [n, out, ...] or [out, ...].
 * @param inChannels of x
 * @param outChannels of the result
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @throws ArgumentError for channels that the groups do not divide, or another padding or padding mode
 * @example new nn.Conv2d(2, 3, 2).forward(ones([1, 2, 4, 4])).shape // [1, 3, 3, 3]
 */
export class Conv2d extends Straight {
  static override readonly name: string = "Conv2d";
  constructor(inChannels: number, outChannels: number, kernelSize: Spatial, options: ConvLayerOptions = {}) {
    super(2, false, inChannels, outChannels, kernelSize, options);
  }
  protected override convolve(x: Tensor, options: ConvOptions): Tensor {
    return conv2d(x, this.weight, options);
  }
}
/**
 * The cross-correlation with learned filters, and a bias: PyTorch's `nn.Conv3d`, by `conv3d`. x [n, in, d, h, w] or [in, d, h, w] -> [n, out, ...] or [out, ...].
 * @param inChannels of x
 * @param outChannels of the result
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @throws ArgumentError for channels that the groups do not divide, or another padding or padding mode
 * @example new nn.Conv3d(2, 3, 2).forward(ones([1, 2, 4, 4, 4])).shape // [1, 3, 3, 3, 3]
 */
export class Conv3d extends Straight {
  static override readonly name: string = "Conv3d";
  constructor(inChannels: number, outChannels: number, kernelSize: Spatial, options: ConvLayerOptions = {}) {
    super(3, false, inChannels, outChannels, kernelSize, options);
  }
  protected override convolve(x: Tensor, options: ConvOptions): Tensor {
    return conv3d(x, this.weight, options);
  }
}
/**
 * The transposed convolution with learned filters, and a bias: PyTorch's `nn.ConvTranspose1d`, by `convTranspose1d`. x [n, in, l] or [in, l] -> [n, out, ...] or [out, ...].
 * @param inChannels of x
 * @param outChannels of the result
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @throws ArgumentError for channels that the groups do not divide, or another padding or padding mode
 * @example new nn.ConvTranspose1d(2, 3, 2).forward(ones([1, 2, 4])).shape // [1, 3, 5]
 */
export class ConvTranspose1d extends Transposed {
  static override readonly name: string = "ConvTranspose1d";
  constructor(inChannels: number, outChannels: number, kernelSize: Spatial, options: ConvTransposeLayerOptions = {}) {
    super(1, true, inChannels, outChannels, kernelSize, options);
  }
  protected override convolve(x: Tensor, options: ConvTransposeOptions): Tensor {
    return convTranspose1d(x, this.weight, options);
  }
}
/**
 * The transposed convolution with learned filters, and a bias: PyTorch's `nn.ConvTranspose2d`, by `convTranspose2d`. x [n, in, h, w] or [in, h, w] -> [n, out, ...] or [out, ...].
 * @param inChannels of x
 * @param outChannels of the result
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @throws ArgumentError for channels that the groups do not divide, or another padding or padding mode
 * @example new nn.ConvTranspose2d(2, 3, 2).forward(ones([1, 2, 4, 4])).shape // [1, 3, 5, 5]
 */
export class ConvTranspose2d extends Transposed {
  static override readonly name: string = "ConvTranspose2d";
  constructor(inChannels: number, outChannels: number, kernelSize: Spatial, options: ConvTransposeLayerOptions = {}) {
    super(2, true, inChannels, outChannels, kernelSize, options);
  }
  protected override convolve(x: Tensor, options: ConvTransposeOptions): Tensor {
    return convTranspose2d(x, this.weight, options);
  }
}
/**
 * The transposed convolution with learned filters, and a bias: PyTorch's `nn.ConvTranspose3d`, by `convTranspose3d`. x [n, in, d, h, w] or [in, d, h, w] -> [n, out, ...] or [out,
 * ...].
 * @param inChannels of x
 * @param outChannels of the result
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @throws ArgumentError for channels that the groups do not divide, or another padding or padding mode
 * @example new nn.ConvTranspose3d(2, 3, 2).forward(ones([1, 2, 4, 4, 4])).shape // [1, 3, 5, 5, 5]
 */
export class ConvTranspose3d extends Transposed {
  static override readonly name: string = "ConvTranspose3d";
  constructor(inChannels: number, outChannels: number, kernelSize: Spatial, options: ConvTransposeLayerOptions = {}) {
    super(3, true, inChannels, outChannels, kernelSize, options);
  }
  protected override convolve(x: Tensor, options: ConvTransposeOptions): Tensor {
    return convTranspose3d(x, this.weight, options);
  }
}
