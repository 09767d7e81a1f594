/** @file The entry of @adjoint/backend-tfjs. */
export { tfjs, type TfjsOptions } from "./backend.ts";
