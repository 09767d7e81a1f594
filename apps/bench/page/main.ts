/** @file What runs in the page: opens the peers and measures, one workload at a time, as the terminal asks. */
import simd from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import plain from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url";
import { measure, type Result } from "../src/measure.ts";
import type { Absent, Peer } from "../src/peer.ts";
import { adjoint, type DeviceName } from "../src/peers/adjoint/index.ts";
import { jax } from "../src/peers/jax/index.ts";
import { tfjs } from "../src/peers/tfjs/index.ts";
import { workloads } from "../src/workloads.ts";

/** What a page can measure. */
export type PagePeer = `adjoint ${DeviceName}` | "tfjs wasm" | "tfjs webgpu" | "jax-js wasm" | "jax-js webgpu" | "jax-js webgpu jit";

const wasmFiles = { "tfjs-backend-wasm.wasm": plain, "tfjs-backend-wasm-simd.wasm": simd, "tfjs-backend-wasm-threaded-simd.wasm": simd };
const open: { readonly [P in PagePeer]: () => Promise<Peer | Absent> } = {
  "adjoint cpu": () => adjoint("cpu"),
  "adjoint wasm": () => adjoint("wasm"),
  "adjoint webgpu": () => adjoint("webgpu"),
  "tfjs wasm": () => tfjs("wasm", async () => wasmFiles),
  "tfjs webgpu": () => tfjs("webgpu"),
  "jax-js wasm": () => jax("eager"),
  "jax-js webgpu": () => jax("eager", "webgpu"),
  "jax-js webgpu jit": () => jax("jit", "webgpu"),
};
const peers: (Peer | Absent)[] = [];

export type Bench = {
  /** Names with notes, or with reasons. */
  open(names: readonly PagePeer[]): Promise<readonly { readonly name: string; readonly note?: string; readonly reason?: string }[]>;
  measure(workload: string): Promise<readonly Result[]>;
};
const bench: Bench = {
  async open(names) {
    for (const name of names) peers.push(await open[name]());
    return peers.map((peer) => ("reason" in peer ? { name: peer.name, reason: peer.reason } : { name: peer.name, note: peer.note }));
  },
  measure: (name) => measure(workloads.find((workload) => workload.name === name)!, peers),
};
Object.assign(globalThis, { bench });
