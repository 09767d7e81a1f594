/** @file Who is told of ops while they run: nobody, or a profiler. */
import type { Device } from "./device.ts";
import type { Tensor } from "./tensor.ts";

/** Calls nest: what runs between `enter` and `leave` is part of it. */
export interface Watcher {
  /** @param phase "op" or, of a derivative rule, "backward" */
  enter(name: string, phase: "op" | "backward", device: Device, inputs: readonly (Tensor | undefined)[]): void;
  /** @param outs what was made: nothing where it threw */
  leave(outs: readonly (Tensor | undefined)[]): void;
}

let watcher: Watcher | null = null;
export const activeWatcher = (): Watcher | null => watcher;
export function setWatcher(next: Watcher | null): void {
  watcher = next;
}

/** Runs `run` and tells of it. */
export function watched<R extends Tensor | readonly (Tensor | undefined)[]>(by: Watcher, name: string, phase: "op" | "backward", device: Device, inputs: readonly (Tensor | undefined)[], run: () => R): R {
  by.enter(name, phase, device, inputs);
  let outs: readonly (Tensor | undefined)[] = [];
  try {
    const made = run();
    outs = [made].flat() as readonly (Tensor | undefined)[];
    return made;
  } finally {
    by.leave(outs);
  }
}
