/** @file The gradient that a formula begins with: turned round to go up, and with weight decay. */
import { add_, mul, neg, type Tensor } from "@adjoint/core/functional";

/** Options that most optimizers have. */
export type Common = {
  /** The learning rate. */
  lr: number;
  /** L2 regularisation: this times the parameter is added to the gradient. */
  weightDecay: number;
};

/** grad, or -grad to go up; plus weightDecay * param. */
export function directed(param: Tensor, grad: Tensor, { weightDecay = 0, maximize = false }: { readonly weightDecay?: number; readonly maximize?: boolean }): Tensor {
  const turned = maximize ? neg(grad) : grad;
  return weightDecay === 0 ? turned : add_(mul(param, weightDecay), turned);
}
