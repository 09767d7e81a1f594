/** @file The public scope: a value that frees what joined it, and that survives `await`. */
import type { Backend } from "../backend.ts";
import { clone } from "../calculus/map-reduce.ts";
import { type CreationOptions, tensor, type TensorData } from "../creation/fill.ts";
import { type Device, deviceOf, getDefaultDevice } from "../device.ts";
import { type Owned, witnesses } from "../owners.ts";
import { keep as keepForever, Lifetime, within } from "../scope.ts";
import type { Shape } from "../shape.ts";
import { isTensor, type Tensor } from "../tensor.ts";

/** Weakly: a scope that is never closed is the collector's. */
const open = /*@__PURE__*/ new Set<WeakRef<Scope>>();
const gone = /*@__PURE__*/ new FinalizationRegistry<WeakRef<Scope>>((weak) => open.delete(weak));
/** What open scopes that hold much hold, for an out-of-memory error. */
function* heldByScopes(device: Device): Generator<Owned> {
  for (const weak of open) {
    const scope = weak.deref();
    // What was adopted by something that lasts is a member still.
    const storages = new Set(scope?.members.flatMap((x) => (isTensor(x) && x.lifetime === scope ? [x.storage] : [])));
    for (const storage of storages) if (storage.device === device && storage.alive) yield [scope!.name, storage.bytes];
  }
}

/**
 * Tensors that are freed together. A result joins the youngest open scope of its inputs, so it is enough to let the
 * batch in by `s.tensor(...)`: what follows from it is freed when the scope closes. Parameters, `.grad` and optimiser state stay.
 * @example `using s = scope(); const x = s.tensor(batch); const loss = model.forward(x).sum();`, or `s.close()` in a `finally`
 */
export class Scope extends Lifetime {
  #weak: WeakRef<Scope> | undefined;

  protected override becomeKnown(): void {
    witnesses.add(heldByScopes);
    this.#weak = new WeakRef<Scope>(this);
    open.add(this.#weak);
    gone.register(this, this.#weak, this);
  }
  override close(): void {
    if (this.#weak !== undefined) {
      open.delete(this.#weak);
      gone.unregister(this);
    }
    super.close();
  }
  /** A new leaf that belongs to this scope. */
  tensor(data: TensorData, options: CreationOptions & { readonly shape?: Shape } = {}): Tensor {
    return this.run(() => tensor(data, options));
  }
  /** Runs a synchronous function; whatever it makes belongs to this scope, leaves too. */
  run<R>(fn: () => R): R {
    return within(this, fn);
  }
  [Symbol.dispose](): void {
    this.close();
  }
}

let unnamed = 0;
/**
 * Opens a scope. Close it with `using`, or `s.close()`.
 * @param name what errors call it
 * @returns the scope
 */
export const scope = (name?: string): Scope => new Scope(name ?? `scope ${++unnamed}`);

/**
 * Takes a tensor out of its scope: it lasts until it is disposed or nobody holds it.
 * @param x of any shape and dtype
 * @returns x itself
 */
export const keep = (x: Tensor): Tensor => keepForever(x);

/**
 * A dense copy that no scope frees: what outlives the step in which it was made.
 * @param x of any shape and dtype
 * @returns the copy, of x's shape and dtype
 */
export const keepCopy = (x: Tensor): Tensor => keepForever(clone(x));

export type MemoryInfo = { readonly tensors: number; readonly bytes: number };
/**
 * What is live on a device.
 * @param device the default device, unless it is said
 * @returns how many tensors (storages), and their bytes
 */
export function memory(device: Backend = getDefaultDevice()): MemoryInfo {
  const { liveTensors, liveBytes } = deviceOf(device);
  return { tensors: liveTensors, bytes: liveBytes };
}

/**
 * Bytes that a device holds of the machine's memory: what `memory` says is live, rounded up to sizes that can be used again, and what it keeps for later tensors. PyTorch's
 * `torch.cuda.memory_reserved`.
 * @param device the default device, unless it is said
 * @returns the bytes; those that are live where the device keeps nothing that it could tell of
 */
export const memoryReserved = (device: Backend = getDefaultDevice()): number => device.reservedBytes ?? deviceOf(device).liveBytes;

/**
 * Has a device give back the memory that it keeps for later tensors: PyTorch's `torch.cuda.empty_cache`. What is live stays. After a large phase, for others who
 * need the memory: the next tensors take longer to make. A wasm device keeps it all the same, as a WebAssembly memory cannot shrink; drop the device instead.
 * @param device the default device, unless it is said
 * @returns nothing
 */
export const emptyCache = (device: Backend = getDefaultDevice()): void => device.emptyCache?.();
