/** @file Where workloads are measured: in this process, or in a page of Chromium. */
import { dirname } from "node:path";
import { createRequire } from "node:module";
import type { PagePeer } from "../page/main.ts";
import type { Flags, PeerName } from "./flags.ts";
import { measure, type Result } from "./measure.ts";
import { type Listed, PageBench } from "./chromium.ts";
import type { Absent, Peer } from "./peer.ts";
import { adjoint } from "./peers/adjoint/index.ts";
import { jax } from "./peers/jax/index.ts";
import { ort } from "./peers/ort/index.ts";
import { tfjs } from "./peers/tfjs/index.ts";
import { torch } from "./peers/torch/index.ts";
import type { Workload } from "./workloads.ts";

export type Place = {
  /** "Node 24.1.0" */
  readonly host: string;
  readonly peers: readonly Listed[];
  measure(workload: Workload): Promise<readonly Result[]>;
  close(): Promise<void>;
};

const wasmFolder = async (): Promise<string> => `${dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"))}/`;
type Openers = { readonly [N in PeerName]: () => readonly Promise<Peer | Absent>[] };
const here: Openers = {
  tfjs: () => [tfjs("cpu"), tfjs("wasm", wasmFolder)],
  jax: () => [jax("eager"), jax("jit")],
  ort: () => [ort()],
  torch: () => [torch()],
  "torch-avx2": () => [torch("avx2")],
};
/** On the graphics card of this machine, from Node. */
const onCard: Openers = {
  tfjs: () => [tfjs("webgpu")],
  jax: () => [jax("eager", "webgpu"), jax("jit", "webgpu")],
  ort: () => [],
  torch: () => [torch("cuda")],
  "torch-avx2": () => [],
};
const inPage: { readonly [N in PeerName]: readonly PagePeer[] } = { tfjs: ["tfjs wasm", "tfjs webgpu"], jax: ["jax-js wasm", "jax-js webgpu", "jax-js webgpu jit"], ort: [], torch: [], "torch-avx2": [] };

/** Libraries of browsers look for WebGPU where a browser has it; Adjoint then takes the same. */
async function likeBrowsers(isDry: boolean): Promise<void> {
  const { create, globals } = await import("webgpu");
  Object.assign(globalThis, globals);
  Object.defineProperty(navigator, "gpu", { value: create(isDry ? ["backend=null"] : []) });
  // Memory of a device that does nothing holds anything; what is read of it is zeros.
  if (isDry) GPUBuffer.prototype.getMappedRange = function (this: GPUBuffer, from = 0, bytes = this.size - from) {
    return new ArrayBuffer(bytes);
  };
}

export async function node({ devices, peers: others, threads, gpu, dry }: Flags): Promise<Place> {
  if (gpu) await likeBrowsers(dry);
  const ours = devices.flatMap((name) => (name === "wasm" && threads > 1 ? [adjoint(name), adjoint(name, threads)] : [adjoint(name)]));
  const peers: (Peer | Absent)[] = [];
  for (const opening of [...ours, ...others.flatMap((name) => (gpu ? onCard : here)[name]())]) peers.push(await opening);
  return { host: `Node ${process.versions.node}`, peers, measure: (workload) => measure(workload, peers, dry), async close() {} };
}

export async function chromium({ devices, peers: others }: Flags): Promise<Place> {
  const bench = await PageBench.start(), peers = await bench.open([...devices.map((name): PagePeer => `adjoint ${name}`), ...others.flatMap((name) => inPage[name])]);
  return { host: `Chromium ${bench.version}`, peers, measure: ({ name }) => bench.measure(name), close: () => bench.close() };
}
