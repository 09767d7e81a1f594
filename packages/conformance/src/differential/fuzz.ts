/** @file Many programs on many devices: what `npm run fuzz` and the tests run. */
import { type Backend, type DType, onWarning } from "@adjoint/core";
import { aliasingDifference } from "./aliasing.ts";
import { type Difference, differenceOn } from "./compare.ts";
import { batching, finiteDifferences, forwardMode } from "./derivatives.ts";
import { type Family, generate, rowsOf } from "./generate.ts";
import { type Program, programJson, showProgram } from "./program.ts";
import { type Answer, answerOf } from "./reference.ts";
import type { Row } from "./row.ts";
import { families as allFamilies } from "./rows/index.ts";
import { shrink } from "./shrink.ts";

export type FuzzOptions = {
  /** The first seed; programs have this one and those that follow. */
  readonly seed: number;
  readonly count: number;
  /** Computes in float64 and reads at once: cpu(). */
  readonly reference: Backend;
  /** Devices under test, by the names that messages give them. The reference itself may be one: in float32. */
  readonly devices: ReadonlyMap<string, Backend>;
  readonly families?: readonly Family[];
  /** Every how many programs one more is checked by finite differences, forward mode and vmap; 0: none. */
  readonly derivatives?: number;
  /** Whether views and writes are also checked against the naive model, on the reference. */
  readonly aliasing?: boolean;
  /** Stops after so many failures: 1 unless given. */
  readonly failures?: number;
  readonly progress?: (done: number) => void;
};

/** What a check says of a program: its first difference, or undefined if it passes or means nothing. */
type Check = { readonly name: string; readonly difference: (program: Program) => Promise<Difference | undefined> };

export type Failure = {
  readonly check: string;
  readonly seed: number;
  /** As drawn, and as small as it could be made. */
  readonly program: Program;
  readonly shrunk: Program;
  readonly difference: Difference;
};
export type FuzzReport = {
  readonly programs: number;
  readonly statements: number;
  /** Programs of which the reference says nothing: a value near a step, or too steep. */
  readonly rejected: number;
  /** Statements whose error every device must give. */
  readonly errors: number;
  readonly failures: readonly Failure[];
};

/** The dtypes that every device takes; the reference's float64 is not one of them. */
function commonDTypes(devices: readonly Backend[]): ReadonlySet<DType> {
  const [first, ...others] = devices;
  return new Set([...first!.dtypes].filter((dtype) => dtype !== "float64" && others.every((device) => device.dtypes.has(dtype))));
}

/** The rows that every device has: without those that work on the host, if one cannot be read at once. */
function possible(families: readonly Family[], devices: readonly Backend[]): readonly Family[] {
  if (devices.every((device) => device.readSync !== undefined)) return families;
  return families.map((family) => ({ ...family, rows: family.rows.filter(({ onHost }) => onHost !== true) })).filter(({ rows }) => rows.length > 0);
}

/** The check of a device, by the answers of the reference. */
function deviceCheck(name: string, device: Backend, reference: Backend, rows: ReadonlyMap<string, Row>): Check & { readonly judge: (program: Program, answer: Answer) => Promise<Difference | undefined> } {
  const judge = (program: Program, answer: Answer): Promise<Difference | undefined> => differenceOn(device, program, answer, rows);
  return {
    name, judge,
    async difference(program) {
      const answer = answerOf(program, reference, rows);
      return answer === undefined ? undefined : judge(program, answer);
    },
  };
}

/** The first statement after which a program differs, and how. */
async function located(check: Check, program: Program): Promise<Difference | undefined> {
  for (let end = 1; end <= program.statements.length; end++) {
    const difference = await check.difference({ ...program, statements: program.statements.slice(0, end) });
    if (difference !== undefined) return { ...difference, statement: difference.statement ?? end - 1 };
  }
  return undefined;
}

/** Draws programs and runs them everywhere. What differs is shrunk, and reported. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const warned = onWarning(null); // drawn programs do what nobody would do on purpose
  try {
    return await run(options);
  } finally {
    onWarning(warned);
  }
}

async function run(options: FuzzOptions): Promise<FuzzReport> {
  const { seed: first, count, reference, devices, derivatives = 20, aliasing = true, failures: most = 1, progress } = options;
  const families = possible(options.families ?? allFamilies, [...devices.values()]);
  const rows = rowsOf(families), dtypes = commonDTypes([reference, ...devices.values()]);
  const checks = [...devices].map(([name, device]) => deviceCheck(name, device, reference, rows));
  const model: Check = { name: "the model of views", difference: (program) => aliasingDifference(reference, program, rows) };
  const functions: readonly Check[] = ([["finite differences", finiteDifferences], ["forward mode", forwardMode], ["vmap", batching]] as const).map(([name, check]) =>
    ({ name, difference: async (program) => check(reference, program, rows) }));
  const failures: Failure[] = [];
  let statements = 0, rejected = 0, errors = 0, programs = 0;

  const fail = async (check: Check, program: Program, difference: Difference): Promise<void> => {
    const shrunk = await shrink(program, async (smaller) => (await check.difference(smaller)) !== undefined);
    failures.push({ check: check.name, seed: program.seed, program, shrunk, difference: (await located(check, shrunk)) ?? difference });
  };
  for (let seed = first; seed < first + count && failures.length < most; seed++) {
    const program = generate(seed, reference, { families, dtypes });
    const answer = answerOf(program, reference, rows);
    programs++;
    statements += program.statements.length;
    if (answer === undefined) rejected++;
    else {
      errors += answer.thrown.filter((thrown) => thrown !== undefined).length;
      for (const check of checks) {
        const difference = await check.judge(program, answer);
        if (difference !== undefined) await fail(check, program, difference);
      }
    }
    if (aliasing) {
      const difference = await model.difference(program);
      if (difference !== undefined) await fail(model, program, difference);
    }
    if (derivatives > 0 && seed % derivatives === 0) {
      const smooth = generate(seed, reference, { families, dtypes, smooth: true });
      for (const check of functions) {
        const difference = await check.difference(smooth);
        if (difference !== undefined) await fail(check, smooth, difference);
      }
    }
    progress?.(programs);
  }
  return { programs, statements, rejected, errors, failures };
}

/** The program of a seed, of these dtypes. */
export const generateProgram = (seed: number, reference: Backend, dtypes: readonly DType[]): Program =>
  generate(seed, reference, { families: allFamilies, dtypes: new Set(dtypes) });

/** What differs between a device and the reference on one program, such as one that a failure printed; undefined if nothing does. */
export function runProgram(program: Program, { reference, device }: { readonly reference: Backend; readonly device: Backend }): Promise<Difference | undefined> {
  return deviceCheck(device.name, device, reference, rowsOf(allFamilies)).difference(program);
}

/** A failure in words: the shrunk program, what is wrong, and how to see it again. */
export function showFailure({ check, seed, shrunk, difference }: Failure, command: (seed: number) => string): string {
  const note = (i: number): string => (i === difference.statement ? "   <- here" : "");
  return [
    `program ${seed} differs on ${check}: ${difference.message}`, showProgram(shrunk, note),
    `as JSON: ${programJson(shrunk)}`, `again: ${command(seed)}`,
  ].join("\n");
}
