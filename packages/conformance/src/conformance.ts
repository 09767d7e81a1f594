/** @file The suites as vitest tests, for a backend's own test folder. */
import { afterAll, describe, test } from "vitest";
import type { Case, Expectation } from "./case.ts";
import { drawSuite } from "./ops/draw-suite.ts";
import { fusedSuite } from "./ops/fused-suite.ts";
import { integerSuite } from "./ops/integer-suite.ts";
import { memorySuite } from "./ops/memory-suite.ts";
import { gradcheckSuite, opSuite } from "./ops/op-suite.ts";
import { refusalSuite } from "./ops/refusal-suite.ts";
import { specialSuite } from "./ops/special-suite.ts";
import { transformSuite } from "./ops/transform-suite.ts";
import { kernelSuite } from "./kernel-suite.ts";
import { type CreateBackend, runner, unknownExpectations } from "./run.ts";

/** The parts of the suite. `derivatives` checks core, in float64: it says little of a device. */
export type SuiteName = "kernels" | "ops" | "fused" | "derivatives" | "memory";

export type ConformanceOptions = {
  /** The parts that are run: all of them, if not given. */
  readonly suites?: readonly SuiteName[];
  /** Cases that are known to fail, each with its reason. One that passes fails the suite. */
  readonly expectations?: readonly Expectation[];
  /** Steps of the long training loop: 5,000, fewer where a device is slow. */
  readonly steps?: number;
  /** Cases whose names match, alone: for a second run of a backend in another mode. */
  readonly only?: RegExp;
};

/** Milliseconds for one case: the long loops take minutes on a software GPU of a busy machine. */
const TIMEOUT = 300_000;

/**
 * Declares a test for each thing that a backend promises. Call it at the top of a test file; it runs in Node and in browsers.
 *
 * @example
 * conformance(() => cpu());
 */
export function conformance(createBackend: CreateBackend, options: ConformanceOptions = {}): void {
  const { expectations = [], only, suites: chosen } = options;
  const suites: { readonly [S in SuiteName]: readonly Case[] } = {
    kernels: kernelSuite(),
    ops: [...opSuite(), ...integerSuite(), ...refusalSuite(), ...drawSuite(), ...specialSuite()],
    fused: fusedSuite(),
    derivatives: [...gradcheckSuite(), ...transformSuite()],
    memory: memorySuite(options.steps ?? 5000),
  };
  for (const title of chosen ?? (Object.keys(suites) as SuiteName[])) declare(title, suites[title].filter(({ name }) => only?.test(name) ?? true), createBackend, expectations);
  if (only !== undefined) return;
  const cases = Object.values(suites).flat();
  for (const { case: name } of unknownExpectations(cases, expectations))
    test(`expectation ${String(name)}`, () => { throw new Error(`no case is called ${String(name)}: remove the expectation`); });
}

function declare(title: string, cases: readonly Case[], createBackend: CreateBackend, expectations: readonly Expectation[]): void {
  if (cases.length > 0) describe(title, () => {
    const device = runner(createBackend, expectations);
    afterAll(() => device.close());
    for (const item of cases)
      test(item.name, async ({ skip }) => {
        const outcome = await device.run(item);
        if (outcome.status === "failed") throw outcome.error;
        if (outcome.status === "skipped") skip(outcome.reason);
      }, TIMEOUT);
  });
}
