/** @file The entry of @adjoint/nn. */
export { Dropout, GELU, Identity, ReLU, Sigmoid, SiLU, Tanh } from "./activations.ts";
export { clipGradNorm_ } from "./clip-grad.ts";
export * as init from "./init.ts";
export { LayerNorm, type LayerNormOptions } from "./layer-norm.ts";
export { Embedding, Linear, type PlaceOptions } from "./linear.ts";
export { CrossEntropyLoss, type CrossEntropyOptions, MSELoss } from "./losses.ts";
export { Module } from "./module.ts";
export { type AttendOptions, MultiheadAttention, type MultiheadAttentionOptions } from "./multihead-attention.ts";
export { isParameter, parameter } from "./parameter.ts";
export { type Layer, Sequential } from "./sequential.ts";
export { type LoadOptions, type LoadReport, type StateDict, StateDictError } from "./state-dict.ts";
