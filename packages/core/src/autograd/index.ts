/** @file The namespace `autograd`: PyTorch's torch.autograd, and what its users find beside it. */
export { backward, type BackwardOptions, type Cotangent, type GradsOf, type OneOrMore } from "../calculus/backward.ts";
export { grad, type GradOptions } from "./grad.ts";
export { gradcheck, GradcheckError, type GradcheckOptions, gradgradcheck, type GradgradcheckOptions } from "./gradcheck.ts";
export { type HookHandle, type MaybeGrad, registerHook, registerNodeHook, registerNodePrehook, registerPostAccumulateGradHook, type Replacement } from "./hooks.ts";
export * as functional from "../transform/functional.ts";
export { graph, type Graph, type GraphEdge, type GraphNode, type GraphOptions, toDot, toMermaid } from "./graph.ts";
export type { Checked } from "./jacobians.ts";
export { metadataOf, nextFunctions, savedTensorsOf, variableOf } from "./node.ts";
export { type CustomFunction, Function, onceDifferentiable, type SplitFunction } from "./function.ts";
export { FunctionContext } from "./function-context.ts";
export { AnomalyError, type AnomalyOptions, checkAnomalies, detectAnomaly, isAnomalyEnabled, setDetectAnomaly } from "./anomaly.ts";
export { checkpoint, checkpointed, CheckpointError, type CheckpointOptions } from "./checkpoint.ts";
export { inMode, isInference, type Mode, setGradEnabled } from "./modes.ts";
export { disableSavedTensorsHooks, saveOnCpu, savedTensorsHooks } from "./saved-tensors.ts";
export { enableGrad, inferenceMode, isGradEnabled, isInferenceModeEnabled, noGrad, type Node } from "../tape.ts";
