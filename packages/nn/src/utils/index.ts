/** @file What helps with modules and is no module: PyTorch's `nn.utils`. */
export { clipGradNorm_ } from "./clip-grad.ts";
export * as rnn from "./rnn.ts";
