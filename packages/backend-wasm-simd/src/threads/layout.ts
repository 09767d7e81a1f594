/** @file Where what threads share lies in memory. A worker gets these numbers in its first message. */

/** Words of the control area, those that are fought over a cache line apart. */
export const CONTROL = {
  /** Raised when there is work; workers sleep on it. */
  round: 0,
  /** The number of the next call to be taken. */
  next: 16,
  /** Calls of this round. */
  count: 17,
  /** Calls that are done. */
  done: 32,
  /** Workers that may take a call. */
  active: 48,
  /** Modules that are registered, and where their table begins: address and length of each. */
  modules: 64,
  table: 65,
  /** Where the calls are written. */
  calls: 66,
  /** Raised when all modules are forgotten, and their numbers begin anew. */
  generation: 69,
  /** Not 0: workers end. */
  stop: 67,
  /** Not 0: a call has trapped. */
  failed: 68,
} as const;
export const CONTROL_BYTES = 288;

/** A call: which function, how many words follow, then these. */
export const CALL_WORDS = 64;
export const MAX_WORDS: number = CALL_WORDS - 2;
export const MAX_CALLS = 256;
/** Functions of a module: the number of a function is that of its module times this, plus its place among the exports. */
export const FUNCTIONS_A_MODULE = 64;
export const MAX_MODULES = 1024;
/** Added to the number of words: they are the argument block of a function without parameters. */
export const IN_BLOCK = 0x10000;
/** No number of a call is so high. */
export const NONE_LEFT = 0x40000000;
/** How often a worker looks for work before it sleeps: about a millisecond. */
export const SPINS = 300_000;

export type WorkerStart = {
  readonly memory: WebAssembly.Memory;
  /** The word at which the control area begins. */
  readonly control: number;
  /** What the thread adds to the addresses of the argument block and of scratch memory. */
  readonly own: number;
  /** The word, for the first thread, at which the argument block begins. */
  readonly block: number;
  readonly layout: typeof CONTROL & { readonly CALL_WORDS: number; readonly FUNCTIONS_A_MODULE: number; readonly IN_BLOCK: number; readonly SPINS: number };
};
