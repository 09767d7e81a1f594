/** @file Starting a worker in Node and in browsers. */
import { DeviceError } from "@adjoint/core/backend";
import type { WorkerStart } from "./layout.ts";
import { workerText } from "./worker.ts";

export type WorkerHandle = { terminate(): void };

type NodeWorker = { postMessage(message: unknown): void; on(event: string, heard: (data: unknown) => void): void; unref(): void; terminate(): unknown };
type NodeThreads = { readonly Worker: new (text: string, options: { readonly eval: true }) => NodeWorker };

/** Whether this host gives out memory that threads share: Node does, and pages that are isolated from other origins. */
export function canShareMemory(): boolean {
  if (typeof SharedArrayBuffer === "undefined") return false;
  const { crossOriginIsolated } = globalThis as { readonly crossOriginIsolated?: boolean };
  return crossOriginIsolated !== false;
}

/** Resolves when the worker has answered; it does not keep the process alive. */
export async function openWorker(start: WorkerStart): Promise<WorkerHandle> {
  const node = nodeThreads();
  return node === undefined ? inBrowser(start) : inNode(node, start);
}

function nodeThreads(): NodeThreads | undefined {
  const { process } = globalThis as { readonly process?: { getBuiltinModule?(name: string): unknown } };
  return process?.getBuiltinModule?.("node:worker_threads") as NodeThreads | undefined;
}

const inNode = ({ Worker }: NodeThreads, start: WorkerStart): Promise<WorkerHandle> => new Promise((resolve, reject) => {
  const worker = new Worker(workerText, { eval: true });
  worker.on("error", (error) => reject(new DeviceError(`wasm: a worker thread failed: ${String(error)}`)));
  worker.on("message", () => {
    worker.unref();
    resolve({ terminate: () => void worker.terminate() });
  });
  worker.postMessage(start);
});

const inBrowser = (start: WorkerStart): Promise<WorkerHandle> => new Promise((resolve, reject) => {
  const address = URL.createObjectURL(new Blob([workerText], { type: "text/javascript" })), worker = new Worker(address);
  worker.onerror = ({ message }) => reject(new DeviceError(`wasm: a worker thread failed: ${message || "a page's policy must allow workers from blob: (worker-src)"}`));
  worker.onmessage = () => {
    URL.revokeObjectURL(address);
    resolve({ terminate: () => worker.terminate() });
  };
  worker.postMessage(start);
});
