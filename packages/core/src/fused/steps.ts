/** @file The steps of optimizers: parameters and all that is remembered of them, changed in one pass. The numbers are params: another rate compiles nothing. */
import { mapGroups } from "../calculus/in-place.ts";
import { type DType, dtypes } from "../dtype.ts";
import type { Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import type { Expr } from "../scalar/expr.ts";
import { type Program, program } from "../scalar/program.ts";

const programs = /*@__PURE__*/ new Map<string, Program>();

/**
 * One call for all groups of the same dtypes: the targets of each, then its gradient.
 * @param kind what tells this formula from others of its name
 * @param formula the new values of the targets, from the inputs and the numbers
 */
function step(name: string, kind: string, groups: readonly (readonly Tensor[])[], numbers: readonly number[], formula: (x: readonly Expr[], n: readonly Expr[]) => readonly Expr[]): void {
  const alike = new Map<string, (readonly Tensor[])[]>();
  for (const group of groups) {
    const dtype = group.map((x) => x.dtype).join();
    alike.get(dtype)?.push(group) ?? alike.set(dtype, [group]);
  }
  for (const [types, some] of alike) {
    const key = `${name} ${kind} ${types}`;
    let known = programs.get(key);
    if (known === undefined) {
      const args = some[0]!.map((x): DType => x.dtype), { compute } = dtypes[args[0]!];
      const results = formula(args.map((dtype, i) => s.cast(s.load(i, dtype), compute)), numbers.map((_, i) => s.param(i, compute)));
      programs.set(key, (known = program(name, args, numbers.map(() => compute), results.map((x, k) => s.cast(x, args[k]!)))));
    }
    mapGroups(some, known, numbers);
  }
}

export type SgdStep = {
  /** The learning rate. */
  readonly lr: number;
  /** How much of the buffer stays. */
  readonly momentum: number;
  /** How much of the gradient does not enter the buffer. */
  readonly dampening: number;
  /** The factor of the parameter that joins its gradient. */
  readonly weightDecay: number;
  /** Look ahead along the buffer. */
  readonly nesterov: boolean;
  /** Go uphill. */
  readonly maximize: boolean;
  /** Whether the buffers are new: then the gradients go in undamped. */
  readonly isFirst: boolean;
};
/**
 * One step of stochastic gradient descent for all parameters, in place and unrecorded: g = grad + weightDecay p; b = momentum b + (1 - dampening) g; p -= lr b. PyTorch's `SGD`.
 * @param params the parameters, of any shapes; floats
 * @param grads one for each parameter, of its shape and dtype, as are the buffers
 * @param buffers what momentum remembers; needed where `momentum` is not 0
 * @returns nothing
 * @throws ShapeError where shapes differ
 * @example
 * ```ts
 * const p = tensor([1, 2]);
 * sgdStep([p], [tensor([1, -1])], undefined, { lr: 0.1, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false, isFirst: false });
 * p // [0.9, 2.1]
 * ```
 */
export function sgdStep(params: readonly Tensor[], grads: readonly Tensor[], buffers: readonly Tensor[] | undefined, { lr, momentum, dampening, weightDecay, nesterov, maximize, isFirst }: SgdStep): void {
  const decays = weightDecay !== 0, groups = params.map((p, i) => (buffers === undefined ? [p, grads[i]!] : [p, buffers[i]!, grads[i]!]));
  step("sgdStep", [decays, nesterov, isFirst].map(Number).join(""), groups, [-lr, maximize ? -1 : 1, weightDecay, momentum, 1 - dampening], (x, [rate, sign, decay, keep, take]) => {
    const up = s.mul(x.at(-1)!, sign!), g = decays ? s.add(s.mul(x[0]!, decay!), up) : up;
    if (buffers === undefined) return [s.add(x[0]!, s.mul(g, rate!))];
    const b = isFirst ? g : s.add(s.mul(x[1]!, keep!), s.mul(g, take!)), by = nesterov ? s.add(s.mul(b, keep!), g) : b;
    return [s.add(x[0]!, s.mul(by, rate!)), b];
  });
}

export type AdamStep = {
  /** The learning rate. */
  readonly lr: number;
  /** How much of the first moment stays. */
  readonly beta1: number;
  /** How much of the second moment stays. */
  readonly beta2: number;
  /** What keeps the division from overflowing. */
  readonly eps: number;
  /** The factor of the parameter that joins its gradient. */
  readonly weightDecay: number;
  /** Go uphill. */
  readonly maximize: boolean;
  /** Weight decay shrinks the parameters, and leaves the moments alone: AdamW. */
  readonly decoupled: boolean;
  /** From 1 on. */
  readonly step: number;
};
/**
 * One step of Adam or AdamW for all parameters, in place and unrecorded: m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; p -= lr / (1 - b1^t) m / (sqrt(v) / sqrt(1 - b2^t) + eps).
 * @param params the parameters, of any shapes; floats
 * @param grads one for each parameter, of its shape and dtype, as are the moments
 * @param firsts the first moments m
 * @param seconds the second moments v
 * @param largest the largest second moments so far, to divide by (amsgrad)
 * @returns nothing
 * @throws ShapeError where shapes differ
 * @example
 * ```ts
 * const p = tensor([1, 2]);
 * adamStep([p], [tensor([1, -1])], [zeros([2])], [zeros([2])], undefined, { lr: 0.1, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0, maximize: false, decoupled: false, step: 1 });
 * p // [0.9, 2.1]
 * ```
 */
export function adamStep(params: readonly Tensor[], grads: readonly Tensor[], firsts: readonly Tensor[], seconds: readonly Tensor[], largest: readonly Tensor[] | undefined, options: AdamStep): void {
  const { lr, beta1, beta2, eps, weightDecay, maximize, decoupled } = options, decays = weightDecay !== 0;
  // m / (sqrt(v) / c + eps) as c m / (sqrt(v) + c eps): a division less
  const correction = Math.sqrt(1 - beta2 ** options.step), rate = (-lr * correction) / (1 - beta1 ** options.step);
  const numbers = [rate, maximize ? -1 : 1, decoupled ? 1 - lr * weightDecay : weightDecay, beta1, 1 - beta1, beta2, 1 - beta2, eps * correction];
  const groups = params.map((p, i) => [p, firsts[i]!, seconds[i]!, ...(largest === undefined ? [] : [largest[i]!]), grads[i]!]);
  step("adamStep", [decays, decoupled].map(Number).join(""), groups, numbers, (x, [by, sign, decay, b1, rest1, b2, rest2, add]) => {
    const up = s.mul(x.at(-1)!, sign!), g = decays && !decoupled ? s.add(s.mul(x[0]!, decay!), up) : up, old = decays && decoupled ? s.mul(x[0]!, decay!) : x[0]!;
    const m = s.add(s.mul(x[1]!, b1!), s.mul(g, rest1!)), v = s.add(s.mul(x[2]!, b2!), s.mul(s.mul(g, g), rest2!)), most = largest === undefined ? v : s.max(x[3]!, v);
    return [s.add(old, s.mul(s.div(m, s.add(s.sqrt(most), add!)), by!)), m, v, ...(largest === undefined ? [] : [most])];
  });
}
