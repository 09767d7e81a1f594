/** @file What runs in the page: a device, and pack after pack as the terminal asks. */
import { cpu } from "@adjoint/backend-cpu-js";
import { wasm } from "@adjoint/backend-wasm-simd";
import { webgpu } from "@adjoint/backend-webgpu";
import { type Backend, setDefaultDevice } from "@adjoint/core";
import { parsePack } from "../pack.ts";
import { type GoldenRecord, runPack } from "../run/groups.ts";

export type PageDevice = "cpu" | "wasm" | "webgpu";
const openers: { readonly [D in PageDevice]: () => Promise<Backend> } = { cpu: async () => cpu(), wasm: () => wasm(), webgpu: () => webgpu() };

export type PageGoldens = {
  open(device: PageDevice): Promise<void>;
  /** The records of a pack's cases; its files lie under /files/. */
  run(path: string): Promise<readonly GoldenRecord[]>;
};

const fetched = async (path: string): Promise<Response> => {
  const response = await fetch(`/files/${path.split("/").map(encodeURIComponent).join("/")}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response;
};

let device: Backend | undefined;
const goldens: PageGoldens = {
  async open(name) {
    setDefaultDevice((device = await openers[name]()));
  },
  async run(path) {
    const text = await (await fetched(path)).text(), { bin } = JSON.parse(text) as { readonly bin: string | null };
    const bytes = bin === null ? new Uint8Array() : new Uint8Array(await (await fetched(path.replace(/[^/]+$/, bin))).arrayBuffer());
    return await runPack(parsePack(path, text, () => bytes), device!);
  },
};
Object.assign(globalThis, { goldens });
