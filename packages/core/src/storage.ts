/** @file Reference-counted device memory. The engine alone retains and releases it. */
import type { Buffer } from "./backend.ts";
import { ballast, type Device, dropBallast, type Slab } from "./device.ts";
import { bytesOf, type DType } from "./dtype.ts";
import { OutOfMemoryError } from "./errors.ts";
import { ownersOn } from "./owners.ts";

/** The version of an inference tensor that was never changed; a normal tensor's is never negative. */
export const INFERENCE: number = -(2 ** 30);
let firstVersion = 0;
/** The version that new storages begin with. Returns the one before. */
export function startVersions(version: number): number {
  const before = firstVersion;
  firstVersion = version;
  return before;
}

export class Storage {
  readonly device: Device;
  readonly buffer: Buffer;
  readonly dtype: DType;
  readonly length: number;
  /** Raised by every change in place; a saved value remembers the version it was saved at. Negative: made in inference mode. */
  version: number = firstVersion;
  /** Handles and saved values that hold it. */
  #count = 1;
  /** Where the collector's net holds its buffer; for a twin, the storage whose buffer it shares. */
  readonly #slab: Slab | Storage;
  readonly #slot: number;
  /** Held and never read: it stands for the device's memory in the collector's books. */
  protected readonly ballast: ArrayBuffer | undefined;

  /** @param given a buffer to own, or the storage whose buffer to share: then nothing is allocated */
  constructor(device: Device, dtype: DType, length: number, given?: Storage | Buffer) {
    this.device = device;
    this.dtype = dtype;
    this.length = length;
    if (given instanceof Storage) {
      this.buffer = given.buffer;
      this.#slab = given.retain();
      this.#slot = 0;
      return;
    }
    this.buffer = given ?? allocated(device, dtype, length);
    const { bytes } = this, slab = device.hold(this.buffer, bytes);
    this.#slab = slab;
    this.#slot = slab.used - 1;
    this.ballast = ballast(device.backend, bytes);
  }
  get bytes(): number {
    return this.length * bytesOf(this.dtype);
  }
  get alive(): boolean {
    return this.#count > 0;
  }
  /** Whether nobody else holds it. */
  get unshared(): boolean {
    return this.#count === 1 && !(this.#slab instanceof Storage);
  }
  /** The same memory with a version of its own: changes through it are not seen by what was saved from the other. */
  twin(): Storage {
    return new Storage(this.device, this.dtype, this.length, this);
  }
  retain(): this {
    this.#count++;
    return this;
  }
  release(): void {
    if (--this.#count !== 0) return;
    if (this.#slab instanceof Storage) return this.#slab.release();
    this.device.release(this.#slab, this.#slot);
    this.device.backend.free(this.buffer);
    if (this.ballast !== undefined) dropBallast(this.ballast);
  }
}

function allocated(device: Device, dtype: DType, length: number): Buffer {
  try {
    return device.backend.allocate(dtype, length);
  } catch (error) {
    throw withOwners(error, device);
  }
}
/** An error of a device that has no room, with who holds it; said once, though ops are made of ops. */
export const withOwners = (error: unknown, device: Device): unknown => error instanceof OutOfMemoryError && !(error.cause instanceof OutOfMemoryError) ? new OutOfMemoryError(
  `${error.message}; ${device.liveBytes} bytes are live in ${device.liveTensors} tensors (largest owners in bytes: ${ownersOn(device)}). A loop frees what it makes with a scope: using s = scope()`,
  { cause: error }) : error;
