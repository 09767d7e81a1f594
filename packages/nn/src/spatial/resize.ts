/** @file Resizing, and windows of an image as columns, as modules. */
import { fold, type FoldOptions, interpolate, type InterpolateMode, type InterpolateOptions, python, type Spatial, type Tensor, unfold } from "@adjoint/core/functional";
import { Module } from "../module.ts";

export type UpsampleOptions = Omit<InterpolateOptions, "antialias">;

/**
 * Images of another size: PyTorch's `nn.Upsample`, by `interpolate`. x [n, c, ...] -> [n, c, ...size].
 * @example new nn.Upsample({ scaleFactor: 2 }).forward(ones([1, 1, 2])).shape // [1, 1, 4]
 */
export class Upsample extends Module {
  static override readonly name: string = "Upsample";
  readonly size: UpsampleOptions["size"];
  readonly scaleFactor: UpsampleOptions["scaleFactor"];
  readonly mode: InterpolateMode;
  readonly alignCorners: boolean | undefined;
  readonly recomputeScaleFactor: boolean | undefined;

  constructor(options: UpsampleOptions = {}) {
    super();
    this.size = options.size;
    this.scaleFactor = options.scaleFactor;
    this.mode = options.mode ?? "nearest";
    this.alignCorners = options.alignCorners;
    this.recomputeScaleFactor = options.recomputeScaleFactor;
  }
  override forward(x: Tensor): Tensor {
    const { size, scaleFactor, mode, alignCorners, recomputeScaleFactor } = this;
    return interpolate(x, { size, scaleFactor, mode, alignCorners, recomputeScaleFactor });
  }
  protected override extraRepr(): string {
    const { scaleFactor, size } = this;
    const how = scaleFactor === undefined ? `size=${python.repr(size)}` : `scale_factor=${typeof scaleFactor === "number" ? python.float(scaleFactor) : `(${scaleFactor.map(python.float).join(", ")}${scaleFactor.length === 1 ? "," : ""})`}`;
    return `${how}, mode=${this.mode}`;
  }
}
type SizeOptions = Pick<UpsampleOptions, "size" | "scaleFactor">;
/**
 * Images of another size, by the nearest element: PyTorch's `nn.UpsamplingNearest2d`, by `interpolate`. x [n, c, h, w] -> [n, c, ...size].
 * @example new nn.UpsamplingNearest2d({ scaleFactor: 2 }).forward(ones([1, 1, 2, 2])).shape // [1, 1, 4, 4]
 */
export class UpsamplingNearest2d extends Upsample {
  static override readonly name: string = "UpsamplingNearest2d";
  constructor(options: SizeOptions = {}) {
    super({ ...options, mode: "nearest" });
  }
}
/**
 * Images of another size, by weighted sums of neighbours, corners aligned: PyTorch's `nn.UpsamplingBilinear2d`, by `interpolate`. x [n, c, h, w] -> [n, c, ...size].
 * @example new nn.UpsamplingBilinear2d({ scaleFactor: 2 }).forward(ones([1, 1, 2, 2])).shape // [1, 1, 4, 4]
 */
export class UpsamplingBilinear2d extends Upsample {
  static override readonly name: string = "UpsamplingBilinear2d";
  constructor(options: SizeOptions = {}) {
    super({ ...options, mode: "bilinear", alignCorners: true });
  }
}

abstract class Windows extends Module {
  readonly kernelSize: Spatial;
  readonly dilation: Spatial;
  readonly padding: Spatial;
  readonly stride: Spatial;

  constructor(kernelSize: Spatial, options: FoldOptions = {}) {
    super();
    this.kernelSize = kernelSize;
    this.dilation = options.dilation ?? 1;
    this.padding = options.padding ?? 0;
    this.stride = options.stride ?? 1;
  }
  protected options(): FoldOptions {
    return { dilation: this.dilation, padding: this.padding, stride: this.stride };
  }
  protected override extraRepr(): string {
    return `kernel_size=${python.repr(this.kernelSize)}, dilation=${python.repr(this.dilation)}, padding=${python.repr(this.padding)}, stride=${python.repr(this.stride)}`;
  }
}
/**
 * The windows of an image as columns: PyTorch's `nn.Unfold`, by `unfold`. x [n, c, h, w] -> [n, c kh kw, windows].
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @example new nn.Unfold(2).forward(ones([1, 1, 3, 3])).shape // [1, 4, 4]
 */
export class Unfold extends Windows {
  static override readonly name: string = "Unfold";
  override forward(x: Tensor): Tensor {
    return unfold(x, this.kernelSize, this.options());
  }
}
/**
 * The sum of overlapping windows, the adjoint of Unfold: PyTorch's `nn.Fold`, by `fold`. x [n, c kh kw, windows] -> [n, c, ...outputSize].
 * @param outputSize of the image, one number or [h, w]
 * @param kernelSize of a window: one number, or one for each spatial dim
 * @example new nn.Fold(3, 2).forward(ones([1, 4, 4])).shape // [1, 1, 3, 3]
 */
export class Fold extends Windows {
  static override readonly name: string = "Fold";
  readonly outputSize: Spatial;
  constructor(outputSize: Spatial, kernelSize: Spatial, options: FoldOptions = {}) {
    super(kernelSize, options);
    this.outputSize = outputSize;
  }
  override forward(x: Tensor): Tensor {
    return fold(x, this.outputSize, this.kernelSize, this.options());
  }
  protected override extraRepr(): string {
    return `output_size=${python.repr(this.outputSize)}, ${super.extraRepr()}`;
  }
}
