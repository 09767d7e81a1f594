/** @file Ops whose run is made of other ops, and whose derivative is their own. */
import { materialize } from "../calculus/call.ts";
import { framed, handleOn, join, noGrad, Tensor } from "../op.ts";

/**
 * Runs a decomposition on bare handles of the inputs, which nothing follows: neither the tape nor a tangent. Its intermediates
 * die, and its result is a handle that belongs to nobody yet.
 */
export const decomposed = <A extends readonly Tensor[]>(inputs: A, run: (...bare: { [K in keyof A]: Tensor }) => Tensor): Tensor =>
  framed(() => fresh(noGrad(() => run(...(inputs.map(bareHandle) as { [K in keyof A]: Tensor })))), () => false);

/** The op says what the result is: no view of what the decomposition made. */
const fresh = (x: Tensor): Tensor => (x.lineage === null ? handleOn(x.storage, x.window) : materialize(x, x.shape));

function bareHandle(x: Tensor): Tensor {
  const bare = new Tensor(x.window, x.storage.retain(), null);
  join(bare, null);
  return bare;
}

/** The same of several results. */
export const decomposedAll = (inputs: readonly Tensor[], run: (...bare: readonly Tensor[]) => readonly Tensor[]): readonly Tensor[] =>
  framed(() => noGrad(() => run(...inputs.map(bareHandle))).map(fresh), () => false);
