/** @file Domains of options, with PyTorch's texts. */
import { python } from "@adjoint/core/functional";
import { OptimizerError } from "./errors.ts";

export type Betas = readonly [number, number];

/** Refuses what is negative or NaN. `what` stands before the value: "Invalid momentum value". */
export function checkNotNegative(what: string, value: number): void {
  if (!(value >= 0)) throw new OptimizerError(`${what}: ${python.number(value)}`);
}
export const checkRate = (lr: number): void => checkNotNegative("Invalid learning rate", lr);
export const checkWeightDecay = (weightDecay: number): void => checkNotNegative("Invalid weight_decay value", weightDecay);
export const checkEpsilon = (eps: number): void => checkNotNegative("Invalid epsilon value", eps);
export function checkBetas(betas: Betas): void {
  betas.forEach((beta, i) => {
    if (!(beta >= 0 && beta < 1)) throw new OptimizerError(`Invalid beta parameter at index ${i}: ${python.number(beta)}`);
  });
}
