/** @file Complex tensors on the host: numbers, nested arrays, text. */
import { dataSync } from "../api/reading.ts";
import { formatComplex } from "../format.ts";
import { decodeHost, type TypedArray } from "../dtype.ts";
import { ArgumentError } from "../errors.ts";
import type { Shape } from "../shape.ts";
import type { ComplexHandle } from "./handle.ts";
import type { ComplexNumber } from "./kind.ts";

/** Nested arrays whose leaves are [real, imaginary]. */
export type NestedPairs = readonly [re: number, im: number] | readonly NestedPairs[];

/** The value of a tensor of one element. */
export function numberOf(z: ComplexHandle, values: TypedArray): ComplexNumber {
  if (z.numel() !== 1) throw new ArgumentError("only one element tensors can be converted to Python scalars");
  return { re: values[0]!, im: values[1]! };
}
export function nest(values: TypedArray, shape: Shape): NestedPairs {
  let at = 0;
  const level = (depth: number): NestedPairs => (depth < shape.length ? Array.from({ length: shape[depth]! }, () => level(depth + 1)) : [values[at++]!, values[at++]!]);
  return level(0);
}

/** As PyTorch prints it, digit for digit. @param words undefined where they are not on the host */
export function complexText(z: ComplexHandle, words: TypedArray | undefined): string {
  const { pair, shape, dtype } = z, values = words && decodeHost(pair.dtype, words);
  const read = values && { re: (i: number) => values[2 * i]!, im: (i: number) => values[2 * i + 1]! };
  return formatComplex({ shape, dtype, read }, { gradFn: pair.gradFn?.name, requiresGrad: pair.requiresGrad, device: read === undefined ? pair.device.name : undefined });
}
/** What is known without waiting. */
export function complexTextNow(z: ComplexHandle): string {
  if (z.pair.freedBy !== undefined) return `tensor(..., freed, size=(${z.shape.join(", ")}))`;
  const here = z.device.readSync !== undefined && z.pair.traced?.physical === undefined;
  return complexText(z, here ? dataSync(z.pair) : undefined);
}
