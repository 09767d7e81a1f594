/** @file What a sample call of an op is, and the short hands in which tables of them are written. */
import type { Tensor } from "@adjoint/core";

/** How the numbers of an input are drawn; "distinct" keeps extrema apart, so that derivatives exist. */
export type Draw = "normal" | "positive" | "unit" | "away" | "distinct";
export type OpInput = { readonly shape: readonly number[]; readonly draw?: Draw } | { readonly int: readonly number[]; readonly shape: readonly number[] };
export type OpSample = {
  readonly name: string;
  readonly inputs: readonly OpInput[];
  readonly run: (...inputs: Tensor[]) => Tensor;
  /** Largest order of derivative that is checked; 0: it has none. */
  readonly order?: 0 | 1 | 2;
  /** Its second input also meets places beyond the first. Whether they count as zeros or not at all, which an infinite factor tells apart, is the device's choice (PyTorch: zeros), in derivatives too. */
  readonly isPadded?: true;
};

/** A float input of this shape. */
export const x = (shape: readonly number[], draw: Draw = "normal"): OpInput => ({ shape, draw });
/** An int32 input of these values. */
export const int = (shape: readonly number[], values: readonly number[]): OpInput => ({ int: values, shape });
export const sample = <A extends Tensor[]>(name: string, inputs: readonly OpInput[], run: (...inputs: A) => Tensor, order: 0 | 1 | 2 = 2): OpSample =>
  ({ name, inputs, run: (...at) => run(...(at as A)), order });
