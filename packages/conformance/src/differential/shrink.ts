/** @file Makes a failing program small: fewer statements, smaller shapes, plainer numbers, as long as it still fails. */
import { sizeOf } from "@adjoint/core/backend";
import { type Attrs, type Program, type Statement, without } from "./program.ts";

/** Whether a program still fails. Programs that mean nothing do not. */
export type Fails = (program: Program) => Promise<boolean>;

const isLeaf = (statement: Statement): boolean => statement.op === "leaf";
const shapeOf = ({ attrs }: Statement): readonly number[] => attrs["shape"] as readonly number[];

const replaced = (program: Program, at: number, statement: Statement): Program =>
  ({ ...program, statements: program.statements.map((other, i) => (i === at ? statement : other)) });

/** Without one statement and all that needs it; or with what needed it reading its input instead. */
function* shorter(program: Program): Generator<Program> {
  for (let i = program.statements.length - 1; i >= 0; i--) {
    yield without(program, new Set([i]));
    const { inputs, results } = program.statements[i]!;
    for (const input of new Set(inputs))
      if (results.length > 0) {
        const statements = program.statements.filter((_, k) => k !== i).map((other) => ({ ...other, inputs: other.inputs.map((name) => (results.includes(name) ? input : name)) }));
        yield { ...program, statements };
      }
  }
}

/** Of a size that occurs, everywhere a smaller one. */
function* smaller(program: Program): Generator<Program> {
  const sizes = new Set(program.statements.flatMap((statement) => (isLeaf(statement) ? [...shapeOf(statement)] : [])));
  for (const size of [...sizes].sort((a, b) => b - a))
    for (const less of new Set([1, 2, Math.floor(size / 2), size - 1]))
      if (less > 0 && less < size) yield { ...program, statements: program.statements.map((statement) => resized(statement, size, less)) };
  for (const [i, statement] of program.statements.entries())
    if (isLeaf(statement)) for (let d = 0; d < shapeOf(statement).length; d++) yield replaced(program, i, reshaped(statement, shapeOf(statement).filter((_, k) => k !== d)));
}

/** A statement whose shape has `to` for `from`: a leaf loses values, a call with a shape asks for another. */
function resized(statement: Statement, from: number, to: number): Statement {
  const shape = statement.attrs["shape"];
  if (!Array.isArray(shape)) return statement;
  const next = (shape as readonly number[]).map((size) => (size === from ? to : size));
  return isLeaf(statement) ? reshaped(statement, next) : { ...statement, attrs: { ...statement.attrs, shape: next } };
}
function reshaped(leaf: Statement, shape: readonly number[]): Statement {
  const values = leaf.attrs["values"] as readonly number[];
  return { ...leaf, attrs: { ...leaf.attrs, shape, values: Array.from({ length: sizeOf(shape) }, (_, i) => values[i] ?? 1) } };
}

/** Statements that say less: recorded, of fewer results, leaves of whole numbers and without gradients. */
function* plainer(program: Program): Generator<Program> {
  for (const [i, statement] of program.statements.entries()) {
    const { noGrad, ...rest } = statement;
    if (noGrad === true) yield replaced(program, i, rest);
    if (isLeaf(statement)) yield* plainerLeaves(program, i, statement);
    for (const [name, value] of Object.entries(statement.attrs)) {
      const simple: Attrs[string] | undefined = value === true ? false : typeof value === "number" && value < 0 ? 0 : undefined;
      if (simple !== undefined) yield replaced(program, i, { ...statement, attrs: { ...statement.attrs, [name]: simple } });
    }
  }
}
function* plainerLeaves(program: Program, at: number, leaf: Statement): Generator<Program> {
  const values = leaf.attrs["values"] as readonly number[];
  for (const change of [(_: number, i: number) => i + 1, (_: number, i: number) => (i + 1) / 4, () => 1, Math.round, (x: number) => Math.round(x * 4) / 4]) {
    const next = values.map((x, i) => change(x, i));
    if (next.join().length < values.join().length) yield replaced(program, at, { ...leaf, attrs: { ...leaf.attrs, values: next } });
  }
}

/** What must fall for a change to count: statements, then elements, then letters. */
const weight = ({ statements }: Program): number =>
  statements.length * 1e8 + statements.reduce((sum, s) => sum + (isLeaf(s) ? sizeOf(shapeOf(s)) : 0), 0) * 1e4 + JSON.stringify(statements).length;

/** @param most programs to try, at most */
export async function shrink(program: Program, fails: Fails, most: number = 800): Promise<Program> {
  let best = program, tried = 0;
  for (let improved = true; improved; ) {
    improved = false;
    for (const candidates of [shorter, smaller, plainer])
      for (const candidate of candidates(best)) {
        if (weight(candidate) >= weight(best)) continue;
        if (++tried > most) return best;
        if (!(await fails(candidate))) continue;
        best = candidate;
        improved = true;
        break;
      }
  }
  return best;
}
