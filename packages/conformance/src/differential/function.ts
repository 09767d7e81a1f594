/** @file A program as a function of its leaves that require a gradient: what derivatives and transforms are taken of. */
import type { Backend, Tensor } from "@adjoint/core";
import { Machine, onTape } from "./machine.ts";
import type { Program, Statement } from "./program.ts";
import { movementOf, Reference } from "./reference.ts";
import type { Row } from "./row.ts";

const needsGradient = (tensor: Tensor | null): tensor is Tensor => tensor !== null && tensor.requiresGrad && !onTape(tensor).isLeaf;

export type ProgramFunction = {
  /** The leaves as they are. */
  readonly inputs: readonly Tensor[];
  /** Runs the program on other leaves; gives what needs a gradient, in a fixed order. */
  readonly run: (...inputs: Tensor[]) => Tensor[];
  /** Frees all that it made. */
  readonly release: () => void;
};

/** The function, in float64; undefined if the program has no input, or a value or gradient in it hangs by a thread. */
export function functionOf(device: Backend, program: Program, rows: ReadonlyMap<string, Row>): ProgramFunction | undefined {
  const leaves = program.statements.filter(({ op, attrs }) => op === "leaf" && attrs["requiresGrad"] === true);
  const outs = leaves.length === 0 ? [] : tameOuts(device, program, rows);
  if (outs.length === 0) return undefined;
  const start = new Machine(device, rows, { real: "float64" }), running: Machine[] = [start];
  for (const leaf of leaves) start.step(leaf);
  const names = leaves.map(({ results }) => results[0]!), rest = program.statements.filter((statement) => !leaves.includes(statement));
  return {
    inputs: names.map((name) => start.tensors.get(name)!),
    run(...inputs) {
      const machine = new Machine(device, rows, { real: "float64" });
      running.push(machine);
      names.forEach((name, i) => machine.tensors.set(name, inputs[i]!));
      for (const statement of rest) {
        const thrown = machine.step(statement);
        if (thrown !== undefined) throw thrown.error;
      }
      return outs.map((name) => machine.tensors.get(name)!);
    },
    release() {
      for (const machine of running.reverse()) machine.release();
    },
  };
}

/** The results that need a gradient, of a program without errors in which nothing hangs by a thread: neither a value nor a gradient. */
function tameOuts(device: Backend, program: Program, rows: ReadonlyMap<string, Row>): string[] {
  const reference = new Reference(device, rows, movementOf(program.statements), "differences");
  const done = (statement: Statement): boolean => {
    const verdict = reference.step(statement);
    return verdict.kind === "done" && verdict.finite;
  };
  try {
    if (!program.statements.every(done)) return [];
    const outs = [...reference.exact.tensors].filter(([, tensor]) => needsGradient(tensor));
    const tame = outs.every(([name, tensor]) => done({
      op: "backward", inputs: [name], attrs: { weights: new Array<number>(tensor!.numel()).fill(1), retainGraph: true, createGraph: false }, results: [],
    }));
    return tame ? outs.map(([name]) => name) : [];
  } finally {
    reference.close();
  }
}
