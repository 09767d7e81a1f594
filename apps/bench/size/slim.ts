/** @file The smallest application that learns something, for the size budget: a layer with relu, trained by SGD. */
import { cpu } from "@adjoint/backend-cpu-js";
import { backward, itemSync, matmul, mean, relu, square, sub, tensor } from "@adjoint/core/functional";
import { SGD } from "@adjoint/optim";

const device = cpu();
const weight = tensor([[0.5, 0.5]], { device, requiresGrad: true });
const x = tensor([[1], [2]], { device });
const target = tensor([[3]], { device });
const optimizer = new SGD([weight], { lr: 0.05 });

export function step(): number {
  const loss = mean(square(sub(relu(matmul(weight, x)), target)));
  optimizer.zeroGrad();
  backward(loss);
  optimizer.step();
  return itemSync(loss);
}
