/** @file The entry "@adjoint/backend-wasm-simd". */
export { wasm, type WasmOptions, type WasmStats, wasmStats } from "./backend.ts";
