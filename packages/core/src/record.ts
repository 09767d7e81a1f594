/** @file Puts an op on the tape: its node, the edges of its results, and what its backward reads, kept without handles. */
import { isFloat } from "./dtype.ts";
import { AutogradError } from "./errors.ts";
import { activePacker } from "./packing.ts";
import { join } from "./scope.ts";
import type { Storage } from "./storage.ts";
import { Edge, Node, type Rule, type Saved, type Saves } from "./tape.ts";
import { Tensor } from "./tensor.ts";

/** @param changed the storage that the op has just written: an input there was saved as it was, so backward will refuse it */
export function record<Attrs>(rule: Rule<Attrs>, inputs: readonly Tensor[], attrs: Attrs, needs: number, outs: readonly Tensor[], changed?: Storage): void {
  const edges = new Array<Edge | null>(inputs.length);
  for (let i = 0; i < inputs.length; i++) edges[i] = inputs[i]!.edge;
  const node = new Node(rule, attrs, edges, null) as Node<Attrs>;
  const untyped = node as Node<never>;
  const outputs = new Array<Edge>(outs.length); // Arrays are made as long as they will be: one that grows takes room for 17.
  node.outputs = outputs;
  for (let k = 0; k < outs.length; k++) {
    const out = outs[k]!;
    const edge = new Edge(untyped, k, out.window.shape, out.window.dtype, out.storage.device);
    outputs[k] = edge;
    if (isFloat(out.window.dtype)) out.edge = edge; // What is no float has no derivative.
  }
  const saves: Saves = rule.saves(attrs, needs);
  const { savedInputs, savedResults } = saves, count = savedInputs.length;
  if (count + savedResults.length === 0) return;
  // The node holds each from the start: one that cannot be saved leaves nothing behind.
  const saved = new Array<Saved | undefined>(count + savedResults.length);
  node.savesInfo = saves;
  node.saved = saved;
  for (let i = 0; i < count; i++) {
    const input = inputs[savedInputs[i]!]!;
    saved[i] = save(input, edges[savedInputs[i]!]!, input.storage === changed ? 1 : 0);
  }
  for (let k = 0; k < savedResults.length; k++) saved[count + k] = save(outs[savedResults[k]!]!, savedResults[k]!);
}

/** Keeps a value for backward: as a count on its storage, or packed as somebody asked. @param changes how often this op itself has written it */
export function save(tensor: Tensor, edge: Edge | null | number, changes: number = 0): Saved {
  const { storage, window } = tensor;
  if (storage.version < 0)
    throw new AutogradError("Inference tensors cannot be saved for backward. To work around you can make a clone to get a normal tensor and use it in autograd.");
  const packer = activePacker();
  const traced = tensor.traced === null ? null : tensor.traced.saved();
  if (packer !== null) return { storage: null, packed: packer(tensor), window, version: 0, edge, traced };
  return { storage: storage.retain(), packed: null, window, version: storage.version - changes, edge, traced };
}

/** A handle on a saved value, of the caller's own. @param edge where its gradient goes */
export function restore({ storage, packed, window, traced }: Saved, edge: Edge | null): Tensor {
  let tensor: Tensor;
  if (packed === null) tensor = new Tensor(window, storage!.retain(), edge);
  else {
    const unpacked = packed.unpack();
    tensor = new Tensor(unpacked.window, unpacked.storage.retain(), edge);
    unpacked.free(null);
  }
  if (traced !== null) tensor.traced = traced.twin();
  return tensor;
}

/**
 * The handles of what a node saved, in the order of its `Saves`; they join the frame of the derivative rule.
 * @param first what stands before them in the list: gradients, of which some may not be there
 */
export function savedTensors<Attrs>(node: Node<Attrs>, first: readonly (Tensor | undefined)[] = NONE): Tensor[] {
  const { savedInputs, savedResults } = node.savesInfo, count = savedInputs.length + savedResults.length;
  let given = 0;
  for (let i = 0; i < first.length; i++) if (first[i] !== undefined) given++;
  const tensors = new Array<Tensor>(given + count);
  for (let i = first.length - 1, at = given; i >= 0; i--) if (first[i] !== undefined) tensors[--at] = first[i]!;
  for (let place = 0; place < count; place++) {
    const saved = node.unpack(place), { edge } = saved;
    const tensor = restore(saved, !isFloat(saved.window.dtype) ? null : typeof edge === "number" ? node.outputs[edge]! : edge);
    join(tensor, null);
    tensors[given + place] = tensor;
  }
  return tensors;
}
const NONE: readonly undefined[] = [];
