/** @file The backend that callers hold: one device after another, each until it is lost, and the tensors that outlive them. */
import { type Backend, type Buffer, type Counters, DeviceError, type DType, type Kernels, type Limits, type Timeline, type TypedArray, type View } from "@adjoint/core/backend";
import { supported, usage, type WebGpuBuffer } from "./buffers.ts";
import type { WebGpuDevice } from "./device.ts";
import type { HostGPUBuffer, HostGPUDevice } from "./host-types.ts";

/** What a tensor shows of itself. */
export type Viewed = { readonly window: View };

/** Where a tensor's elements lie: from byte `offset` on, `bytes` of them, four an element. */
export type GpuSlice = { readonly buffer: HostGPUBuffer; readonly offset: number; readonly bytes: number };

export interface WebGpuBackend extends Backend {
  /** Bytes of the device's memory that are live, or kept for later tensors and reads. */
  readonly reservedBytes: number;
  /**
   * Gives the device back what is kept for later tensors and reads: after a large phase, for others who need the memory. What is live stays, and so does what waits for a `warmup` under
   * way. Does nothing on a device that is lost or disposed.
   */
  emptyCache(): void;
  /** The device that the backend runs on now: another one after `restore`. */
  readonly gpu: HostGPUDevice;
  /**
   * Runs a synchronous function once, as it is, with all kernels that it needs compiled beside each other instead of one after the other where it first
   * meets them. A forward and backward pass before the first real one saves the user the wait; commands that others make meanwhile follow it in order.
   * @throws DeviceError if the function returns a promise, or a kernel does not compile
   */
  warmup(fn: () => unknown): Promise<void>;
  /**
   * Keeps the content of these tensors on the host, as it is now, so that `restore` brings it back. A later backup of a tensor replaces
   * the earlier; one that is freed is forgotten.
   */
  backup(tensors: readonly Viewed[]): Promise<void>;
  /**
   * After the device was lost: opens another, and fills the tensors of the last backup again. All others stay lost: to use one is a
   * DeviceLostError. Does nothing while the device works.
   * @param device the new device, needed where the first was the caller's own
   * @throws DeviceError when no device can be had, or after `dispose`
   */
  restore(device?: HostGPUDevice): Promise<void>;
  /**
   * A buffer of the caller's own as memory of this backend, for `fromBuffer` of core: nothing is copied, and the backend never destroys it.
   * An element takes four bytes: float32, int32, or for bool and what is only stored the word that the README names.
   * @throws DeviceError if its usage lacks STORAGE, COPY_SRC or COPY_DST, or it is larger than the device binds; DTypeError for a dtype that the device has not
   */
  importBuffer(buffer: HostGPUBuffer, dtype: DType): Buffer;
  /**
   * The buffer in which a contiguous tensor lies, after everything recorded so far has been submitted. It is the tensor's own: it may be used again
   * for another tensor as soon as this one is freed, and other tensors may lie in it beside this one.
   * @throws DeviceError for a tensor with gaps, repeated or transposed: take `x.contiguous()`
   */
  exportBuffer(tensor: Viewed): GpuSlice;
}

export class RestorableDevice implements Backend<WebGpuBuffer>, WebGpuBackend {
  readonly name: string = "webgpu";
  readonly dtypes: ReadonlySet<DType> = supported;
  /** The one that works, or was lost last. */
  current: WebGpuDevice;
  readonly #open: (given: GPUDevice | undefined) => Promise<WebGpuDevice>;
  readonly #saved: Map<WebGpuBuffer, TypedArray> = new Map();
  #restoring: Promise<void> | undefined;
  #isDisposed: boolean = false;

  constructor(first: WebGpuDevice, open: (given: GPUDevice | undefined) => Promise<WebGpuDevice>) {
    this.current = first;
    this.#open = open;
  }

  get limits(): Limits { return this.current.limits; }
  get kernels(): Kernels<WebGpuBuffer> { return this.current.kernels; }
  get counters(): Counters { return this.current.counters; }
  get timeline(): Timeline | undefined { return this.current.timeline; }
  get gpu(): GPUDevice { return this.current.gpu; }

  allocate(dtype: DType, length: number): WebGpuBuffer { return this.current.allocate(dtype, length); }
  free(buffer: WebGpuBuffer): void {
    if (this.#saved.size > 0) this.#saved.delete(buffer);
    this.current.free(buffer);
  }
  write(buffer: WebGpuBuffer, from: number, values: TypedArray): void { this.current.write(buffer, from, values); }
  read(buffer: WebGpuBuffer, from: number, count: number): Promise<TypedArray> { return this.current.read(buffer, from, count); }
  get reservedBytes(): number { return this.current.reservedBytes; }
  emptyCache(): void { this.current.emptyCache(); }
  sync(): Promise<void> { return this.current.sync(); }
  dispose(): void {
    this.#isDisposed = true;
    this.#saved.clear();
    this.current.dispose();
  }

  warmup(fn: () => unknown): Promise<void> { return this.current.warmup(fn); }

  async backup(tensors: readonly Viewed[]): Promise<void> {
    const buffers = [...new Set(tensors.map(({ window }) => window.buffer as WebGpuBuffer))], { current } = this;
    const values = await Promise.all(buffers.map((buffer) => current.read(buffer, 0, buffer.length)));
    buffers.forEach((buffer, i) => { if (buffer.chunk !== undefined) this.#saved.set(buffer, values[i]!); });
  }

  restore(device?: GPUDevice): Promise<void> {
    return (this.#restoring ??= this.#restored(device).finally(() => { this.#restoring = undefined; }));
  }
  async #restored(given: GPUDevice | undefined): Promise<void> {
    const { current } = this;
    if (!(await current.isLost())) return;
    const next = await this.#open(given);
    if (this.#isDisposed) {
      next.dispose();
      return next.assertAlive();
    }
    current.abandon();
    this.current = next;
    try {
      for (const [buffer, values] of this.#saved) {
        next.revive(buffer);
        next.write(buffer, 0, values);
      }
      await next.sync();
    } catch (error) {
      // What was brought back is lost with this device too, so that another attempt finds everything as it was.
      if (!this.#isDisposed) this.current = current;
      next.abandon();
      next.dispose();
      throw error;
    }
  }

  importBuffer(buffer: GPUBuffer, dtype: DType): WebGpuBuffer {
    const needed = usage.storage | usage.copySource | usage.copyTarget;
    if ((buffer.usage & needed) !== needed) throw new DeviceError("webgpu: importBuffer takes a buffer whose usage has STORAGE, COPY_SRC and COPY_DST");
    return this.current.adopt(buffer, dtype);
  }

  exportBuffer({ window }: Viewed): GpuSlice {
    if (!window.dense) throw new DeviceError("webgpu: exportBuffer takes a contiguous tensor; take x.contiguous() first");
    const buffer = this.current.submitted(window.buffer as WebGpuBuffer);
    return { buffer, offset: window.offset * 4, bytes: window.size * 4 };
  }
}
