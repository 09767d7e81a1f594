/** @file One backend's running state: its memory, what its engine can do, and the modules it compiled. Knows no kernel. */
import { DeviceError, type View } from "@adjoint/core/backend";
import { hasMemory64, hasRelaxedSimd } from "./asm/features.ts";
import type { Module } from "./asm/module.ts";
import { bytesOf, Memory, type WasmBuffer } from "./memory.ts";

export type WasmView = View<WasmBuffer>;

/**
 * Elements of one call into WebAssembly. V8 swaps in optimised code only at a call, never inside a running loop, so large
 * arrays are done in pieces; a call costs some 20 ns.
 */
export const CHUNK = 16384;

/** The address of the element that lies `at` elements after a view's first. */
export const addressAt = (view: WasmView, at: number): number => view.buffer.address + (view.offset + at) * bytesOf(view.dtype);

export class Engine {
  readonly memory: Memory;
  /** Whether kernels may use relaxed SIMD: fused multiply-add. */
  readonly relaxed: boolean;
  /** Rows of the register tiles of matrix products: six need 15 vector registers in one loop, where a product and a sum apart need one more. */
  readonly tileRows: 4 | 6;
  modulesCompiled = 0;

  constructor(maxBytes: number, relaxed: boolean = hasRelaxedSimd(), tileRows: 4 | 6 = relaxed && hasMemory64() ? 6 : 4) {
    this.memory = new Memory(maxBytes);
    this.relaxed = relaxed;
    this.tileRows = tileRows;
  }

  /** Compiles and links. The exports are the module's functions by name. */
  link<Names extends string>(module: Module): { readonly [N in Names]: (...args: number[]) => number } {
    this.modulesCompiled++;
    const compiled = new WebAssembly.Module(module.bytes());
    const { exports } = new WebAssembly.Instance(compiled, { m: { m: this.memory.wasm } });
    return exports as { [N in Names]: (...args: number[]) => number };
  }

  check(): void {
    if (this.memory.disposed) throw new DeviceError("wasm: the device was disposed");
  }
}
