/** @file The entry "@adjoint/core/autograd": the namespace `autograd` name by name, so that a bundle carries what it uses. */
export * from "./autograd/index.ts";
