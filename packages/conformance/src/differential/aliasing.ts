/** @file Views and writes through them, against the naive model: after every statement every tensor shows what its base positions hold, and every result is what the op makes of copies. */
import type { Backend } from "@adjoint/core";
import { Machine, type Observation, observe } from "./machine.ts";
import { naiveBase, naiveOverlaps, type NaiveView } from "./naive-view.ts";
import type { Difference } from "./compare.ts";
import type { Program, Statement } from "./program.ts";
import type { Row } from "./row.ts";

/** A tensor of the model: a base, which others may share, and where this one looks. */
type Placed = { readonly base: number[]; readonly view: NaiveView };

/** Runs the program on a device beside the model; where they part, or undefined. */
export async function aliasingDifference(device: Backend, program: Program, rows: ReadonlyMap<string, Row>): Promise<Difference | undefined> {
  const machine = new Machine(device, rows, { real: "float32" });
  const model = new Map<string, Placed>();
  try {
    for (const [i, statement] of program.statements.entries()) {
      const named = new Set(machine.tensors.keys()), row = rows.get(statement.op)!;
      // A write into a part of a repeated element shows in all of it: copies say nothing of that.
      const repeated = row.changes === "values" && naiveOverlaps(model.get(statement.inputs[0]!)?.view ?? naiveBase([]));
      const apart = row.changes === "gradients" || repeated ? undefined : await machine.apart(statement);
      if (machine.step(statement) !== undefined) continue; // what throws changes nothing, which the next statement shows
      const seen = new Map<string, Observation>();
      for (const [name, tensor] of machine.tensors) if (tensor !== null) seen.set(name, await observe(tensor));
      const made = statement.results.filter((name) => !named.has(name));
      follow(model, statement, made, seen, row);
      const message = disagreement(model, seen) ?? (apart && unlike(statement, row, apart, seen));
      if (message !== undefined) return { statement: i, message };
    }
    return undefined;
  } finally {
    machine.release();
  }
}

/** Brings the model up to date: views share, writes go to the base, everything else has a base of its own. */
function follow(model: Map<string, Placed>, { inputs, attrs }: Statement, made: readonly string[], seen: ReadonlyMap<string, Observation>, row: Row): void {
  const first = model.get(inputs[0] ?? "");
  if (row.changes === "values") {
    const values = seen.get(inputs[0]!)!.values;
    first!.view.positions.forEach((position, i) => { first!.base[position] = values[i]!; });
    if (made.length > 0) model.set(made[0]!, first!); // an op in place gives its target
    return;
  }
  const views = first === undefined ? undefined : row.views?.(first.view, attrs);
  made.forEach((name, i) => {
    const observation = seen.get(name), view = views?.[i];
    if (observation === undefined) return;
    model.set(name, view === undefined ? { base: [...observation.values], view: naiveBase(observation.shape) } : { base: first!.base, view });
  });
}

/** What an op makes of views that may share memory is what it makes of copies, but for the order of sums. */
function unlike({ results, inputs }: Statement, row: Row, apart: readonly Observation[], seen: ReadonlyMap<string, Observation>): string | undefined {
  const names = row.changes === "values" ? [...results.slice(0, 1), inputs[0]!] : results;
  const alone = row.changes === "values" ? apart.slice(-names.length) : apart;
  for (const [k, name] of names.entries()) {
    const { values } = seen.get(name)!, wanted = alone[k]!.values;
    const size = wanted.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 1);
    const at = wanted.findIndex((x, i) => !(Object.is(x, values[i]) || Math.abs(x - values[i]!) <= 1e-5 * size));
    if (at >= 0) return `${name} is ${values[at]} at ${at}, and ${wanted[at]} where the inputs are copies`;
  }
  return undefined;
}

function disagreement(model: ReadonlyMap<string, Placed>, seen: ReadonlyMap<string, Observation>): string | undefined {
  for (const [name, { base, view }] of model) {
    const { shape, values } = seen.get(name)!;
    if (shape.join() !== view.shape.join()) return `${name} has shape [${shape.join(", ")}], the model [${view.shape.join(", ")}]`;
    const at = view.positions.findIndex((position, i) => !Object.is(base[position], values[i]));
    if (at >= 0) return `${name} shows ${values[at]} at ${at}, the model ${base[view.positions[at]!]}`;
  }
  return undefined;
}
