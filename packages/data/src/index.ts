/** @file The entry of @adjoint/data. */
export { type Collated, defaultCollate } from "./collate.ts";
export { DataLoader, type DataLoaderOptions } from "./data-loader.ts";
export { ConcatDataset, type Dataset, randomSplit, Subset, TensorDataset } from "./dataset.ts";
export { DataError } from "./errors.ts";
export { BatchSampler, RandomSampler, type RandomSamplerOptions, type Sampler, SequentialSampler, SubsetRandomSampler, WeightedRandomSampler } from "./samplers.ts";
