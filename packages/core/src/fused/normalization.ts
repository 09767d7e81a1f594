/** @file Normalisation over batches, instances and groups of channels. Functions of other ops; gradients come for free. */
import { clone } from "../calculus/map-reduce.ts";
import { mean, sum } from "../composites/reductions.ts";
import { zeros } from "../creation/fill.ts";
import { type DType, isFloat } from "../dtype.ts";
import { floatsOnly } from "../elementwise/checks.ts";
import { floorDivide } from "../elementwise/division.ts";
import { add, div, mul, pow, rsqrt, square } from "../elementwise/index.ts";
import { type Elementwise, elementwise, to, wide } from "../elementwise/elementwise.ts";
import { copy_ } from "../elementwise/overwrite.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { composite, noGrad, type Tensor } from "../op.ts";
import * as python from "../python.ts";
import * as e from "../scalar/expr.ts";
import { type Shape, sizeOf } from "../shape.ts";
import { cat } from "../views/cat.ts";
import { repeat } from "../views/repeat.ts";
import { normalized, normalizedOpenly } from "./normalize.ts";
import { narrow, reshape, unsqueeze } from "../views/views.ts";

type Affine = {
  /** [channels], multiplied after normalising. */
  readonly weight?: Tensor | null | undefined;
  /** [channels], added last. */
  readonly bias?: Tensor | null | undefined;
};
type Stats = {
  /** [channels], changed in place. */
  readonly runningMean?: Tensor | null | undefined;
  /** [channels], changed in place. */
  readonly runningVar?: Tensor | null | undefined;
};

/** [channels] as it broadcasts to x. */
const alongChannels = (x: Tensor, values: Tensor): Tensor => reshape(values, x.shape.map((size, d) => (d === 1 ? size : 1)));

function checkCounts(channels: number, named: Readonly<Record<string, Tensor | null | undefined>>): void {
  for (const [name, values] of Object.entries(named))
    if (values && values.window.size !== channels) throw new ShapeError(`${name} should contain ${channels} elements not ${values.window.size}`);
}
const moreThanOne = (what: string, count: number, shape: Shape): void => {
  if (count === 1) throw new ShapeError(`Expected more than 1 ${what} when training, got input size ${python.size(shape)}`);
};

/** running = (1 - momentum) running + momentum * fresh, unrecorded. */
function follow(running: Tensor | null | undefined, fresh: Tensor, momentum: number): void {
  if (running) noGrad(() => copy_(running, add(mul(running, 1 - momentum), mul(reshape(fresh, running.shape), momentum))));
}
/** Scaled and shifted, and rounded to the dtype of what was normalised. */
const scaled = (x: Tensor, { weight, bias }: Affine, dtype: DType): Tensor => {
  const out = weight ? mul(x, alongChannels(x, weight)) : x;
  return to(bias ? add(out, alongChannels(x, bias)) : out, dtype);
};

/** All dims but the channels. */
const apart = (x: Tensor): number[] => [...x.shape.keys()].filter((d) => d !== 1);
function followAll({ runningMean, runningVar }: Stats, x: Tensor, mean: Tensor, variance: Tensor, momentum: number): void {
  const count = sizeOf(apart(x).map((d) => x.shape[d]!));
  follow(runningMean, mean, momentum);
  if (runningVar) follow(runningVar, mul(variance, count / (count - 1)), momentum);
}
/** (x - mean) / sqrt(variance + eps) with the statistics of x itself over all dims but the channels, scaled and shifted; the running ones follow. Of 16-bit floats a float32. */
function byBatch(x: Tensor, stats: Stats, momentum: number, eps: number, { weight, bias }: Affine = {}): Tensor {
  const { out, mean, variance } = normalized(x, { dims: apart(x), eps, place: "row", weight: weight && alongChannels(x, weight), bias: bias && alongChannels(x, bias) });
  followAll(stats, x, mean!, variance, momentum);
  return out;
}
/** One pass over x. */
const moved: Elementwise<readonly [x: Tensor, mean: Tensor, factor: Tensor]> = /*@__PURE__*/ elementwise("batchNorm", (x, mean, factor) => e.mul(e.sub(x!, mean!), factor!));
const movedAndShifted: Elementwise<readonly [x: Tensor, mean: Tensor, factor: Tensor, bias: Tensor]> = /*@__PURE__*/ elementwise("batchNorm", (x, mean, factor, bias) => e.add(e.mul(e.sub(x!, mean!), factor!), bias!));
/** (x - mean) / sqrt(variance + eps) with the running statistics, scaled and shifted. Of 16-bit floats a float32. */
function byRunning(given: Tensor, runningMean: Tensor, runningVar: Tensor, eps: number, { weight, bias }: Affine): Tensor {
  const x = wide(given), inverse = rsqrt(add(wide(runningVar), eps)), along = (values: Tensor): Tensor => alongChannels(x, wide(values)), factor = along(weight ? mul(inverse, weight) : inverse);
  return bias ? movedAndShifted(x, along(runningMean), factor, along(bias)) : moved(x, along(runningMean), factor);
}

export type BatchNormOptions = Affine & {
  /** Statistics of this batch, which the running ones then follow; else the running ones. */
  readonly training?: boolean;
  /** How much of a new statistic goes into the running one: 0.1 by default. */
  readonly momentum?: number;
  /** What is added to the variance: 1e-5 by default. */
  readonly eps?: number;
};
/**
 * (x - mean) / sqrt(variance + eps) for each channel, over the batch and all places; then multiplied by `weight`, and `bias` added (Ioffe and Szegedy, 2015).
 * @param x [n, channels, ...]; floats
 * @param runningMean [channels], changed in place while training: momentum * the new one + (1 - momentum) * the old; null for none
 * @param runningVar [channels], likewise, of the unbiased variances
 * @returns x's shape and dtype
 * @throws ShapeError for one value a channel while training, a vector that is not of the number of channels, or fewer than 2 dims
 * @throws ArgumentError for evaluation without running statistics
 * @throws DTypeError for integers and bools
 * @example batchNorm(tensor([[1], [3]]), null, null, { training: true }) // [[-1], [1]]
 */
export const batchNorm: (x: Tensor, runningMean: Tensor | null | undefined, runningVar: Tensor | null | undefined, options?: BatchNormOptions) => Tensor =
  /*@__PURE__*/ composite("NativeBatchNormBackward0", (x: Tensor, runningMean: Tensor | null | undefined, runningVar: Tensor | null | undefined, options: BatchNormOptions = {}): Tensor => {
    const { weight, bias, training = false, momentum = 0.1, eps = 1e-5 } = options, channels = x.shape[1];
    if (training) moreThanOne("value per channel", sizeOf(x.shape) / (channels ?? 1), x.shape);
    if (x.window.size === 0 && channels === undefined) return clone(x);
    if (channels === undefined) throw new ShapeError(`batch_norm: expected at least 2 dims, [n, channels, ...], got ${python.list(x.shape)}`);
    checkCounts(channels, { running_mean: runningMean, running_var: runningVar, weight, bias });
    floatsOnly("batch_norm", x);
    if (training) return to(byBatch(x, { runningMean, runningVar }, momentum, eps, options), x.dtype);
    if (!runningMean || !runningVar) throw new ArgumentError(`${runningMean ? "running_var" : "running_mean"} must be defined in evaluation mode`);
    return to(byRunning(x, runningMean, runningVar, eps, options), x.dtype);
  });

/**
 * As `batchNorm`, with the means and the inverse deviations of this batch beside the result. PyTorch's `native_batch_norm`.
 * @param weight [channels], or null
 * @param bias [channels], or null
 * @param training by the statistics of this batch, or by the running ones
 * @param momentum how much of a new statistic goes into the running one
 * @param eps added to the variance
 * @returns `[out, mean, rstd]`: x's shape, and twice [channels], or [0] in evaluation; x's dtype
 * @example nativeBatchNorm(tensor([[1], [3]]), null, null, null, null, true, 0.1, 1e-5) // [[[-1], [1]], [2], [1]]
 */
export const nativeBatchNorm: (
  x: Tensor, weight: Tensor | null | undefined, bias: Tensor | null | undefined, runningMean: Tensor | null | undefined, runningVar: Tensor | null | undefined, training: boolean, momentum: number, eps: number,
) => [Tensor, Tensor, Tensor] = /*@__PURE__*/ composite(undefined, (
  x: Tensor, weight: Tensor | null | undefined, bias: Tensor | null | undefined, runningMean: Tensor | null | undefined, runningVar: Tensor | null | undefined, training: boolean, momentum: number, eps: number,
): [Tensor, Tensor, Tensor] => {
  const channels = x.shape[1];
  if (channels === undefined) throw new ShapeError(`batch_norm: expected at least 2 dims, [n, channels, ...], got ${python.list(x.shape)}`);
  checkCounts(channels, { running_mean: runningMean, running_var: runningVar, weight, bias });
  floatsOnly("batch_norm", x);
  if (training) {
    const { out, mean, variance, inverse } = normalizedOpenly(x, { dims: apart(x), eps });
    followAll({ runningMean, runningVar }, x, mean!, variance, momentum);
    return [scaled(out, { weight, bias }, x.dtype), reshape(mean!, [channels]), reshape(inverse, [channels])];
  }
  if (!runningMean || !runningVar) throw new ArgumentError(`${runningMean ? "running_var" : "running_mean"} must be defined in evaluation mode`);
  const none = (): Tensor => zeros([0], { dtype: x.dtype, device: x.device });
  return [to(byRunning(x, runningMean, runningVar, eps, { weight, bias }), x.dtype), none(), none()];
});

export type InstanceNormOptions = Affine & Stats & {
  /** Statistics of each instance; else the running ones. */
  readonly useInputStats?: boolean;
  /** How much of a new statistic goes into the running one: 0.1 by default. */
  readonly momentum?: number;
  /** What is added to the variance: 1e-5 by default. */
  readonly eps?: number;
};
/**
 * (x - mean) / sqrt(variance + eps) for each channel of each element of the batch, over its places (Ulyanov et al., 2016).
 * @param x [n, channels, ...]; floats
 * @returns x's shape and dtype
 * @throws ShapeError where there is one place only, or a vector is not of the number of channels
 * @throws DTypeError for integers and bools
 * @example instanceNorm(tensor([[[1, 3]]])) // [[[-1, 1]]]
 */
export const instanceNorm: (x: Tensor, options?: InstanceNormOptions) => Tensor = /*@__PURE__*/ composite("ViewBackward0", (x: Tensor, options: InstanceNormOptions = {}): Tensor => {
  const { runningMean, runningVar, useInputStats = true, momentum = 0.1, eps = 1e-5 } = options;
  const [n, channels, ...places] = x.shape as [number, number, ...number[]];
  if (useInputStats) moreThanOne("spatial element", sizeOf(places), x.shape);
  checkCounts(channels, { running_mean: runningMean, running_var: runningVar, weight: options.weight, bias: options.bias });
  floatsOnly("batch_norm", x);
  if (!useInputStats) {
    if (!runningMean || !runningVar) throw new ArgumentError("Expected running_mean and running_var to be defined when use_input_stats is false");
    return to(byRunning(x, runningMean, runningVar, eps, options), x.dtype);
  }
  const rows = (values: Tensor): Tensor => repeat(values, [n]), stats = { runningMean: runningMean && rows(runningMean), runningVar: runningVar && rows(runningVar) };
  const normal = reshape(byBatch(reshape(x, [1, n * channels, ...places]), stats, momentum, eps), x.shape);
  for (const [running, each] of [[runningMean, stats.runningMean], [runningVar, stats.runningVar]] as const)
    if (running && each) noGrad(() => copy_(running, mean(reshape(each, [n, channels]), 0)));
  return scaled(normal, options, x.dtype);
});

/**
 * (x - mean) / sqrt(variance + eps) for each of groups of channels, over its channels and places (Wu and He, 2018).
 * @param x [n, channels, ...]; floats
 * @param numGroups how many groups, of equal size
 * @param options `weight` and `bias` [channels]; `eps`: 1e-5 by default
 * @returns x's shape and dtype
 * @throws ShapeError if the channels are not divisible by the groups, or a group has one value only
 * @throws DTypeError for integers and bools
 * @example groupNorm(tensor([[1, 3]]), 1) // [[-1, 1]]
 */
export const groupNorm: (x: Tensor, numGroups: number, options?: Affine & { readonly eps?: number }) => Tensor =
  /*@__PURE__*/ composite("NativeGroupNormBackward0", (x: Tensor, numGroups: number, options: Affine & { readonly eps?: number } = {}): Tensor => {
    const { weight, bias, eps = 1e-5 } = options;
    if (x.ndim < 2) throw new ShapeError(`Expected at least 2 dimensions for input tensor but received ${x.ndim}`);
    const [n, channels, ...places] = x.shape as [number, number, ...number[]];
    const groups = [Math.floor((n * channels) / numGroups), numGroups, ...places];
    moreThanOne("value per channel", groups[0]! * sizeOf(places), groups);
    if (channels % numGroups !== 0)
      throw new ShapeError(`Expected number of channels in input to be divisible by num_groups, but got input of shape ${python.list(x.shape)} and num_groups=${numGroups}`);
    for (const [name, values] of [["weight", weight], ["bias", bias]] as const)
      if (values && (values.ndim !== 1 || values.shape[0] !== channels))
        throw new ShapeError(`Expected ${name} to be a vector of size equal to the number of channels in input, but got ${name} of shape ${python.list(values.shape)} and input of shape ${python.list(x.shape)}`);
    floatsOnly("GroupNormKernelImpl", x);
    const normal = byBatch(reshape(x, [1, n * numGroups, (channels / numGroups) * sizeOf(places)]), {}, 0, eps);
    return scaled(reshape(normal, x.shape), options, x.dtype);
  });

export type LocalResponseNormOptions = {
  /** 1e-4 by default. */
  readonly alpha?: number;
  /** 0.75 by default. */
  readonly beta?: number;
  /** 1 by default. */
  readonly k?: number;
};
/**
 * x / (k + alpha * mean of x^2 over the channels around)^beta (Krizhevsky et al., 2012).
 * @param x [n, channels, ...] of at least 3 dims
 * @param size how many channels around count
 * @returns x's shape; a float keeps its dtype, integers give float32
 * @throws ShapeError for fewer than 3 dims
 * @example localResponseNorm(tensor([[[1], [2]]]), 2) // [[[1], [1.9996]]]
 */
export const localResponseNorm: (x: Tensor, size: number, options?: LocalResponseNormOptions) => Tensor = /*@__PURE__*/ composite("DivBackward0", (x: Tensor, size: number, options: LocalResponseNormOptions = {}): Tensor => {
  const { alpha = 1e-4, beta = 0.75, k = 1 } = options;
  if (x.ndim < 3) throw new ShapeError(`Expected 3D or higher dimensionality                          input (got ${x.ndim} dimensions)`);
  const channels = x.shape[1]!, before = Math.floor(size / 2), after = Math.floor((size - 1) / 2), squares = square(wide(x));
  const empty = (count: number): Tensor[] => (count === 0 ? [] : [zeros(x.shape.map((n, d) => (d === 1 ? count : n)), { dtype: squares.dtype, device: x.device })]);
  const padded = cat([...empty(before), squares, ...empty(after)], 1);
  const windows = Array.from({ length: size }, (_, i) => unsqueeze(narrow(padded, 1, i, channels), 0));
  // Of integers the mean is one too, as that of PyTorch's pooling.
  const around = isFloat(squares.dtype) ? mean(cat(windows), 0) : floorDivide(sum(cat(windows), 0), size);
  const out = div(x, pow(add(mul(around, alpha), k), beta));
  return isFloat(x.dtype) ? to(out, x.dtype) : out;
});
