/** @file The table on the terminal, and the same as JSON. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { method, type Result } from "./measure.ts";
import type { Listed } from "./chromium.ts";
import type { Workload } from "./workloads.ts";

export type Row = { readonly workload: string; readonly what: string; readonly tolerance: number; readonly results: readonly Result[] };
export const rowOf = ({ name, what, tolerance }: Workload, results: readonly Result[]): Row => ({ workload: name, what, tolerance, results });

const packages = ["@adjoint/core", "@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm", "@tensorflow/tfjs-backend-webgpu", "@jax-js/jax", "onnxruntime-web", "webgpu"];

const versionOf = (name: string): string => (JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), "utf8")) as { version: string }).version;

/** The commit, with a + when files differ from it; the packages in a checkout have no version that says more. */
function revision(): string {
  const git = (...args: string[]): string => execFileSync("git", args, { cwd: import.meta.dirname, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    return git("rev-parse", "--short", "HEAD") + (git("status", "--porcelain", "--untracked-files=no") === "" ? "" : "+");
  } catch {
    return "unknown";
  }
}

export type Machine = { readonly cpu: string; readonly cores: number; /** What it was measured in. */ readonly host: string; readonly revision: string; readonly versions: Readonly<Record<string, string>> };
export const machine = (host: string): Machine => ({
  cpu: cpus()[0]?.model ?? process.arch,
  cores: availableParallelism(),
  host,
  revision: revision(),
  versions: Object.fromEntries(packages.map((name) => [name, versionOf(name)])),
});

const three = (ms: number): string => (ms >= 100 ? ms.toFixed(0) : ms.toPrecision(3));
const cellOf = (result: Result): string => (result.status === "timed" ? `${three(result.medianMs)} (${three(result.minMs)})${result.checked === 0 ? " *" : ""}` : result.status === "wrong" ? "wrong" : "-");

/** The lines above the table: where and how it was measured. */
export const heading = ({ cpu, cores, host, revision: at, versions }: Machine, peers: readonly Listed[], isDry: boolean): string =>
  [
    `${cpu}, ${cores} cores, ${host}, Adjoint at ${at}`,
    Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", "),
    ...peers.map((peer) => ("reason" in peer ? `${peer.name}: -, ${peer.reason}` : `${peer.name}: ${peer.note}`)),
    `Milliseconds a run, median (minimum) of up to ${method.rounds} rounds in which the peers take turns; ${isDry ? "nothing is computed: this is the host's part." : "results are checked against each other first."}`,
  ].join("\n");

/** The table, and below it the reason of each "-" that belongs to a workload. */
export function table(rows: readonly Row[], peers: readonly Listed[]): string {
  const cells = [["", ...peers.map(({ name }) => name)], ...rows.map(({ workload, results }) => [workload, ...results.map(cellOf)])];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const lines = cells.map((row) => row.map((text, column) => (column === 0 ? text.padEnd(widths[column]!) : text.padStart(widths[column]!))).join("  ").trimEnd());
  const closed = new Set(peers.flatMap((peer) => ("reason" in peer ? [peer.name] : [])));
  const notes = rows.flatMap(({ workload, results }) =>
    results.flatMap((result) => (result.status === "timed" || closed.has(result.peer) ? [] : [`${workload}, ${result.peer}: ${result.reason}`])));
  const sent = rows.flatMap(({ workload, results }) => results.flatMap((result) =>
    result.status === "timed" && result.sent !== undefined ? [`${workload}, ${result.peer}: ${result.sent.dispatches} dispatches, ${result.sent.submits} ${result.sent.submits === 1 ? "submit" : "submits"} a run`] : []));
  const unchecked = rows.some(({ results }) => results.some((result) => result.status === "timed" && result.checked === 0)) ? ["* checked against no other peer"] : [];
  return [...lines, ...notes, ...sent, ...unchecked].join("\n");
}

/** For each peer the geometric mean of its times over a yardstick's, of the workloads that both have; nothing where the yardstick is not there. */
export function summary(rows: readonly Row[], peers: readonly Listed[], yardstick: string): string {
  const lines = peers.flatMap(({ name }, at) => {
    const logs = rows.flatMap(({ results }) => {
      const mine = results[at]!, unit = results.find(({ peer }) => peer === yardstick);
      return mine.status === "timed" && unit?.status === "timed" ? [Math.log(mine.medianMs / unit.medianMs)] : [];
    });
    return logs.length === 0 || name === yardstick ? [] : [`${name}: ${Math.exp(logs.reduce((a, b) => a + b, 0) / logs.length).toPrecision(3)} times, of ${logs.length} workloads`];
  });
  return lines.length === 0 ? "" : `\n\nGeometric means of the medians over ${yardstick}'s:\n${lines.join("\n")}`;
}
