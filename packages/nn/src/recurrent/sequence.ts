/** @file One layer in one direction over a batch of sequences, which may have different lengths. */
import { cat, linear, narrow, split, type Tensor } from "@adjoint/core/functional";
import type { State, Step, Weights } from "./steps.ts";

/** The elements of all sequences, time by time: [total, features]; at time t there are `batchSizes[t]` of them, never more than before. */
export type Steps = { readonly data: Tensor; readonly batchSizes: readonly number[] };

const rows = (state: State, from: number, count: number): State => state.map((x) => narrow(x!, 0, from, count)) as [Tensor, Tensor?];
const joined = (states: readonly State[]): State => states[0]!.map((_, i) => cat(states.map((state) => state[i]!))) as [Tensor, Tensor?];

/** Gives the outputs of all times, like `data`, and the last state of each sequence. */
export function runLayer(step: Step, { data, batchSizes }: Steps, initial: State, weights: Weights, isReverse: boolean): { readonly output: Tensor; readonly last: State } {
  const inputs = split(linear(data, weights.ih, weights.ihBias), batchSizes);
  const outputs = new Array<Tensor>(batchSizes.length), finished: State[] = [];
  let size = isReverse ? batchSizes.at(-1)! : batchSizes[0]!;
  let state = size === initial[0].shape[0] ? initial : rows(initial, 0, size);
  const visit = (t: number): void => {
    const now = batchSizes[t]!;
    if (now < size) { // these sequences end here
      finished.unshift(rows(state, now, size - now));
      state = rows(state, 0, now);
    } else if (now > size) state = joined([state, rows(initial, size, now - size)]); // and, seen from the end, these begin
    size = now;
    state = step(inputs[t]!, state, weights);
    outputs[t] = state[0];
  };
  if (isReverse) for (let t = batchSizes.length - 1; t >= 0; t--) visit(t);
  else for (let t = 0; t < batchSizes.length; t++) visit(t);
  return { output: cat(outputs), last: finished.length === 0 ? state : joined([state, ...finished]) };
}
