/** @file Backends around another: `profiled(backend)` counts and times its kernels, `unfused(backend)` leaves out the fused ones. */
import { around } from "./around.ts";
import type { Backend, Kernels } from "./backend.ts";
import { dtypes } from "./dtype.ts";
import { mapKernels, primitivesOf } from "./kernel-table.ts";
import type { View } from "./view.ts";

/** What browsers, Node and Deno share: no DOM types here. */
declare const performance: { now(): number };

export type ProfileRow = {
  /** The op where its program says it ("map gelu", "rows softmax"), else the kernel. */
  readonly name: string;
  calls: number;
  /** Bytes of all views read and written. */
  bytes: number;
  /** Host milliseconds inside the kernel call: on an asynchronous device, what dispatching costs. */
  milliseconds: number;
};
export type Profile = { readonly rows: Map<string, ProfileRow>; table(): string; reset(): void };

/**
 * The same backend, counting. Costs O(1) per call. Tensors made on the wrapper belong to the wrapper as their device.
 * @param backend any
 * @returns the wrapper, with the counts in `profile`
 */
export function profiled(backend: Backend): Backend & { readonly profile: Profile } {
  const rows = new Map<string, ProfileRow>();
  const kernels = mapKernels(backend, (name, run) => (inputs, outputs, attrs) => {
    const program = "program" in attrs ? attrs.program : "stages" in attrs ? attrs.stages[0]?.program : undefined, label = program === undefined ? name : `${name} ${program.name}`;
    let row = rows.get(label);
    if (row === undefined) rows.set(label, (row = { name: label, calls: 0, bytes: 0, milliseconds: 0 }));
    const from = performance.now();
    run(inputs, outputs, attrs);
    row.milliseconds += performance.now() - from;
    row.calls++;
    row.bytes += bytesOf(inputs) + bytesOf(outputs);
  });
  return around(backend, {
    kernels,
    profile: { rows, table: () => tableOf([...rows.values()]), reset: () => rows.clear() },
  });
}

/**
 * The same backend without its fused kernels: what they stand for runs as calls of the others. To compare with, and to find a kernel that is wrong.
 * @param backend any
 * @returns the wrapper
 */
export function unfused(backend: Backend): Backend {
  let all: Backend["kernels"] | undefined, kept: Kernels;
  return around(backend, {
    get kernels(): Kernels {
      if (all !== backend.kernels) {
        all = backend.kernels;
        kept = primitivesOf(all);
      }
      return kept;
    },
  });
}

const bytesOf = (views: readonly View[]): number => views.reduce((sum, view) => sum + view.size * dtypes[view.dtype].bytes, 0);

function tableOf(rows: readonly ProfileRow[]): string {
  const sorted = [...rows].sort((a, b) => b.milliseconds - a.milliseconds);
  const cells = [["kernel", "calls", "MB", "ms"], ...sorted.map((r) => [r.name, String(r.calls), (r.bytes / 1e6).toFixed(2), r.milliseconds.toFixed(3)])];
  const widths = [0, 1, 2, 3].map((c) => Math.max(...cells.map((row) => row[c]!.length)));
  return cells.map((row) => row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!))).join("  ")).join("\n");
}
