/** @file Domains of options, with PyTorch's texts. */
import { OptimizerError } from "./optimizer.ts";

export type Betas = readonly [number, number];

export function checkRate(lr: number): void {
  if (!(lr >= 0)) throw new OptimizerError(`Invalid learning rate: ${lr}`);
}
export function checkWeightDecay(weightDecay: number): void {
  if (!(weightDecay >= 0)) throw new OptimizerError(`Invalid weight_decay value: ${weightDecay}`);
}
export function checkEpsilon(eps: number): void {
  if (!(eps >= 0)) throw new OptimizerError(`Invalid epsilon value: ${eps}`);
}
export function checkBetas(betas: Betas): void {
  betas.forEach((beta, i) => {
    if (!(beta >= 0 && beta < 1)) throw new OptimizerError(`Invalid beta parameter at index ${i}: ${beta}`);
  });
}
