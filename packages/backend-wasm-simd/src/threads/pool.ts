/** @file Threads over one shared memory: independent calls of linked functions are shared out among workers and the calling thread. Knows no kernel. */
import { DeviceError, OutOfMemoryError } from "@adjoint/core/backend";
import { ARGUMENTS, type Memory, THREAD_BYTES } from "../memory.ts";
import { CALL_WORDS, CONTROL, CONTROL_BYTES, FUNCTIONS_A_MODULE, IN_BLOCK, MAX_CALLS, MAX_MODULES, MAX_WORDS, NONE_LEFT, SPINS, type WorkerStart } from "./layout.ts";
import { openWorker, type WorkerHandle } from "./open-worker.ts";

/** A function that `Engine.link` gave. */
export type Linked = (...args: number[]) => unknown;

/** For how much longer than the time that rounds lost the calling thread works alone: so all that is lost is a twentieth. At most so many milliseconds. */
const REST = 20, LONGEST_REST = 10_000;
/** The most milliseconds that earlier rounds may have won for later ones to lose. */
const CREDIT = 20;
/** How often the calling thread looks whether the others have left the last round before it works alone: a few microseconds. */
const LOOKS = 500;
/** How often it looks whether they are done before it sleeps, where it may: some 100 microseconds. */
const LOOKS_AWAKE = 20_000;
/** Milliseconds without progress after which a worker is taken for dead. */
const PATIENCE = 20_000;

declare const performance: { now(): number };

/** A module: its bytes, for workers to link, and the functions that they are here. */
type Source = { readonly bytes: Uint8Array; readonly functions: readonly Linked[] };

export class Pool {
  /** With the calling thread. */
  readonly threads: number;
  /** Calls that other threads took. */
  helped = 0;
  /** See REST; 0 where the others always take part. */
  rest: number = REST;
  readonly #memory: Memory;
  readonly #workers: readonly WorkerHandle[];
  readonly #control: number;
  readonly #table: number;
  readonly #calls: number;
  /** How many modules workers keep before all are forgotten, and told of again when they are needed. */
  mostModules: number = MAX_MODULES;
  readonly #sources = new WeakMap<Linked, Source>();
  #ids = new WeakMap<Linked, number>();
  readonly #functions: Linked[] = [];
  /** Where the bytes of the modules are that workers know of. */
  readonly #addresses: number[] = [];
  #count = 0;
  /** Until when the calling thread works alone. */
  #restUntil = 0;
  /** Milliseconds that the other threads have saved so far, less what waiting for them took. */
  #saved = 0;
  readonly #maySleep: boolean;

  private constructor(memory: Memory, workers: readonly WorkerHandle[], areas: { readonly control: number; readonly table: number; readonly calls: number }) {
    this.threads = workers.length + 1;
    this.#memory = memory;
    this.#workers = workers;
    this.#control = areas.control >> 2;
    this.#table = areas.table >> 2;
    this.#calls = areas.calls >> 2;
    this.#maySleep = maySleep(memory.words, this.#control + CONTROL.done);
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

  /** Lets workers find the functions of a module. */
  register(bytes: Uint8Array, functions: readonly Linked[]): void {
    if (functions.length > FUNCTIONS_A_MODULE) return; // their calls run on the calling thread
    const source = { bytes, functions };
    for (const run of functions) this.#sources.set(run, source);
    this.#tell(source);
  }
  #tell({ bytes, functions }: Source): void {
    if (this.#addresses.length === this.mostModules) this.#forget();
    const memory = this.#memory, address = memory.take(bytes.length), number = this.#addresses.length, entry = this.#table + 2 * number;
    memory.bytes.set(bytes, address);
    memory.words[entry] = address;
    memory.words[entry + 1] = bytes.length;
    functions.forEach((run, i) => {
      const id = number * FUNCTIONS_A_MODULE + i;
      this.#ids.set(run, id);
      this.#functions[id] = run;
    });
    this.#addresses.push(address);
    Atomics.store(memory.words, this.#control + CONTROL.modules, number + 1);
  }
  /** Begins to number modules anew, here and in the workers. What was added before runs first. */
  #forget(): void {
    this.#runEarly();
    const memory = this.#memory;
    this.#addresses.forEach((address, k) => memory.give(address, memory.words[this.#table + 2 * k + 1]));
    this.#addresses.length = this.#functions.length = 0;
    this.#ids = new WeakMap();
    Atomics.store(memory.words, this.#control + CONTROL.modules, 0);
    Atomics.add(memory.words, this.#control + CONTROL.generation, 1);
  }
  /** The number by which workers know a function. Undefined for one that the calling thread must run. */
  #idOf(run: Linked): number | undefined {
    const id = this.#ids.get(run), source = id === undefined ? this.#sources.get(run) : undefined;
    if (source === undefined) return id;
    try {
      this.#tell(source);
    } catch (error) {
      if (!(error instanceof OutOfMemoryError)) throw error;
    }
    return this.#ids.get(run);
  }

  /** One more call of the round that `run` ends. Calls of a round run in any order, at the same time. */
  add(run: Linked, ...args: number[]): void {
    const id = this.#idOf(run);
    if (id === undefined || args.length > MAX_WORDS) return void run(...args);
    const { words } = this.#memory, at = this.#room();
    words[at] = id;
    words[at + 1] = args.length;
    for (let i = 0; i < args.length; i++) words[at + 2 + i] = args[i];
  }

  /** The same of a function without parameters, which reads the first `size` words of the argument block as they are now. */
  addBlock(run: Linked, size: number): void {
    const id = this.#idOf(run);
    if (id === undefined || size > MAX_WORDS) return void run();
    const { words } = this.#memory, at = this.#room();
    words[at] = id;
    words[at + 1] = size + IN_BLOCK;
    for (let i = 0; i < size; i++) words[at + 2 + i] = words[(ARGUMENTS >> 2) + i];
  }

  /** Calls that were added and have not run. */
  get waiting(): number {
    return this.#count;
  }
  /** The kernel that added them threw: they never run. */
  forgetWaiting(): void {
    this.#count = 0;
  }

  /** Runs what was added, here and on the workers, and returns when it is done. */
  run(): void {
    const { words } = this.#memory, control = this.#control, count = this.#count;
    this.#count = 0;
    const began = count < 2 ? 0 : performance.now();
    if (count < 2 || began < this.#restUntil || !this.#haveAllLeft()) {
      for (let number = 0; number < count; number++) this.#call(number);
      return;
    }
    let mine = 0;
    Atomics.store(words, control + CONTROL.done, 0);
    Atomics.store(words, control + CONTROL.count, count);
    Atomics.store(words, control + CONTROL.next, 0);
    Atomics.add(words, control + CONTROL.round, 1);
    Atomics.notify(words, control + CONTROL.round);
    for (;;) {
      const number = Atomics.add(words, control + CONTROL.next, 1);
      if (number >= count) break;
      mine++;
      try {
        this.#call(number);
      } catch {
        Atomics.store(words, control + CONTROL.failed, 1); // Told below, when nobody works on it any more.
      }
      Atomics.add(words, control + CONTROL.done, 1);
    }
    const worked = performance.now();
    this.helped += count - mine;
    this.#waitForAll(count);
    if (mine > 0) this.#judge(performance.now(), began, ((worked - began) * count) / mine);
    if (Atomics.exchange(words, control + CONTROL.failed, 0) !== 0) throw new DeviceError("wasm: a thread could not run a kernel; make the device with { threads: 1 }");
  }

  dispose(): void {
    const { words } = this.#memory;
    Atomics.store(words, this.#control + CONTROL.stop, 1);
    Atomics.add(words, this.#control + CONTROL.round, 1);
    Atomics.notify(words, this.#control + CONTROL.round);
    for (const worker of this.#workers) worker.terminate();
  }

  /**
   * Where other programs want the processors too, a worker may be put to sleep in a call, and who waits for it loses milliseconds. When more is lost so than was won before, a time without the
   * others follows.
   */
  #judge(now: number, began: number, alone: number): void {
    this.#saved = Math.min(this.#saved + alone - (now - began), CREDIT);
    if (this.#saved >= 0) return;
    this.#restUntil = now + Math.min(-this.rest * this.#saved, LONGEST_REST);
    this.#saved = 0;
  }
  /** Before a round is told of, every worker has left the one before; one that takes its time is not waited for. */
  #haveAllLeft(): boolean {
    const { words } = this.#memory;
    Atomics.store(words, this.#control + CONTROL.next, NONE_LEFT);
    for (let looks = 0; Atomics.load(words, this.#control + CONTROL.active) !== 0; looks++) if (looks === LOOKS) return false;
    return true;
  }

  /** Runs what was added while the kernel goes on adding: its argument block, which calls write over, is as it was. */
  #runEarly(): void {
    const { words } = this.#memory, from = ARGUMENTS >> 2, block = words.slice(from, from + MAX_WORDS);
    this.run();
    this.#memory.words.set(block, from);
  }

  /** The word at which the next call is written. No worker reads it before the round is told of. */
  #room(): number {
    if (this.#count === MAX_CALLS) this.#runEarly();
    return this.#calls + CALL_WORDS * this.#count++;
  }

  #call(number: number): void {
    const { words } = this.#memory, at = this.#calls + CALL_WORDS * number, run = this.#functions[words[at]], size = words[at + 1] & (IN_BLOCK - 1);
    if (words[at + 1] < IN_BLOCK) run(...words.subarray(at + 2, at + 2 + size));
    else {
      for (let i = 0; i < size; i++) words[(ARGUMENTS >> 2) + i] = words[at + 2 + i];
      run();
    }
  }

  /** Looks until all calls are done, or sleeps, so that the system may let a worker go on. The thread of a page may not sleep. */
  #waitForAll(count: number): void {
    const { words } = this.#memory, at = this.#control + CONTROL.done;
    let from = 0;
    for (let looks = 1; ; looks++) {
      const done = Atomics.load(words, at);
      if (done === count) return;
      if (looks % LOOKS_AWAKE !== 0) continue;
      if (from === 0) from = performance.now();
      else if (performance.now() - from > PATIENCE) throw new DeviceError(`wasm: a worker thread gave no answer for ${PATIENCE / 1000} seconds; make another device`);
      if (this.#maySleep) Atomics.wait(words, at, done, 1);
    }
  }
}

function maySleep(words: Int32Array, at: number): boolean {
  try {
    Atomics.wait(words, at, -1, 0);
    return true;
  } catch {
    return false;
  }
}
