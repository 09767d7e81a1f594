/** @file One number for all spatial dims, or one for each. */
import { ShapeError, type Spatial, type Tensor, type ValuesAndIndices } from "@adjoint/core/functional";

export type Rank = 1 | 2 | 3;

/** One number for each dim. */
export function perDim(name: string, value: Spatial, rank: Rank): readonly number[] {
  if (typeof value === "number") return Array<number>(rank).fill(value);
  if (value.length !== rank) throw new ShapeError(`${name} must be one number or ${rank}, got [${value.join(", ")}]`);
  return [...value];
}

/** What pooling by maxima gives: with `returnIndices`, where they lie too. */
export type Pooled<I extends boolean> = I extends true ? ValuesAndIndices : Tensor;
