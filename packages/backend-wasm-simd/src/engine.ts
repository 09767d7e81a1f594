/** @file One backend's running state: its memory, what its engine can do, and the modules it compiled. Knows no kernel. */
import { DeviceError, type View } from "@adjoint/core/backend";
import { hasMemory64, hasRelaxedSimd } from "./asm/features.ts";
import { Module } from "./asm/module.ts";
import { bytesOf, Memory, type WasmBuffer } from "./memory.ts";
import { type Linked, Pool } from "./threads/pool.ts";

/** What browsers, Node and Deno share: no DOM types here. */
declare const performance: { now(): number };

export type WasmView = View<WasmBuffer>;

/**
 * Elements of one call into WebAssembly. V8 swaps in optimised code only at a call, never inside a running loop, so large
 * arrays are done in pieces; a call costs some 20 ns.
 */
export const CHUNK = 16384;

/** Operations, some 20 microseconds, that are worth telling other threads of. */
const SHARED = 4 * CHUNK;

/** Modules, of some 50 KiB with their code. */
const MOST_MODULES = 1024;

/** The address of the element that lies `at` elements after a view's first. */
export const addressAt = (view: WasmView, at: number): number => view.buffer.address + (view.offset + at) * bytesOf(view.dtype);

export class Engine {
  readonly memory: Memory;
  /** Whether kernels may use relaxed SIMD: fused multiply-add. */
  readonly relaxed: boolean;
  /** Rows of the register tiles of matrix products: six need 15 vector registers in one loop, where a product and a sum apart need one more. */
  readonly tileRows: 4 | 6;
  /** Read as the backend's `compiling`. */
  readonly compiling = { modules: 0, ms: 0 };
  sharedFrom: number = SHARED;
  /** After so many modules what was compiled for programs is forgotten (KernelCache), since programs live as long as core. */
  mostModules: number = MOST_MODULES;
  /** How often that was. */
  age = 0;
  /** Other threads that take part, if there are any. */
  pool: Pool | undefined;
  readonly #threads: number;
  #clear: ((...args: number[]) => number) | undefined;
  /** Nothing: what the calling thread adds to addresses of its own. */
  readonly #thread: WebAssembly.Global = new WebAssembly.Global({ value: "i32" }, 0);

  constructor(maxBytes: number, relaxed: boolean = hasRelaxedSimd(), tileRows: 4 | 6 = relaxed && hasMemory64() ? 6 : 4, threads: number = 1) {
    this.memory = new Memory(maxBytes, threads);
    this.#threads = threads;
    this.relaxed = relaxed;
    this.tileRows = tileRows;
  }

  /** Starts the other threads, before any kernel is linked. */
  async start(): Promise<void> {
    if (this.#threads > 1) this.pool = await Pool.open(this.memory, this.#threads);
  }

  /** Compiles and links. The exports are the module's functions by name. */
  link<Names extends string>(module: Module): { readonly [N in Names]: (...args: number[]) => number } {
    const from = performance.now(), bytes = module.bytes(this.memory.isShared), compiled = new WebAssembly.Module(bytes);
    const { exports } = new WebAssembly.Instance(compiled, { m: { m: this.memory.wasm, t: this.#thread } });
    this.pool?.register(bytes, Object.values(exports) as Linked[]);
    if (++this.compiling.modules % this.mostModules === 0) this.age++;
    this.compiling.ms += performance.now() - from;
    return exports as { [N in Names]: (...args: number[]) => number };
  }

  /** Sets bytes to 0. The arrays' own `fill` takes shared memory byte by byte, 20 times as long. */
  clear(address: number, bytes: number): void {
    if (!this.memory.isShared) return void this.memory.bytes.fill(0, address, address + bytes);
    if (this.#clear === undefined) {
      const module = new Module();
      module.func("clear", ["i32", "i32"], [], (f, at, size) => f.get(at).i32(0).get(size).memoryFill());
      this.#clear = this.link<"clear">(module).clear;
    }
    this.#clear(address, bytes);
  }

  /** The threads that share work of so many operations, if that is worth their while. */
  sharing(operations: number): Pool | undefined {
    return operations >= this.sharedFrom ? this.pool : undefined;
  }

  check(): void {
    if (this.memory.disposed) throw new DeviceError("wasm: the device was disposed");
  }
}
