/** @file What fails on the device after the call that caused it: kept until a read or `sync` reports it. Knows no commands. */
import { AdjointError, DeviceError, DeviceLostError, OutOfMemoryError } from "@adjoint/core/backend";

/** `from`: the first read issued after it. `to`: the last read issued before it was reported. */
type Fault = { readonly error: AdjointError; readonly from: number; to: number };

const allErrors: readonly GPUErrorFilter[] = ["validation", "internal", "out-of-memory"];
/** Of what can be said wrongly, and takes nothing. */
export const validationErrors: readonly GPUErrorFilter[] = ["validation"];

export class Faults {
  readonly #device: GPUDevice;
  /** The number of the next read. */
  #clock: number = 1;
  #faults: Fault[] = [];
  #checks: Set<Promise<void>> = new Set();
  #open: Set<number> = new Set();
  /** Set once the device is lost or disposed: nothing works any more. */
  fatal: AdjointError | undefined;
  /** How to reject what waits, should the device be lost. A race with `device.lost` would keep every result that was ever read. */
  readonly #waiting: Set<(error: AdjointError) => void> = new Set();
  /** What the pool does when the device said that it has no memory. */
  onOutOfMemory: () => void = () => {};
  describeMemory: () => string = () => "";

  readonly #owned: boolean;

  /** @param owned whether nobody else has the device: what it says of no scope is of commands of ours */
  constructor(device: GPUDevice, owned: boolean) {
    this.#device = device;
    this.#owned = owned;
    void device.lost.then(({ message }) => this.end(new DeviceLostError(`webgpu: the device was lost${message === "" ? "" : `: ${message}`}; its tensors are gone`)));
    if (owned) device.addEventListener("uncapturederror", (event) => this.add(fromGpu(event.error, "a command", this.describeMemory())));
  }

  /** Nothing works from now on, and what waits learns why. */
  end(error: AdjointError): void {
    this.fatal ??= error;
    for (const reject of this.#waiting) reject(this.fatal);
    this.onOutOfMemory = () => {};
    this.describeMemory = () => "";
  }

  /** @param from the first read that is to reject with it: those issued before had nothing to do with it */
  add(error: AdjointError, from: number = 0): void {
    if (error instanceof OutOfMemoryError) this.onOutOfMemory();
    this.#faults.push({ error, from, to: Infinity });
  }

  /** Runs `act` and learns later whether the device accepted it. @param what it was, asked where the device did not; may have to ask the device, and does not throw */
  watch<T>(what: (error: GPUError) => string | Promise<string>, act: () => T, filters: readonly GPUErrorFilter[] = allErrors): T {
    for (let scope = 0; scope < filters.length; scope++) this.#device.pushErrorScope(filters[scope]!);
    try {
      return act();
    } finally {
      for (let scope = 0; scope < filters.length; scope++) void this.#popped(what);
    }
  }

  /** The same. Resolves, before the error has its name, to whether there is none. */
  watched(what: (error: GPUError) => string | Promise<string>, act: () => void): Promise<boolean> {
    for (const filter of allErrors) this.#device.pushErrorScope(filter);
    let told: readonly Promise<GPUError | null>[] = [];
    try {
      act();
    } finally {
      told = allErrors.map(() => this.#popped(what));
    }
    return Promise.all(told).then((errors) => errors.every((error) => error === null), () => false);
  }

  /** The same of a call that costs less than a scope: of a device of ours the error comes without one. */
  unscoped(what: () => string, act: () => void): void {
    if (this.#owned) act();
    else this.watch(what, act, validationErrors);
  }

  #popped(what: (error: GPUError) => string | Promise<string>): Promise<GPUError | null> {
    const at = this.#clock, told = this.#device.popErrorScope();
    this.check(told.then(async (error) => { if (error !== null) this.add(fromGpu(error, await what(error), this.describeMemory()), at); }));
    return told;
  }

  /** A promise that must settle before any read issued from now on hands out values. */
  check(promise: Promise<void>): void {
    const settled = promise.catch(() => {}).then(() => { this.#checks.delete(settled); });
    this.#checks.add(settled);
  }

  /** Throws if the device is gone. */
  assertAlive(): void {
    if (this.fatal !== undefined) throw this.fatal;
  }

  /**
   * Waits for `work` and for everything that may still report a fault of an earlier call, then gives the value or rejects
   * with the first fault since the last report. Settles in a new task, so that finalizers run; never hangs on a lost device.
   */
  async guarded<T>(work: (at: number) => Promise<T>): Promise<T> {
    this.assertAlive();
    const at = this.#clock;
    this.#open.add(at);
    const running = work(at);
    this.#clock++; // what `work` submitted at once belongs to this read, what comes later does not
    try {
      let value: { readonly done: T } | undefined, failure: unknown;
      try {
        value = { done: await this.#orEnded(running) };
      } catch (error) {
        failure = error;
      }
      await this.#told();
      if (this.fatal !== undefined) throw this.fatal;
      const fault = this.#faults.find(({ from, to }) => from <= at && at <= to);
      if (fault !== undefined) {
        this.#report(at);
        throw fault.error;
      }
      if (value === undefined) throw failure;
      return value.done;
    } finally {
      this.#open.delete(at);
      const oldest = Math.min(...this.#open);
      this.#faults = this.#faults.filter(({ to }) => to >= oldest);
    }
  }

  /** What `work`, a read that reports no faults, gives, or why nothing works any more. */
  async unguarded<T>(work: Promise<T>): Promise<T> {
    try {
      return await this.#orEnded(work);
    } catch (error) {
      await this.#told(); // A read may fail before the host hears of the loss.
      this.assertAlive();
      throw error;
    }
  }

  /** Resolves in a new task, when the device has told of everything so far. */
  async #told(): Promise<void> {
    await this.#orEnded(Promise.all(this.#checks)).catch(() => {});
    await nextTask();
  }

  #orEnded<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.fatal !== undefined) reject(this.fatal);
      this.#waiting.add(reject);
      const failed = (error: unknown): void => reject(error instanceof AdjointError ? error : new DeviceError(`webgpu: reading failed: ${String(error)}`));
      void work.then(resolve, failed).finally(() => this.#waiting.delete(reject));
    });
  }

  /** What a read has reported is over, but for reads already under way. */
  #report(at: number): void {
    for (const fault of this.#faults) if (fault.from <= at) fault.to = Math.min(fault.to, this.#clock - 1);
  }
}

function fromGpu(error: GPUError, what: string, memory: string): AdjointError {
  const text = `${what}: ${error.message.trim()}`;
  // The error's class is a global in browsers only; its constructor's name is there everywhere.
  return error.constructor.name === "GPUOutOfMemoryError"
    ? new OutOfMemoryError(`webgpu: out of memory, ${text}${memory}`)
    : new DeviceError(`webgpu: ${text}`);
}

/** Node and Deno have it, browsers do not. */
const { setImmediate: immediate } = globalThis as { readonly setImmediate?: (run: () => void) => void };

/** A new task of the host: after it, finalizers have had their chance. */
const nextTask = (): Promise<void> => new Promise((resolve) => {
  if (immediate !== undefined) {
    immediate(resolve);
    return;
  }
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    resolve();
  };
  port2.postMessage(0);
});
