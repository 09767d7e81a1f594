/** @file All elementwise ops. */
export * from "./activations.ts";
export * from "./arithmetic.ts";
export * from "./blend.ts";
export * from "./bounds.ts";
export { canCast, type Elementwise, elementwise, type ElementwiseOptions, type Operand, resultType, to } from "./elementwise.ts";
export * from "./exponential.ts";
export * from "./functions.ts";
export * from "./in-place.ts";
export * from "./integer.ts";
export * from "./overwrite.ts";
export * from "./predicates.ts";
export * from "./trigonometry.ts";
export { where } from "./where.ts";
