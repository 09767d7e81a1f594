/** @file Which sizes reductions keep, and which they reduce. */
import type { Shape } from "@adjoint/core/backend";

export type Form = readonly [kept: Shape, reduced: Shape];

/** Sizes kept and reduced: only one kind, both, several of each. The last are long enough for blocks and several passes. */
export const forms: readonly Form[] = [
  [[], []], [[5], []], [[], [1]], [[], [2]], [[], [3]], [[], [4]], [[], [7]], [[], [16]], [[], [17]], [[], [63]], [[], [64]], [[], [65]], [[], [257]],
  [[1], [9]], [[3], [1]], [[4], [4]], [[5], [3]], [[3], [33]], [[2, 3], [4]], [[3], [2, 5]], [[2, 3], [2, 3]], [[130], [3]], [[3], [130]], [[2], [1000]], [[8], []], [[3, 4], []], [[4], [1]],
];
/** Some of each kind, for cases that go over layouts. */
export const fewForms: readonly Form[] = [[[], [7]], [[5], [6]], [[6, 2], [3]], [[4], [3, 5]], [[2, 3], [3, 2]], [[9], [20]]];
