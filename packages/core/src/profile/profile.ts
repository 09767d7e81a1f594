/** @file `profile(fn)`: which ops run, how often, for how long, on how many bytes; the same table on every device. */
import type { Counters, KernelSpan, Timeline } from "../backend.ts";
import type { Device } from "../device.ts";
import { dtypes } from "../dtype.ts";
import { AutogradError } from "../errors.ts";
import { refusePromise } from "../scope.ts";
import type { Tensor } from "../tensor.ts";
import { activeWatcher, setWatcher, type Watcher } from "../watching.ts";
import { type OpRow, type ProfiledCall, rowsOf, type Sent, sentTo, tableOf, traceOf } from "./report.ts";

/** What browsers, Node and Deno share: no DOM types here. */
declare const performance: { now(): number };

/** What a profile found. Times are milliseconds. */
export type OpProfile<R = unknown> = {
  /** What the function gave. */
  readonly result: R;
  /** One row for each op, and each derivative rule, by its name; what takes longest first. */
  readonly rows: readonly OpRow[];
  /** All calls in order, nested by their depth. */
  readonly calls: readonly ProfiledCall[];
  /** What each device that counts it was sent: how many kernels, in how many submits. */
  readonly sent: readonly Sent[];
  /** The rows as text, and below them what was sent. */
  table(): string;
  /** The calls, and the kernels of devices that measure them, as JSON in Chrome's trace format: open it in chrome://tracing or ui.perfetto.dev. */
  trace(): string;
  /** The table. */
  toString(): string;
};

/** A call and the numbers, on its device, of the first kernel that it dispatched and of the one after its last. */
type Entry = { readonly call: ProfiledCall; readonly device: Device; readonly from: number; to: number; /** Milliseconds that the device had compiled for before. */ readonly compiled: number | undefined };

class Recording implements Watcher {
  readonly entries: Entry[] = [];
  readonly timelines: Map<Device, Timeline | undefined> = new Map();
  /** What each device had been sent before its first op. */
  readonly #before: Map<Device, Counters> = new Map();
  readonly #began: number = performance.now();
  readonly #open: Entry[] = [];

  enter(name: string, phase: "op" | "backward", device: Device, inputs: readonly (Tensor | undefined)[]): void {
    if (!this.timelines.has(device)) {
      const { timeline, counters } = device.backend;
      this.timelines.set(device, timeline);
      timeline?.start();
      if (counters !== undefined) this.#before.set(device, { dispatches: counters.dispatches, submits: counters.submits });
    }
    const call: ProfiledCall = { name, phase, device: device.backend.name, depth: this.#open.length, bytes: bytesOf(inputs), start: performance.now() - this.#began, hostMs: 0, selfMs: 0, compileMs: undefined, deviceMs: undefined };
    const from = this.timelines.get(device)?.count ?? 0, entry = { call, device, from, to: from, compiled: device.backend.compiling?.ms };
    this.entries.push(entry);
    this.#open.push(entry);
  }

  leave(outs: readonly (Tensor | undefined)[]): void {
    const entry = this.#open.pop()!, { call } = entry;
    call.hostMs = performance.now() - this.#began - call.start;
    call.selfMs += call.hostMs;
    call.bytes += bytesOf(outs);
    entry.to = this.timelines.get(entry.device)?.count ?? 0;
    const outer = this.#open.at(-1);
    if (outer !== undefined) outer.call.selfMs -= call.hostMs;
    if (entry.compiled === undefined) return;
    const compileMs = entry.device.backend.compiling!.ms - entry.compiled;
    call.compileMs = (call.compileMs ?? 0) + compileMs;
    if (outer !== undefined && outer.device === entry.device) outer.call.compileMs = (outer.call.compileMs ?? 0) - compileMs;
  }

  /** Asks the devices what their kernels took, and gives each kernel to the innermost call that dispatched it. */
  async finish(): Promise<readonly KernelSpan[]> {
    const all: KernelSpan[] = [], measured = [...this.timelines].flatMap(([device, timeline]) => (timeline === undefined ? [] : [{ device, stopped: timeline.stop() }]));
    await Promise.all(measured.map(({ stopped }) => stopped)); // All have stopped, whichever fails.
    for (const { device, stopped } of measured) {
      const spans = await stopped, taken = new Set<number>();
      all.push(...spans);
      // Calls are in the order in which they began, so what is inside of a call comes after it.
      for (const { call, device: on, from, to } of this.entries.toReversed()) {
        if (on !== device) continue;
        call.deviceMs = 0;
        for (let k = from; k < Math.min(to, spans.length); k++) {
          if (taken.has(k)) continue;
          taken.add(k);
          call.deviceMs += spans[k]!.ms;
        }
      }
    }
    return all;
  }

  /** Once everything was submitted. */
  sent(): readonly Sent[] {
    return [...this.#before].map(([{ backend: { name, counters } }, before]) => sentTo(name, before, counters!));
  }
}

function bytesOf(tensors: readonly (Tensor | undefined)[]): number {
  let bytes = 0;
  for (const x of tensors) if (x !== undefined) bytes += x.window.size * dtypes[x.window.dtype].bytes;
  return bytes;
}

/**
 * Runs a synchronous function and tells of every op in it, backward's included. On a device that measures its kernels (webgpu, where the adapter has
 * timestamps) the rows have the device's time too, which is waited for.
 * @throws AutogradError where a profile is already running, or the function returns a promise
 * @example
 * const report = await profile(() => loss(model, batch).backward());
 * console.log(report.table());
 */
export async function profile<R>(fn: () => R): Promise<OpProfile<R>> {
  if (activeWatcher() !== null) throw new AutogradError("profile: one is already running; profiles do not nest");
  const recording = new Recording();
  let result: R;
  setWatcher(recording);
  try {
    result = refusePromise("profile", fn());
  } catch (error) {
    setWatcher(null);
    await recording.finish().catch(() => {}); // What the function threw is what went wrong first.
    throw error;
  }
  setWatcher(null);
  const spans = await recording.finish();
  const calls = recording.entries.map(({ call }) => call), rows = rowsOf(calls), sent = recording.sent();
  const table = (): string => tableOf(rows, sent);
  return { result, rows, calls, sent, table, trace: () => traceOf(calls, spans), toString: table };
}
