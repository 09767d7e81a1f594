/** @file Buffers that the host reads from, by size, kept between reads. Knows nothing of what is read. */
import { sizeClass, usage } from "./buffers.ts";
import type { Faults } from "./faults.ts";

/** Few, since reads wait. */
const MOST_OF_A_SIZE = 4;
const LARGEST_KEPT = 2 ** 24;

export class Staging {
  readonly #device: GPUDevice;
  readonly #faults: Faults;
  readonly #idle: Map<number, GPUBuffer[]> = new Map();
  /** The bytes of the largest buffer that the device makes. */
  readonly largest: number;
  /** Of those that no read has now. */
  idleBytes: number = 0;

  constructor(device: GPUDevice, faults: Faults) {
    this.#device = device;
    this.#faults = faults;
    this.largest = device.limits.maxBufferSize;
  }

  /** One of at least so many bytes, that was there already. */
  kept(bytes: number): GPUBuffer | undefined {
    const buffer = this.#idle.get(this.#sizeFor(bytes))?.pop();
    if (buffer !== undefined) this.idleBytes -= buffer.size;
    return buffer;
  }

  make(bytes: number): GPUBuffer {
    return this.#faults.watch(() => `allocating ${bytes} bytes to read into`, () => this.#device.createBuffer({ size: this.#sizeFor(bytes), usage: usage.mapRead | usage.copyTarget }));
  }

  #sizeFor(bytes: number): number {
    const size = sizeClass(bytes);
    return size <= this.largest ? size : bytes;
  }

  /** After its read, unmapped. */
  keep(buffer: GPUBuffer): void {
    const { size } = buffer;
    let list = this.#idle.get(size);
    if (list === undefined) this.#idle.set(size, (list = []));
    if (this.#faults.fatal !== undefined || list.length >= MOST_OF_A_SIZE || size > LARGEST_KEPT) return buffer.destroy();
    list.push(buffer);
    this.idleBytes += size;
  }

  clear(): void {
    for (const list of this.#idle.values()) for (const buffer of list) buffer.destroy();
    this.#idle.clear();
    this.idleBytes = 0;
  }
}
