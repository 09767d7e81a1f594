/** @file What is compared: one library on one device. It knows no workload's numbers and measures nothing. */

/** The operations that a peer is asked for; a workload is one of them at one size. */
export type Kind =
  | "matmul" | "add" | "geluChain" | "geluChainStep" | "gelu" | "sumDim0" | "sumDim1" | "sumAll" | "softmax" | "layerNorm"
  | "conv" | "convStep" | "depthwise" | "depthwiseStep" | "maxpool" | "maxpoolStep"
  | "sort" | "topk" | "argmax" | "cumsum" | "gatherRows" | "scatterAdd"
  | "adds" | "addsRecorded" | "tiny" | "mlp" | "cnn" | "transformer";

/** Numbers that every peer gets, the same for all. */
export type Input = { readonly data: Float32Array<ArrayBuffer>; readonly shape: readonly number[] };

/**
 * What a peer does for each kind: from its arrays, a function that computes the results once. A string says why it cannot.
 * The type lists every kind, so that nothing is left out in silence.
 */
export type Programs<T> = { readonly [K in Kind]: ((inputs: readonly T[]) => () => readonly T[]) | string };

/** One workload on one peer, ready to run. */
export type Prepared = {
  /** Computes `count` times, each time until the device is done and the results are freed: the milliseconds that it took, by the peer's own clock. */
  run(count: number): Promise<number>;
  /** Computes once and reads the results; asked for once, before any run. */
  results(): Promise<readonly ArrayLike<number>[]>;
  /** What one run was to a device that counts it. */
  sent?(): Sent | undefined;
  close(): void;
};
export type Sent = { readonly dispatches: number; readonly submits: number };

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

/** The peers that times are compared to, where they are measured; pictures are of the first that is. */
export const yardsticks = ["PyTorch", "PyTorch avx2"] as const;

/** `run` of a peer that lives in this process. */
export const timed = (once: () => Promise<void>): Prepared["run"] => async (count) => {
  const from = performance.now();
  for (let i = 0; i < count; i++) await once();
  return performance.now() - from;
};

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
