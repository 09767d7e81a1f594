/** @file gradcheck: a function's derivative against finite differences, along random directions, to any order. */
import { type Backend, grad, randn, scope, type Tensor } from "@adjoint/core";

export type GradcheckOptions = {
  /** 2 also checks the gradient of the gradient. */
  readonly order?: number;
  readonly eps?: number;
  /** Largest allowed |exact - numeric| / (1 + |exact|). */
  readonly tolerance?: number;
};

const dot = (a: readonly Tensor[], b: readonly Tensor[]): number => a.reduce((sum, x, i) => sum + (x.numel() === 0 ? 0 : x.mul(b[i]!).sum().itemSync()), 0);
const asArray = (x: Tensor | readonly Tensor[]): readonly Tensor[] => (Array.isArray(x) ? (x as readonly Tensor[]) : [x as Tensor]);

/**
 * Compares <v, J'u> with <u, Jv> for random u and v: two forward runs whatever the size. Throws an Error that says by how much.
 * @param fn a function of float64 tensors on one device that can read synchronously
 * @param inputs float64 leaves; those that require a gradient are varied
 */
export function gradcheck(fn: (...inputs: Tensor[]) => Tensor | readonly Tensor[], inputs: readonly Tensor[], options: GradcheckOptions = {}): void {
  const { order = 1, eps = 1e-6, tolerance = 1e-6 } = options;
  const s = scope("gradcheck");
  try {
    s.run(() => check(fn, inputs, order, eps, tolerance, 1));
  } finally {
    s.close();
  }
}

function check(fn: (...inputs: Tensor[]) => Tensor | readonly Tensor[], inputs: readonly Tensor[], order: number, eps: number, tolerance: number, level: number): void {
  for (const x of inputs)
    if (x.requiresGrad && x.dtype !== "float64") throw new Error(`gradcheck: inputs must be float64, got ${x.dtype}`);
  const varied = inputs.filter((x) => x.requiresGrad);
  const outs = asArray(fn(...inputs)).filter((out) => out.requiresGrad);
  if (outs.length === 0 || varied.length === 0) return;
  const device: Backend = varied[0]!.device;
  const random = (x: Tensor): Tensor => randn(x.shape, { dtype: "float64", device });
  const us = outs.map(random), vs = varied.map(random);
  const gradients = (createGraph: boolean, at: readonly Tensor[], ys: readonly Tensor[]): (Tensor | null)[] =>
    grad(ys, at, { gradOutputs: us, createGraph, allowUnused: true });
  const exact = dot(...paired(gradients(false, varied, outs), vs));
  const moved = (step: number): readonly Tensor[] => {
    let next = 0;
    const at = inputs.map((x) => (x.requiresGrad ? x.detach().add(vs[next++]!.mul(step)).requiresGrad_() : x));
    return asArray(fn(...at)).filter((out) => out.requiresGrad).map((out) => out.detach());
  };
  const [above, below] = [moved(eps), moved(-eps)];
  const numeric = dot(above.map((x, i) => x.sub(below[i]!).div(2 * eps)), us);
  const error = Math.abs(exact - numeric) / (1 + Math.abs(exact));
  if (!(error <= tolerance)) throw new Error(`gradcheck: order ${level}: exact ${exact}, numeric ${numeric}, relative error ${error.toExponential(1)} > ${tolerance}`);
  if (order > 1)
    check((...at) => {
      const leaves = at.filter((x) => x.requiresGrad);
      return gradients(true, leaves, asArray(fn(...at)).filter((out) => out.requiresGrad)).filter((g): g is Tensor => g !== null);
    }, inputs, order - 1, eps * 10, tolerance * 10, level + 1);
}

/** Gradients that exist, with their directions. */
function paired(gradients: readonly (Tensor | null)[], directions: readonly Tensor[]): [Tensor[], Tensor[]] {
  const kept = gradients.flatMap((g, i) => (g === null ? [] : [[g, directions[i]!] as const]));
  return [kept.map(([g]) => g), kept.map(([, v]) => v)];
}
