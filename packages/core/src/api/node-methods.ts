/** @file PyTorch's methods and properties of nodes, each a call of the function that means it. */
import { registerNodeHook, registerNodePrehook } from "../autograd/hooks.ts";
import { metadataOf, nextFunctions, savedTensorsOf, variableOf } from "../autograd/node.ts";
import type { Node } from "../tape.ts";

type Rest<F> = F extends (node: Node, ...rest: infer R) => infer O ? (...rest: R) => O : never;

export interface NodeMethods {
  /** The nodes that this one hands gradients to, one for each input, with the number of their output; null where none is needed. */
  readonly nextFunctions: ReturnType<typeof nextFunctions>;
  /** What is saved for backward, as tensors to be looked at. AutogradError once it has been freed. */
  readonly savedTensors: ReturnType<typeof savedTensorsOf>;
  /** A place for notes of yours: PyTorch's `metadata`. */
  readonly metadata: ReturnType<typeof metadataOf>;
  /** The leaf whose `.grad` this node accumulates, or null. */
  readonly variable: ReturnType<typeof variableOf>;
  /** Runs after the derivative, with the gradients of the inputs and of the outputs; what it returns takes the place of the former. `handle.remove()` takes it off. */
  registerHook: Rest<typeof registerNodeHook>;
  /** Runs before the derivative, with the gradients of the outputs; what it returns takes their place. `handle.remove()` takes it off. */
  registerPrehook: Rest<typeof registerNodePrehook>;
  /** `<MulBackward0>`. */
  toString(): string;
}

const properties = { nextFunctions, savedTensors: savedTensorsOf, metadata: metadataOf, variable: variableOf };

/** Puts them on the prototype. Called once, by the entry "." */
export function installNodeMethods(prototype: object): void {
  for (const [name, get] of Object.entries(properties))
    Object.defineProperty(prototype, name, { get(this: Node) { return get(this); }, configurable: true });
  const methods = {
    registerHook(this: Node, ...rest: Parameters<NodeMethods["registerHook"]>) { return registerNodeHook(this, ...rest); },
    registerPrehook(this: Node, ...rest: Parameters<NodeMethods["registerPrehook"]>) { return registerNodePrehook(this, ...rest); },
    toString(this: Node) { return `<${this.name}>`; },
  };
  for (const [name, value] of Object.entries(methods)) Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
}
