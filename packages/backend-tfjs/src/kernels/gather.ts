/** @file `gather`: elements picked along one dim by an index, which is read and checked on the host. */
import { complain, type Kernel, type Places, type PrimitiveAttrs } from "@adjoint/core/backend";
import { gather as gatherFlat } from "@tensorflow/tfjs-core";
import { content, load, positions, store, type TfjsBuffer, type TfjsView } from "../buffer.ts";
import { uploadPositions } from "../host.ts";

export const gather: Kernel<PrimitiveAttrs["gather"], TfjsBuffer> = ([input, index], [output], places) => {
  const at = indexedPositions(input!, index!, places);
  store(output!, gatherFlat(content(input!.buffer), uploadPositions(at)));
};

/** Where in its buffer `view[i, index[i, j, l], l]` lies, for each element of the index. Throws before it returns anything. */
export function indexedPositions(view: TfjsView, index: TfjsView, places: Places): Int32Array {
  const { dim } = places;
  const indices = load(index).dataSync(), size = view.shape[dim]!, along = view.strides[dim]!;
  // The position along `dim` comes from the index alone.
  const at = positions({ shape: index.shape, strides: view.strides.map((stride, d) => (d === dim ? 0 : stride)), offset: view.offset });
  for (let i = 0; i < at.length; i++) {
    const picked = indices[i]!;
    if (picked < 0 || picked >= size) throw complain(places, picked, size);
    at[i]! += picked * along;
  }
  return at;
}
