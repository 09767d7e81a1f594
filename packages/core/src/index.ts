/** @file The entry "@adjoint/core": tensors with PyTorch's methods, and everything of "./functional". */
import { installMethods, type TensorMethods } from "./api/methods.ts";
import { Tensor } from "./tensor.ts";

declare module "./tensor.ts" {
  // eslint-disable-next-line -- merging is how the methods reach the class
  interface Tensor extends TensorMethods {}
}
installMethods(Tensor.prototype);

export * from "./functional.ts";
