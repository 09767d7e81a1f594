/** @file The entry "@adjoint/core/functional": everything as plain functions; a bundle carries what it uses. */
export { type CreationOptions, type NestedArray, type TensorData, arange, eye, full, fullLike, linspace, ones, onesLike, tensor, zeros, zerosLike } from "./creation/fill.ts";
export { dropout, getRngState, manualSeed, rand, randint, randLike, randn, randnLike, type RngState, setRngState } from "./creation/random.ts";
export { clone } from "./calculus/map-reduce.ts";
export { backward, type BackwardOptions, grad, type GradOptions, retainGrad } from "./calculus/backward.ts";
export {
  abs, add, ceil, clamp, copy_, cos, div, div_, type Elementwise, eq, erf, exp, expm1, fill_, floor, fmod, ge, gelu, gt, isnan, le, log, log1p, logicalAnd, logicalNot, logicalOr, logicalXor, lt,
  add_, maximum, minimum, mul, mul_, ne, neg, type Operand, pow, reciprocal, relu, remainder, resultType, round, rsqrt, sigmoid, sign, silu, sin, softsign, sqrt, square, sub, sub_, tan, tanh, trunc, where, zero_,
} from "./elementwise/index.ts";
export { all, amax, amin, any, max, mean, min, type ReduceOptions, std, sum, type ValuesAndIndices, var_, type VarOptions } from "./composites/reductions.ts";
export { type AttentionOptions, crossEntropy, layerNorm, type LayerNormOptions, linear, type LossOptions, mseLoss, nllLoss, type Reduction, scaledDotProductAttention } from "./fused/network.ts";
export { logSoftmax, softmax } from "./fused/softmax.ts";
export { argmax, argmin } from "./primitives/arg-reduce.ts";
export { embedding, gather, indexSelect, scatter, scatterAdd } from "./primitives/gather.ts";
export { matmul } from "./primitives/matmul.ts";
export { cat, stack } from "./views/cat.ts";
export { chunk, contiguous, expand, flatten, narrow, permute, reshape, select, slice, split, squeeze, t, transpose, unsqueeze, view } from "./views/views.ts";
export { data, dataSync, detach, format, item, itemSync, moveTo, to, toArray, toArraySync } from "./api/reading.ts";
export { keep, memory, type MemoryInfo, scope, Scope } from "./api/scope.ts";
export { getDefaultDevice, setDefaultDevice } from "./device.ts";
export { type DType, type TypedArray } from "./dtype.ts";
export * from "./errors.ts";
export { printOptions, type PrintOptions, setPrintOptions } from "./format.ts";
export { type Shape } from "./shape.ts";
export { enableGrad, isGradEnabled, noGrad, type Node } from "./tape.ts";
export { isTensor, setRequiresGrad, Tensor } from "./tensor.ts";
export { profiled, type Profile, type ProfileRow } from "./profiled.ts";
export type { Backend } from "./backend.ts";
