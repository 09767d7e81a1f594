/** @file The entry of @adjoint/optim. */
export { Adadelta, type AdadeltaOptions, Adagrad, type AdagradOptions } from "./adagrad.ts";
export { Adam, type AdamOptions, AdamW } from "./adam.ts";
export { Adamax, type AdamaxOptions, NAdam, type NAdamOptions, RAdam, type RAdamOptions } from "./adam-family.ts";
export { ASGD, type ASGDOptions } from "./asgd.ts";
export { type Betas } from "./checks.ts";
export { OptimizerError, SchedulerError } from "./errors.ts";
export { LBFGS, type LBFGSOptions } from "./lbfgs.ts";
export * as lrScheduler from "./lr-scheduler/index.ts";
export { type Defaults, type Member, OneByOne, Optimizer, type OptimizerStateDict, type ParamGroup, type Params, type ParamState, type StateValue, type Switches } from "./optimizer.ts";
export { RMSprop, type RMSpropOptions } from "./rmsprop.ts";
export { Rprop, type RpropOptions } from "./rprop.ts";
export { SGD, type SGDOptions } from "./sgd.ts";
