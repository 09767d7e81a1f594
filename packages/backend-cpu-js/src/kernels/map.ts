/** @file `map`: a program over views of one shape. Chooses the layout; machine.ts computes. */
import { denseStrides, type Kernel, type PrimitiveAttrs } from "@adjoint/core/backend";
import type { CpuBuffer, CpuView } from "../buffer.ts";
import { release, runRow } from "../machine.ts";
import { BLOCK, bufferedPlanOf, type Plan, planOf, setParams } from "../plan.ts";
import { forEachRow } from "../rows.ts";

export const map: Kernel<PrimitiveAttrs["map"], CpuBuffer> = (inputs, outputs, { program, params }) => {
  let plan = planOf(program);
  if (plan.params.length > 0) setParams(plan, params);
  if (plan.isOneLoop && outputs[0]!.size <= BLOCK && runShort(plan, inputs, outputs[0]!)) return;
  if (plan.steps.length > 1 && shareBuffer(inputs, outputs)) setParams((plan = bufferedPlanOf(program)), params);
  let dense = true;
  for (let i = 0; i < inputs.length; i++) dense = bind(plan, i, inputs[i]!) && dense;
  for (let i = 0; i < outputs.length; i++) dense = bind(plan, plan.argCount + i, outputs[i]!) && dense;
  if (dense) runRow(plan, outputs[0]!.size, 0, 1);
  else runStrided(plan, inputs, outputs);
  release(plan);
};

/** One loop over a few dense elements: straight from the views. Most calls on small tensors are this. */
function runShort(plan: Plan, inputs: readonly CpuView[], out: CpuView): boolean {
  const { argCount, arrays } = plan, step = plan.steps[0]!, { x, y, z } = step;
  // Written out thrice: an operand is an input, or one number that is repeated.
  let xv = arrays[x]!, xi = 0, xs = 0, yv = arrays[y]!, yi = 0, ys = 0, zv = arrays[z]!, zi = 0, zs = 0;
  if (!out.dense) return false;
  if (x < argCount) {
    const view = inputs[x]!;
    if (!view.dense) return false;
    xv = view.buffer.values; xi = view.offset; xs = 1;
  }
  if (y < argCount) {
    const view = inputs[y]!;
    if (!view.dense) return false;
    yv = view.buffer.values; yi = view.offset; ys = 1;
  }
  if (z < argCount) {
    const view = inputs[z]!;
    if (!view.dense) return false;
    zv = view.buffer.values; zi = view.offset; zs = 1;
  }
  step.loop(out.size, out.buffer.values, out.offset, 1, xv, xi, xs, yv, yi, ys, zv, zi, zs);
  return true;
}

function shareBuffer(inputs: readonly CpuView[], outputs: readonly CpuView[]): boolean {
  for (let i = 0; i < outputs.length; i++)
    for (let k = 0; k < inputs.length; k++) if (outputs[i]!.buffer === inputs[k]!.buffer) return true;
  return false;
}

/** Shows the machine a view as if it were flat; says whether it is. */
function bind(plan: Plan, slot: number, view: CpuView): boolean {
  plan.arrays[slot] = view.buffer.values;
  plan.offsets[slot] = view.offset;
  plan.strides[slot] = 1;
  return view.dense;
}

/** The number of the element is one more thing that walks, by the strides of a dense view. */
function runStrided(plan: Plan, inputs: readonly CpuView[], outputs: readonly CpuView[]): void {
  const { shape } = outputs[0]!, views = [...inputs, ...outputs], count = views.length;
  const strides = [...views.map((view) => view.strides), denseStrides(shape)], offsets = [...views.map((view) => view.offset), 0];
  forEachRow(shape, strides, offsets, (n, bases, steps) => {
    for (let k = 0; k < count; k++) {
      plan.offsets[k] = bases[k]!;
      plan.strides[k] = steps[k]!;
    }
    runRow(plan, n, bases[count]!, steps[count]!);
  });
}
