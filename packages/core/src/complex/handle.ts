/** @file What a complex tensor is before it computes: a handle on pairs, its place on the tape, its lifetime, its numbers on the host. */
import { data, dataSync } from "../api/reading.ts";
import type { Backend } from "../backend.ts";
import { retainGrad } from "../calculus/backward.ts";
import type { TypedArray } from "../dtype.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { keep, type Node, type Tensor } from "../op.ts";
import { type Shape, showShape, sizeOf, wrapDim } from "../shape.ts";
import { setRequiresGrad } from "../tensor.ts";
import { COMPLEX, type ComplexDType, type ComplexNumber, complexOf, isComplex, refused } from "./kind.ts";
import { complexText, complexTextNow, nest, type NestedPairs, numberOf } from "./reading.ts";

export class ComplexHandle {
  /** The real tensor of shape [..., 2] that it is: the same memory, the same place on the tape. Disposing it disposes this. */
  readonly pair: Tensor;

  /** @internal The pair becomes its own. */
  constructor(pair: Tensor) {
    if (pair.shape.at(-1) !== 2) throw new ShapeError(`a complex tensor is a pair in its last dim, got shape ${showShape(pair.shape)}`);
    this.pair = pair;
    if (!(COMPLEX in ComplexHandle.prototype)) mark();
  }
  /** The size of each dim. */
  get shape(): Shape {
    return this.pair.shape.slice(0, -1);
  }
  /** complex64 or complex128. */
  get dtype(): ComplexDType {
    return complexOf(this.pair.dtype);
  }
  /** Where its memory is. */
  get device(): Backend {
    return this.pair.device;
  }
  /** The number of dims. */
  get ndim(): number {
    return this.pair.ndim - 1;
  }
  /** The number of elements. */
  numel(): number {
    return sizeOf(this.shape);
  }
  /** The size of each dim: `shape`. */
  size(): Shape;
  /** The size of a dim; IndexError for one out of range. */
  size(dim: number): number;
  size(dim?: number): Shape | number {
    return dim === undefined ? this.shape : this.shape[wrapDim(dim, this.ndim)]!;
  }

  // ---- Autograd ------------------------------------------------------------------------------------------------------------

  /** Whether operations on it are recorded. */
  get requiresGrad(): boolean {
    return this.pair.requiresGrad;
  }
  set requiresGrad(value: boolean) {
    setRequiresGrad(this.pair, value);
  }
  /** Whether operations on this leaf are recorded, so that `backward` gives it a gradient. */
  requiresGrad_(value: boolean = true): this {
    setRequiresGrad(this.pair, value);
    return this;
  }
  /** Whether no recorded operation made it. */
  get isLeaf(): boolean {
    return this.pair.isLeaf;
  }
  /** The node that produced it, or null for a leaf. */
  get gradFn(): Node<never> | null {
    return this.pair.gradFn;
  }
  /** Keeps the gradient of this result in `.grad`, as leaves do. */
  retainGrad(): this {
    retainGrad(this.pair);
    return this;
  }
  // ---- Lifetime and reading ------------------------------------------------------------------------------------------------

  /** Frees the memory now. */
  dispose(): void {
    this.pair.dispose();
  }
  [Symbol.dispose](): void {
    this.pair.dispose();
  }
  /** Takes it out of its scope. */
  keep(): this {
    keep(this.pair);
    return this;
  }
  /** Real and imaginary parts in turn, in row-major order. */
  data(): Promise<TypedArray> {
    return data(this.pair);
  }
  /** As `data`, at once: on devices that can. */
  dataSync(): TypedArray {
    return dataSync(this.pair);
  }
  /** The value of a tensor of one element. */
  async item(): Promise<ComplexNumber> {
    return numberOf(this, await data(this.pair));
  }
  /** As `item`, at once: on devices that can. */
  itemSync(): ComplexNumber {
    return numberOf(this, dataSync(this.pair));
  }
  /** Nested arrays whose leaves are [real, imaginary]. */
  async toArray(): Promise<NestedPairs> {
    return nest(await data(this.pair), this.shape);
  }
  /** As `toArray`, at once: on devices that can. */
  toArraySync(): NestedPairs {
    return nest(dataSync(this.pair), this.shape);
  }
  /** As PyTorch prints it, digit for digit. */
  async format(): Promise<string> {
    return complexText(this, await data(this.pair));
  }
  /** As PyTorch prints it. Of a device that cannot be read at once, what is known without waiting: `await z.format()` prints it all. */
  toString(): string {
    return complexTextNow(this);
  }

  [Symbol.toPrimitive](hint: string): string {
    if (hint === "number") throw new ArgumentError("a complex tensor is no number for JavaScript's operators: write x.mul(y), or read it with await x.item()");
    return complexTextNow(this);
  }

  // What an op of real tensors would look at: it ends here.
  /** @internal */ get window(): never { return refused(this); }
  /** @internal */ get storage(): never { return refused(this); }
  /** @internal */ get edge(): never { return refused(this); }
}
/** What the prototype bears beside its methods, put there by the first complex tensor: a bundle without any carries nothing of them. */
function mark(): void {
  Object.defineProperty(ComplexHandle.prototype, COMPLEX, { value: isComplex });
  Object.defineProperty(ComplexHandle.prototype, Symbol.for("nodejs.util.inspect.custom"), { value(this: ComplexHandle) { return complexTextNow(this); } });
}
