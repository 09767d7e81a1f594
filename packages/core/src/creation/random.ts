/** @file Random tensors from the counter-based stream: one seed gives the same numbers on every device. */
import { mapProgram } from "../calculus/map-reduce.ts";
import { type DType, isFloat, scalarTypeName } from "../dtype.ts";
import { cppName } from "../elementwise/checks.ts";
import { ArgumentError, DTypeError } from "../errors.ts";
import { activeInterpreter, currentDevice, type Device, type Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import type { Expr } from "../scalar/expr.ts";
import { philox } from "../scalar/philox.ts";
import { perDType, program } from "../scalar/program.ts";
import type { Shape } from "../shape.ts";
import { type CreationOptions, deviceFrom, generated, laidOutLike, type LikeOptions } from "./fill.ts";

let globalSeed = 0, epoch = 0;

/**
 * Starts the random stream of every device anew. PyTorch's `manual_seed`; the numbers differ from PyTorch's.
 * @param seed which stream: equal seeds draw equal numbers, on every device
 * @returns nothing
 * @throws ArgumentError for a seed that is no safe integer
 * @example
 * ```ts
 * manualSeed(1);
 * const x = rand([2]);
 * manualSeed(1);
 * equalSync(x, rand([2])) // true
 * ```
 */
export function manualSeed(seed: number): void {
  if (!Number.isSafeInteger(seed)) throw new ArgumentError(`manualSeed: the seed must be a safe integer, got ${seed}`);
  globalSeed = seed;
  epoch++;
}

/** What a checkpoint stores of a stream. */
export type RngState = {
  /** What `manualSeed` was given. */
  readonly seed: number;
  /** How many calls have drawn since. */
  readonly offset: number;
};

function stream(device: Device): Device {
  if (device.seedEpoch !== epoch) {
    device.seedEpoch = epoch;
    device.seed = globalSeed;
    device.drawn = 0;
  }
  return device;
}
/**
 * The state of the stream of a device: restore it with `setRngState` to draw the same numbers again.
 * @returns two numbers, seed and offset
 */
export function getRngState(options: Pick<CreationOptions, "device"> = {}): RngState {
  const device = stream(deviceFrom(options));
  return { seed: device.seed, offset: device.drawn };
}
/**
 * Back to a state that `getRngState` gave: what follows is drawn again.
 * @returns nothing
 */
export function setRngState(state: RngState, options: Pick<CreationOptions, "device"> = {}): void {
  const device = stream(deviceFrom(options));
  device.seed = state.seed;
  device.drawn = state.offset;
}

/**
 * Random numbers on the host, for what a program decides there (the order of a data set): the same counter-based stream as on the devices.
 * Without a seed it takes the stream of the default device, which `manualSeed` starts.
 * @example `new Generator(42).words(2)`
 */
export class Generator {
  #seed: number | undefined;
  #offset: number = 0;
  constructor(seed?: number) {
    if (seed !== undefined) this.manualSeed(seed);
  }
  /** Begins the stream of this seed, a safe integer, anew. */
  manualSeed(seed: number): this {
    if (!Number.isSafeInteger(seed)) throw new ArgumentError(`Generator: the seed must be a safe integer, got ${seed}`);
    this.#seed = seed;
    this.#offset = 0;
    return this;
  }
  /** What a checkpoint stores of it; without a seed, of the default device's stream, which it takes. */
  getState(): RngState {
    return this.#seed === undefined ? getRngState() : { seed: this.#seed, offset: this.#offset };
  }
  /** Back to a state that `getState` gave: what follows is drawn again, from a stream of its own. */
  setState({ seed, offset }: RngState): this {
    if (!Number.isSafeInteger(offset) || offset < 0) throw new ArgumentError(`Generator: the offset must be a safe integer, not negative, got ${offset}`);
    this.manualSeed(seed).#offset = offset;
    return this;
  }
  /** The next `count` unsigned 32-bit numbers. */
  words(count: number): Uint32Array {
    const key = this.#seed === undefined ? draw(currentDevice()) : [...words(this.#seed), ...words(this.#offset++)];
    const [low, high, offsetLow, offsetHigh] = key as [number, number, number, number];
    return Uint32Array.from({ length: count }, (_, i) => philox(i, low, high, offsetLow, offsetHigh));
  }
  /** The numbers from 0 to n - 1 in random order: PyTorch's `randperm`, on the host. */
  permutation(n: number): number[] {
    const order = Array.from({ length: n }, (_, i) => i), random = this.words(n);
    for (let i = n - 1; i > 0; i--) {
      const j = Math.floor((random[i]! / 2 ** 32) * (i + 1));
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  }
}

const words = (value: number): [low: number, high: number] => [value | 0, Math.floor(value / 2 ** 32) | 0];
/** The four params that every random program ends with; the stream moves on by one call, or by as many words as each element takes. */
export function draw(device: Device, count: number = 1): number[] {
  const { seed, drawn } = stream(device);
  device.drawn += count;
  return [...words(seed), ...words(drawn)];
}

/** 32 random bits for element `at`, from the four params that begin at `first`: its word `word`, of the calls that follow each other. */
const bits = (at: Expr, first: number, word: number = 0): Expr =>
  s.random(at, s.param(first, "int32"), s.param(first + 1, "int32"), word === 0 ? s.param(first + 2, "int32") : s.add(s.param(first + 2, "int32"), word), s.param(first + 3, "int32"));
/** Draws: under vmap as its randomness asks. */
export const drawn = (inputs: readonly Tensor[], shape: Shape, make: (inputs: readonly Tensor[], shape: Shape) => Tensor): Tensor =>
  activeInterpreter()?.random(inputs, shape, make) ?? make(inputs, shape);
export const SEED: readonly DType[] = ["int32", "int32", "int32", "int32"];
/** In [0, 1): the upper bits, as many as a significand holds, so that no rounding makes it 1. */
const uniform = (at: Expr, first: number, dtype: DType, digits: number = 24): Expr => s.mul(s.cast(s.ushr(bits(at, first), 32 - digits), dtype), 2 ** -digits);
/** Strictly between 0 and 1: word `word` of each element, whose params begin at 0. Of 23 digits, or 31 in float64, and a half more. */
export const openUniform = (word: number, dtype: DType): Expr => {
  const digits = dtype === "float64" ? 31 : 23;
  return s.mul(s.add(s.cast(s.ushr(bits(s.index, 0, word), 32 - digits), dtype), 0.5), 2 ** -digits);
};
const digitsOf = (dtype: DType): number => (dtype === "float16" ? 11 : dtype === "bfloat16" ? 8 : 24);

const randProgram = /*@__PURE__*/ perDType((d, c) => program("rand", [], SEED, [s.cast(uniform(s.index, 0, c, digitsOf(d)), d)]));
/** The dtype asked for, of floats. @param kernel what PyTorch's refusal calls it */
function floatOf(kernel: string, { dtype = "float32" }: CreationOptions): DType {
  if (!isFloat(dtype)) throw new DTypeError(`"${kernel}" not implemented for '${scalarTypeName[dtype]}'`);
  return dtype;
}
/**
 * Draws from the uniform distribution over [0, 1).
 * @param shape of the result
 * @returns a tensor of that shape, float32 unless `dtype` says otherwise
 * @throws DTypeError for integers and bools
 * @example rand([2, 3]).shape // [2, 3]
 */
export const rand = (shape: Shape, options: CreationOptions = {}): Tensor =>
  drawn([], shape, (_, whole) => generated("rand", randProgram(floatOf("check_uniform_bounds", options)), draw(deviceFrom(options)), whole, options));

/** Box-Muller: elements 2j and 2j + 1 share a radius and an angle. 1 - u keeps the logarithm finite. */
const randnProgram = /*@__PURE__*/ perDType((d, c) => {
  const even = s.and(s.index, -2), odd = s.or(s.index, 1);
  const radius = s.sqrt(s.mul(-2, s.log(s.sub(1, uniform(even, 0, c)))));
  const angle = s.mul(uniform(odd, 0, c), 2 * Math.PI);
  return program("randn", [], SEED, [s.cast(s.mul(radius, s.select(s.eq(even, s.index), s.cos(angle), s.sin(angle))), d)]);
});
/**
 * Draws from the standard normal distribution: mean 0, deviation 1.
 * @param shape of the result
 * @returns a tensor of that shape, float32 unless `dtype` says otherwise
 * @throws DTypeError for integers and bools
 * @example randn([2, 3]).shape // [2, 3]
 */
export const randn = (shape: Shape, options: CreationOptions = {}): Tensor =>
  drawn([], shape, (_, whole) => generated("randn", randnProgram(floatOf("normal_kernel_cpu", options)), draw(deviceFrom(options)), whole, options));

const randintProgram = /*@__PURE__*/ perDType((d) =>
  program("randint", [], [...SEED, "int32", "int32"], [s.cast(s.add(s.rem(s.ushr(bits(s.index, 0), 1), s.param(5, "int32")), s.param(4, "int32")), d)]));
const bounds: { readonly [D in DType]?: readonly [low: number, high: number] } = { bool: [0, 1], uint8: [0, 255], int8: [-128, 127], int16: [-32768, 32767] };
/**
 * Whole numbers from low up to, not including, high, each as likely as the others. `randint(high, shape)` is not there: say `randint(0, high, shape)`.
 * @param low the least
 * @param high above the largest
 * @param shape of the result
 * @returns a tensor of that shape, int32 unless `dtype` says otherwise
 * @throws ArgumentError for an empty range, one beyond the dtype or wider than 31 bits, and for bounds that are not whole
 * @example randint(3, 4, [2]) // [3, 3]
 */
export function randint(low: number, high: number, shape: Shape, options: CreationOptions = {}): Tensor {
  if (!Number.isInteger(low) || !Number.isInteger(high)) throw new ArgumentError(`randint: bounds must be integers, got ${low} and ${high}`);
  if (low >= high) throw new ArgumentError(`random_ expects 'from' to be less than 'to', but got from=${low} >= to=${high}`);
  const dtype = options.dtype ?? "int32", [least, most] = bounds[dtype] ?? [-Infinity, Infinity];
  for (const [name, bound] of [["from", low], ["to - 1", high - 1]] as const)
    if (bound < least || bound > most) throw new ArgumentError(`${name} is out of bounds for ${cppName[dtype]}`);
  if (high - low > 2 ** 31 - 1) throw new ArgumentError(`randint: the range ${low} to ${high} is wider than 31 bits`);
  return drawn([], shape, (_, whole) => generated("randint", randintProgram(dtype), [...draw(deviceFrom(options)), low, high - low], whole, options));
}

/**
 * As `rand`, in the shape of a tensor.
 * @param x of any shape; floats, unless another dtype is given
 * @returns x's shape, and its dtype and device unless others are given
 * @example randLike(ones([2, 3])).shape // [2, 3]
 */
export const randLike = (x: Tensor, options: LikeOptions = {}): Tensor => laidOutLike(x, options, (given) => rand(x.shape, given));
/**
 * As `randn`, in the shape of a tensor.
 * @param x of any shape; floats, unless another dtype is given
 * @returns x's shape, and its dtype and device unless others are given
 * @example randnLike(ones([2, 3])).shape // [2, 3]
 */
export const randnLike = (x: Tensor, options: LikeOptions = {}): Tensor => laidOutLike(x, options, (given) => randn(x.shape, given));

/** params: p, 1 / (1 - p), the stream. The mask is drawn again in backward from the same numbers: nothing is saved. */
const dropoutProgram = /*@__PURE__*/ perDType((d, c) => program("dropout", [d], [c, c, ...SEED], [
  s.cast(s.select(s.lt(uniform(s.index, 2, c), s.param(0, c)), s.lit(0, c), s.mul(s.load(0, d), s.param(1, c))), d),
]));
/**
 * Zeroes each element with probability p and multiplies the others by 1 / (1 - p); the identity when not training.
 * @param x of any shape and dtype
 * @param p the probability, 0.5 by default
 * @param options `training`: true by default
 * @returns x's shape and dtype
 * @throws ArgumentError for a p beyond [0, 1]
 * @example dropout(ones([4]), 0) // [1, 1, 1, 1]
 */
export function dropout(x: Tensor, p: number = 0.5, options: { readonly training?: boolean } = {}): Tensor {
  if (!(p >= 0 && p <= 1)) throw new ArgumentError(`dropout probability has to be between 0 and 1, but got ${p}`);
  if (options.training === false || p === 0) return x;
  if (!isFloat(x.dtype)) throw new DTypeError(`result type Float can't be cast to the desired output type ${scalarTypeName[x.dtype]}`);
  return drawn([x], x.shape, ([whole]) => mapProgram(dropoutProgram(x.dtype), [whole!], [p, p === 1 ? 0 : 1 / (1 - p), ...draw(x.storage.device)]));
}
