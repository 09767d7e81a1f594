/** @file A base and its views, as the tape sees them: a change in place through any of them moves the history of all. Holds no handles. */
import type { ViewOp } from "./dispatch.ts";
import { AutogradError } from "./errors.ts";
import { Edge, Node } from "./tape.ts";
import type { Shape } from "./shape.ts";
import { restride, type View } from "./view.ts";

/** What a base and its views share. Counted by their handles; the last one to go lets go of the history. */
export class Family {
  /** Raised by every change in place: a member that has seen less asks again where its gradient goes. */
  epoch = 0;
  /** The view op of a member whose tangent does not lie in that of its base: forward mode sees no change in place of one in the other. */
  apart: ViewOp<unknown> | null = null;
  #edge: Edge | null = null;
  #members = 0;

  constructor(edge: Edge | null) {
    this.edge = edge;
  }
  /** Where the gradient of the base goes now. */
  get edge(): Edge | null {
    return this.#edge;
  }
  set edge(edge: Edge | null) {
    edge?.node.retain();
    this.#edge?.node.release();
    this.#edge = edge;
  }
  join(): void {
    this.#members++;
  }
  leave(): void {
    if (--this.#members === 0) this.edge = null;
  }
}

/**
 * How a view came about. One that was made without recording, together with others by one op, or by a custom function, may not be changed in
 * place while changes are recorded; nor may a view of it.
 */
export type Creation = "recorded" | "unrecorded" | "inference" | "several" | "function";

/** Why a view may not be changed, or not used any more. @param whose "is being", or who else has been @param edge that of the view before the change */
export function forbidden(creation: Exclude<Creation, "recorded">, whose: string, edge: Edge | null): AutogradError {
  const isInference = creation === "inference", isMode = isInference || creation === "unrecorded", block = isInference ? "inference_mode" : "no_grad";
  return new AutogradError((edge === null || isMode
    ? `A view was created in ${isInference ? "inference" : block} mode and ${whose} modified inplace ${isInference ? "in normal mode" : "with grad mode enabled"}. `
    : `Output ${edge.output} of ${edge.node.name} is a view and ${whose} modified inplace. `) + (isMode
    ? "Given that this use case is ambiguous and error-prone, it is forbidden. " +
      `You can clarify your code by moving both the view and the inplace either both inside the ${block} block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked).`
    : creation === "function"
      ? "This view was created inside a custom Function (or because an input was returned as-is) and the autograd logic to handle view+inplace would override the custom backward associated with the custom Function, " +
        "leading to incorrect gradients. This behavior is forbidden. You can fix this by cloning the output of the custom Function."
      : "This view is the output of a function that returns multiple views. Such functions do not allow the output views to be modified inplace. You should replace the inplace operation by an out-of-place one."));
}

/** A tensor's place in its family: the base, or what the view op makes of the parent. */
export class Lineage {
  readonly family: Family;
  /** null for the base. */
  readonly parent: Lineage | null;
  readonly op: ViewOp<unknown> | null;
  readonly attrs: unknown;
  readonly window: View;
  /** The epoch at which its handle last asked for its edge. */
  seen: number;
  creation: Creation;

  constructor(family: Family, parent: Lineage | null, op: ViewOp<unknown> | null, attrs: unknown, window: View, creation: Creation) {
    this.family = family;
    this.parent = parent;
    this.op = op;
    this.attrs = attrs;
    this.window = window;
    this.seen = family.epoch;
    this.creation = creation;
  }
  /** The same place, for a second handle. */
  twin(): Lineage {
    const twin = new Lineage(this.family, this.parent, this.op, this.attrs, this.window, this.creation);
    twin.seen = this.seen;
    return twin;
  }
  /** Where the gradient goes after the family's history has moved: the base's, seen through the view ops again. */
  currentEdge(): Edge | null {
    const { parent, op, window } = this;
    const from = parent === null ? this.family.edge : parent.currentEdge();
    if (parent === null || from === null) return from;
    const node = new Node<never>(op as never, this.attrs as never, [from], null);
    node.label = "AsStridedBackward0";
    const edge = new Edge(node, 0, window.shape, window.dtype, from.device);
    node.outputs = [edge];
    return edge;
  }
  /** The same view where `lead` batch dims stand before the dims of the base. */
  batched(lead: Shape): Lineage {
    const { window, parent, op, attrs } = this;
    const wide = restride(window, [...lead, ...window.shape], [...lead.map(() => 0), ...window.strides], window.offset);
    return new Lineage(this.family, parent === null ? null : parent.batched(lead), op, op?.batched(attrs, lead, []), wide, this.creation);
  }
  /** The window of this view within a base that lies elsewhere. */
  within(base: View): View {
    return this.parent === null ? base : this.op!.view(this.parent.within(base), this.attrs);
  }
}
