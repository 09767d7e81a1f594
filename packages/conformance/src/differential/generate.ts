/** @file Draws programs: a seed gives a program, which the reference runs while it grows, so that it stays tame. */
import type { Backend } from "@adjoint/core";
import type { DType } from "@adjoint/core/backend";
import { drawerOf, type LeafDraft } from "./drawer.ts";
import { observeSync, onTape } from "./machine.ts";
import type { Attrs, Program, Statement } from "./program.ts";
import { type Random, randomFrom } from "./random.ts";
import { movementOf, Reference, type Verdict } from "./reference.ts";
import type { Draft, Drawer, Row, Variable } from "./row.ts";

/** Rows that are drawn as often as one another, and how often any of them is. */
export type Family = { readonly name: string; readonly weight: number; readonly rows: readonly Row[] };

export type GenerateOptions = {
  readonly families: readonly Family[];
  /** The dtypes that every device of the comparison has. */
  readonly dtypes: ReadonlySet<DType>;
  /** Programs whose gradient is the derivative of what they compute: nothing is cut from the tape, nothing but float64. */
  readonly smooth?: boolean;
};

export const rowsOf = (families: readonly Family[]): ReadonlyMap<string, Row> => new Map(families.flatMap(({ rows }) => rows).map((row) => [row.op, row]));

/** The dtypes of one program: the common ones, and often a few others. */
function palette(random: Random, available: ReadonlySet<DType>, smooth: boolean): DType[] {
  const chosen: DType[] = ["float32"];
  if (random.chance(0.6) || smooth) chosen.push("int32", "bool");
  if (smooth) return chosen;
  if (random.chance(0.4)) chosen.push(random.pick(["int8", "int16", "uint8"]));
  if (random.chance(0.25)) chosen.push(random.pick(["float16", "bfloat16"]));
  return chosen.filter((dtype) => available.has(dtype));
}

/** How far a program of these dtypes is moved while it is drawn. */
const movementFor = (dtypes: readonly DType[]): number => movementOf(dtypes.map((dtype) => ({ op: "", inputs: [], results: [], attrs: { dtype } })));

class Draught {
  readonly statements: Statement[] = [];
  readonly random: Random;
  readonly drawer: Drawer;
  readonly #reference: Backend;
  readonly #rows: ReadonlyMap<string, Row>;
  readonly #movement: number;
  #run: Reference;
  #names = 0;

  constructor(seed: number, device: Backend, { families, dtypes: available, smooth = false }: GenerateOptions) {
    this.random = randomFrom(seed);
    const chosen = palette(this.random, available, smooth);
    this.#reference = device;
    this.#rows = rowsOf(families);
    this.#movement = movementFor(chosen);
    this.#run = this.#fresh();
    this.drawer = drawerOf({
      random: this.random, dtypes: chosen,
      variables: () => this.variables(),
      valuesOf: ({ name }) => observeSync(this.#run.exact.tensors.get(name)!).values,
      addLeaf: (leaf) => this.#addLeaf(leaf),
    });
  }

  #fresh(): Reference {
    return new Reference(this.#reference, this.#rows, this.#movement);
  }

  variables(): Variable[] {
    return [...this.#run.exact.tensors].flatMap(([name, x]) => x === null ? [] : [{
      name, shape: x.shape, dtype: x.dtype === "float64" ? "float32" as const : x.dtype, requiresGrad: x.requiresGrad, isLeaf: onTape(x).isLeaf, hasGrad: x.grad !== null,
    }]);
  }

  #addLeaf({ shape, dtype, values, requiresGrad }: LeafDraft): Variable {
    const name = `v${++this.#names}`;
    this.statements.push({ op: "leaf", inputs: [], attrs: { shape, dtype, values, requiresGrad }, results: [name] });
    this.#run.step(this.statements.at(-1)!);
    return this.variables().find((x) => x.name === name)!;
  }

  /** Runs a drawn call, and keeps it if the program stays one that says something. */
  add(op: string, { inputs, attrs }: Draft<Attrs>, noGrad: boolean): Verdict {
    const names = Array.from({ length: 12 }, (_, i) => `v${this.#names + 1 + i}`);
    const draft: Statement = { op, inputs: inputs.map((x) => x.name), attrs, results: names, ...(noGrad ? { noGrad } : {}) };
    const verdict = this.#run.step(draft);
    // NaN, infinities and errors are compared too, but now and then only: what follows them says little. An error that no
    // caller could expect is a find.
    const taken = verdict.kind === "done" ? verdict.finite || this.random.chance(0.15) : verdict.kind === "threw" && (this.random.chance(0.25) || !verdict.thrown.typed);
    if (!taken) {
      this.#takeBack(op, names);
      return verdict;
    }
    const count = verdict.kind === "done" ? Math.min(verdict.results, names.length) : 0;
    this.#names += count;
    this.statements.push({ ...draft, results: names.slice(0, count) });
    return verdict;
  }

  /** Without the last call: what cannot be undone is run again from the start. */
  #takeBack(op: string, names: readonly string[]): void {
    if (this.#rows.get(op)!.changes === undefined) return this.#run.forget(names);
    this.#run.close();
    this.#run = this.#fresh();
    for (const statement of this.statements) this.#run.step(statement);
  }

  close(): void {
    this.#run.close();
  }
}

/** The program of a seed. The same for the same families and dtypes. */
export function generate(seed: number, device: Backend, options: GenerateOptions): Program {
  const smooth = options.smooth === true;
  const families = smooth ? options.families.map((family) => ({ ...family, rows: family.rows.filter((row) => row.cuts === undefined) })).filter(({ rows }) => rows.length > 0) : options.families;
  const draught = new Draught(seed, device, options);
  const { random, drawer } = draught;
  try {
    const wanted = random.integer(5, 18);
    let noGrad = false;
    for (let tries = 0; tries < 4 * wanted && draught.statements.length < wanted; tries++) {
      noGrad = !smooth && random.chance(noGrad ? 0.6 : 0.06);
      const row = random.weighted(random.weighted(families).rows);
      const draft = row.draw(drawer);
      if (draft !== undefined) draught.add(row.op, draft, noGrad && row.changes !== "gradients");
    }
    if (!smooth) endBackward(draught, options.families);
    return { seed, statements: used(draught.statements) };
  } finally {
    draught.close();
  }
}

/** What every program ends with, if anything in it needs a gradient. */
function endBackward(draught: Draught, families: readonly Family[]): void {
  const backward = rowsOf(families).get("backward");
  for (let tries = 0; backward !== undefined && tries < 3; tries++) {
    const draft = backward.draw(draught.drawer);
    if (draft !== undefined && draught.add("backward", draft, false).kind === "done") return;
  }
}

/** Without leaves that nothing reads. */
function used(statements: readonly Statement[]): Statement[] {
  const read = new Set(statements.flatMap(({ inputs }) => inputs));
  return statements.filter(({ op, results }) => op !== "leaf" || results.some((name) => read.has(name)));
}
