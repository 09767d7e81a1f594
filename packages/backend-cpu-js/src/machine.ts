/** @file Runs a plan over one row of elements, block by block. Which rows there are is the kernels' business. */
import { noValues } from "./buffer.ts";
import { index, random } from "./loops/numbered.ts";
import type { Plan } from "./plan.ts";

/**
 * Runs every step over `n` elements from the plan's offsets and strides on; moves the offsets to the end of the row.
 * @param at the number of the first element @param step by how much that number grows from element to element
 */
export function runRow(plan: Plan, n: number, at: number, step: number): void {
  const { steps, arrays, offsets, strides, viewCount, block } = plan;
  for (let start = 0; start < n; start += block) {
    const count = n - start < block ? n - start : block;
    for (let k = 0; k < steps.length; k++) {
      const s = steps[k]!, { out, x, y, z } = s;
      if (s.kind === "loop")
        s.loop(
          count, arrays[out]!, offsets[out]!, strides[out]!, arrays[x]!, offsets[x]!, strides[x]!,
          arrays[y]!, offsets[y]!, strides[y]!, arrays[z]!, offsets[z]!, strides[z]!,
        );
      else if (s.kind === "index") index(count, arrays[out]!, offsets[out]!, strides[out]!, at + start * step, step);
      else random(count, arrays[out]!, offsets[out]!, strides[out]!, arrays, offsets, strides, s.operands);
    }
    if (count < n) for (let i = 0; i < viewCount; i++) offsets[i]! += count * strides[i]!;
  }
}

/** Lets go of the call's arrays: a plan outlives buffers. */
export function release(plan: Plan): void {
  for (let i = 0; i < plan.viewCount; i++) plan.arrays[i] = noValues;
}
