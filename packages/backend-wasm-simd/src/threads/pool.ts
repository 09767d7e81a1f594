/** @file Threads over one shared memory: independent calls of linked functions are shared out among workers and the calling thread. Knows no kernel. */
import { DeviceError } from "@adjoint/core/backend";
import { ARGUMENTS, type Memory, THREAD_BYTES } from "../memory.ts";
import { CALL_WORDS, CONTROL, CONTROL_BYTES, FUNCTIONS_A_MODULE, IN_BLOCK, MAX_CALLS, MAX_MODULES, MAX_WORDS, NONE_LEFT, SPINS, type WorkerStart } from "./layout.ts";
import { openWorker, type WorkerHandle } from "./open-worker.ts";

/** A function that `Engine.link` gave. */
export type Linked = (...args: number[]) => unknown;

/** Milliseconds without progress after which a worker is taken for dead. */
const PATIENCE = 20_000;

declare const performance: { now(): number };

export class Pool {
  /** With the calling thread. */
  readonly threads: number;
  readonly #memory: Memory;
  readonly #workers: readonly WorkerHandle[];
  readonly #control: number;
  readonly #table: number;
  readonly #calls: number;
  readonly #ids = new WeakMap<Linked, number>();
  readonly #functions: Linked[] = [];
  #modules = 0;
  #count = 0;

  private constructor(memory: Memory, workers: readonly WorkerHandle[], areas: { readonly control: number; readonly table: number; readonly calls: number }) {
    this.threads = workers.length + 1;
    this.#memory = memory;
    this.#workers = workers;
    this.#control = areas.control >> 2;
    this.#table = areas.table >> 2;
    this.#calls = areas.calls >> 2;
  }

  /** Resolves when all workers run. @param threads two at least */
  static async open(memory: Memory, threads: number): Promise<Pool> {
    const control = memory.take(CONTROL_BYTES), table = memory.take(8 * MAX_MODULES), calls = memory.take(4 * CALL_WORDS * MAX_CALLS), { words } = memory;
    words.fill(0, control >> 2, (control + CONTROL_BYTES) >> 2);
    words[(control >> 2) + CONTROL.table] = table;
    words[(control >> 2) + CONTROL.calls] = calls;
    words[(control >> 2) + CONTROL.next] = NONE_LEFT;
    const layout = { ...CONTROL, CALL_WORDS, FUNCTIONS_A_MODULE, IN_BLOCK, SPINS };
    const starts = Array.from({ length: threads - 1 }, (_, i): WorkerStart => ({ memory: memory.wasm, control: control >> 2, own: (i + 1) * THREAD_BYTES, block: ARGUMENTS >> 2, layout }));
    return new Pool(memory, await Promise.all(starts.map(openWorker)), { control, table, calls });
  }

  /** Lets workers find the functions of a module. Of one beyond the table, calls run on the calling thread. */
  register(bytes: Uint8Array, functions: readonly Linked[]): void {
    if (this.#modules === MAX_MODULES || functions.length > FUNCTIONS_A_MODULE) return;
    const memory = this.#memory, address = memory.take(bytes.length);
    memory.bytes.set(bytes, address);
    memory.words[this.#table + 2 * this.#modules] = address;
    memory.words[this.#table + 2 * this.#modules + 1] = bytes.length;
    functions.forEach((run, i) => {
      const id = this.#modules * FUNCTIONS_A_MODULE + i;
      this.#ids.set(run, id);
      this.#functions[id] = run;
    });
    Atomics.store(memory.words, this.#control + CONTROL.modules, ++this.#modules);
  }

  /** One more call of the round that `run` ends. Calls of a round run in any order, at the same time. */
  add(run: Linked, ...args: number[]): void {
    const id = this.#ids.get(run);
    if (id === undefined || args.length > MAX_WORDS) return void run(...args);
    const { words } = this.#memory, at = this.#room();
    words[at] = id;
    words[at + 1] = args.length;
    for (let i = 0; i < args.length; i++) words[at + 2 + i] = args[i];
  }

  /** The same of a function without parameters, which reads the first `size` words of the argument block as they are now. */
  addBlock(run: Linked, size: number): void {
    const id = this.#ids.get(run);
    if (id === undefined || size > MAX_WORDS) return void run();
    const { words } = this.#memory, at = this.#room();
    words[at] = id;
    words[at + 1] = size + IN_BLOCK;
    words.copyWithin(at + 2, ARGUMENTS >> 2, (ARGUMENTS >> 2) + size);
  }

  /** Runs what was added, here and on the workers, and returns when it is done. */
  run(): void {
    const { words } = this.#memory, control = this.#control, count = this.#count;
    this.#count = 0;
    if (count === 1) return this.#call(0);
    if (count === 0) return;
    Atomics.store(words, control + CONTROL.done, 0);
    Atomics.store(words, control + CONTROL.count, count);
    Atomics.store(words, control + CONTROL.next, 0);
    Atomics.add(words, control + CONTROL.round, 1);
    Atomics.notify(words, control + CONTROL.round);
    for (;;) {
      const number = Atomics.add(words, control + CONTROL.next, 1);
      if (number >= count) break;
      try {
        this.#call(number);
      } catch {
        Atomics.store(words, control + CONTROL.failed, 1); // Told below, when nobody works on it any more.
      }
      Atomics.add(words, control + CONTROL.done, 1);
    }
    this.#waitFor(() => Atomics.load(words, control + CONTROL.done) === count);
    if (Atomics.exchange(words, control + CONTROL.failed, 0) !== 0) throw new DeviceError("wasm: a thread could not run a kernel; make the device with { threads: 1 }");
  }

  dispose(): void {
    const { words } = this.#memory;
    Atomics.store(words, this.#control + CONTROL.stop, 1);
    Atomics.add(words, this.#control + CONTROL.round, 1);
    Atomics.notify(words, this.#control + CONTROL.round);
    for (const worker of this.#workers) worker.terminate();
  }

  /** The word at which the next call is written. Before the first, every worker has left the round before. */
  #room(): number {
    if (this.#count === MAX_CALLS) this.run();
    if (this.#count === 0) {
      const { words } = this.#memory;
      Atomics.store(words, this.#control + CONTROL.next, NONE_LEFT);
      if (Atomics.load(words, this.#control + CONTROL.active) !== 0) this.#waitFor(() => Atomics.load(words, this.#control + CONTROL.active) === 0);
    }
    return this.#calls + CALL_WORDS * this.#count++;
  }

  #call(number: number): void {
    const { words } = this.#memory, at = this.#calls + CALL_WORDS * number, run = this.#functions[words[at]], size = words[at + 1] & (IN_BLOCK - 1);
    if (words[at + 1] < IN_BLOCK) run(...words.subarray(at + 2, at + 2 + size));
    else {
      words.copyWithin(ARGUMENTS >> 2, at + 2, at + 2 + size);
      run();
    }
  }

  /** Looks until it is so: the thread of a page may not sleep, and others are about to be done. */
  #waitFor(isSo: () => boolean): void {
    let from = 0;
    for (let looks = 1; !isSo(); looks++) {
      if (looks % 100_000 !== 0) continue;
      if (from === 0) from = performance.now();
      else if (performance.now() - from > PATIENCE) throw new DeviceError(`wasm: a worker thread gave no answer for ${PATIENCE / 1000} seconds; make another device`);
    }
  }
}
