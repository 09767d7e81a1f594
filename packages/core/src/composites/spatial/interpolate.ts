/** @file Resizing of the spatial dims, one dim after the other: PyTorch's `F.interpolate`. */
import { fromHost } from "../../creation/fill.ts";
import { dtypes, isFloat, scalarTypeName } from "../../dtype.ts";
import { add, mul } from "../../elementwise/arithmetic.ts";
import { to } from "../../elementwise/elementwise.ts";
import { ArgumentError, DTypeError, NotSupportedError, ShapeError } from "../../errors.ts";
import { composite, type Tensor } from "../../op.ts";
import { indexSelect } from "../../primitives/gather.ts";
import * as python from "../../python.ts";
import { type Shape, showShape } from "../../shape.ts";
import { sum } from "../reductions.ts";
import { adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d } from "./pooling/adaptive.ts";
import { windowed } from "./pooling/windows.ts";
import { cubic, linear, nearest, type Resize, smoothed, type Taps } from "./resampling.ts";

export type InterpolateMode = "nearest" | "nearest-exact" | "linear" | "bilinear" | "bicubic" | "trilinear" | "area";
export type InterpolateOptions = {
  /** The new sizes, or one for all spatial dims. Either this or `scaleFactor`. */
  readonly size?: number | readonly number[] | undefined;
  /** How many times as large each size, or all, shall be; given instead of `size`. */
  readonly scaleFactor?: number | readonly number[] | undefined;
  /** How values between places are made: "nearest" by default. */
  readonly mode?: InterpolateMode;
  /** Whether the corner elements keep their places and values; of the linear and cubic modes. Default false. */
  readonly alignCorners?: boolean | undefined;
  /** Whether positions follow from the sizes alone, and not from `scaleFactor`. */
  readonly recomputeScaleFactor?: boolean | undefined;
  /** Whether a smaller result averages over all that it replaces; of "bilinear" and "bicubic". */
  readonly antialias?: boolean;
};

/** The number of dims of x that a mode takes, and what PyTorch calls its node, without the number of spatial dims. */
const modes: { readonly [M in InterpolateMode]: { readonly dims?: number; readonly node: (rank: number) => string; readonly taps?: (resize: Resize) => Taps } } = {
  nearest: { node: (rank) => `UpsampleNearest${rank}DBackward1`, taps: (resize) => nearest(resize, 0) },
  "nearest-exact": { node: (rank) => `UpsampleNearestExact${rank}DBackward1`, taps: (resize) => nearest(resize, 0.5) },
  linear: { dims: 3, node: () => "UpsampleLinear1DBackward1", taps: linear },
  bilinear: { dims: 4, node: () => "UpsampleBilinear2DBackward1", taps: linear },
  bicubic: { dims: 4, node: () => "UpsampleBicubic2DBackward1", taps: cubic },
  trilinear: { dims: 5, node: () => "UpsampleTrilinear3DBackward1", taps: linear },
  area: { node: (rank) => (rank === 1 ? "SqueezeBackward1" : `AdaptiveAvgPool${rank}DBackward0`) },
};
const areas = [adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d] as const;

/** The new sizes, and the factors where they decide positions. */
function sizesOf(x: Tensor, { size, scaleFactor, recomputeScaleFactor }: InterpolateOptions): { readonly counts: readonly number[]; readonly factors: readonly number[] | undefined } {
  const sizes = x.shape.slice(2), rank = sizes.length, all = (value: number | readonly number[]): readonly number[] => (typeof value === "number" ? Array<number>(rank).fill(value) : value);
  if (size !== undefined && scaleFactor !== undefined) throw new ArgumentError("only one of size or scale_factor should be defined");
  if (size !== undefined) {
    const counts = all(size);
    if (counts.length !== rank)
      throw new ShapeError(`Input and output must have the same number of spatial dimensions, but got input with spatial dimensions of ${showShape(sizes)} and output size of ${python.tuple(counts)}. Please provide input tensor in (N, C, d1, d2, ...,dK) format and output size in (o1, o2, ...,oK) format.`);
    if (recomputeScaleFactor === true) throw new ArgumentError("recompute_scale_factor is not meaningful with an explicit size.");
    return { counts, factors: undefined };
  }
  if (scaleFactor === undefined) throw new ArgumentError("either size or scale_factor should be defined");
  const factors = all(scaleFactor);
  if (factors.length !== rank)
    throw new ShapeError(`Input and scale_factor must have the same number of spatial dimensions, but got input with spatial dimensions of ${showShape(sizes)} and scale_factor of shape ${python.tuple(factors)}. Please provide input tensor in (N, C, d1, d2, ...,dK) format and scale_factor in (s1, s2, ...,sK) format.`);
  return { counts: sizes.map((n, d) => Math.floor(n * factors[d]!)), factors: recomputeScaleFactor === true ? undefined : factors };
}

function check(x: Tensor, mode: InterpolateMode, { alignCorners, antialias }: InterpolateOptions): void {
  if (!Object.hasOwn(modes, mode) || x.ndim < 3 || x.ndim > 5)
    throw new NotSupportedError(`Input Error: Only 3D, 4D and 5D input Tensors supported (got ${x.ndim}D) for the modes: nearest | linear | bilinear | bicubic | trilinear | area | nearest-exact (got ${String(mode)})`);
  const { dims } = modes[mode];
  if (dims === undefined && alignCorners !== undefined) throw new ArgumentError("align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear");
  if (antialias === true && mode !== "bilinear" && mode !== "bicubic") throw new ArgumentError("Anti-alias option is only supported for bilinear and bicubic modes");
  if (dims !== undefined && dims !== x.ndim) throw new NotSupportedError(`Got ${x.ndim}D input, but ${mode} mode needs ${dims}D input`);
  if (!isFloat(x.dtype) && (dims !== undefined || x.dtype !== "uint8")) throw new DTypeError(`"${mode === "nearest" || mode === "nearest-exact" ? "upsample_nearest" : `upsample_${mode}`}" not implemented for '${scalarTypeName[x.dtype]}'`);
}

/** Up to so many places are picked one after the other; of more, whole lists, which are then summed. */
const FEW = 4;

/** One dim resized: elements picked, or sums of weighted ones. */
function resized(x: Tensor, dim: number, { places, weights }: Taps): Tensor {
  const on = { device: x.device }, count = places.length;
  const picked = (tap: number): Tensor => indexSelect(x, dim, fromHost(Int32Array.from(places, (list) => list[tap]!), [count], "int32", on));
  if (weights === undefined) return picked(0);
  const numbers = (values: readonly number[], shape: Shape): Tensor => fromHost(x.dtype === "float64" ? Float64Array.from(values) : Float32Array.from(values), shape, x.dtype, on);
  const ones = Array<number>(x.ndim - dim - 1).fill(1), taps = weights[0]!.length;
  if (taps > FEW) return sum(mul(windowed(x, dim, { places }), numbers(weights.flat(), [count, ...ones, taps])), -1);
  return Array.from({ length: taps }, (_, tap) => mul(picked(tap), numbers(weights.map((row) => row[tap]!), [count, ...ones]))).reduce((total, term) => add(total, term));
}

/**
 * Images of another size, by elements that lie there ("nearest", the default, "nearest-exact"), means ("area"), or weighted sums of neighbours: "linear" of one dim, "bilinear"
 * and "bicubic" of two, "trilinear" of three. PyTorch's `F.interpolate`.
 * @param x [n, c, ...] with one to three spatial dims; floats, of modes without weights uint8 too
 * @returns [n, c, ...size], or sizes times `scaleFactor`, rounded down; x's dtype
 * @throws ArgumentError for both or neither of size and scaleFactor, or options that do not fit the mode
 * @throws NotSupportedError for a mode that does not fit the rank
 * @throws ShapeError for sizes of 0 or below, or of another number than the spatial dims
 * @throws DTypeError for integers and bools
 * @example interpolate(tensor([[[1, 2]]]), { scaleFactor: 2 }) // [[[1, 1, 2, 2]]]
 */
export const interpolate: (x: Tensor, options: InterpolateOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, options: InterpolateOptions): Tensor => {
  const { mode = "nearest", alignCorners = false, antialias = false } = options;
  check(x, mode, options);
  const { counts, factors } = sizesOf(x, options), rank = counts.length;
  if (counts.some((n) => n < 1) || x.shape.slice(2).includes(0))
    throw new ShapeError(`Input and output sizes should be greater than 0, but got input (${x.shape.slice(2).map((n, d) => `${"DHW"[3 - rank + d]}: ${n}`).join(", ")}) output (${counts.map((n, d) => `${"DHW"[3 - rank + d]}: ${n}`).join(", ")})`);
  if (mode === "area") return areas[rank - 1]!(x, counts);
  const { taps, node } = modes[mode], round = x.dtype === "float64" ? (v: number) => v : Math.fround;
  const wide = isFloat(x.dtype) ? to(x, dtypes[x.dtype].compute) : x;
  const out = to(counts.reduce((y, count, d) => {
    const resize = { size: x.shape[d + 2]!, count, factor: factors?.[d], alignCorners, round };
    return resized(y, d + 2, antialias ? smoothed(resize, mode === "bicubic" ? "bicubic" : "bilinear") : taps!(resize));
  }, wide), x.dtype);
  if (out.gradFn !== null) out.gradFn.label = antialias ? node(rank).replace("DBackward1", "DAaBackward1") : node(rank);
  return out;
});

type UpsampleOptions = Pick<InterpolateOptions, "size" | "scaleFactor">;
/**
 * As `interpolate`: its older name.
 * @returns [n, c, ...size], of x's dtype
 * @example upsample(tensor([[[1, 2]]]), { scaleFactor: 2 }) // [[[1, 1, 2, 2]]]
 */
export const upsample = (x: Tensor, options: InterpolateOptions): Tensor => interpolate(x, options);
/**
 * As `interpolate`, of mode "nearest".
 * @param options `size` or `scaleFactor`
 * @returns [n, c, ...size], of x's dtype
 * @example upsampleNearest(tensor([[[[1, 3]]]]), { size: [1, 4] }) // [[[[1, 1, 3, 3]]]]
 */
export const upsampleNearest = (x: Tensor, options: UpsampleOptions): Tensor => interpolate(x, { ...options, mode: "nearest" });
/**
 * As `interpolate`, of mode "bilinear" with aligned corners.
 * @param options `size` or `scaleFactor`
 * @returns [n, c, ...size], of x's dtype
 * @example upsampleBilinear(tensor([[[[1, 3]]]]), { size: [1, 3] }) // [[[[1, 2, 3]]]]
 */
export const upsampleBilinear = (x: Tensor, options: UpsampleOptions): Tensor => interpolate(x, { ...options, mode: "bilinear", alignCorners: true });
