/** @file What a profile looks like: rows, a table, a trace. */
import type { Counters, KernelSpan } from "../backend.ts";

/** One call of an op or of a derivative rule. Times are milliseconds. */
export type ProfiledCall = {
  /** The op's name, or the node's for a derivative rule. */
  readonly name: string;
  readonly phase: "op" | "backward";
  readonly device: string;
  /** How many calls it is part of. */
  readonly depth: number;
  /** Of all tensors read and made. */
  bytes: number;
  /** Since the profile began. */
  readonly start: number;
  /** On the host, with the calls inside of it. */
  hostMs: number;
  /** On the host, without them. */
  selfMs: number;
  /** What of `selfMs` went to compiling kernels; undefined on a device that does not tell. */
  compileMs: number | undefined;
  /** Of the kernels that it dispatched itself; undefined on a device that does not measure them. */
  deviceMs: number | undefined;
};

/** What a device was sent. */
export type Sent = Counters & { readonly device: string };
export const sentTo = (device: string, before: Counters, after: Counters): Sent =>
  ({ device, dispatches: after.dispatches - before.dispatches, submits: after.submits - before.submits });

/** All calls of one name. */
export type OpRow = { readonly name: string; readonly calls: number; readonly bytes: number; readonly hostMs: number; readonly selfMs: number; readonly compileMs: number | undefined; readonly deviceMs: number | undefined };

export function rowsOf(calls: readonly ProfiledCall[]): readonly OpRow[] {
  const rows = new Map<string, { -readonly [K in keyof OpRow]: OpRow[K] }>();
  for (const { name, bytes, hostMs, selfMs, compileMs, deviceMs } of calls) {
    let row = rows.get(name);
    if (row === undefined) rows.set(name, (row = { name, calls: 0, bytes: 0, hostMs: 0, selfMs: 0, compileMs: undefined, deviceMs: undefined }));
    row.calls++;
    row.bytes += bytes;
    row.hostMs += hostMs;
    row.selfMs += selfMs;
    if (compileMs !== undefined) row.compileMs = (row.compileMs ?? 0) + compileMs;
    if (deviceMs !== undefined) row.deviceMs = (row.deviceMs ?? 0) + deviceMs;
  }
  return [...rows.values()].sort((a, b) => Math.max(b.selfMs, b.deviceMs ?? 0) - Math.max(a.selfMs, a.deviceMs ?? 0));
}

export function tableOf(rows: readonly OpRow[], sent: readonly Sent[]): string {
  const cells = [
    ["op", "calls", "MB", "host ms", "self ms", "compile ms", "device ms"],
    ...rows.map((row) => [row.name, String(row.calls), (row.bytes / 1e6).toFixed(2), row.hostMs.toFixed(3), row.selfMs.toFixed(3), row.compileMs?.toFixed(3) ?? "-", row.deviceMs?.toFixed(3) ?? "-"]),
  ];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  return cells.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join("  "))
    .concat(sent.map(({ device, dispatches, submits }) => `${device}: ${dispatches} dispatches, ${submits} ${submits === 1 ? "submit" : "submits"}`)).join("\n");
}

const HOST = 1, DEVICE = 2;

/** Chrome's trace format: complete events, times in microseconds. Host and devices have clocks of their own, each from its first event on. */
export function traceOf(calls: readonly ProfiledCall[], kernels: readonly KernelSpan[]): string {
  const thread = (tid: number, name: string): object => ({ ph: "M", name: "thread_name", pid: 1, tid, args: { name } });
  const first = kernels[0]?.start ?? 0;
  return JSON.stringify({
    traceEvents: [
      thread(HOST, "host"), ...(kernels.length > 0 ? [thread(DEVICE, "device")] : []),
      ...calls.map(({ name, phase, device, start, hostMs, bytes, compileMs, deviceMs }) => ({ ph: "X", name, cat: phase, pid: 1, tid: HOST, ts: start * 1000, dur: hostMs * 1000, args: { device, bytes, compileMs, deviceMs } })),
      ...kernels.map(({ name, start, ms }) => ({ ph: "X", name, cat: "kernel", pid: 1, tid: DEVICE, ts: (start - first) * 1000, dur: ms * 1000 })),
    ],
  });
}
