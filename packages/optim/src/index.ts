/** @file The entry of @adjoint/optim. */
export { Adam, type AdamOptions, AdamW } from "./adam.ts";
export { type Betas } from "./checks.ts";
export { type Defaults, Optimizer, OptimizerError, type OptimizerStateDict, type ParamGroup, type Params, type ParamState } from "./optimizer.ts";
export { SGD, type SGDOptions } from "./sgd.ts";
