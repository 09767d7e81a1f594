/** @file Gradients of whole programs against finite differences, forward mode against reverse mode, vmap against a loop: in float64. */
import { AutogradError, type Backend, func, grad, manualSeed, NotSupportedError, randn, scope, stack, type Tensor, TransformError } from "@adjoint/core";
import { gradcheck } from "../ops/gradcheck.ts";
import type { Difference } from "./compare.ts";
import { functionOf, type ProgramFunction } from "./function.ts";
import type { Program } from "./program.ts";
import type { Row } from "./row.ts";

/** What a check of a function throws where two ways to the same numbers part. */
class Disagreement extends Error {}

/**
 * Runs a check of the function that a program is. The program must be smooth: nothing in it is cut from the tape, and no
 * kink lies near.
 */
function checked(device: Backend, program: Program, rows: ReadonlyMap<string, Row>, check: (fn: ProgramFunction) => void): Difference | undefined {
  const fn = functionOf(device, program, rows);
  if (fn === undefined) return undefined;
  const s = scope("check");
  try {
    manualSeed(program.seed); // directions are drawn
    s.run(() => check(fn));
    return undefined;
  } catch (error) {
    // What a gradient needs was overwritten, or a transform refuses a change in place: then no number is right.
    if (error instanceof AutogradError || error instanceof TransformError || error instanceof NotSupportedError) return undefined;
    return { statement: undefined, message: String(error) };
  } finally {
    s.close();
    fn.release();
  }
}

export type FunctionCheck = (device: Backend, program: Program, rows: ReadonlyMap<string, Row>) => Difference | undefined;

/** The gradient of all that a program computes, by finite differences. */
export const finiteDifferences: FunctionCheck = (device, program, rows) =>
  checked(device, program, rows, ({ inputs, run }) => gradcheck(run, inputs, { eps: 1e-7, tolerance: 2e-5 }));

const numbers = (x: Tensor): number[] => Array.from(x.dataSync());
const dot = (xs: readonly Tensor[], ys: readonly Tensor[]): number => xs.reduce((sum, x, i) => sum + numbers(x).reduce((s, a, k) => s + a * numbers(ys[i]!)[k]!, 0), 0);
const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-8 * (1 + Math.abs(a));

/** <u, Jv> by forward mode is <J'u, v> by reverse mode. */
export const forwardMode: FunctionCheck = (device, program, rows) => checked(device, program, rows, ({ inputs, run }) => {
  const random = (x: Tensor): Tensor => randn(x.shape, { dtype: "float64", device });
  const outs = run(...inputs), us = outs.map(random), vs = inputs.map(random);
  const gradients = grad(outs, inputs, { gradOutputs: us, allowUnused: true, materializeGrads: true }) as Tensor[];
  const [, tangents] = func.jvp(run, inputs.map((x) => x.detach()), vs) as [unknown, Tensor[]];
  const reverse = dot(gradients, vs), forward = dot(tangents, us);
  // At a singular point one of the two may pass it by: a change in place that cuts the gradient there, say.
  if (Number.isFinite(reverse) && Number.isFinite(forward) && !near(reverse, forward)) throw new Disagreement(`forward mode gives ${forward}, reverse mode ${reverse}`);
});

/** A batch at once is one example after the other. */
export const batching: FunctionCheck = (device, program, rows) => checked(device, program, rows, ({ inputs, run }) => {
  const examples = [0, 2 ** -22, -(2 ** -23)].map((by) => inputs.map((x) => x.detach().add(by)));
  const together = func.vmap(run)(...inputs.map((_, i) => stack(examples.map((example) => example[i]!)))) as Tensor[];
  examples.forEach((example, lane) => run(...example).forEach((want, k) => {
    const got = together[k]!.select(0, lane);
    if (got.shape.join() !== want.shape.join()) throw new Disagreement(`result ${k} of vmap has shape [${got.shape.join(", ")}], of one example [${want.shape.join(", ")}]`);
    const values = numbers(got), at = numbers(want).findIndex((x, i) => !near(x, values[i]!));
    if (at >= 0) throw new Disagreement(`result ${k} of vmap is ${values[at]} at ${at} of example ${lane}, alone ${numbers(want)[at]}`);
  }));
});
