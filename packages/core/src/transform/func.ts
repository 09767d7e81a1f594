/** @file The namespace `func`: functions of functions, PyTorch's torch.func. Their functions are synchronous, and what they make inside dies. */
export type { Argnums, GradOptions } from "./arguments.ts";
export { jvp } from "./directions.ts";
export { grad, gradAndValue, vjp, type VjpFn } from "./gradients.ts";
export { hessian, jacfwd, jacrev } from "./jacobians.ts";
export { vmap, type VmapOptions } from "./vmap.ts";
