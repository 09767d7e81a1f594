/** @file Padding: a tensor with more at the ends of its dims, or less. */
import { callMap, copyView } from "../calculus/call.ts";
import { clone } from "../calculus/map-reduce.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { allocate, composite, dispatch, type Op, savesNothing, type Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import { castValue } from "../scalar/instructions.ts";
import { perDType, program } from "../scalar/program.ts";
import { showShape } from "../shape.ts";
import { restride } from "../view.ts";
import { cat } from "./cat.ts";
import { flip } from "./repeat.ts";
import { expand, narrow } from "./views.ts";

/** For each dim, how many elements come before and behind; the value of these. */
type PadAttrs = { readonly before: readonly number[]; readonly behind: readonly number[]; readonly value: number };
const filling = /*@__PURE__*/ perDType((d, c) => program("full", [], [c], [s.cast(s.param(0, c), d)]));
const padOp: Op<PadAttrs> = {
  name: "pad",
  gradName: () => "ConstantPadNdBackward0",
  run(device, [x], { before, behind, value }) {
    const shape = x!.shape.map((size, d) => size + before[d]! + behind[d]!), out = allocate(device, x!.dtype, shape);
    callMap(device, [], [out], { program: filling(x!.dtype), params: [castValue("float64", x!.dtype, value)] }, shape);
    if (x!.window.size === 0) return out;
    const { strides } = out.window, start = before.reduce((at, n, d) => at + n * strides[d]!, 0);
    copyView(device.backend.kernels.copy, x!.window, restride(out.window, x!.shape, strides, start), device.backend.limits.maxRank);
    return out;
  },
  saves: () => savesNothing,
  vjp: ([grad], node) => [node.attrs.before.reduce((g, n, d) => narrow(g, d, n, g.shape[d]! - n - node.attrs.behind[d]!), grad!)],
  jvp: ([tangent], _, __, attrs) => [dispatch(padOp, [tangent!], { ...attrs, value: 0 })],
  batched: ({ before, behind, value }, lead) => ({ before: [...lead.map(() => 0), ...before], behind: [...lead.map(() => 0), ...behind], value }),
};

/** [before, behind] of each dim from PyTorch's list, which begins with the last dim. */
function pairsOf(x: Tensor, pad: readonly number[]): [before: number, behind: number][] {
  if (pad.length % 2 !== 0) throw new ArgumentError("Padding length must be divisible by 2");
  if (pad.length / 2 > x.ndim) throw new ShapeError(`Length of pad should be no more than twice the number of dimensions of the input. Pad length is ${pad.length} while the input has ${x.ndim} dimensions.`);
  return x.shape.map((_, d) => { const at = 2 * (x.ndim - 1 - d); return [pad[at] ?? 0, pad[at + 1] ?? 0]; });
}
/** Without what negative padding takes away. */
const cropped = (x: Tensor, pairs: readonly (readonly [number, number])[]): Tensor => pairs.reduce((y, [before, behind], d) => {
  const start = Math.max(0, -before), length = y.shape[d]! - start - Math.max(0, -behind);
  if (length < 0) throw new ShapeError(`The input size ${y.shape[d]}, plus negative padding ${before} and ${behind}, resulted in a negative output size, which is invalid. Check dimension ${d} of your input.`);
  return start === 0 && length === y.shape[d] ? y : narrow(y, d, start, length);
}, x);

export type ConstantPadOptions = { readonly value?: number };
/** x with `value` (0) at the ends of its dims: `pad` has two numbers for each dim, the last dim first; negative ones take away. */
export const constantPadNd: (x: Tensor, pad: readonly number[], options?: ConstantPadOptions) => Tensor = /*@__PURE__*/ composite("ConstantPadNdBackward0", (x: Tensor, pad: readonly number[], options: ConstantPadOptions = {}): Tensor => {
  const pairs = pairsOf(x, pad), inner = cropped(x, pairs);
  const before = pairs.map(([a]) => Math.max(0, a)), behind = pairs.map(([, b]) => Math.max(0, b));
  if (before.every((n) => n === 0) && behind.every((n) => n === 0)) return clone(inner);
  return dispatch(padOp, [inner], { before, behind, value: options.value ?? 0 });
});

export type PadMode = "constant" | "reflect" | "replicate" | "circular";
export type PadOptions = {
  /** What the new elements are: `value`; those on the other side of the edge; the edge; or those of the other end. */
  readonly mode?: PadMode;
  readonly value?: number | null;
};
/** What lies before or behind a dim, in each mode. */
function border(x: Tensor, d: number, count: number, mode: PadMode, side: "before" | "behind"): Tensor {
  const size = x.shape[d]!, first = side === "before";
  if (mode === "replicate") return expand(narrow(x, d, first ? 0 : size - 1, 1), x.shape.map((n, k) => (k === d ? count : n)));
  if (mode === "circular") return narrow(x, d, first ? size - count : 0, count);
  return flip(narrow(x, d, first ? 1 : size - 1 - count, count), d);
}
const nodeOf: { readonly [M in Exclude<PadMode, "constant">]: (dims: number) => string } = {
  reflect: (dims) => `ReflectionPad${dims}DBackward0`, replicate: (dims) => `ReplicationPad${dims}DBackward0`, circular: () => "torch::autograd::CopySlices",
};
/**
 * x padded at the ends of its last dims: two numbers for each, the last dim first. "reflect", "replicate" and "circular" pad up to three dims behind those of
 * batch and channels.
 * @throws ShapeError where the padding is larger than the mode allows; ArgumentError for another mode
 */
export function pad(x: Tensor, padding: readonly number[], options: PadOptions = {}): Tensor {
  const { mode = "constant", value } = options;
  if (padding.length % 2 !== 0) throw new ArgumentError("Padding length must be divisible by 2");
  if (padding.length > 2 * x.ndim) throw new ShapeError("Padding length too large");
  if (mode === "constant") return constantPadNd(x, padding, { value: value ?? 0 });
  if (!Object.hasOwn(nodeOf, mode)) throw new ArgumentError(`Unrecognised padding mode ${String(mode)}`);
  if (value !== undefined && value !== null && value !== 0) throw new ArgumentError(`Padding mode "${mode}" doesn't take in value argument`);
  const dims = padding.length / 2;
  if (!(dims >= 1 && dims <= 3 && (x.ndim === dims + 1 || x.ndim === dims + 2))) throw new ShapeError("Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now");
  return bordered(nodeOf[mode](dims), x, padding, mode);
}
function bordered(name: string, given: Tensor, padding: readonly number[], mode: Exclude<PadMode, "constant">): Tensor {
  return composite(name, (x: Tensor): Tensor => {
    const pairs = pairsOf(x, padding);
    pairs.forEach(([before, behind], d) => {
      const size = x.shape[d]!, largest = Math.max(before, behind);
      if (mode === "reflect" && largest >= size && largest > 0)
        throw new ShapeError(`Padding size should be less than the corresponding input dimension, but got: padding (${before}, ${behind}) at dimension ${d} of input ${showShape(x.shape)}`);
      if (mode === "circular" && largest > size) throw new ShapeError("Padding value causes wrapping around more than once.");
    });
    const out = pairs.reduce((y, [before, behind], d) => {
      const parts = [...(before > 0 ? [border(y, d, before, mode, "before")] : []), y, ...(behind > 0 ? [border(y, d, behind, mode, "behind")] : [])];
      return parts.length === 1 ? y : cat(parts, d);
    }, cropped(x, pairs));
    return out === x ? clone(x) : out;
  })(given);
}
