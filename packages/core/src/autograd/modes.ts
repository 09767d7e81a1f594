/** @file Modes of recording beside `noGrad`, `enableGrad` and `inferenceMode`, which tape.ts has. */
import { enableGrad, noGrad, setRecording } from "../tape.ts";
import { alive, type Tensor } from "../tensor.ts";

/** Records from now on, or not; with `run`, within that synchronous function alone. PyTorch's `set_grad_enabled`. */
export function setGradEnabled(mode: boolean): void;
export function setGradEnabled<R>(mode: boolean, run: () => R): R;
export function setGradEnabled<R>(mode: boolean, run?: () => R): R | void {
  if (run !== undefined) return mode ? enableGrad(run) : noGrad(run);
  setRecording(mode);
}

/** A mode: it runs a synchronous function in its own way. */
export type Mode = <R>(run: () => R) => R;
/**
 * The function, always called in this mode: PyTorch's `@torch.no_grad()`.
 * @param mode `noGrad`, `enableGrad`, `inferenceMode`, or another that runs a function
 * @param fn a synchronous function
 * @returns the function of the same arguments
 * @throws ArgumentError for a function that returns a promise: the mode is off again when it goes on
 * The function, always called in this mode: PyTorch's `@torch.no_grad()`. @example `const evaluate = inMode(noGrad, (x) => model.forward(x))`
 */
export const inMode = <A extends readonly unknown[], R>(mode: Mode, fn: (...args: A) => R): (...args: A) => R => (...args) => mode(() => fn(...args));

/**
 * Whether a tensor was made in `inferenceMode`.
 * @param x of any shape and dtype
 * @returns true or false
 */
export const isInference = (x: Tensor): boolean => alive("isInference", x).storage.version < 0;
