/** @file What core knows of a device beside its backend: live memory, the collector's net, the random stream. */
import type { Backend, Buffer } from "./backend.ts";
import { type DType, dtypeInfo } from "./dtype.ts";
import { DeviceError, DTypeError } from "./errors.ts";

/** Storages from this size on are registered with the collector one by one. */
export const LARGE: number = 4 * 1024;
/** From this size on a storage also carries ballast: memory that the collector counts, standing for memory it cannot see. */
const HEAVY = 1024 * 1024;
const SLAB = 256;

/** Live buffers that one registration looks after: freed together once nobody can reach a storage of the slab. */
export class Slab {
  readonly held: (Buffer | number | undefined)[];
  /** Bytes of each; a bare number in `held` stands for a buffer that the collector frees by itself. */
  readonly bytes: number[];
  /** Slots given out since it was last empty, and how many of them are not free again. */
  used = 0;
  live = 0;

  constructor(slots: number) {
    this.held = new Array<Buffer | number | undefined>(slots);
    this.bytes = new Array<number>(slots);
  }
}
type Held = { readonly device: Device; readonly held: (Buffer | number | undefined)[]; readonly bytes: number[]; readonly slab: WeakRef<Slab> };

const registry = /*@__PURE__*/ new FinalizationRegistry<Held>(({ device, held, bytes, slab }) => {
  device.slabs.delete(slab);
  held.forEach((buffer, i) => {
    if (buffer === undefined) return;
    held[i] = undefined;
    device.liveTensors--;
    device.liveBytes -= bytes[i]!;
    if (typeof buffer === "object") device.backend.free(buffer);
  });
});

export class Device {
  readonly backend: Backend;
  liveTensors = 0;
  liveBytes = 0;
  /** The random stream: the seed it was started with and how many calls have drawn from it. */
  seed = 0;
  drawn = 0;
  seedEpoch = -1;
  /** The dtype that was asked for last, of those that it takes. */
  #taken: DType | undefined;
  /** For what an out-of-memory error tells. Weakly: nobody but the storages in a slab holds it. */
  readonly slabs: Set<WeakRef<Slab>> = new Set();
  #slab: Slab;
  /** Slabs whose storages were all freed by hand, for others: a registration costs as much as an op. */
  readonly #idle: Slab[] = [];
  readonly #idleLarge: Slab[] = [];
  readonly #collected: boolean;

  constructor(backend: Backend) {
    this.backend = backend;
    this.#collected = backend.collected === true;
    this.#slab = this.#newSlab(SLAB);
  }
  takes(dtype: DType): boolean {
    if (dtype !== this.#taken && this.backend.dtypes.has(dtype)) this.#taken = dtype;
    return dtype === this.#taken;
  }
  /** Lets the collector's net look after a buffer. Returns where it is held, to be cleared when it is freed by hand. */
  hold(buffer: Buffer, bytes: number): Slab {
    this.liveTensors++;
    this.liveBytes += bytes;
    let slab = this.#slab;
    if (bytes >= LARGE || slab.used === SLAB) slab = this.#otherSlab(bytes >= LARGE);
    slab.held[slab.used] = this.#collected ? bytes : buffer;
    slab.bytes[slab.used] = bytes;
    slab.used++;
    slab.live++;
    return slab;
  }
  /** The buffer in a slot was freed by hand. */
  release(slab: Slab, slot: number): void {
    this.liveTensors--;
    this.liveBytes -= slab.bytes[slot]!;
    slab.held[slot] = undefined;
    if (--slab.live !== 0) return;
    slab.used = 0;
    if (slab !== this.#slab) (slab.held.length === 1 ? this.#idleLarge : this.#idle).push(slab);
  }
  #otherSlab(large: boolean): Slab {
    return large ? this.#idleLarge.pop() ?? this.#newSlab(1) : (this.#slab = this.#idle.pop() ?? this.#newSlab(SLAB));
  }
  #newSlab(slots: number): Slab {
    const slab = new Slab(slots), weak = new WeakRef(slab);
    this.slabs.add(weak);
    registry.register(slab, { device: this, held: slab.held, bytes: slab.bytes, slab: weak });
    return slab;
  }
}

/** Ballast that nobody needs now, by its size: making one costs ten microseconds, and what is dropped is the collector's work. */
const idle = /*@__PURE__*/ new Map<number, ArrayBuffer[]>();
let idleBytes = 0;
const MOST_IDLE = 64 * 1024 * 1024;

export function ballast(backend: Backend, bytes: number): ArrayBuffer | undefined {
  if (bytes < HEAVY || backend.collected === true) return undefined;
  const alike = idle.get(bytes), known = alike?.pop();
  if (known === undefined) return new ArrayBuffer(bytes, { maxByteLength: bytes });
  if (alike!.length === 0) idle.delete(bytes);
  idleBytes -= bytes;
  return known;
}

/** Of a storage that was freed by hand. What is not kept is detached: off the collector's books at once. */
export function dropBallast(given: ArrayBuffer): void {
  const bytes = given.byteLength;
  if (bytes > MOST_IDLE) return void given.transfer(0);
  if (idleBytes + bytes > MOST_IDLE) {
    for (const buffers of idle.values()) for (const buffer of buffers) buffer.transfer(0);
    idle.clear();
    idleBytes = 0;
  }
  idleBytes += bytes;
  const alike = idle.get(bytes);
  if (alike === undefined) idle.set(bytes, [given]);
  else alike.push(given);
}

const devices = /*@__PURE__*/ new WeakMap<Backend, Device>();

export function deviceOf(backend: Backend): Device {
  let device = devices.get(backend);
  if (device === undefined) {
    if (Object(backend).kernels === undefined) throw new DeviceError(`${String(backend)} is no device: a device is a value, as cpu() or await wasm() gives it`);
    devices.set(backend, (device = new Device(backend)));
  }
  return device;
}

let defaultDevice: Device | (() => Backend) | undefined;

/**
 * Sets the device on which tensors are made when no `device` is given.
 * @param device a backend, or a function that is called for one when it is first needed
 * @returns nothing
 */
export function setDefaultDevice(device: Backend | (() => Backend)): void {
  defaultDevice = typeof device === "function" ? device : deviceOf(device);
}

export function currentDevice(): Device {
  if (typeof defaultDevice === "function") defaultDevice = deviceOf(defaultDevice());
  if (defaultDevice === undefined)
    throw new DeviceError("no device: pass { device }, or call setDefaultDevice(cpu()) once; the package \"adjoint\" comes with one");
  return defaultDevice;
}

/**
 * The device on which tensors are made when none is given.
 * @returns a backend
 */
export const getDefaultDevice = (): Backend => currentDevice().backend;

export function requireDType(op: string, device: Device, dtype: DType): void {
  if (device.takes(dtype)) return;
  dtypeInfo(dtype);
  throw new DTypeError(
    `${op}: device '${device.backend.name}' does not take ${dtype}, only ${[...device.backend.dtypes].join(", ")}; cast, or use the cpu device`);
}

/** Refuses a device that cannot be read at once. @param remedy what to do there */
export function requireReadable(op: string, { name, readSync }: Backend, remedy: string): void {
  if (readSync === undefined) throw new DeviceError(`${op}: device '${name}' cannot read synchronously: ${remedy}`);
}
