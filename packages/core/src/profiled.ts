/** @file `profiled(backend)`: a backend around another, which counts and times its kernels. */
import type { Backend, Kernel, Kernels, PrimitiveAttrs, PrimitiveName } from "./backend.ts";
import { dtypes } from "./dtype.ts";
import type { View } from "./view.ts";

/** What browsers, Node and Deno share: no DOM types here. */
declare const performance: { now(): number };

export type ProfileRow = {
  /** The op where its program says it ("map gelu"), else the primitive. */
  readonly name: string;
  calls: number;
  /** Bytes of all views read and written. */
  bytes: number;
  /** Host milliseconds inside the kernel call: on an asynchronous device, what dispatching costs. */
  milliseconds: number;
};
export type Profile = { readonly rows: Map<string, ProfileRow>; table(): string; reset(): void };

/** The same backend, counting. Costs O(1) per call. Tensors made on the wrapper belong to the wrapper as their device. */
export function profiled(backend: Backend): Backend & { readonly profile: Profile } {
  const rows = new Map<string, ProfileRow>();
  const wrap = <P extends PrimitiveName>(name: P, kernel: Kernel<PrimitiveAttrs[P]>): Kernel<PrimitiveAttrs[P]> => (inputs, outputs, attrs) => {
    const label = "program" in attrs ? `${name} ${attrs.program.name}` : name;
    let row = rows.get(label);
    if (row === undefined) rows.set(label, (row = { name: label, calls: 0, bytes: 0, milliseconds: 0 }));
    const from = performance.now();
    kernel(inputs, outputs, attrs);
    row.milliseconds += performance.now() - from;
    row.calls++;
    row.bytes += bytesOf(inputs) + bytesOf(outputs);
  };
  const k = backend.kernels;
  const kernels: Kernels = {
    map: wrap("map", k.map), reduce: wrap("reduce", k.reduce), argReduce: wrap("argReduce", k.argReduce), scan: wrap("scan", k.scan), sort: wrap("sort", k.sort), matmul: wrap("matmul", k.matmul), conv: wrap("conv", k.conv),
    gather: wrap("gather", k.gather), scatter: wrap("scatter", k.scatter), copy: wrap("copy", k.copy),
  };
  return Object.assign(Object.create(backend) as Backend, {
    kernels,
    profile: { rows, table: () => tableOf([...rows.values()]), reset: () => rows.clear() },
  });
}

const bytesOf = (views: readonly View[]): number => views.reduce((sum, view) => sum + view.size * dtypes[view.dtype].bytes, 0);

function tableOf(rows: readonly ProfileRow[]): string {
  const sorted = [...rows].sort((a, b) => b.milliseconds - a.milliseconds);
  const cells = [["kernel", "calls", "MB", "ms"], ...sorted.map((r) => [r.name, String(r.calls), (r.bytes / 1e6).toFixed(2), r.milliseconds.toFixed(3)])];
  const widths = [0, 1, 2, 3].map((c) => Math.max(...cells.map((row) => row[c]!.length)));
  return cells.map((row) => row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!))).join("  ")).join("\n");
}
