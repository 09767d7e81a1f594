/** @file The arguments of ops on spatial dims: one number for all of them, or one for each. */
import { ArgumentError, ShapeError } from "../../errors.ts";
import { type Shape, showShape } from "../../shape.ts";

/** One number for all spatial dims, or one for each. */
export type Spatial = number | readonly number[];
/** How many spatial dims. */
export type Rank = 1 | 2 | 3;

function checkIntegers(name: string, values: Shape): void {
  for (const v of values) if (!Number.isInteger(v)) throw new ArgumentError(`${name} must be of integers, got ${showShape(values)}`);
}
const repeated = (values: Shape, rank: Rank): Shape => (values.length === rank ? values : Array<number>(rank).fill(values[0]!));
const listOf = (value: Spatial): Shape => (typeof value === "number" ? [value] : value.slice());

/** The numbers of a convolution. */
export function perDim(name: string, value: Spatial, rank: Rank): Shape {
  const values = listOf(value);
  if (values.length !== 1 && values.length !== rank)
    throw new ShapeError(`expected ${name} to be a single integer value or a list of ${rank} values to match the convolution dimensions, but got ${name}=${showShape(values)}`);
  checkIntegers(name, values);
  return repeated(values, rank);
}

const counts = ["", "one int", "two ints", "three ints"] as const;
/** The numbers of a pooling window; left out, or an empty list, they are `otherwise`. */
export function perWindowDim(op: string, name: string, value: Spatial | undefined, rank: Rank, otherwise: Shape): Shape {
  const values = value === undefined ? [] : listOf(value);
  if (values.length === 0) return otherwise;
  if (values.length !== 1 && values.length !== rank)
    throw new ShapeError(rank === 1
      ? `${op}() argument '${name}' should contain one int (got ${values.length})`
      : `${op}: ${name} must ${name === "stride" ? "either be omitted, a single int, or" : "either be a single int, or"} a tuple of ${counts[rank]}`);
  checkIntegers(name, values);
  return repeated(values, rank);
}
