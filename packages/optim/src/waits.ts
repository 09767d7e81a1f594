/** @file Computations that read numbers on the way, written once: they run at once where the device can be read so, and else wait. Knows no optimizer. */
import { DeviceError, isTensor, item, itemSync, type Tensor } from "@adjoint/core/functional";

/** What a computation cannot go on without: gets it at once, or later. */
type Wait = { readonly now: () => void; readonly later: () => Promise<void> };
/** A computation that yields where it must wait. */
export type Waiting<T> = Generator<Wait, T, undefined>;

/** The number that a loss is. */
export function* numberOf(x: Tensor | number): Waiting<number> {
  if (!isTensor(x)) return x;
  let value = NaN;
  yield {
    now: () => { value = itemSync(x); },
    later: async () => { value = await item(x); },
  };
  return value;
}

/** What a function of the user gives; it may be a promise where the computation runs later. */
export function* given<R>(now: () => R, later: () => R | Promise<R>): Waiting<R> {
  let value: R | undefined;
  yield {
    now: () => { value = now(); },
    later: async () => { value = await later(); },
  };
  return value as R;
}

export function runNow<T>(work: Waiting<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    step.value.now();
  }
}

export async function runLater<T>(work: Waiting<T>): Promise<T> {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    await step.value.later();
  }
}

/** Refuses a device that cannot be read at once. @param remedy what to do there */
export function requireReadable(what: string, { device }: Tensor, remedy: string): void {
  if (device.readSync === undefined) throw new DeviceError(`${what} reads numbers, and device '${device.name}' cannot be read at once: ${remedy}`);
}
