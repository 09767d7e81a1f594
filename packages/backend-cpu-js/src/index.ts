/** @file The entry of @adjoint/backend-cpu-js. */
export { cpu, type CpuOptions } from "./backend.ts";
