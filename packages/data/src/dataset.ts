/** @file Data sets: elements by number. An array is one. */
import { Generator, IndexError, indexSelect, select, type Tensor, tensor, warn } from "@adjoint/core/functional";
import { DataError } from "./errors.ts";

/** Elements by number, from 0 to before `length`. Every array is one. */
export interface Dataset<T> {
  readonly length: number;
  at(index: number): T | undefined;
  /** Several elements at once, put together as `defaultCollate` would: a fast way, for data sets that have one. */
  collated?(indices: readonly number[]): unknown;
}

/** The element at an index; there has to be one. */
export function elementAt<T>(dataset: Dataset<T>, index: number): T {
  const element = dataset.at(index);
  if (element === undefined) throw new IndexError(`index ${index} is out of range for a data set of ${dataset.length}`);
  return element;
}

/**
 * The rows of tensors that go together, PyTorch's `TensorDataset`: element i is [x[i], y[i], ...].
 * @param tensors [n, ...] each
 * @throws DataError for sizes that differ
 * @example `new TensorDataset(inputs, targets)`
 */
export class TensorDataset<T extends readonly Tensor[] = readonly Tensor[]> implements Dataset<T> {
  /** What it was made of. */
  readonly tensors: T;
  constructor(...tensors: T) {
    if (tensors.some((x) => x.shape[0] !== tensors[0]!.shape[0])) throw new DataError("Size mismatch between tensors");
    this.tensors = tensors;
  }
  get length(): number {
    return this.tensors[0]?.shape[0] ?? 0;
  }
  at(index: number): T {
    return this.tensors.map((x) => select(x, 0, index)) as readonly Tensor[] as T;
  }
  /** One gather for each tensor, rather than a stack of rows. */
  collated(indices: readonly number[]): Tensor[] {
    return this.tensors.map((x) => {
      const rows = tensor(Int32Array.from(indices, (i) => (i < 0 ? i + this.length : i)), { device: x.device }), picked = indexSelect(x, 0, rows);
      rows.dispose();
      return picked;
    });
  }
}

/**
 * Some elements of another data set, PyTorch's `Subset`.
 * @param dataset the other
 * @param indices which of its elements, in this order
 */
export class Subset<T> implements Dataset<T> {
  readonly dataset: Dataset<T>;
  readonly indices: readonly number[];
  constructor(dataset: Dataset<T>, indices: readonly number[]) {
    this.dataset = dataset;
    this.indices = [...indices];
    if (dataset.collated !== undefined) this.collated = (places) => dataset.collated!(places.map((i) => elementAt(this.indices, i)));
  }
  readonly collated?: (indices: readonly number[]) => unknown;
  get length(): number {
    return this.indices.length;
  }
  at(index: number): T {
    return elementAt(this.dataset, elementAt(this.indices, index));
  }
}

/**
 * One data set after another, PyTorch's `ConcatDataset`.
 * @param datasets one or more
 * @throws DataError for none
 */
export class ConcatDataset<T> implements Dataset<T> {
  readonly datasets: readonly Dataset<T>[];
  /** Where each data set ends. */
  readonly cumulativeSizes: readonly number[];
  constructor(datasets: Iterable<Dataset<T>>) {
    this.datasets = [...datasets];
    if (this.datasets.length === 0) throw new DataError("datasets should not be an empty iterable");
    let end = 0;
    this.cumulativeSizes = this.datasets.map((dataset) => (end += dataset.length));
  }
  get length(): number {
    return this.cumulativeSizes.at(-1)!;
  }
  at(index: number): T {
    if (-index > this.length) throw new DataError("absolute value of index should not exceed dataset length");
    const place = index < 0 ? index + this.length : index, which = this.cumulativeSizes.findIndex((end) => place < end);
    if (which < 0) throw new IndexError(`index ${index} is out of range for a data set of ${this.length}`);
    return elementAt(this.datasets[which]!, place - (which === 0 ? 0 : this.cumulativeSizes[which - 1]!));
  }
}

/**
 * A data set in random parts: PyTorch's `random_split`.
 * @param dataset what is split
 * @param lengths of the parts, or fractions of the whole
 * @param options `generator`: what draws, a new one by default
 * @returns a Subset for each length
 * @throws DataError for lengths that do not sum up, or fractions beyond [0, 1]
 * @example `const [train, test] = randomSplit(all, [0.9, 0.1], { generator: new Generator(42) })`
 */
export function randomSplit<T>(dataset: Dataset<T>, lengths: readonly number[], options: { readonly generator?: Generator } = {}): Subset<T>[] {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const sizes = Math.abs(total - 1) < 1e-9 && lengths.some((length) => !Number.isInteger(length)) ? sizesOf(dataset.length, lengths) : lengths;
  if (sizes.reduce((sum, length) => sum + length, 0) !== dataset.length) throw new DataError("Sum of input lengths does not equal the length of the input dataset!");
  const order = (options.generator ?? new Generator()).permutation(dataset.length);
  let from = 0;
  return sizes.map((length) => new Subset(dataset, order.slice(from, (from += length))));
}

/** What is left after rounding down is dealt out one by one. */
function sizesOf(count: number, fractions: readonly number[]): number[] {
  const sizes = fractions.map((fraction, i) => {
    if (fraction < 0 || fraction > 1) throw new DataError(`Fraction at index ${i} is not between 0 and 1`);
    return Math.floor(count * fraction);
  });
  const left = count - sizes.reduce((sum, size) => sum + size, 0);
  for (let i = 0; i < left; i++) sizes[i % sizes.length]!++;
  sizes.forEach((size, i) => { if (size === 0) warn(`Length of split at index ${i} is 0. This might result in an empty dataset.`); });
  return sizes;
}
