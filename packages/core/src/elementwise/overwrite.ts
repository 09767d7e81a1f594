/** @file Tensors overwritten: `fill_`, `zero_`, `copy_`. They raise the version that saved values are checked against. */
import { mapInto } from "../calculus/in-place.ts";
import { type DType, dtypes } from "../dtype.ts";
import { ShapeError } from "../errors.ts";
import type { Tensor } from "../op.ts";
import { arg, cast, param } from "../scalar/expr.ts";
import { elementOf } from "../scalar/element.ts";
import { type Program, program } from "../scalar/program.ts";
import { showShape } from "../shape.ts";

// The old value is an input that no result reads: its gradient stops here.
const fillProgram = (name: string, d: DType): Program => program(name, [d], [dtypes[d].compute], [cast(param(0, dtypes[d].compute), d)]);
/**
 * Every element becomes one value.
 * @param x of any shape and dtype
 * @param value a number or a boolean, rounded or cut to the dtype
 * @returns x itself, of its shape and dtype
 * @throws AutogradError for a leaf that requires a gradient
 * @throws ArgumentError for anything else
 * @example fill_(zeros([2]), 7) // [7, 7]
 */
export const fill_ = (x: Tensor, value: number | boolean): Tensor => mapInto(x, fillProgram("fill:2", x.dtype), [], [elementOf(value, x.dtype)]);
/**
 * Every element becomes 0.
 * @param x of any shape and dtype
 * @returns x itself, of its shape and dtype
 * @throws AutogradError for a leaf that requires a gradient
 * @example zero_(ones([2])) // [0, 0]
 */
export const zero_ = (x: Tensor): Tensor => mapInto(x, fillProgram("zero", x.dtype), [], [0]);
/**
 * Every element becomes that of another tensor.
 * @param x of any shape and dtype
 * @param source what it becomes, of any dtype; it broadcasts to x's shape
 * @returns x itself, of its shape and dtype
 * @throws ShapeError where shapes do not broadcast
 * @throws AutogradError for a leaf that requires a gradient
 * @example copy_(zeros([2]), tensor([5, 6])) // [5, 6]
 */
export function copy_(x: Tensor, source: Tensor): Tensor {
  if (source.ndim > x.ndim)
    throw new ShapeError(`expand(${source.dtype}{${showShape(source.shape)}}, size=${showShape(x.shape)}): the number of sizes provided (${x.ndim}) must be greater or equal to the number of dimensions in the tensor (${source.ndim})`);
  return mapInto(x, program("copy:s", [x.dtype, source.dtype], [], [cast(arg(1, source.dtype), x.dtype)]), [source]);
}
