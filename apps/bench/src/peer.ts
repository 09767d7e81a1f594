/** @file What is compared: one library on one device. It knows no workload's numbers and measures nothing. */

/** The operations that a peer is asked for; a workload is one of them at one size. */
export type Kind = "adds" | "addsRecorded" | "tiny" | "matmul" | "conv" | "convStep" | "softmax" | "transformer";

/** Numbers that every peer gets, the same for all. */
export type Input = { readonly data: Float32Array<ArrayBuffer>; readonly shape: readonly number[] };

/**
 * What a peer does for each kind: from its arrays, a function that computes the results once. A string says why it cannot.
 * The type lists every kind, so that nothing is left out in silence.
 */
export type Programs<T> = { readonly [K in Kind]: ((inputs: readonly T[]) => () => readonly T[]) | string };

/** One workload on one peer, ready to run. */
export type Prepared = {
  /** Computes once: resolves when the device is done and the results are freed. This is what is timed. */
  run(): Promise<void>;
  /** Computes once and reads the results. */
  results(): Promise<readonly ArrayLike<number>[]>;
  close(): void;
};

export type Peer = {
  /** "library device" */
  readonly name: string;
  /** What a reader should know of it, for instance that the adapter is emulated. */
  readonly note: string;
  /** Before a batch, outside of the time: libraries with a global device switch to theirs. */
  enter(): Promise<void>;
  /** Gets the inputs onto the device. A string says why the peer lacks this workload. */
  prepare(kind: Kind, inputs: readonly Input[]): Promise<Prepared | string>;
};

/** A peer that could not be opened stays in the table, with its reason. */
export type Absent = { readonly name: string; readonly reason: string };

/** Opens a peer, or says in one line why it cannot be had. */
export async function opened(name: string, open: () => Promise<Omit<Peer, "name">>): Promise<Peer | Absent> {
  try {
    return { name, ...(await open()) };
  } catch (error) {
    return { name, reason: reasonOf(error) };
  }
}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
