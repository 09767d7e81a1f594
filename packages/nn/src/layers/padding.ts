/** @file Layers that pad the last dims. `padding` is one number for all sides, or [before, after] of the last dim, then of the one before it. */
import { pad, type PadMode, python, ShapeError, type Tensor } from "@adjoint/core/functional";
import { Module } from "../module.ts";

type Sides = number | readonly number[];

abstract class Padding extends Module {
  readonly padding: readonly number[];
  constructor(padding: Sides, dims: number) {
    super();
    this.padding = typeof padding === "number" ? new Array<number>(2 * dims).fill(padding) : [...padding];
    if (this.padding.length !== 2 * dims) throw new ShapeError(`${this.constructor.name}: padding has ${2 * dims} numbers, or is one for all sides; got ${this.padding.length}`);
  }
  protected abstract get mode(): PadMode;
  override forward(x: Tensor): Tensor {
    return pad(x, this.padding, { mode: this.mode });
  }
  protected override extraRepr(): string {
    return python.tuple(this.padding);
  }
}
abstract class Constant extends Padding {
  readonly value: number;
  constructor(padding: Sides, value: number, dims: number) {
    super(padding, dims);
    this.value = value;
  }
  protected override get mode(): PadMode {
    return "constant";
  }
  override forward(x: Tensor): Tensor {
    return pad(x, this.padding, { value: this.value });
  }
  protected override extraRepr(): string {
    return `padding=${python.tuple(this.padding)}, value=${python.float(this.value)}`;
  }
}
abstract class Reflection extends Padding {
  protected override get mode(): PadMode {
    return "reflect";
  }
}
abstract class Replication extends Padding {
  protected override get mode(): PadMode {
    return "replicate";
  }
}

/**
 * One value at the ends of the last dim: PyTorch's `nn.ConstantPad1d`, by `pad`. x [...] -> its sizes and the padding.
 * @param padding one number for all ends, or [before, after] of the last dim, then of the one before it; a negative one takes away
 * @param value what stands there
 * @throws ShapeError for another count of numbers
 * @example new nn.ConstantPad1d(1, 0).forward(ones([2, 2])).shape // [2, 4]
 */
export class ConstantPad1d extends Constant {
  static override readonly name: string = "ConstantPad1d";
  constructor(padding: Sides, value: number) {
    super(padding, value, 1);
  }
}
/**
 * One value at the ends of the last two dims: PyTorch's `nn.ConstantPad2d`, by `pad`. x [...] -> its sizes and the padding.
 * @param padding one number for all ends, or [before, after] of the last dim, then of the one before it; a negative one takes away
 * @param value what stands there
 * @throws ShapeError for another count of numbers
 * @example new nn.ConstantPad2d(1, 0).forward(ones([2, 2, 2])).shape // [2, 4, 4]
 */
export class ConstantPad2d extends Constant {
  static override readonly name: string = "ConstantPad2d";
  constructor(padding: Sides, value: number) {
    super(padding, value, 2);
  }
}
/**
 * One value at the ends of the last three dims: PyTorch's `nn.ConstantPad3d`, by `pad`. x [...] -> its sizes and the padding.
 * @param padding one number for all ends, or [before, after] of the last dim, then of the one before it; a negative one takes away
 * @param value what stands there
 * @throws ShapeError for another count of numbers
 * @example new nn.ConstantPad3d(1, 0).forward(ones([2, 2, 2, 2])).shape // [2, 4, 4, 4]
 */
export class ConstantPad3d extends Constant {
  static override readonly name: string = "ConstantPad3d";
  constructor(padding: Sides, value: number) {
    super(padding, value, 3);
  }
}
/**
 * Zeros at the ends of the last two dims: PyTorch's `nn.ZeroPad2d`, by `pad`. x [...] -> its sizes and the padding.
 * @param padding one number for all ends, or [before, after] of the last dim, then of the one before it; a negative one takes away
 * @throws ShapeError for another count of numbers
 * @example new nn.ZeroPad2d(1).forward(ones([2, 2, 2])).shape // [2, 4, 4]
 */
export class ZeroPad2d extends Constant {
  static override readonly name: string = "ZeroPad2d";
  constructor(padding: Sides) {
    super(padding, 0, 2);
  }
  protected override extraRepr(): string {
    return python.tuple(this.padding);
  }
}
/**
 * What lies inward, reflected, at the ends of the last dim: PyTorch's `nn.ReflectionPad1d`, by `pad`. x [n, c, ...] or [c, ...] -> its sizes and the padding.
 * @param padding one number for all ends, or [before, after] of the last dim, then of the one before it; a negative one takes away
 * @throws ShapeError for another count of numbers
 * @example new nn.ReflectionPad1d(1).forward(ones([2, 2])).shape // [2, 4]
 */
export class ReflectionPad1d extends Reflection {
  static override readonly name: string = "ReflectionPad1d";
  constructor(padding: Sides) {
    super(padding, 1);
  }
}
/**
 * What lies inward, reflected, at the ends of the last two dims: PyTorch's `nn.ReflectionPad2d`, by `pad`. x [n, c, ...] or [c, ...] -> its sizes and the padding.
 * @param padding one number for all ends, or [before, after] of the last dim, then of the one before it; a negative one takes away
 * @throws ShapeError for another count of numbers
 * @example new nn.ReflectionPad2d(1).forward(ones([2, 2, 2])).shape // [2, 4, 4]
 */
export class ReflectionPad2d extends Reflection {
  static override readonly name: string = "ReflectionPad2d";
  constructor(padding: Sides) {
    super(padding, 2);
  }
}
/**
 * What lies inward, reflected, at the ends of the last three dims: PyTorch's `nn.ReflectionPad3d`, by `pad`. x [n, c, ...] or [c, ...] -> its sizes and the padding.
 * @param padding one number for all ends, or [before, after] of the last dim, then of the one before it; a negative one takes away
 * @throws ShapeError for another count of numbers
 * @example new nn.ReflectionPad3d(1).forward(ones([2, 2, 2, 2])).shape // [2, 4, 4, 4]
 */
export class ReflectionPad3d extends Reflection {
  static override readonly name: string = "ReflectionPad3d";
  constructor(padding: Sides) {
    super(padding, 3);
  }
}
/**
 * The edge again at the ends of the last dim: PyTorch's `nn.ReplicationPad1d`, by `pad`. x [n, c, ...] or [c, ...] -> its sizes and the padding.
 * @param padding one number for all ends, or [before, after] of the last dim, then of the one before it; a negative one takes away
 * @throws ShapeError for another count of numbers
 * @example new nn.ReplicationPad1d(1).forward(ones([2, 2])).shape // [2, 4]
 */
export class ReplicationPad1d extends Replication {
  static override readonly name: string = "ReplicationPad1d";
  constructor(padding: Sides) {
    super(padding, 1);
  }
}
/**
 * The edge again at the ends of the last two dims: PyTorch's `nn.ReplicationPad2d`, by `pad`. x [n, c, ...] or [c, ...] -> its sizes and the padding.
 * @param padding one number for all ends, or [before, after] of the last dim, then of the one before it; a negative one takes away
 * @throws ShapeError for another count of numbers
 * @example new nn.ReplicationPad2d(1).forward(ones([2, 2, 2])).shape // [2, 4, 4]
 */
export class ReplicationPad2d extends Replication {
  static override readonly name: string = "ReplicationPad2d";
  constructor(padding: Sides) {
    super(padding, 2);
  }
}
/**
 * The edge again at the ends of the last three dims: PyTorch's `nn.ReplicationPad3d`, by `pad`. x [n, c, ...] or [c, ...] -> its sizes and the padding.
 * @param padding one number for all ends, or [before, after] of the last dim, then of the one before it; a negative one takes away
 * @throws ShapeError for another count of numbers
 * @example new nn.ReplicationPad3d(1).forward(ones([2, 2, 2, 2])).shape // [2, 4, 4, 4]
 */
export class ReplicationPad3d extends Replication {
  static override readonly name: string = "ReplicationPad3d";
  constructor(padding: Sides) {
    super(padding, 3);
  }
}
