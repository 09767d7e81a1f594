/** @file A backend that counts: what is allocated, and which kernels ran. It computes nothing itself. */
import { type Backend, type Buffer, type DType, dtypes, type KernelName, kernelNames, mapKernels, type TypedArray } from "@adjoint/core/backend";

export type Counted<B extends Buffer = Buffer> = Backend<B> & {
  /** What was allocated through this wrapper and not yet freed. */
  live(): { readonly buffers: number; readonly bytes: number };
  /** How often each kernel was called so far. */
  readonly calls: { readonly [K in KernelName]: number };
};

/**
 * Wraps a backend so that a test can say "everything was freed" and "this kernel ran". A buffer that is freed twice, or
 * used after it was freed, is an error here, even where the backend itself would not notice.
 *
 * @example
 * const device = counted(cpu());
 * // ... use it ...
 * device.live(); // { buffers: 0, bytes: 0 }
 */
export function counted<B extends Buffer>(backend: Backend<B>): Counted<B> {
  const sizes = new Map<B, number>();
  const calls = Object.fromEntries(kernelNames.map((name) => [name, 0])) as { [K in KernelName]: number };

  function owned(what: string, buffer: B): B {
    if (!sizes.has(buffer)) throw new Error(`counted: ${what} of a buffer that was freed, or is another device's`);
    return buffer;
  }
  const wrapper: Counted<B> = {
    name: backend.name,
    dtypes: backend.dtypes,
    limits: backend.limits,
    get reservedBytes() { return backend.reservedBytes; },
    calls,
    kernels: mapKernels(backend, (name, run) => (inputs, outputs, attrs) => {
      calls[name]++;
      for (const view of [...inputs, ...outputs]) owned(name, view.buffer);
      run(inputs, outputs, attrs);
    }),
    live: () => ({ buffers: sizes.size, bytes: [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0) }),
    allocate(dtype: DType, length: number): B {
      const buffer = backend.allocate(dtype, length);
      sizes.set(buffer, length * dtypes[dtype].bytes);
      return buffer;
    },
    free(buffer: B): void {
      sizes.delete(owned("free", buffer));
      backend.free(buffer);
    },
    write: (buffer: B, from: number, values: TypedArray) => backend.write(owned("write", buffer), from, values),
    read: (buffer: B, from: number, count: number) => backend.read(owned("read", buffer), from, count),
    sync: () => backend.sync(),
    dispose(): void {
      sizes.clear();
      backend.dispose();
    },
  };
  if (backend.emptyCache !== undefined) wrapper.emptyCache = () => backend.emptyCache!();
  if (backend.readSync !== undefined) wrapper.readSync = (buffer, from, count) => backend.readSync!(owned("readSync", buffer), from, count);
  return wrapper;
}
