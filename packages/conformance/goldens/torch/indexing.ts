/** @file `x[...]` and `x[...] = y` of Python, as our index and indexPut take them. Where a mask decides how many elements there are, they are promises. */
import { isTensor, type Tensor } from "@adjoint/core";
import { ellipsis, Float, type Native, Slice, Tuple, Unsupported, type Value } from "../python/values.ts";
import { lifted, plain } from "./convert.ts";
import { environment, late } from "./environment.table.ts";
import { itemOf } from "./tensors.table.ts";

const bound = (x: Value): Value => {
  const value = isTensor(x) ? itemOf(x) : x;
  if (value instanceof Promise) throw new Unsupported("a read that must be waited for, in an index");
  return value === null ? undefined : value instanceof Float ? value.value : value;
};
/** A list that holds more than numbers is a tuple of terms, as in numpy of old. */
const isSeveral = (index: Value): index is Value[] => index instanceof Tuple || (Array.isArray(index) && index.length < 32 && index.some((x) => x === null || x === ellipsis || x instanceof Slice || isTensor(x) || Array.isArray(x)));
function terms(index: Value): Value[] {
  return (isSeveral(index) ? [...index] : [index]).map((term): Value => {
    if (term === null || typeof term === "boolean") return term;
    if (term === ellipsis) return "...";
    if (term instanceof Slice) { const [start, stop, step] = [term.start, term.stop, term.step].map(bound); return { ...(start === undefined ? {} : { start }), ...(stop === undefined ? {} : { stop }), ...(step === undefined ? {} : { step }) }; }
    return Array.isArray(term) ? plain((environment["torch.tensor"] as Native)([term], {})) : plain(term);
  });
}
const isMask = (term: Value): boolean => typeof term === "boolean" || (isTensor(term) && (term.dtype === "bool" || term.dtype === "uint8"));

export function getItem(x: Tensor, index: Value): Value {
  const given = terms(index);
  return lifted(late(given.some(isMask) ? "indexAsync" : "index")(x, ...given));
}
/** null where it is done, or a promise of that. */
export function setItem(x: Tensor, index: Value, value: Value): Value {
  const given = terms(index), to = isTensor(value) ? value : plain(value);
  const single = given.length === 1 && (!isTensor(to) || to.numel() === 1);
  const done = late(given.some(isMask) && !single ? "indexPutAsync_" : "indexPut_")(x, given, to);
  return done instanceof Promise ? done.then(() => null) : null;
}
