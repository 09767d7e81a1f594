/** @file Images read at the points of a grid, and the grids of affine maps: spatial transformer networks (Jaderberg et al., 2015). */
import { reshape } from "../../calculus/map-reduce.ts";
import { fromHost } from "../../creation/fill.ts";
import { dtypes, isFloat, scalarTypeName } from "../../dtype.ts";
import { abs, add, floor, fmod, ge, gt, le, logicalAnd, lt, mul, remainder, sub } from "../../elementwise/arithmetic.ts";
import { clamp } from "../../elementwise/bounds.ts";
import { div } from "../../elementwise/division.ts";
import { to } from "../../elementwise/elementwise.ts";
import { round } from "../../elementwise/rounding.ts";
import { where } from "../../elementwise/where.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../errors.ts";
import { composite, noGrad, type Tensor } from "../../op.ts";
import { gather } from "../../primitives/gather.ts";
import { matmul } from "../../primitives/matmul.ts";
import { type Shape, showShape, sizeOf } from "../../shape.ts";
import { expand, select, transpose } from "../../views/views.ts";
import { warn } from "../../warning.ts";

export type GridSampleOptions = {
  /** How values between places are made: "bilinear" by default. */
  readonly mode?: "bilinear" | "nearest" | "bicubic";
  /** What lies beyond the edges: zeros, the nearest element of the border, or the image mirrored. */
  readonly paddingMode?: "zeros" | "border" | "reflection";
  /** Whether -1 and 1 are the centers of the corner elements, or their outer edges. Default false. */
  readonly alignCorners?: boolean | undefined;
};
type Padding = NonNullable<GridSampleOptions["paddingMode"]>;
/** One spatial dim: its size, and how positions in it are meant. */
type Axis = { readonly size: number; readonly padding: Padding; readonly alignCorners: boolean };
/** A place of an image along one dim: an int32 index that is always inside, whether the place is, and a weight. */
type Tap = { readonly at: Tensor; readonly isInside: Tensor; readonly weight: Tensor | undefined };

const MODES = ["bilinear", "nearest", "bicubic"], PADDINGS = ["zeros", "border", "reflection"];

/** From -1 ... 1 to 0 ... size - 1. */
const position = (g: Tensor, { size, alignCorners }: Axis): Tensor => (alignCorners ? mul(div(add(g, 1), 2), size - 1) : div(sub(mul(add(g, 1), size), 1), 2));

/** Held within the image; beyond it there is no derivative, nor at the edges. */
const clipped = (p: Tensor, { size }: Axis): Tensor => where(logicalAnd(gt(p, 0), lt(p, size - 1)), p, noGrad(() => clamp(p, 0, size - 1)));

/** Mirrored at the edges, or at the centers of the border elements, as often as it takes. */
function reflected(p: Tensor, { size, alignCorners }: Axis): Tensor {
  const low = alignCorners ? 0 : -0.5, span = alignCorners ? size - 1 : size;
  if (span <= 0) return mul(p, 0);
  const distance = abs(sub(p, low)), rest = fmod(distance, span), isEven = noGrad(() => lt(remainder(floor(div(distance, span)), 2), 1));
  return where(isEven, add(rest, low), add(sub(span, rest), low));
}
const padded = (p: Tensor, axis: Axis): Tensor => (axis.padding === "zeros" ? p : clipped(axis.padding === "border" ? p : reflected(p, axis), axis));

function tap(place: Tensor, { size }: Axis, weight?: Tensor): Tap {
  const { at, isInside } = noGrad(() => ({ at: to(clamp(place, 0, size - 1), "int32"), isInside: logicalAnd(ge(place, 0), le(place, size - 1)) }));
  return { at, isInside, weight };
}
/** ((a x + b) x + c) x + d */
const polynomial = (x: Tensor, a: number, b: number, c: number, d: number): Tensor => add(mul(add(mul(add(mul(x, a), b), x), c), x), d);
/** Keys, 1981, with slope -0.75: between the middle elements, and between the outer ones. */
const inner = (x: Tensor): Tensor => polynomial(x, 1.25, -2.25, 0, 1);
const outer = (x: Tensor): Tensor => polynomial(x, -0.75, 3.75, -6, 3);

const tapsOf: { readonly [M in NonNullable<GridSampleOptions["mode"]>]: (p: Tensor, axis: Axis) => readonly Tap[] } = {
  nearest: (p, axis) => [tap(noGrad(() => round(padded(p, axis))), axis)],
  bilinear(p, axis) {
    const at = padded(p, axis), low = noGrad(() => floor(at)), t = sub(at, low);
    return [tap(low, axis, sub(1, t)), tap(noGrad(() => add(low, 1)), axis, t)];
  },
  bicubic(p, axis) {
    const low = noGrad(() => floor(p)), t = sub(p, low), weights = [outer(add(t, 1)), inner(t), inner(sub(1, t)), outer(sub(2, t))];
    return weights.map((weight, k) => tap(noGrad(() => padded(add(low, k - 1), axis)), axis, weight));
  },
};

/** The sum over all combinations of taps, one of each dim, of the weighted elements there. */
function combined(x: Tensor, taps: readonly (readonly Tap[])[]): Tensor {
  const [n, c, ...sizes] = x.shape as [number, number, ...number[]], plane = reshape(x, [n, c, sizeOf(sizes)]);
  const points = sizeOf(taps[0]![0]!.at.shape) / Math.max(n, 1), row = (t: Tensor): Tensor => reshape(t, [n, 1, points]);
  const choices = taps.reduce<(readonly Tap[])[]>((all, along) => all.flatMap((head) => along.map((one) => [...head, one])), [[]]);
  const terms = choices.map((choice) => {
    const index = choice.map(({ at }) => at).reduce((sum, at, d) => add(mul(sum, sizes[d]!), at)), isInside = choice.map((one) => one.isInside).reduce((both, one) => logicalAnd(both, one));
    const seen = where(row(isInside), gather(plane, -1, expand(row(index), [n, c, points])), 0);
    return choice.reduce((value, { weight }) => (weight === undefined ? value : mul(value, row(weight))), seen);
  });
  return reshape(terms.reduce((sum, term) => add(sum, term)), [n, c, ...taps[0]![0]!.at.shape.slice(1)]);
}

function checkSampled(x: Tensor, grid: Tensor, { mode = "bilinear", paddingMode = "zeros" }: GridSampleOptions): void {
  const given = `but got input with sizes ${showShape(x.shape)} and grid with sizes ${showShape(grid.shape)}`;
  if (!MODES.includes(mode)) throw new ArgumentError(`nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '${String(mode)}'`);
  if (!PADDINGS.includes(paddingMode)) throw new ArgumentError(`nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: '${String(paddingMode)}'`);
  if (x.shape[0] !== grid.shape[0]) throw new ShapeError(`grid_sampler(): expected grid and input to have same batch size, ${given}`);
  if (grid.shape[grid.ndim - 1] !== x.ndim - 2) throw new ShapeError(`grid_sampler(): expected grid to have size ${x.ndim - 2} in last dimension, but got grid with sizes ${showShape(grid.shape)}`);
  const empty = x.shape.findIndex((size, d) => d >= 2 && size === 0);
  if (empty >= 0) throw new ShapeError(`grid_sampler(): expected input to have non-empty spatial dimensions, but input has sizes ${showShape(x.shape)} with dimension ${empty} being empty`);
  if ((x.ndim !== 4 && x.ndim !== 5) || x.ndim !== grid.ndim) throw new ShapeError(`grid_sampler(): expected 4D or 5D input and grid with same number of dimensions, ${given}`);
  if (x.ndim === 5 && mode === "bicubic") throw new ArgumentError("grid_sampler(): bicubic interpolation only supports 4D input");
  if (x.dtype !== grid.dtype) throw new DTypeError(`grid_sampler(): expected input and grid to have same dtype, but input has ${scalarTypeName[x.dtype]} and grid has ${scalarTypeName[grid.dtype]}`);
  if (!isFloat(x.dtype)) throw new DTypeError(`"grid_sampler_${x.ndim - 2}d_cpu" not implemented for '${scalarTypeName[x.dtype]}'`);
}

const changed = (op: string): string =>
  `Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify align_corners=True if the old behavior is desired. See the documentation of ${op} for details.`;

/**
 * An image read at points between its elements. Differentiable in both. PyTorch's `F.grid_sample`.
 * @param x [n, c, h, w], or volumes [n, c, d, h, w]; floats
 * @param grid the points, [n, h', w', 2] of (x, y) from -1 (left, top) to 1, or [n, d', h', w', 3]; of x's dtype
 * @returns [n, c, h', w'] or [n, c, d', h', w'], of x's dtype
 * @throws ShapeError where sizes do not fit
 * @throws DTypeError for integers and bools, and where dtypes differ
 * @throws ArgumentError for another mode or padding, or "bicubic" of volumes
 * @example gridSample(tensor([[[[1, 3]]]]), zeros([1, 1, 1, 2]), { alignCorners: true }) // [[[[2]]]]
 */
export const gridSample: (x: Tensor, grid: Tensor, options?: GridSampleOptions) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, grid: Tensor, options: GridSampleOptions = {}): Tensor => {
  const { mode = "bilinear", paddingMode = "zeros", alignCorners } = options;
  if (alignCorners === undefined) warn(changed("grid_sample"));
  checkSampled(x, grid, options);
  // 16-bit floats are rounded at the end alone.
  const sizes = x.shape.slice(2), rank = sizes.length, { compute } = dtypes[x.dtype], points = to(grid, compute);
  const out = to(combined(to(x, compute), sizes.map((size, d) => {
    const axis: Axis = { size, padding: paddingMode, alignCorners: alignCorners ?? false };
    return tapsOf[mode](position(select(points, -1, rank - 1 - d), axis), axis);
  })), x.dtype);
  if (out.gradFn !== null) out.gradFn.label = `GridSampler${rank}DBackward0`;
  return out;
});

/** `count` places from -1 to 1: centers of elements whose corners, or whose centers, lie at the ends. */
function places(count: number, alignCorners: boolean): number[] {
  if (count <= 1) return [0];
  return Array.from({ length: count }, (_, i) => ((2 * i) / (count - 1) - 1) * (alignCorners ? 1 : (count - 1) / count));
}

/**
 * Where each place of an image lies in another by an affine map: theta (x, y, 1), of places from -1 to 1. PyTorch's `F.affine_grid`.
 * @param theta [n, 2, 3], or of volumes [n, 3, 4]; floats
 * @param size of the images, [n, c, h, w], or [n, c, d, h, w]
 * @param options `alignCorners`: whether -1 and 1 are the centers of the outermost elements; by default their edges, with a warning where it is not said
 * @returns [n, h, w, 2] or [n, d, h, w, 3], of the dtype of theta
 * @throws ShapeError where sizes do not fit
 * @throws DTypeError for integers and bools
 * @example affineGrid(tensor([[[1, 0, 0], [0, 1, 0]]]), [1, 1, 1, 2], { alignCorners: true }) // [[[[-1, 0], [1, 0]]]]
 */
export const affineGrid: (theta: Tensor, size: Shape, options?: { readonly alignCorners?: boolean | undefined }) => Tensor = /*@__PURE__*/ composite(undefined, (theta: Tensor, size: Shape, options: { readonly alignCorners?: boolean | undefined } = {}): Tensor => {
  const { alignCorners } = options, rank = size.length - 2;
  if (!isFloat(theta.dtype)) throw new DTypeError(`Expected theta to have floating point type, but got torch.${theta.dtype}`);
  if (rank !== 2 && rank !== 3) throw new ShapeError(`affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size ${showShape(size)}.`);
  if (theta.ndim !== 3 || theta.shape[1] !== rank || theta.shape[2] !== rank + 1)
    throw new ShapeError(`Expected a batch of ${rank}D affine matrices of shape Nx${rank}x${rank + 1} for size ${showShape(size)}. Got ${showShape(theta.shape)}.`);
  if (size.some((n) => n <= 0)) throw new ShapeError(`Expected non-zero, positive output size. Got ${showShape(size)}`);
  if (alignCorners === undefined) warn(changed("affine_grid"));
  const spatial = size.slice(2), along = spatial.map((n) => places(n, alignCorners ?? false));
  // Each point is (x, y, ..., 1), x of the last dim.
  const points = along.reduce<number[][]>((all, values) => all.flatMap((head) => values.map((v) => [v, ...head])), [[1]]).flat();
  const { compute } = dtypes[theta.dtype], values = compute === "float64" ? Float64Array.from(points) : Float32Array.from(points);
  const base = fromHost(values, [1, sizeOf(spatial), rank + 1], compute, { device: theta.device });
  const out = reshape(to(matmul(base, transpose(to(theta, compute), 1, 2)), theta.dtype), [size[0]!, ...spatial, rank]);
  if (out.gradFn !== null) out.gradFn.label = "AffineGridGeneratorBackward0";
  return out;
});
