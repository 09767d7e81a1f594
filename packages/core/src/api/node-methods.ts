/** @file PyTorch's methods and properties of nodes, each a call of the function that means it. */
import { registerNodeHook, registerNodePrehook } from "../autograd/hooks.ts";
import { metadataOf, nextFunctions, savedTensorsOf, variableOf } from "../autograd/node.ts";
import type { Node } from "../tape.ts";

type Rest<F> = F extends (node: Node, ...rest: infer R) => infer O ? (...rest: R) => O : never;

export interface NodeMethods {
  readonly nextFunctions: ReturnType<typeof nextFunctions>;
  readonly savedTensors: ReturnType<typeof savedTensorsOf>;
  readonly metadata: ReturnType<typeof metadataOf>;
  readonly variable: ReturnType<typeof variableOf>;
  registerHook: Rest<typeof registerNodeHook>;
  registerPrehook: Rest<typeof registerNodePrehook>;
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
