/** @file gradcheck as the suite uses it: core's, along random directions, to any order. */
import { autograd, scope, type Tensor } from "@adjoint/core";

export type GradcheckOptions = {
  /** 2 also checks the gradient of the gradient. */
  readonly order?: number;
  readonly eps?: number;
  /** Largest allowed |exact - numeric| / (1 + |exact|), for directions of about one in each element. */
  readonly tolerance?: number;
};
type Checked = (...inputs: Tensor[]) => Tensor | readonly Tensor[];

/**
 * Compares <u, Jv> with finite differences for random u and v: two forward runs for each input, whatever its size. Throws an Error that says by how much.
 * @param fn a function of float64 tensors on one device that can read synchronously
 * @param inputs float64 leaves; those that require a gradient are varied
 */
export function gradcheck(fn: Checked, inputs: readonly Tensor[], { order = 1, eps = 1e-6, tolerance = 1e-6 }: GradcheckOptions = {}): void {
  for (const x of inputs)
    if (x.requiresGrad && x.dtype !== "float64") throw new Error(`gradcheck: inputs must be float64, got ${x.dtype}`);
  if (!inputs.some((x) => x.requiresGrad)) return;
  const s = scope("gradcheck");
  try {
    s.run(() => check(fn, inputs, order, eps, tolerance));
  } finally {
    s.close();
  }
}

function check(fn: Checked, inputs: readonly Tensor[], order: number, eps: number, tolerance: number): void {
  const made = fn(...inputs), outs = Array.isArray(made) ? (made as readonly Tensor[]) : [made as Tensor];
  if (!outs.some((out) => out.requiresGrad)) return;
  // Core's directions have length one, and it allows an absolute error in each element of the Jacobian: together about five times as much.
  const options = (scale: number): autograd.GradcheckOptions => ({ fastMode: true, checkUndefinedGrad: false, eps: eps * scale, atol: (tolerance * scale) / 5, rtol: (tolerance * scale) / 5 });
  autograd.gradcheck(fn as autograd.Checked, inputs, options(1));
  if (order > 1) autograd.gradgradcheck(fn as autograd.Checked, inputs, options(10));
}
