/** @file All elementwise ops. */
export * from "./arithmetic.ts";
export { canCast, type Elementwise, elementwise, type ElementwiseOptions, type Operand, resultType, to } from "./elementwise.ts";
export * from "./functions.ts";
export * from "./in-place.ts";
export { where } from "./where.ts";
