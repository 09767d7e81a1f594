/** @file What helps with modules and is no module: PyTorch's `nn.utils`. */
export { type ClipGradOptions, clipGradNorm_, clipGradValue_, NonFiniteError } from "./clip-grad.ts";
export * as parametrizations from "../parametrize/parametrizations.ts";
export * as parametrize from "../parametrize/parametrize.ts";
export * as rnn from "./rnn.ts";
export * as stateless from "./stateless.ts";
export { parametersToVector, vectorToParameters } from "./vector.ts";
