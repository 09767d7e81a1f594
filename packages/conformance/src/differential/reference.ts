/** @file The reference run: the same program four times, in float64 where it can be: as it is, twice with all numbers moved a little, and with results rounded to float32. Says what is right, and how nearly. */
import type { Backend } from "@adjoint/core";
import { type DType, dtypes } from "@adjoint/core/backend";
import { Machine, type Observation, observeSync, placeOf, type Thrown } from "./machine.ts";
import type { Program, Statement } from "./program.ts";
import type { Row } from "./row.ts";

/** How far inputs are moved, relatively: well above one rounding of the coarsest dtype of the program. */
const movement: { readonly [D in DType]?: number } = { float16: 2 ** -9, bfloat16: 2 ** -6 };
const FINE = 2 ** -20;

/** How much of that every rounded result of an op is moved again. */
const OF_ROUNDING = 1 / 4;

/** Values beyond these are not tame: what is near them says little about a device. */
const LARGEST = 512, LARGEST_GRADIENT = 8192;
/** What is smaller may be left of larger numbers that cancelled, and be 0 on a device: for a value, and for a gradient, of which nobody asks whether it is 0. */
const LEAST = { value: 1e-5, gradient: 1e-30 };
/** How much of its movement a program may make, relative to the largest value it has seen. */
const STEEPEST = 64;

const dtypesOf = (statements: readonly Statement[]): readonly unknown[] => statements.map(({ attrs }) => attrs["dtype"]);
/** How far the inputs of a program are moved. */
export function movementOf(statements: readonly Statement[]): number {
  return Math.max(FINE, ...dtypesOf(statements).map((dtype) => movement[dtype as DType] ?? 0));
}

/** Between half of `size` and all of it, up or down, as if by chance; the same for the same place. */
const nudges = (size: number, absolute: boolean) => (value: number, place: number): number => {
  let x = Math.imul(place + 1, 0x9e3779b1);
  x ^= x >>> 15;
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  const unit = (x >>> 0) / 2 ** 32;
  const by = size * (unit < 0.5 ? unit - 1 : unit);
  return absolute ? value + by : value * (1 + by);
};

type Measure = "value" | "gradient";
const measureOf = (name: string): Measure => (name.endsWith(".grad") ? "gradient" : "value");

export type Expected = { readonly seen: Observation | null; readonly tolerance: number };
/** What became of a statement. `rejected`: the run says nothing about a device from here on. */
export type Verdict =
  | { readonly kind: "done"; readonly results: number; readonly finite: boolean }
  | { readonly kind: "threw"; readonly thrown: Thrown }
  | { readonly kind: "rejected"; readonly reason: string };

export class Reference {
  readonly #machines: readonly [exact: Machine, up: Machine, down: Machine, ...rounded: Machine[]];
  readonly #rows: ReadonlyMap<string, Row>;
  readonly #movement: number;
  readonly #manner: "rounding" | "differences";
  /** The largest value and the largest `.grad` so far: what absolute errors are measured by. */
  readonly #scales: { value: number; gradient: number } = { value: 1, gradient: 1 };
  #steps = 0;

  /**
   * @param movement how far inputs are moved
   * @param manner as rounding does it, in proportion: inputs, where an exact 0 stays one, and the rounded results of ops.
   * Or as finite differences do: inputs alone, by that much
   */
  constructor(device: Backend, rows: ReadonlyMap<string, Row>, movement: number, manner: "rounding" | "differences" = "rounding") {
    // Beside a narrow float, float64 would be promoted, and saved for backward, otherwise than float32.
    const real = movement === FINE ? "float64" : "float32";
    const machine = (size: number): Machine => new Machine(device, rows, size === 0 ? { real } : { real, nudge: nudges(size, manner === "differences") });
    const three = [machine(0), machine(movement), machine(-movement)] as const;
    this.#machines = manner === "rounding" ? [...three, machine(0)] : three;
    this.#rows = rows;
    this.#movement = movement;
    this.#manner = manner;
  }

  /** The run whose inputs are as they are. */
  get exact(): Machine {
    return this.#machines[0];
  }

  step(statement: Statement): Verdict {
    this.#steps++;
    const [first, ...others] = this.#machines.map((machine) => machine.step(statement));
    if (first !== undefined) {
      const same = others.every((other) => other?.type === first.type);
      return same ? { kind: "threw", thrown: first } : { kind: "rejected", reason: "not every run throws" };
    }
    if (others.some((other) => other !== undefined)) return { kind: "rejected", reason: "not every run goes on" };
    const { changes, views, exact = false } = this.#rows.get(statement.op)!;
    const looked = changes === "gradients" ? this.exact.named().map(([name]) => name)
      : changes === "values" ? [...statement.inputs.slice(0, 1), ...statement.results] : statement.results;
    if (this.#manner === "rounding" && changes !== "gradients" && views === undefined && statement.op !== "leaf") for (const name of looked) this.#round(name, exact);
    let finite = true;
    for (const name of looked) {
      const found = this.#look(name);
      if (typeof found === "string") return { kind: "rejected", reason: `${name}: ${found}` };
      if (!found.finite) finite = false;
    }
    return { kind: "done", results: this.exact.resultCount, finite };
  }

  /** Moves what a device may round otherwise; of an exact op only what float32 does not hold. Views hold nothing of their own. */
  #round(name: string, exactly: boolean): void {
    const exact = this.#find(this.exact, name);
    if (exact === null || exact === undefined || dtypes[exact.dtype].kind !== "float") return;
    const size = this.#movement * OF_ROUNDING, place = placeOf(name), [, up, down, ...rounded] = this.#machines;
    for (const [machine, nudge] of [[up, nudges(size, false)], [down, nudges(-size, false)]] as const)
      machine.disturb(name, (value, i) => (exactly && Math.fround(exact.values[i]!) === exact.values[i] ? value : value === 0 ? nudge(1, place + i) - 1 : nudge(value, place + i)));
    for (const machine of rounded) machine.disturb(name, Math.fround); // what is nearly a round number becomes one, as on a device
  }

  /** What is wrong with a tensor; or whether its values are finite. */
  #look(name: string): string | { readonly finite: boolean } {
    const [seen, ...moved] = this.#machines.map((machine) => this.#find(machine, name));
    if (seen === null || seen === undefined) return moved.every((other) => other === seen) ? { finite: true } : "some runs have it";
    const measure = measureOf(name), largest = measure === "gradient" ? LARGEST_GRADIENT : LARGEST;
    let finite = true, deviation = 0;
    if (dtypes[seen.dtype].kind !== "float")
      return moved.every((other) => other?.values.every((x, i) => x === seen.values[i])) ? { finite } : "a decision hangs by a thread";
    for (let i = 0; i < seen.values.length; i++) {
      const value = seen.values[i]!, size = Math.abs(value);
      for (const other of moved) {
        const there = other!.values[i]!;
        if (Number.isFinite(value) ? !Number.isFinite(there) : !Object.is(value, there)) return "infinite in some runs";
        if (Number.isFinite(value)) deviation = Math.max(deviation, Math.abs(there - value));
      }
      if (!Number.isFinite(value)) finite = false;
      else if (size > largest || (size < LEAST[measure] && size > 0)) return `${value} is not tame`;
      else this.#scales[measure] = Math.max(this.#scales[measure], size);
    }
    return deviation <= STEEPEST * this.#movement * this.#scale(measure) ? { finite } : `moves by ${deviation}`;
  }

  #scale(measure: Measure): number {
    return measure === "value" ? this.#scales.value : Math.max(this.#scales.value, this.#scales.gradient);
  }

  #find(machine: Machine, name: string): Observation | null | undefined {
    const tensor = name.endsWith(".grad") ? machine.tensors.get(name.slice(0, -5))?.grad : machine.tensors.get(name);
    return tensor === null || tensor === undefined ? tensor : observeSync(tensor);
  }

  /** What everything that has a name is in the end, and how far from it a device may be. */
  expectations(): Map<string, Expected> {
    return new Map(this.exact.named().map(([name]): readonly [string, Expected] => {
      const [seen, ...moved] = this.#machines.map((machine) => this.#find(machine, name));
      if (seen === null || seen === undefined) return [name, { seen: null, tolerance: 0 }];
      return [name, { seen, tolerance: dtypes[seen.dtype].kind === "float" ? this.#tolerance(measureOf(name), seen, moved) : 0 }];
    }));
  }

  /** Each statement rounds anew: so does the bound grow. */
  #tolerance(measure: Measure, seen: Observation, moved: readonly (Observation | null | undefined)[]): number {
    let deviation = 0;
    for (const other of moved) other?.values.forEach((x, i) => { if (Number.isFinite(x)) deviation = Math.max(deviation, Math.abs(x - seen.values[i]!)); });
    return (2 + this.#steps / 2) * (deviation + this.#movement * this.#scale(measure) / 2);
  }

  /** Drops names. */
  forget(names: readonly string[]): void {
    for (const machine of this.#machines) machine.forget(names);
  }

  close(): void {
    for (const machine of this.#machines) machine.release();
  }
}

/** What a program must give: the outcome of each statement, and all values in the end. */
export type Answer = { readonly thrown: readonly (Thrown | undefined)[]; readonly finals: ReadonlyMap<string, Expected> };

/** The answer of the reference, or undefined if the program is not one that says something about devices. */
export function answerOf(program: Program, device: Backend, rows: ReadonlyMap<string, Row>): Answer | undefined {
  const reference = new Reference(device, rows, movementOf(program.statements));
  try {
    const thrown: (Thrown | undefined)[] = [];
    for (const statement of program.statements) {
      const verdict = reference.step(statement);
      if (verdict.kind === "rejected") return undefined;
      if (verdict.kind === "threw" && verdict.thrown.type === "MissingInput") return undefined;
      thrown.push(verdict.kind === "threw" ? verdict.thrown : undefined);
    }
    return { thrown, finals: reference.expectations() };
  } finally {
    reference.close();
  }
}
