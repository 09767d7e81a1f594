/** @file From a device to the host: values, single numbers, nested arrays, text; and from device to device. */
import type { Backend } from "../backend.ts";
import { materialize } from "../calculus/call.ts";
import { fromHost, type NestedArray } from "../creation/fill.ts";
import { decodeHost, type DType, dtypes, type TypedArray } from "../dtype.ts";
import { toFormat, type ToOptions } from "../elementwise/to.ts";
import { ArgumentError, AutogradError, TransformError } from "../errors.ts";
import { formatTensor } from "../format.ts";
import { activeInterpreter, alive, asRun, isTensor, join, requireReadable, Tensor } from "../op.ts";
import { isParameter } from "../parameter.ts";
import type { Shape } from "../shape.ts";

/** Reads the elements in logical order: of a strided view, by way of a dense copy. */
function read<R>(x: Tensor, from: (buffer: object, at: number, count: number) => R): R {
  alive("data", x);
  if (x.traced?.physical)
    throw new TransformError(
      "vmap: It looks like you're calling .item() or reading the values of a Tensor inside of vmap. We don't support vmap over reading values, please try to rewrite what you're doing with other operations.");
  const view = x.window;
  if (view.dense) return from(view.buffer, view.offset, view.size);
  return asRun(x.storage.device, () => from(materialize(x, x.shape).window.buffer, 0, view.size));
}

/**
 * The elements in row-major order, in the host layout: bool one byte each, float16 and bfloat16 their 16-bit words. `toArray` and `item` give numbers.
 * @param x of any shape and dtype
 * @returns a promise of a fresh typed array
 * @throws DeviceLostError where the device was lost
 * @example await data(tensor([1, 2])) // [1, 2]
 */
export function data(x: Tensor): Promise<TypedArray> {
  if (x.window.size === 0) return Promise.resolve(dtypes[x.dtype].hostArray(0));
  return read(x, (buffer, at, count) => x.device.read(buffer, at, count));
}
/**
 * As `data`, at once.
 * @param x of any shape and dtype
 * @returns a fresh typed array
 * @throws DeviceError on a device that cannot read at once
 * @example dataSync(tensor([1, 2])) // [1, 2]
 */
export function dataSync(x: Tensor): TypedArray {
  const backend = x.device;
  requireReadable("dataSync", backend, "use await x.data(), await x.item() or await x.toArray()");
  if (x.window.size === 0) return dtypes[x.dtype].hostArray(0);
  return read(x, (buffer, at, count) => backend.readSync!(buffer, at, count));
}

function oneElement(x: Tensor): void {
  if (x.window.size !== 1)
    throw new ArgumentError("only one element tensors can be converted to Python scalars");
}
const scalarOf = (x: Tensor, values: TypedArray): number => (alive("item", x), decodeHost(x.dtype, values)[0]!);
/**
 * The value of a tensor of one element.
 * @param x of one element, of any dtype
 * @returns a promise of a number; a bool is 0 or 1
 * @throws ArgumentError for more elements, or none
 * @example await item(tensor(5)) // 5
 */
export async function item(x: Tensor): Promise<number> {
  oneElement(x);
  return decodeHost(x.dtype, await data(x))[0]!;
}
/**
 * As `item`, at once.
 * @param x of one element, of any dtype
 * @returns a number; a bool is 0 or 1
 * @throws ArgumentError for more elements, or none
 * @throws DeviceError on a device that cannot read at once
 * @example itemSync(tensor(5)) // 5
 */
export function itemSync(x: Tensor): number {
  oneElement(x);
  return scalarOf(x, dataSync(x));
}

function nest(values: ArrayLike<number>, shape: Shape, dtype: DType): NestedArray {
  let at = 0;
  const level = (depth: number): NestedArray => {
    if (depth < shape.length) return Array.from({ length: shape[depth]! }, () => level(depth + 1));
    const value = values[at++]!;
    return dtype === "bool" ? value !== 0 : value;
  };
  return level(0);
}
/**
 * The values in nested arrays.
 * @param x of any shape and dtype
 * @returns a promise of arrays of numbers or booleans, nested as the shape says; of a 0-d tensor the bare value
 * @throws DeviceLostError where the device was lost
 * @example await toArray(tensor([[1, 2]])) // [[1, 2]]
 */
export async function toArray(x: Tensor): Promise<NestedArray> {
  const { shape, dtype } = x;
  return nest(decodeHost(dtype, await data(x)), shape, dtype);
}
/**
 * As `toArray`, at once.
 * @param x of any shape and dtype
 * @returns arrays of numbers or booleans
 * @throws DeviceError on a device that cannot read at once
 * @example toArraySync(tensor([[1, 2]])) // [[1, 2]]
 */
export const toArraySync = (x: Tensor): NestedArray => nest(decodeHost(x.dtype, dataSync(x)), x.shape, x.dtype);

/** A view that may not be used any more, since its base has changed, can still be printed. */
function gradFnName(x: Tensor): string | undefined {
  try {
    return x.gradFn?.name;
  } catch (error) {
    if (error instanceof AutogradError) return "Invalid";
    throw error;
  }
}
const labels = (x: Tensor, device: string | undefined) => ({ gradFn: gradFnName(x), requiresGrad: x.requiresGrad, device, isParameter: isParameter(x) });
function fromValues(x: Tensor, words: TypedArray): string {
  const values = decodeHost(x.dtype, words);
  return formatTensor({ shape: x.shape, dtype: x.dtype, read: (i) => (x.dtype === "bool" ? values[i] !== 0 : values[i]!) }, labels(x, undefined));
}

/**
 * As PyTorch prints it, digit for digit.
 * @param x of any shape and dtype
 * @returns a promise of the text
 */
export async function format(x: Tensor): Promise<string> {
  return fromValues(x, await data(x));
}
/** As `format` where the device can read at once; else what is known without waiting. */
export function toString(x: Tensor): string {
  if (x.freedBy !== undefined) return `tensor(..., freed, size=(${x.shape.join(", ")}))`;
  if (x.traced?.physical) return `BatchedTensor(\n    ${toString(x.traced.physical).replaceAll("\n", "\n    ")}\n)`;
  return x.device.readSync === undefined ? formatTensor({ shape: x.shape, dtype: x.dtype }, labels(x, x.device.name)) : fromValues(x, dataSync(x));
}

/**
 * The same values on another device. A move is a new leaf, as values pass through the host.
 * @param x of any shape and dtype
 * @param device where to
 * @returns a promise of a tensor of x's shape and dtype, x itself where it is there
 * @throws AutogradError for a tensor with history: move its inputs, or `detach()` it first
 */
export async function moveTo(x: Tensor, device: Backend): Promise<Tensor> {
  alive("to", x);
  if (x.device === device) return x;
  if (x.requiresGrad && !x.isLeaf)
    throw new AutogradError("to(device): moving a recorded tensor between devices is not recorded yet; move its inputs, or detach() it first");
  const moved = fromHost(await data(x), x.shape, x.dtype, { device, requiresGrad: x.requiresGrad });
  return moved;
}
const isBackend = (target: object): target is Backend => "kernels" in target;

/**
 * `x.to("float64")` casts at once, `x.to(other)` to the dtype of another tensor, `x.to({ memoryFormat: "channels_last" })` lays out anew; `await x.to(device)` moves.
 * @param x of any shape and dtype
 * @param target a dtype, a tensor whose dtype it is, a device, or options alone, among which is `dtype` too
 * @param options `copy`: a copy even where the tensor is as asked already; `memoryFormat`: how the elements lie
 * @returns a tensor of x's shape and the dtype, x itself where it is so already; of a device, a promise of it
 * @throws DTypeError for a dtype that the device does not take
 * @throws AutogradError where a recorded tensor is moved between devices
 * @example to(tensor([1.5]), "int32") // [1]
 */
export function to(x: Tensor, target: DType | Tensor, options?: ToOptions): Tensor;
export function to(x: Tensor, options: ToOptions & { readonly dtype?: DType }): Tensor;
export function to(x: Tensor, target: Backend): Promise<Tensor>;
export function to(x: Tensor, target: DType | Tensor | Backend | (ToOptions & { readonly dtype?: DType }), options?: ToOptions): Tensor | Promise<Tensor> {
  if (typeof target === "string") return toFormat(x, target, options);
  if (isTensor(target)) return toFormat(x, target.dtype, options);
  if ("then" in target) throw new ArgumentError("to(): a promise of a device: await that first, as in await x.to(await wasm())");
  return isBackend(target) ? moveTo(x, target) : toFormat(x, target.dtype ?? x.dtype, target);
}

/**
 * The same memory, cut from the tape.
 * @param x of any shape and dtype
 * @returns a view of x's shape and dtype that needs no gradient
 * @throws TransformError in a function transform
 * @example detach(tensor([1], { requiresGrad: true }).mul(2)).requiresGrad // false
 */
export function detach(x: Tensor): Tensor {
  alive("detach", x);
  if (x.traced?.physical) return activeInterpreter()!.lift(x, detach);
  const out = new Tensor(x.window, x.storage.retain(), null);
  join(out, x.lifetime);
  return out;
}

/**
 * The same memory, cut from the tape, whose changes in place go unnoticed by backward: PyTorch's `x.data`. A value that backward needs and that is changed
 * through it makes wrong gradients; `detach()` would make an error.
 * @param x of any shape and dtype
 * @returns a view of x's shape and dtype that needs no gradient
 * @throws TransformError in a function transform
 */
export function untracked(x: Tensor): Tensor {
  alive("untracked", x);
  const out = new Tensor(x.window, x.storage.twin(), null);
  join(out, x.lifetime);
  return out;
}

/** Cuts the tensor itself from the tape: PyTorch's `detach_`. */
export function detach_(x: Tensor): Tensor {
  alive("detach_", x);
  if (x.lineage !== null && x.lineage.parent !== null)
    throw new AutogradError(
      "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for training, and gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and hence detach_() " +
      "cannot be called on these gradients. To fix this error, please refer to the Optimizer.zero_grad() function in torch/optim/optimizer.py as a solution.");
  x.edge = null;
  return x;
}
