/** @file Gradients of whole programs against finite differences, in float64. */
import { AutogradError, type Backend, type Tensor } from "@adjoint/core";
import type { Difference } from "./compare.ts";
import { gradcheck } from "../ops/gradcheck.ts";
import { Machine } from "./machine.ts";
import type { Program, Statement } from "./program.ts";
import { movementOf, Reference } from "./reference.ts";
import type { Row } from "./row.ts";

const needsGradient = (tensor: Tensor | null): tensor is Tensor => tensor !== null && tensor.requiresGrad && !tensor.isLeaf;

/**
 * Checks the gradient of all that a program computes by all leaves that require one. The program must be smooth: nothing
 * in it is cut from the tape, and no kink lies near.
 */
export function derivativeDifference(device: Backend, program: Program, rows: ReadonlyMap<string, Row>): Difference | undefined {
  const leaves = program.statements.filter(({ op, attrs }) => op === "leaf" && attrs["requiresGrad"] === true);
  if (leaves.length === 0 || !isTame(device, program, rows)) return undefined;
  const names = leaves.map(({ results }) => results[0]!);
  const start = new Machine(device, rows, { real: "float64" });
  const running: Machine[] = [start];
  try {
    for (const leaf of leaves) start.step(leaf);
    const run = (...inputs: Tensor[]): Tensor[] => {
      const machine = new Machine(device, rows, { real: "float64" });
      running.push(machine);
      names.forEach((name, i) => machine.tensors.set(name, inputs[i]!));
      for (const statement of program.statements) if (!leaves.includes(statement)) machine.step(statement);
      return [...machine.tensors.values()].filter(needsGradient);
    };
    gradcheck(run, names.map((name) => start.tensors.get(name)!), { eps: 1e-7, tolerance: 2e-5 });
    return undefined;
  } catch (error) {
    if (error instanceof AutogradError) return undefined; // something that the gradient needs was overwritten: no gradient is right
    return { statement: undefined, message: String(error) };
  } finally {
    for (const machine of running.reverse()) machine.release();
  }
}

/** A program without errors, in which nothing hangs by a thread: neither a value nor a gradient. */
function isTame(device: Backend, program: Program, rows: ReadonlyMap<string, Row>): boolean {
  const reference = new Reference(device, rows, movementOf(program.statements), "differences");
  const done = (statement: Statement): boolean => {
    const verdict = reference.step(statement);
    return verdict.kind === "done" && verdict.finite;
  };
  try {
    if (!program.statements.every(done)) return false;
    const outs = [...reference.exact.tensors].filter(([, tensor]) => needsGradient(tensor));
    return outs.every(([name, tensor]) => done({
      op: "backward", inputs: [name], attrs: { weights: new Array<number>(tensor!.numel()).fill(1), retainGraph: true, createGraph: false }, results: [],
    }));
  } finally {
    reference.close();
  }
}
