/**
 * @file The program of a worker, as text: what bundlers make of a function cannot be sent to another thread. It waits for its first message (`WorkerStart`), then
 * works until it is told to stop, and never goes back to the event loop in between. Plain JavaScript that every host has.
 */
export const workerText = `"use strict";
const inNode = typeof process === "object" && typeof process.getBuiltinModule === "function";
const port = inNode ? process.getBuiltinModule("node:worker_threads").parentPort : self;

function begin({ memory, control, own, block, layout }) {
  let words = new Int32Array(memory.buffer);
  const at = (word) => control + word, functions = [], thread = new WebAssembly.Global({ value: "i32" }, own);
  let linked = 0, seen = 0, generation = 0;

  const link = () => {
    if (words.buffer.byteLength < memory.buffer.byteLength) words = new Int32Array(memory.buffer);
    for (const table = words[at(layout.table)] >>> 2; linked < Atomics.load(words, at(layout.modules)); linked++) {
      const from = words[table + 2 * linked] >>> 0, bytes = new Uint8Array(memory.buffer).slice(from, from + words[table + 2 * linked + 1]);
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { m: { m: memory, t: thread } });
      Object.keys(exports).forEach((name, i) => { functions[linked * layout.FUNCTIONS_A_MODULE + i] = exports[name]; });
    }
  };
  const call = (number) => {
    const from = (words[at(layout.calls)] >>> 2) + number * layout.CALL_WORDS, id = words[from], size = words[from + 1] & (layout.IN_BLOCK - 1);
    if (functions[id] === undefined) link();
    if (words[from + 1] < layout.IN_BLOCK) return void functions[id](...words.subarray(from + 2, from + 2 + size));
    words.copyWithin(block + (own >>> 2), from + 2, from + 2 + size);
    functions[id]();
  };

  port.postMessage("ready");
  for (;;) {
    for (let spins = 0; Atomics.load(words, at(layout.round)) === seen;) if (++spins > layout.SPINS) Atomics.wait(words, at(layout.round), seen);
    seen = Atomics.load(words, at(layout.round));
    if (Atomics.load(words, at(layout.stop)) !== 0) return;
    Atomics.add(words, at(layout.active), 1);
    if (Atomics.load(words, at(layout.generation)) !== generation) {
      generation = Atomics.load(words, at(layout.generation));
      functions.length = linked = 0;
    }
    for (;;) {
      const number = Atomics.add(words, at(layout.next), 1);
      if (number >= Atomics.load(words, at(layout.count))) break;
      try {
        call(number);
      } catch {
        Atomics.store(words, at(layout.failed), 1);
      }
      if (Atomics.add(words, at(layout.done), 1) + 1 === Atomics.load(words, at(layout.count))) Atomics.notify(words, at(layout.done));
    }
    Atomics.sub(words, at(layout.active), 1);
  }
}
if (inNode) port.on("message", begin);
else port.onmessage = ({ data }) => begin(data);
`;
