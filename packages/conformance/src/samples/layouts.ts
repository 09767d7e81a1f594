/** @file Ways to lay a logical shape out in a buffer, and the normal form in which core hands views to kernels. */
import { coalesce, denseStrides, type Shape, sizeOf } from "@adjoint/core/backend";

/** Where a view lies, and how long its buffer must be. */
export type Placement = { readonly shape: Shape; readonly strides: Shape; readonly offset: number; readonly length: number };
export type Layout = (shape: Shape) => Placement;

/** Margins on both sides, so that a kernel that runs over an end is seen. */
const BEFORE = 3, AFTER = 5;

/** Puts a view of these strides into the smallest buffer with room for it and the margins. */
function placed(shape: Shape, strides: Shape, before = BEFORE, after = AFTER): Placement {
  let low = 0, high = 0;
  strides.forEach((stride, dim) => {
    const span = (shape[dim]! - 1) * stride;
    if (span < 0) low += span;
    else high += span;
  });
  return { shape, strides, offset: before - low, length: before - low + high + 1 + after };
}

const columnMajor = (shape: Shape): number[] => denseStrides([...shape].reverse()).reverse();
/** Row-major, with `gap` elements between rows. */
const padded = (shape: Shape, gap: number): number[] =>
  shape.length < 2 ? denseStrides(shape) : denseStrides([...shape.slice(0, -1), shape[shape.length - 1]! + gap]);

export type OutputLayout = "dense" | "offset" | "stepped" | "transposed" | "padded";
export type InputLayout = OutputLayout | "reversed" | "reversedInner" | "steppedBack" | "repeatedRows" | "repeatedColumns" | "repeatedScalar" | "overlapping";

/** What an output may have: positive strides, distinct elements. */
export const outputLayouts: { readonly [L in OutputLayout]: Layout } = {
  dense: (shape) => placed(shape, denseStrides(shape), 0, 0),
  offset: (shape) => placed(shape, denseStrides(shape), 5, 2),
  stepped: (shape) => placed(shape, denseStrides(shape).map((s) => 2 * s)),
  transposed: (shape) => placed(shape, columnMajor(shape)),
  padded: (shape) => placed(shape, padded(shape, 3)),
};

/** What an input may have besides. */
export const inputLayouts: { readonly [L in InputLayout]: Layout } = {
  ...outputLayouts,
  reversed: (shape) => placed(shape, denseStrides(shape).map((s) => -s)),
  reversedInner: (shape) => placed(shape, denseStrides(shape).map((s, dim) => (dim === shape.length - 1 ? -s : s))),
  steppedBack: (shape) => placed(shape, padded(shape, 4).map((s) => -3 * s)),
  repeatedRows: (shape) => placed(shape, [0, ...denseStrides(shape.slice(1))].slice(0, shape.length)),
  repeatedColumns: (shape) => placed(shape, [...denseStrides(shape.slice(0, -1)), 0].slice(-shape.length)),
  repeatedScalar: (shape) => placed(shape, shape.map(() => 0)),
  overlapping: (shape) => placed(shape, shape.map(() => 1)),
};

export const outputLayoutNames: readonly OutputLayout[] = Object.keys(outputLayouts) as OutputLayout[];
export const inputLayoutNames: readonly InputLayout[] = Object.keys(inputLayouts) as InputLayout[];

export const isDense = ({ shape, strides }: Placement): boolean => {
  const dense = denseStrides(shape);
  return strides.every((stride, dim) => shape[dim] === 1 || stride === dense[dim]);
};

/** Core's normal form of operands of one shape: all dense, or without dims of size 1 and with mergeable dims merged. */
export function normalForm(operands: readonly Placement[]): Placement[] {
  if (operands.length === 0 || operands.every(isDense)) return [...operands];
  const { shape, strides } = coalesce(operands[0]!.shape, operands.map((x) => x.strides));
  return operands.map((x, i) => ({ ...x, shape, strides: strides[i]! }));
}

/**
 * The normal form of a reduction: inputs of shape `[...kept, ...reduced]`, of which the last `reduced` dims go, and the
 * output of the kept ones.
 */
export function reducedForm(inputs: readonly Placement[], output: Placement): { inputs: Placement[]; output: Placement; reduced: number } {
  const shape = inputs[0]!.shape, kept = output.shape.length;
  const outStrides = shape.map((_, dim) => (dim < kept ? output.strides[dim]! : 0));
  const merged = coalesce(shape, [...inputs.map((x) => x.strides), outStrides], kept);
  const left = merged.shape.length - merged.trailing;
  return {
    inputs: inputs.map((x, i) => ({ ...x, shape: merged.shape, strides: merged.strides[i]! })),
    output: { ...output, shape: merged.shape.slice(0, left), strides: merged.strides[inputs.length]!.slice(0, left) },
    reduced: merged.trailing,
  };
}

/** The normal form of what goes along the last dim, of two elements at least: every view of one shape, but that the output may be shorter there, the other dims merged. */
export function alongForm(inputs: readonly Placement[], output: Placement): { inputs: Placement[]; output: Placement } {
  const merged = coalesce(inputs[0]!.shape, [...inputs, output].map((x) => x.strides), output.shape.length - 1);
  const places = [...inputs, output].map((x, i) => ({ ...x, shape: merged.shape.with(-1, x.shape[x.shape.length - 1]!), strides: merged.strides[i]! }));
  return { inputs: places.slice(0, -1), output: places[inputs.length]! };
}

/** The row-major strides and length of a dense placement of its own buffer. */
export const denseAt = (shape: Shape, offset = 0): Placement =>
  ({ shape, strides: denseStrides(shape), offset, length: offset + sizeOf(shape) });
