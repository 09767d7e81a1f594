/** @file What the test of minified code bundles: the suite of ops on the cpu device. */
import { cpu } from "@adjoint/backend-cpu-js";
import type { Case } from "../src/case.ts";
import { fusedSuite } from "../src/ops/fused-suite.ts";
import { opSuite } from "../src/ops/op-suite.ts";
import { type Report, runCases } from "../src/run.ts";

export const reports = (): Promise<Report[]> => {
  const cases: readonly Case[] = [...opSuite(), ...fusedSuite()];
  return runCases(() => cpu(), cases.filter(({ needs }) => !needs.includes("float64")));
};
