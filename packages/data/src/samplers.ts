/** @file Samplers: in which order elements are taken. */
import { Generator, python } from "@adjoint/core/functional";
import { DataError } from "./errors.ts";

/** The numbers of elements, in an order that may be another each time it is asked. */
export interface Sampler<I = number> extends Iterable<I> {
  readonly length: number;
}
type Sized = { readonly length: number };

function checkCount(name: string, value: number): number {
  if (!Number.isInteger(value) || value <= 0) throw new DataError(`${name} should be a positive integer value, but got ${name}=${python.repr(value)}`);
  return value;
}
function checkBoolean(name: string, value: boolean): boolean {
  if (typeof value !== "boolean") throw new DataError(`${name} should be a boolean value, but got ${name}=${python.repr(value)}`);
  return value;
}
/** In [0, 1), of 32 bits. */
const fractions = (generator: Generator, count: number): Float64Array => Float64Array.from(generator.words(count), (word) => word / 2 ** 32);

/**
 * The numbers 0, 1, 2 ... in order: PyTorch's `SequentialSampler`.
 * @param source how many: something with a `length`
 */
export class SequentialSampler implements Sampler {
  readonly #source: Sized;
  constructor(source: Sized) {
    this.#source = source;
  }
  get length(): number {
    return this.#source.length;
  }
  *[Symbol.iterator](): Iterator<number> {
    for (let i = 0; i < this.#source.length; i++) yield i;
  }
}

export type RandomSamplerOptions = {
  /** Each element may come more than once. */
  readonly replacement?: boolean;
  /** As many as there are elements by default. */
  readonly numSamples?: number | null;
  /** What draws: a new Generator by default. */
  readonly generator?: Generator;
};
/**
 * The numbers from 0 on in random order, or drawn with replacement: PyTorch's `RandomSampler`.
 * @param source how many: something with a `length`
 * @throws DataError for a number of samples that is no whole number above 0
 */
export class RandomSampler implements Sampler {
  readonly replacement: boolean;
  readonly #source: Sized;
  readonly #count: number | null;
  readonly #generator: Generator;
  constructor(source: Sized, options: RandomSamplerOptions = {}) {
    this.replacement = checkBoolean("replacement", options.replacement ?? false);
    this.#source = source;
    this.#count = options.numSamples ?? null;
    this.#generator = options.generator ?? new Generator();
    checkCount("num_samples", this.length);
  }
  get length(): number {
    return this.#count ?? this.#source.length;
  }
  *[Symbol.iterator](): Iterator<number> {
    const n = this.#source.length;
    if (this.replacement) for (const x of fractions(this.#generator, this.length)) yield Math.floor(x * n);
    else
      for (let left = this.length; left > 0; left -= n) yield* this.#generator.permutation(n).slice(0, left);
  }
}

/**
 * Given numbers in random order: PyTorch's `SubsetRandomSampler`.
 * @param indices the numbers
 * @param options `generator`: what draws, a new one by default
 */
export class SubsetRandomSampler implements Sampler {
  readonly indices: readonly number[];
  readonly #generator: Generator;
  constructor(indices: readonly number[], options: { readonly generator?: Generator } = {}) {
    this.indices = [...indices];
    this.#generator = options.generator ?? new Generator();
  }
  get length(): number {
    return this.indices.length;
  }
  *[Symbol.iterator](): Iterator<number> {
    for (const i of this.#generator.permutation(this.indices.length)) yield this.indices[i]!;
  }
}

/**
 * Numbers drawn with weights, which need not sum to 1: PyTorch's `WeightedRandomSampler`.
 * @param weights one for each number from 0 on, not negative
 * @param numSamples how many
 * @param options `replacement`: true by default; `generator`: what draws, a new one by default
 * @throws DataError for more samples than there are positive weights, without replacement
 */
export class WeightedRandomSampler implements Sampler {
  readonly weights: readonly number[];
  readonly length: number;
  readonly replacement: boolean;
  readonly #generator: Generator;
  constructor(weights: readonly number[], numSamples: number, options: { readonly replacement?: boolean; readonly generator?: Generator } = {}) {
    this.length = checkCount("num_samples", numSamples);
    this.replacement = checkBoolean("replacement", options.replacement ?? true);
    if (!this.replacement && weights.filter((weight) => weight > 0).length < numSamples) throw new DataError("cannot sample n_sample > prob_dist.size(-1) samples without replacement");
    this.weights = [...weights];
    this.#generator = options.generator ?? new Generator();
  }
  *[Symbol.iterator](): Iterator<number> {
    const weights = [...this.weights];
    for (const x of fractions(this.#generator, this.length)) {
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      let i = 0;
      for (let rest = x * total; i < weights.length - 1 && (rest >= weights[i]! || weights[i] === 0); i++) rest -= weights[i]!;
      if (!this.replacement) weights[i] = 0;
      yield i;
    }
  }
}

/**
 * The numbers of another sampler in batches: PyTorch's `BatchSampler`.
 * @param sampler where they come from
 * @param batchSize how many in each
 * @param dropLast whether a last batch that is smaller is left out
 * @throws DataError for a size that is no whole number above 0
 */
export class BatchSampler implements Sampler<number[]> {
  readonly sampler: Iterable<number> & Sized;
  readonly batchSize: number;
  readonly dropLast: boolean;
  constructor(sampler: Iterable<number> & Sized, batchSize: number, dropLast: boolean) {
    this.sampler = sampler;
    this.batchSize = checkCount("batch_size", batchSize);
    this.dropLast = checkBoolean("drop_last", dropLast);
  }
  get length(): number {
    return this.dropLast ? Math.floor(this.sampler.length / this.batchSize) : Math.ceil(this.sampler.length / this.batchSize);
  }
  *[Symbol.iterator](): Iterator<number[]> {
    yield* batched(this.sampler, this.batchSize, this.dropLast);
  }
}

/** Groups of `size`; the last may be smaller, unless it is dropped. */
export function* batched<T>(items: Iterable<T>, size: number, dropLast: boolean): IterableIterator<T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0 && !dropLast) yield batch;
}
