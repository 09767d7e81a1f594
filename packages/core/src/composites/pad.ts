/** @file Padding: constants, or the tensor itself, reflected, repeated at its edges, or going round. */
import { fromHost, full } from "../creation/fill.ts";
import { ArgumentError, NotSupportedError, ShapeError } from "../errors.ts";
import { composite, type Tensor } from "../op.ts";
import { indexSelect } from "../primitives/gather.ts";
import * as python from "../python.ts";
import { amidZeros } from "../views/assembly.ts";
import { cat } from "../views/cat.ts";
import { clone } from "../calculus/map-reduce.ts";
import { narrow } from "../views/views.ts";

export type PadMode = "constant" | "reflect" | "replicate" | "circular";
type Side = { readonly dim: number; readonly before: number; readonly after: number };

/** pad is [before, after] of the last dim, then of the one before it, and so on. */
function sidesOf(x: Tensor, pad: readonly number[]): Side[] {
  return Array.from({ length: pad.length / 2 }, (_, k) => ({ dim: x.ndim - 1 - k, before: pad[2 * k]!, after: pad[2 * k + 1]! }));
}

const constant = /*@__PURE__*/ composite("ConstantPadNdBackward0", (x: Tensor, sides: readonly Side[], value: number): Tensor => {
  let out = x;
  for (const { dim, before, after } of sides) {
    const from = Math.max(0, -before), length = out.shape[dim]! - from - Math.max(0, -after);
    if (before < 0 || after < 0) out = narrow(out, dim, from, length);
    const { shape, dtype, device } = out, filled = (count: number): Tensor[] => (count > 0 ? [full(shape.map((size, d) => (d === dim ? count : size)), value, { dtype, device })] : []);
    if (before <= 0 && after <= 0) continue;
    out = Object.is(value, 0) ? amidZeros(out, dim, Math.max(0, before), Math.max(0, after)) : cat([...filled(before), out, ...filled(after)], dim);
  }
  return out === x ? clone(x) : out;
});

/** Where each place of a padded dim looks, in a dim of `size`. */
const look: { readonly [M in Exclude<PadMode, "constant">]: (at: number, size: number) => number } = {
  reflect: (at, size) => (at < 0 ? -at : at >= size ? 2 * (size - 1) - at : at),
  replicate: (at, size) => Math.min(Math.max(at, 0), size - 1),
  circular: (at, size) => ((at % size) + size) % size,
};
const nodeNames = { reflect: "ReflectionPad", replicate: "ReplicationPad", circular: "" };

const byPlace = /*@__PURE__*/ composite(undefined, (x: Tensor, sides: readonly Side[], mode: Exclude<PadMode, "constant">): Tensor => {
  const out = sides.reduce((y, { dim, before, after }) => {
    // What goes round is what is left after taking away.
    const size = y.shape[dim]!, from = mode === "circular" ? Math.max(0, -before) : 0, seen = mode === "circular" ? size - from - Math.max(0, -after) : size;
    const places = Int32Array.from({ length: size + before + after }, (_, i) => look[mode](i - before - from, seen) + from);
    return before === 0 && after === 0 ? y : indexSelect(y, dim, fromHost(places, [places.length], "int32", { device: y.device }));
  }, x);
  const result = out === x ? clone(x) : out;
  if (result.gradFn !== null) result.gradFn.label = mode === "circular" ? "torch::autograd::CopySlices" : `${nodeNames[mode]}${sides.length}DBackward0`;
  return result;
});

function checkPlaces(x: Tensor, sides: readonly Side[], mode: Exclude<PadMode, "constant">): void {
  sides.forEach(({ dim, before, after }, k) => {
    const size = x.shape[dim]!;
    if (mode === "reflect" && (before >= size || after >= size))
      throw new ShapeError(`Argument #${4 + 2 * k}: Padding size should be less than the corresponding input dimension, but got: padding (${before}, ${after}) at dimension ${dim} of input ${python.list(x.shape)}`);
    if (mode === "circular" && (before > size || after > size)) throw new ShapeError("Padding value causes wrapping around more than once.");
    if (size + before + after <= 0 && mode === "circular") throw new ShapeError("Negative padding value is resulting in an empty dimension");
    if (size + before + after < 1) throw new ShapeError(`input (${k === 0 ? "W" : k === 1 ? "H" : "D"}: ${size}) is too small. Calculated output ${k === 0 ? "W" : k === 1 ? "H" : "D"}: ${size + before + after}`);
  });
}

export type PadOptions = {
  /** What stands at the ends: "constant" by default. */
  readonly mode?: PadMode;
  /** Of the mode "constant": 0 by default. */
  readonly value?: number | null;
};
/**
 * x with more at its ends: `pad` is [before, after] of the last dim, then of the one before it, and so on; a negative number takes away. "constant"
 * puts `value` there, "reflect" what lies inward, "replicate" the edge, "circular" the other end; these three pad the last one to three dims of
 * [n, channels, ...] or [channels, ...].
 * @example pad(tensor([1, 2]), [1, 0]) // [0, 1, 2]
 */
export function pad(x: Tensor, pad: readonly number[], options: PadOptions = {}): Tensor {
  const { mode = "constant", value } = options;
  if (pad.length % 2 !== 0) throw new ArgumentError("Padding length must be divisible by 2");
  if (pad.length > 2 * x.ndim) throw new ArgumentError("Padding length too large");
  const sides = sidesOf(x, pad);
  if (mode === "constant") {
    for (const { dim, before, after } of sides)
      if (x.shape[dim]! + before + after < 0)
        throw new ShapeError(`The input size ${x.shape[dim]}, plus negative padding ${before} and ${after} resulted in a negative output size, which is invalid. Check dimension ${dim} of your input.`);
    return constant(x, sides, value ?? 0);
  }
  if (!Object.hasOwn(look, mode)) throw new NotSupportedError(`Unrecognised padding mode ${String(mode)}`);
  if ((value ?? 0) !== 0) throw new ArgumentError(`Padding mode "${mode}" doesn't take in value argument`);
  const places = sides.length;
  if (places < 1 || places > 3 || (x.ndim !== places + 1 && x.ndim !== places + 2))
    throw new NotSupportedError("Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now");
  checkPlaces(x, sides, mode);
  return byPlace(x, sides, mode);
}
/**
 * x with one value at its ends: PyTorch's `constant_pad_nd`.
 * @param x of any shape and dtype
 * @param sizes [before, after] of the last dim, then of the one before it, and so on; a negative number takes away
 * @param options `value`: what stands there, 0 by default
 * @returns x's shape with the sizes changed by so much, of its dtype
 * @throws ShapeError where more is taken away than there is
 * @throws ArgumentError for an odd count of numbers, or more than x's dims
 * @example constantPadNd(tensor([1, 2]), [1, 0], { value: 9 }) // [9, 1, 2]
 */
export const constantPadNd = (x: Tensor, sizes: readonly number[], options: { readonly value?: number } = {}): Tensor => pad(x, sizes, options);
