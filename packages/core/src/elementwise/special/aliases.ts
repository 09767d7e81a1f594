/** @file The names in torch.special of functions that are elsewhere too. */
import { sigmoid } from "../functions.ts";

export { exp2, logit, xlogy } from "../exponential.ts";
export { erf, expm1, log1p } from "../functions.ts";
export { round } from "../rounding.ts";
export { sinc } from "../trigonometry.ts";
/** PyTorch's other name of `sigmoid`. */
export const expit: typeof sigmoid = sigmoid;
