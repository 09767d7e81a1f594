/** @file The entry "@adjoint/core/backend": what the author of a backend needs, and nothing else. */
export type {
  Backend, Buffer, Compiling, Counters, FusedAttrs, FusedKernels, FusedName, Kernel, Kernels, KernelSpan, Limits, PrimitiveAttrs, PrimitiveName, ReduceOp, RowForm, RowStage, ScanOp, Timeline, Triple,
} from "./backend.ts";
export { type Phase, phasesAlong, type Steps } from "./conv-phases.ts";
export { attentionMasking, type AttentionMasking, attentionStages } from "./attention-stages.ts";
export { complain, type Complaint, outOfBounds, type Places } from "./complaint.ts";
export { decodeHost, type DType, type DTypeInfo, dtypes, encodeHost, isStoredOnly, roundTo, type TypedArray } from "./dtype.ts";
export { bfloat16Bits, bfloat16Value, float16Bits, float16Value } from "./narrow-float.ts";
export { AdjointError, DeviceError, DeviceLostError, DTypeError, IndexError, OutOfMemoryError, ParityError } from "./errors.ts";
export { type KernelAttrs, type KernelName, kernelNames, mapKernels } from "./kernel-table.ts";
export { parity, type ParityOptions } from "./parity/parity.ts";
export { denseStrides, type Shape, sizeOf } from "./shape.ts";
export * as scalar from "./scalar/expr.ts";
export type { Apply, Arg, Expr, Lit, Param } from "./scalar/expr.ts";
export { topologicalOrder } from "./scalar/expr.ts";
export {
  bitsFloat, castValue, erf, evaluateInstruction, floatBits, floatPow, type InstructionName, type InstructionRow, instructions, integerPow, roundHalfEven, saturate,
} from "./scalar/instructions.ts";
export { type Branch, branched, type Step } from "./scalar/branches.ts";
export { lower, loweredUlp } from "./scalar/lowering.ts";
export { philox } from "./scalar/philox.ts";
export { evaluate, program, Program } from "./scalar/program.ts";
export { coalesce, denseView, extent, View } from "./view.ts";
export { warn } from "./warning.ts";
