/** @file The entry "@adjoint/core": tensors with PyTorch's methods, and everything of "./functional". */
import { installMethods, type TensorMethods } from "./api/methods.ts";
import { installNodeMethods, type NodeMethods } from "./api/node-methods.ts";
import { Node } from "./tape.ts";
import { Tensor } from "./tensor.ts";

declare module "./tensor.ts" {
  // eslint-disable-next-line -- merging is how the methods reach the class
  interface Tensor extends TensorMethods {}
}
declare module "./tape.ts" {
  // eslint-disable-next-line -- as above
  interface Node<Attrs> extends NodeMethods {}
}
installNodeMethods(Node.prototype);
installMethods(Tensor.prototype);

export * from "./functional.ts";
