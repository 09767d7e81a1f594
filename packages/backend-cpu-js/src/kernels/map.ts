/** @file `map`: a program over views of one shape. Chooses the layout; machine.ts computes. */
import type { Kernel, PrimitiveAttrs } from "@adjoint/core/backend";
import type { CpuBuffer, CpuView } from "../buffer.ts";
import { release, runRow } from "../machine.ts";
import { bufferedPlanOf, type Plan, planOf, setParams } from "../plan.ts";
import { advance, zeros } from "../rows.ts";

export const map: Kernel<PrimitiveAttrs["map"], CpuBuffer> = (inputs, outputs, { program, params }) => {
  let plan = planOf(program);
  if (plan.steps.length > 1 && shareBuffer(inputs, outputs)) plan = bufferedPlanOf(program);
  setParams(plan, params);
  let dense = true;
  for (let i = 0; i < inputs.length; i++) dense = bind(plan, i, inputs[i]!) && dense;
  for (let i = 0; i < outputs.length; i++) dense = bind(plan, plan.argCount + i, outputs[i]!) && dense;
  if (dense) runRow(plan, outputs[0]!.size, 0, 1);
  else runStrided(plan, inputs, outputs);
  release(plan);
};

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

/** Row by row along the last dim, in logical order. */
function runStrided(plan: Plan, inputs: readonly CpuView[], outputs: readonly CpuView[]): void {
  const { shape, size } = outputs[0]!, views = [...inputs, ...outputs], strides = views.map((view) => view.strides);
  const last = shape.length - 1, inner = last < 0 ? 1 : shape[last]!;
  const bases = views.map((view) => view.offset), counters = zeros(shape.length);
  for (let k = 0; k < views.length; k++) plan.strides[k] = last < 0 ? 1 : strides[k]![last]!;
  for (let at = 0; at < size; at += inner) {
    for (let k = 0; k < views.length; k++) plan.offsets[k] = bases[k]!;
    runRow(plan, inner, at, 1);
    advance(counters, shape, 0, last, bases, strides);
  }
}
