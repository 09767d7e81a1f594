/** @file The package "@adjoint/conformance": one suite for every backend. */
export type { Case, Expectation } from "./case.ts";
export { conformance, type ConformanceOptions } from "./conformance.ts";
export { counted, type Counted } from "./counted.ts";
export { checkCompilesNothing } from "./ops/compile-count.ts";
export { gradcheck, type GradcheckOptions } from "./ops/gradcheck.ts";
export { memorySuite } from "./ops/memory-suite.ts";
export { gradcheckSuite, opSuite } from "./ops/op-suite.ts";
export { kernelSuite } from "./kernel-suite.ts";
export { referenceBackend } from "./reference-backend.ts";
export { type CreateBackend, type Outcome, type Report, runCases } from "./run.ts";
