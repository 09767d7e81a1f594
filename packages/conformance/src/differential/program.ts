/** @file A program as plain data: statements over named tensors. Prints as a listing and as JSON; knows no op. */

/** What a statement says beside its inputs. Plain data, so that a program survives JSON. */
export type Datum = number | string | boolean | null | readonly Datum[];
export type Attrs = { readonly [name: string]: Datum };

export type Statement = {
  /** A row of the table of ops. */
  readonly op: string;
  /** The tensors it reads; an op in place changes the first. */
  readonly inputs: readonly string[];
  readonly attrs: Attrs;
  /** What its results are called, in order. */
  readonly results: readonly string[];
  /** Runs inside `noGrad`. */
  readonly noGrad?: true;
};

export type Program = {
  /** What it was drawn from; of a shrunk program, the one it descends from. */
  readonly seed: number;
  readonly statements: readonly Statement[];
};

const isPlain = (value: number): boolean => Number.isFinite(value) && !Object.is(value, -0);
const showNumber = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));
const showDatum = (value: Datum): string =>
  Array.isArray(value) ? `[${value.map(showDatum).join(", ")}]` : typeof value === "number" ? showNumber(value) : JSON.stringify(value);

/** As JSON. A leaf's NaN, infinities and -0, which JSON does not have, are text, which a leaf takes too. */
export const programJson = (program: Program): string =>
  JSON.stringify(program, (_, value: unknown) => (typeof value === "number" && !isPlain(value) ? showNumber(value) : value));

/** `v3 = transpose(v1, dim0: 0, dim1: -1)` */
function showStatement({ op, inputs, attrs, results, noGrad }: Statement): string {
  const given = [...inputs, ...Object.entries(attrs).map(([name, value]) => `${name}: ${showDatum(value)}`)];
  const call = `${op}(${given.join(", ")})`;
  return `${noGrad === true ? "noGrad: " : ""}${results.length === 0 ? "" : `${results.join(", ")} = `}${call}`;
}

/** One statement a line, numbered as messages number them. */
export const showProgram = (program: Program, note: (index: number) => string = () => ""): string =>
  program.statements.map((statement, i) => `${String(i + 1).padStart(3)}  ${showStatement(statement)}${note(i)}`).join("\n");

/** The program without some statements, and without all that needs what those made. */
export function without(program: Program, dropped: ReadonlySet<number>): Program {
  const gone = new Set<string>();
  const statements = program.statements.filter((statement, i) => {
    if (!dropped.has(i) && !statement.inputs.some((name) => gone.has(name))) return true;
    for (const name of statement.results) gone.add(name);
    return false;
  });
  return { ...program, statements };
}
