/** @file The adjoints of view ops that show each element at most once: a tensor of zeros, or a copy of another, with the elements where the view looks. */
import { copyView, materialize } from "../calculus/call.ts";
import { rawZeros, zerosOn } from "../calculus/map-reduce.ts";
import { allocate, dispatch, dispatchView, type Op, savesNothing, type ViewOp } from "../op.ts";
import type { Shape } from "../shape.ts";

/** Zeros of `shape`, with the input where `view` looks. */
export type Placed<A> = { readonly attrs: A; readonly shape: Shape; readonly name: string };
/** A copy of the first input, with the second where `view` looks. */
export type Overlaid<A> = { readonly attrs: A; readonly name: string };

/** A view op's adjoint: the gradient of what it showed, as a gradient of all that it looked at. */
export function placing<A>(view: ViewOp<A>): Op<Placed<A>> {
  const op: Op<Placed<A>> = {
    name: "place",
    gradName: ({ name }) => name,
    run(device, [x], { attrs, shape }) {
      const out = rawZeros(device, x!.dtype, shape);
      copyView(device.backend.kernels.copy, x!.window, view.view(out.window, attrs), device.backend.limits.maxRank);
      return out;
    },
    saves: () => savesNothing,
    vjp: ([grad], node) => [dispatchView(view, grad!, node.attrs.attrs)],
    jvp: "linear",
    batched: ({ attrs, shape, name }, lead) => ({ attrs: view.batched(attrs, lead, []), shape: [...lead, ...shape], name }),
  };
  return op;
}

/** A copy of one tensor with another laid over the part that a view op shows. */
export function overlaying<A>(view: ViewOp<A>): Op<Overlaid<A>> {
  const op: Op<Overlaid<A>> = {
    name: "overlay",
    gradName: ({ name }) => name,
    run(device, [base, source], { attrs }) {
      const out = materialize(base!, base!.shape);
      copyView(device.backend.kernels.copy, source!.window, view.view(out.window, attrs), device.backend.limits.maxRank);
      return out;
    },
    saves: () => savesNothing,
    vjp([grad], node) {
      const part = dispatchView(view, grad!, node.attrs.attrs);
      return [node.needs(0) ? dispatch(op, [grad!, zerosOn(grad!.storage.device, grad!.dtype, part.shape)], node.attrs) : undefined, node.needs(1) ? part : undefined];
    },
    jvp: "linear",
    batched: ({ attrs, name }, lead) => ({ attrs: view.batched(attrs, lead, []), name }),
  };
  return op;
}

/** A fresh dense tensor of what a view op shows, whose gradient goes back where it looked. */
export function copying<A>(view: ViewOp<A>, adjoint: Op<Placed<A>>): Op<{ readonly attrs: A; readonly name: string }> {
  return {
    name: view.name,
    gradName: ({ name }) => name,
    run(device, [x], { attrs }) {
      const seen = view.view(x!.window, attrs), out = allocate(device, x!.dtype, seen.shape);
      copyView(device.backend.kernels.copy, seen, out.window, device.backend.limits.maxRank);
      return out;
    },
    saves: () => savesNothing,
    vjp: ([grad], node) => [dispatch(adjoint, [grad!], { ...node.attrs, shape: node.shapeOf(0) })],
    jvp: "linear",
    batched: ({ attrs, name }, lead) => ({ attrs: view.batched(attrs, lead, []), name }),
  };
}
