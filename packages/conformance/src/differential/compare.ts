/** @file Compares what a device made of a program with the reference's answer. */
import type { Backend } from "@adjoint/core";
import { Machine, type Observation, type Thrown } from "./machine.ts";
import type { Program } from "./program.ts";
import type { Answer, Expected } from "./reference.ts";
import type { Row } from "./row.ts";

/** Where a device and the reference part. */
export type Difference = {
  /** The number of the statement, from 0; undefined where only the end shows it. */
  readonly statement: number | undefined;
  readonly message: string;
};

/** Runs the program on a device; the first thing that differs from the answer, or undefined. */
export async function differenceOn(device: Backend, program: Program, answer: Answer, rows: ReadonlyMap<string, Row>): Promise<Difference | undefined> {
  const machine = new Machine(device, rows, { real: "float32" });
  let difference: Difference | undefined;
  try {
    for (const [i, statement] of program.statements.entries()) {
      const message = outcomeDiffers(machine.step(statement), answer.thrown[i]);
      if (message !== undefined) return { statement: i, message };
    }
    difference = finalDiffers(await machine.observeAll(), answer.finals);
  } catch (error) {
    difference = { statement: undefined, message: `reading failed: ${String(error)}` };
  } finally {
    try {
      machine.close();
    } catch (error) {
      difference ??= { statement: undefined, message: String(error) };
    }
  }
  return difference;
}

/** The words of an error, without what tells the reference's float64 from float32. */
const gist = (thrown: Thrown): string => `${thrown.type}: ${thrown.message}`.replaceAll("float64", "float32").replaceAll("Double", "Float").replaceAll("double", "float");

function outcomeDiffers(got: Thrown | undefined, wanted: Thrown | undefined): string | undefined {
  for (const thrown of [got, wanted]) if (thrown !== undefined && !thrown.typed) return `threw ${gist(thrown)}, which is no error of this library`;
  if (got === undefined) return wanted === undefined ? undefined : `did not throw ${gist(wanted)}`;
  if (wanted === undefined) return `threw ${gist(got)}`;
  return gist(got) === gist(wanted) ? undefined : `threw ${gist(got)}\n  instead of ${gist(wanted)}`;
}

function finalDiffers(got: ReadonlyMap<string, Observation | null>, wanted: ReadonlyMap<string, Expected>): Difference | undefined {
  for (const [name, { seen, tolerance }] of wanted) {
    const there = got.get(name);
    if (there === undefined) return { statement: undefined, message: `${name} is not there` };
    const message = there === null || seen === null ? (there === seen ? undefined : `is ${there === null ? "null" : "not null"}`) : differs(named(name, there), named(name, seen), tolerance);
    if (message !== undefined) return { statement: undefined, message: `${name} ${message}` };
  }
  for (const name of got.keys()) if (!wanted.has(name)) return { statement: undefined, message: `${name} is there` };
  return undefined;
}

/** How a gradient was worked out is the device's: of its node, which has no name in PyTorch either, only that there is one counts. */
const named = (name: string, seen: Observation): Observation => (name.endsWith(".grad") && seen.gradFn !== null ? { ...seen, gradFn: "recorded" } : seen);

/** What differs between two observations, in words. */
export function differs(got: Observation, wanted: Observation, tolerance: number): string | undefined {
  for (const key of ["dtype", "requiresGrad", "isLeaf", "gradFn"] as const)
    if (got[key] !== wanted[key]) return `has ${key} ${String(got[key])}, expected ${String(wanted[key])}`;
  if (got.shape.join() !== wanted.shape.join()) return `has shape [${got.shape.join(", ")}], expected [${wanted.shape.join(", ")}]`;
  if (got.values.length !== wanted.values.length) return `has ${got.values.length} values, expected ${wanted.values.length}`;
  const at = wanted.values.findIndex((want, i) => !close(got.values[i]!, want, tolerance));
  if (at < 0) return undefined;
  const count = wanted.values.filter((want, i) => !close(got.values[i]!, want, tolerance)).length;
  return `differs in ${count} of ${wanted.values.length} elements, first at ${at}: ${got.values[at]}, expected ${wanted.values[at]} within ${tolerance.toExponential(1)}`;
}

const close = (got: number, want: number, tolerance: number): boolean => (Number.isFinite(want) ? Math.abs(got - want) <= tolerance : Object.is(got, want));
