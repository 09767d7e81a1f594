/** @file Batches of a data set, one after another. */
import { type Generator, python, type Scope, scope } from "@adjoint/core/functional";
import { type Collated, defaultCollate } from "./collate.ts";
import { type Dataset, elementAt } from "./dataset.ts";
import { DataError } from "./errors.ts";
import { BatchSampler, batched, RandomSampler, SequentialSampler, type Sampler } from "./samplers.ts";

export type DataLoaderOptions<T, B> = {
  /** Elements in a batch, 1 by default; null gives them one by one, as they are. */
  readonly batchSize?: number | null;
  /** In another random order each time. */
  readonly shuffle?: boolean;
  /** The order; not together with `shuffle`. */
  readonly sampler?: Sampler;
  /** The numbers of each batch; not together with batchSize, shuffle, sampler and dropLast. */
  readonly batchSampler?: Sampler<readonly number[]>;
  /** Leaves out a last batch that is smaller. */
  readonly dropLast?: boolean;
  /** Makes a batch of elements. */
  readonly collateFn?: (batch: readonly T[]) => B;
  /** Where `shuffle` takes its random numbers from; the default device's stream otherwise, which `manualSeed` starts. */
  readonly generator?: Generator;
};

const isDataset = <T>(data: Dataset<T> | Iterable<T>): data is Dataset<T> => "length" in data && "at" in data;

/**
 * Batches of a data set, or of an iterable, PyTorch's `DataLoader`, without workers. Each pass is one epoch.
 * @param dataset elements by number, or one after another
 * @throws DataError for options that do not fit together
 * @example `for (const [x, y] of new DataLoader(new TensorDataset(xs, ys), { batchSize: 32, shuffle: true }).scoped()) train(x, y);`
 */
export class DataLoader<T, B = Collated<T>> implements Iterable<B> {
  readonly dataset: Dataset<T> | Iterable<T>;
  readonly batchSize: number | null;
  readonly dropLast: boolean;
  /** null for an iterable, which has its own order. */
  readonly sampler: Sampler | null;
  readonly batchSampler: Sampler<readonly number[]> | null;
  readonly collateFn: ((batch: readonly T[]) => B) | undefined;

  constructor(dataset: Dataset<T> | Iterable<T>, options: DataLoaderOptions<T, B> = {}) {
    const { batchSampler, shuffle = false, sampler, dropLast = false, collateFn, generator } = options;
    const batchSize = batchSampler !== undefined ? null : options.batchSize === undefined ? 1 : options.batchSize;
    if (!isDataset(dataset)) {
      if (shuffle) throw new DataError("DataLoader with IterableDataset: expected unspecified shuffle option, but got shuffle=True");
      if (sampler !== undefined) throw new DataError(`DataLoader with IterableDataset: expected unspecified sampler option, but got sampler=${sampler.constructor.name}`);
      if (batchSampler !== undefined) throw new DataError(`DataLoader with IterableDataset: expected unspecified batch_sampler option, but got batch_sampler=${batchSampler.constructor.name}`);
    }
    if (sampler !== undefined && shuffle) throw new DataError("sampler option is mutually exclusive with shuffle");
    if (batchSampler !== undefined && ((options.batchSize ?? 1) !== 1 || shuffle || sampler !== undefined || dropLast))
      throw new DataError("batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last");
    if (batchSampler === undefined && batchSize === null && dropLast) throw new DataError("batch_size=None option disables auto-batching and is mutually exclusive with drop_last");
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.dropLast = dropLast;
    this.collateFn = collateFn;
    this.sampler = !isDataset(dataset) ? null : sampler ?? (shuffle ? new RandomSampler(dataset, generator === undefined ? {} : { generator }) : new SequentialSampler(dataset));
    if (batchSize !== null && (!Number.isInteger(batchSize) || batchSize <= 0)) throw new DataError(`batch_size should be a positive integer value, but got batch_size=${python.repr(batchSize)}`);
    this.batchSampler = batchSampler ?? (batchSize === null || this.sampler === null ? null : new BatchSampler(this.sampler, batchSize, dropLast));
  }
  /** The number of batches. */
  get length(): number {
    if (this.batchSampler !== null) return this.batchSampler.length;
    if (this.sampler !== null) return this.sampler.length;
    throw new DataError("object of type 'IterableDataset' has no len()");
  }
  private collated(elements: readonly T[]): B {
    return this.collateFn === undefined ? (defaultCollate(elements) as B) : this.collateFn(elements);
  }
  /** Makes the batches, each when it is called for. */
  private *makers(): IterableIterator<() => unknown> {
    const { dataset, batchSampler, sampler, batchSize } = this;
    if (!isDataset(dataset)) {
      if (batchSize === null) for (const element of dataset) yield () => element;
      else for (const elements of batched(dataset, batchSize, this.dropLast)) yield () => this.collated(elements);
    } else if (batchSampler !== null)
      for (const indices of batchSampler)
        yield () => (this.collateFn === undefined && dataset.collated !== undefined ? dataset.collated(indices) : this.collated(indices.map((i) => elementAt(dataset, i))));
    else for (const i of sampler!) yield () => (this.collateFn === undefined ? elementAt(dataset, i) : this.collateFn([elementAt(dataset, i)]));
  }
  *[Symbol.iterator](): Iterator<B> {
    for (const make of this.makers()) yield make() as B;
  }
  /** The batches as members of a scope: they, and what follows from them, are freed when it closes. */
  *within(target: Scope): IterableIterator<B> {
    for (const make of this.makers()) yield target.run(make) as B;
  }
  /** Each batch in a scope of its own, which closes when the next is called for: what follows from a batch lives as long as its turn. */
  *scoped(): IterableIterator<B> {
    for (const make of this.makers()) {
      const turn = scope("batch");
      try {
        yield turn.run(make) as B;
      } finally {
        turn.close();
      }
    }
  }
}
