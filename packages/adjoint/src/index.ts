/** @file The entry of "adjoint": tensors, modules and optimizers, ready to use. */
import "./default-device.ts";

export * from "@adjoint/core";
export { cpu, type CpuOptions } from "@adjoint/backend-cpu-js";
export { type BackendName, init, type InitOptions, type InitResult, type Passed } from "./init.ts";
export { load, save } from "@adjoint/io";
export * as io from "@adjoint/io";
export * as nn from "@adjoint/nn";
export * as optim from "@adjoint/optim";
