/** @file What of the conformance suite this device cannot do, and why. */
import type { Expectation } from "@adjoint/conformance";

export const expectations: readonly Expectation[] = [
  { case: /^ops( in \w+)?: linalg /, reason: "decompositions of matrices run on the host, which must read the device at once" },
  { case: /^special values: linalg /, reason: "decompositions of matrices run on the host, which must read the device at once" },
];
