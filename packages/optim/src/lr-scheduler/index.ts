/** @file Learning rate schedulers: PyTorch's `optim.lr_scheduler`. */
export { ChainedScheduler, SequentialLR } from "./combined.ts";
export { CosineAnnealingLR, CosineAnnealingWarmRestarts } from "./cosine.ts";
export { CyclicLR, type CyclicMode, type CyclicOptions } from "./cyclic.ts";
export { LambdaLR, type LrLambda, MultiplicativeLR } from "./lambdas.ts";
export { OneCycleLR, type OneCycleOptions } from "./one-cycle.ts";
export { type PlateauOptions, ReduceLROnPlateau } from "./plateau.ts";
export { LRScheduler, type Scheduled, type ScheduledGroup, type SchedulerOptions, type SchedulerStateDict } from "./scheduler.ts";
export { ConstantLR, ExponentialLR, LinearLR, MultiStepLR, PolynomialLR, StepLR } from "./steps.ts";
