/** @file What the test of minified code bundles to look at names. */
import { cpu } from "@adjoint/backend-cpu-js";
import { ones, setDefaultDevice } from "@adjoint/core";
import * as nn from "@adjoint/nn";
import * as optim from "@adjoint/optim";

setDefaultDevice(cpu());
export { nn, optim };

export function printed(): string[] {
  const model = new nn.Sequential(new nn.Linear(1, 2), new nn.ReLU());
  return [String(model), String(new optim.SGD(model.parameters(), { lr: 0.1 })).split("\n")[0]!];
}
export function errorName(): string {
  try {
    ones([2]).add(ones([3]));
    return "no error";
  } catch (error) {
    return (error as Error).name;
  }
}
