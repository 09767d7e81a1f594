/** @file Ops whose run is made of other ops, and whose derivative is their own. */
import { alias, framed, join, noGrad, Tensor } from "../op.ts";

/**
 * Runs a decomposition on bare handles of the inputs, which nothing follows: neither the tape nor a tangent. Its intermediates
 * die, and its result is a handle that belongs to nobody yet.
 */
export const decomposed = <A extends readonly Tensor[]>(inputs: A, run: (...bare: { [K in keyof A]: Tensor }) => Tensor): Tensor =>
  framed(() => alias(noGrad(() => run(...(inputs.map(bareHandle) as { [K in keyof A]: Tensor })))), () => false);

function bareHandle(x: Tensor): Tensor {
  const bare = new Tensor(x.window, x.storage.retain(), null);
  join(bare, null);
  return bare;
}

/** The same of several results. */
export const decomposedAll = (inputs: readonly Tensor[], run: (...bare: readonly Tensor[]) => readonly Tensor[]): readonly Tensor[] =>
  framed(() => noGrad(() => run(...inputs.map(bareHandle))).map(alias), () => false);
