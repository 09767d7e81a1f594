/** @file `scatter`: elements put, or added, along one dim by an index, which is read and checked on the host. */
import type { Kernel, PrimitiveAttrs } from "@adjoint/core/backend";
import { add, cast, expandDims, gather, logicalOr, notEqual, scatterND, type Tensor1D } from "@tensorflow/tfjs-core";
import { content, load, storePositions, type TfjsBuffer } from "../buffer.ts";
import { constant, uploadPositions } from "../host.ts";
import { indexedPositions } from "./gather.ts";

export const scatter: Kernel<PrimitiveAttrs["scatter"], TfjsBuffer> = ([index, source], [output], places) => {
  const { buffer } = output!, at = indexedPositions(output!, index!, places), values = load(source!);
  if (places.mode === "set") return storePositions(buffer, at, values);
  const { distinct, numbers } = group(at);
  const before = gather(content(buffer), uploadPositions(distinct));
  storePositions(buffer, distinct, addGroups(before, numbers, values));
};

/** The positions without repetition, and for each position the number of its like among them. */
function group(at: Int32Array): { readonly distinct: Int32Array; readonly numbers: Int32Array } {
  const known = new Map<number, number>();
  const numbers = at.map((position) => {
    let number = known.get(position);
    if (number === undefined) known.set(position, (number = known.size));
    return number;
  });
  return { distinct: Int32Array.from(known.keys()), numbers };
}

/** To each element of `before`, the values whose number is its own. On bool, adding is or. */
function addGroups(before: Tensor1D, numbers: Int32Array, values: Tensor1D): Tensor1D {
  const isBool = before.dtype === "bool";
  const sums = scatterND(expandDims(uploadPositions(numbers), 1), isBool ? cast(values, "int32") : values, before.shape);
  return isBool ? logicalOr(before, notEqual(sums, constant("int32", 0))) : add(before, sums);
}
