/** @file The tape: backward, grad to second order, retainGrad, requiresGrad. */
import * as A from "@adjoint/core";
import type { Tensor } from "@adjoint/core";
import { sizeOf } from "@adjoint/core/backend";
import { drawValues } from "../drawer.ts";
import { type Drawer, type Host, row, type Row, type Variable } from "../row.ts";

/** weights: the gradient of what follows, or null where the root is a number. */
type Walk = { readonly weights: readonly number[] | null; readonly retainGraph: boolean; readonly createGraph: boolean };

const recorded = (d: Drawer): Variable | undefined => d.existing({ kinds: ["float"], accepts: (x) => x.requiresGrad && !x.isLeaf });

function walkFrom(d: Drawer, root: Variable): Walk {
  const createGraph = d.random.chance(0.3);
  const weights = root.shape.length === 0 && d.random.chance(0.7) ? null : drawValues(d.random, "float32", sizeOf(root.shape), "unit");
  return { weights, retainGraph: createGraph || d.random.chance(0.6), createGraph };
}
const weighing = (root: Tensor, weights: readonly number[] | null, host: Host): Tensor | undefined => (weights === null ? undefined : host.leaf(weights, root.shape, root.dtype, false));

export const autogradRows: readonly Row[] = [
  row<Walk>({
    op: "grad", weight: 3,
    draw(d) {
      const root = recorded(d);
      if (root === undefined) return undefined;
      const to = Array.from({ length: d.random.integer(1, 2) }, () => d.existing({ kinds: ["float"], accepts: (x) => x.requiresGrad && x.name !== root.name }));
      const inputs = to.filter((x): x is Variable => x !== undefined);
      return inputs.length === 0 ? undefined : { inputs: [root, ...inputs], attrs: walkFrom(d, root) };
    },
    run([root, ...inputs], { weights, retainGraph, createGraph }, host) {
      const gradient = weighing(root!, weights, host);
      const found = A.grad(root!, inputs, { retainGraph, createGraph, allowUnused: true, ...(gradient === undefined ? {} : { gradOutputs: gradient }) });
      // Gradients may share memory with one another, as PyTorch's do: what writes into one writes into a copy.
      return found.map((x) => x && A.clone(x));
    },
    changes: "gradients", cuts: true,
  }),
  row<Walk>({
    op: "backward", weight: 1.5,
    draw(d) { const root = recorded(d); return root && { inputs: [root], attrs: walkFrom(d, root) }; },
    run([root], { weights, retainGraph, createGraph }, host) {
      A.backward(root!, weighing(root!, weights, host), { retainGraph, createGraph });
      return [];
    },
    changes: "gradients", cuts: true,
  }),
  row<{ readonly factor: number }>({
    op: "registerHook", weight: 0.7, changes: "gradients", cuts: true,
    draw(d) { const x = d.existing({ kinds: ["float"], accepts: (v) => v.requiresGrad }); return x && { inputs: [x], attrs: { factor: d.random.pick([0.5, -1, 2]) } }; },
    run([x], { factor }) { A.registerHook(x!, (gradient) => A.mul(gradient, factor)); return []; },
  }),
  row({
    op: "retainGrad", weight: 0.5, changes: "gradients", cuts: true,
    draw(d) { const x = recorded(d); return x && { inputs: [x], attrs: {} }; },
    run([x]) { A.retainGrad(x!); return []; },
  }),
  row({
    op: "requiresGrad_", weight: 0.5, changes: "gradients", cuts: true,
    draw(d) { const x = d.existing({ accepts: (v) => v.isLeaf && !v.requiresGrad }); return x && { inputs: [x], attrs: {} }; },
    run([x]) { A.setRequiresGrad(x!, true); return []; },
  }),
];
