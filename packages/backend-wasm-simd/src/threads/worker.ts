/** @file The program of a worker. It is sent as text, so it uses nothing but its argument and what every host has. */
import type { WorkerStart } from "./layout.ts";

/** Runs in the worker: waits for the first message, then works until it is told to stop. Never goes back to the event loop in between. */
/* oxlint-disable-next-line no-unused-vars -- it is read as text */
function worker(): void {
  type Port = { postMessage(message: unknown): void; on?(event: "message", heard: (data: WorkerStart) => void): void };
  const inNode = typeof process === "object" && typeof process.getBuiltinModule === "function";
  const port = (inNode ? process.getBuiltinModule("node:worker_threads").parentPort : globalThis) as Port & { onmessage?: unknown };

  const begin = ({ memory, control, own, block, layout }: WorkerStart): void => {
    let words = new Int32Array(memory.buffer);
    const at = (word: number): number => control + word, functions: ((...args: number[]) => unknown)[] = [], thread = new WebAssembly.Global({ value: "i32" }, own);
    let linked = 0, seen = 0;
    const grown = (): void => {
      if (words.buffer.byteLength < memory.buffer.byteLength) words = new Int32Array(memory.buffer);
    };
    const link = (): void => {
      grown();
      for (const table = words[at(layout.table)]! >> 2; linked < Atomics.load(words, at(layout.modules)); linked++) {
        const from = words[table + 2 * linked]! >>> 0, bytes = new Uint8Array(memory.buffer).slice(from, from + words[table + 2 * linked + 1]!);
        const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { m: { m: memory, t: thread } });
        Object.keys(exports).forEach((name, i) => { functions[linked * layout.FUNCTIONS_A_MODULE + i] = exports[name] as (...args: number[]) => unknown; });
      }
    };
    const call = (number: number): void => {
      const from = (words[at(layout.calls)]! >>> 2) + number * layout.CALL_WORDS, id = words[from]!, size = words[from + 1]! & (layout.IN_BLOCK - 1);
      if (functions[id] === undefined) link();
      const run = functions[id]!;
      if (words[from + 1]! >= layout.IN_BLOCK) {
        words.copyWithin(block + (own >> 2), from + 2, from + 2 + size);
        run();
      } else run(...words.subarray(from + 2, from + 2 + size));
    };

    port.postMessage("ready");
    for (;;) {
      for (let spins = 0; Atomics.load(words, at(layout.round)) === seen;) if (++spins > layout.SPINS) Atomics.wait(words, at(layout.round), seen);
      seen = Atomics.load(words, at(layout.round));
      if (Atomics.load(words, at(layout.stop)) !== 0) return;
      Atomics.add(words, at(layout.active), 1);
      for (;;) {
        const number = Atomics.add(words, at(layout.next), 1);
        if (number >= Atomics.load(words, at(layout.count))) break;
        try {
          call(number);
        } catch {
          Atomics.store(words, at(layout.failed), 1);
        }
        Atomics.add(words, at(layout.done), 1);
      }
      Atomics.sub(words, at(layout.active), 1);
    }
  };
  if (port.on === undefined) port.onmessage = ({ data }: { data: WorkerStart }) => begin(data);
  else port.on("message", begin);
}

export const workerText = (): string => `(${worker.toString()})()`;
