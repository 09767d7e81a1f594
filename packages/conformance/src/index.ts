/** @file The package "@adjoint/conformance": one suite for every backend. */
export type { Case, Expectation } from "./case.ts";
export { conformance, type ConformanceOptions, type SuiteName } from "./conformance.ts";
export { counted, type Counted } from "./counted.ts";
export type { Difference } from "./differential/compare.ts";
export { type Failure, fuzz, type FuzzOptions, type FuzzReport, generateProgram, runProgram, showFailure } from "./differential/fuzz.ts";
export {
  affineStrides, indexTuples, naiveBase, naiveExpand, naiveGather, naiveOverlaps, naivePermute, naiveReshape, naiveSelect, naiveSlice, type NaiveView,
} from "./differential/naive-view.ts";
export { type Program, showProgram, type Statement } from "./differential/program.ts";
export { type Random, randomFrom } from "./differential/random.ts";
export { checkCompilesNothing } from "./ops/compile-count.ts";
export { gradcheck, type GradcheckOptions } from "./ops/gradcheck.ts";
export { fusedSuite } from "./ops/fused-suite.ts";
export { memorySuite } from "./ops/memory-suite.ts";
export { drawSuite } from "./ops/draw-suite.ts";
export { gradcheckSuite, opSuite } from "./ops/op-suite.ts";
export { specialSuite } from "./ops/special-suite.ts";
export { kernelSuite } from "./kernel-suite.ts";
export { referenceBackend } from "./reference-backend.ts";
export { type CreateBackend, type Outcome, type Report, runCases } from "./run.ts";
