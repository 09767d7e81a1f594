/** @file The command line: what to measure, on what, and where to. */
import { closeSync, openSync } from "node:fs";
import { parseArgs } from "node:util";
import { reasonOf } from "./peer.ts";
import { deviceNames, type DeviceName } from "./peers/adjoint/index.ts";
import { type Workload, workloads } from "./workloads.ts";

export type PeerName = "tfjs" | "jax" | "ort" | "torch" | "torch-avx2";
const peerNames: readonly PeerName[] = ["tfjs", "jax", "ort", "torch", "torch-avx2"];

export type Flags = {
  readonly json: string | undefined;
  readonly plot: string | undefined;
  readonly workloads: readonly Workload[];
  readonly devices: readonly DeviceName[];
  readonly peers: readonly PeerName[];
  /** Of wasm, beside one. */
  readonly threads: number;
  /** In Chromium instead of Node. */
  readonly browser: boolean;
  /** Peers on the graphics card, and sizes that only one is for. */
  readonly gpu: boolean;
  /** The same with a WebGPU that checks calls and computes nothing: what is left is the host's time. */
  readonly dry: boolean;
};

/** What a comma-separated flag names; "none" is nothing. */
function chosen<N extends string>(flag: string, text: string | undefined, known: readonly N[]): readonly N[] {
  if (text === undefined) return known;
  if (text === "none") return [];
  const names = text.split(",");
  const wrong = names.find((name) => !known.some((k) => k === name));
  if (wrong !== undefined) throw new Error(`--${flag}: there is no "${wrong}"; there are: ${known.join(", ")}, none`);
  return known.filter((name) => names.includes(name));
}

/** Throws, with one line that says what to change. */
export function readFlags(args: readonly string[]): Flags {
  const text = { type: "string" } as const, isSet = { type: "boolean" } as const;
  const { values } = parseArgs({ args: [...args], options: { json: text, plot: text, filter: text, device: text, peers: text, threads: text, browser: isSet, gpu: isSet, dry: isSet } });
  const { json, plot, filter = "", dry = false, gpu = dry, browser = false } = values;
  if (gpu && browser) throw new Error("--gpu is of Node; peers in Chromium are on its WebGPU already");
  const picked = workloads.filter(({ name, isLarge }) => ((gpu && !dry) || !isLarge) && filter.split(",").some((part) => name.includes(part)));
  if (picked.length === 0) throw new Error(`--filter: no workload's name contains "${filter}"; there are: ${workloads.map(({ name }) => name).join(", ")}`);
  const devices = chosen("device", values.device, deviceNames);
  const peers = chosen("peers", values.peers, peerNames);
  const threads = values.threads === undefined ? 1 : Number(values.threads);
  if (!(Number.isInteger(threads) && threads >= 1)) throw new Error(`--threads: a whole number from 1 on, not "${values.threads}"`);
  if (devices.length + peers.length === 0) throw new Error("--device and --peers leave nothing to measure");
  for (const [flag, file] of Object.entries({ json, plot })) {
    if (file === undefined) continue;
    try {
      closeSync(openSync(file, "a")); // Before minutes of measuring, not after.
    } catch (error) {
      throw new Error(`--${flag}: ${reasonOf(error)}`);
    }
  }
  return { json, plot, workloads: picked, devices, peers, threads, browser, gpu, dry };
}
