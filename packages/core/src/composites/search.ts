/** @file Places in sorted tensors by bisection, and membership. */
import { filledWith, mapProgram } from "../calculus/map-reduce.ts";
import { full } from "../creation/fill.ts";
import { type DType, isFloat, scalarTypeName } from "../dtype.ts";
import { clampMin, eq, isnan, logicalAnd, logicalNot, lt, minimum, resultType, sub, to, where } from "../elementwise/index.ts";
import { ArgumentError, DTypeError, ShapeError } from "../errors.ts";
import { composite, isTensor, noGrad, type Tensor } from "../op.ts";
import { gather } from "../primitives/gather.ts";
import { sortOrder } from "../primitives/sort.ts";
import * as s from "../scalar/expr.ts";
import { perDType, type Program, program } from "../scalar/program.ts";
import { showShape } from "../shape.ts";
import { reshape } from "../views/views.ts";
import { sum } from "./reductions.ts";

export type SearchOptions = {
  /** Behind equal elements instead of before them. */
  readonly right?: boolean;
  /** The same as a word, "left" or "right". */
  readonly side?: "left" | "right";
  /** The order that sorts the sequence, as of `argsort`, where it is not sorted. */
  readonly sorter?: Tensor;
  /** Positions are int32 here in any case. */
  readonly outInt32?: boolean;
};
const int = (i: number): s.Expr => s.arg(i, "int32");
/** (start, end) -> the element to look at, never behind the last. */
const middleOf = /*@__PURE__*/ perDType(() => program("middle", ["int32", "int32"], ["int32"], [s.min(s.shr(s.add(int(0), int(1)), s.lit(1, "int32")), s.param(0, "int32"))]));
/** (start, end, element, value) -> one end of what is left. The element is before the value's place unless it is at least (left) or above (right) the value. */
const halved = (end: "start" | "end", right: boolean): ((dtype: DType) => Program) => perDType((d) => {
  const element = s.load(2, d), value = s.load(3, d), isBehind = right ? s.lt(value, element) : s.le(value, element), isLeft = s.lt(int(0), int(1));
  const middle = s.shr(s.add(int(0), int(1)), s.lit(1, "int32"));
  const result = end === "start" ? s.select(s.and(isLeft, s.not(isBehind)), s.add(middle, s.lit(1, "int32")), int(0)) : s.select(s.and(isLeft, isBehind), middle, int(1));
  return program(`bisect ${end}`, ["int32", "int32", d, d], [], [result]);
});
const steps = { left: [/*@__PURE__*/ halved("start", false), /*@__PURE__*/ halved("end", false)], right: [/*@__PURE__*/ halved("start", true), /*@__PURE__*/ halved("end", true)] } as const;

/** Bisection along the last dim: `sequence` [..., m] and `values` [..., n] agree in the other dims. */
export function bisect(sequence: Tensor, values: Tensor, right: boolean): Tensor {
  const m = sequence.shape[sequence.ndim - 1]!, [startOf, endOf] = steps[right ? "right" : "left"];
  let start = to(filledWith(0, values, values.shape), "int32"), end = to(full(values.shape, m, { dtype: "int32", device: values.device }), "int32");
  if (m === 0 || values.window.size === 0) return start;
  for (let left = m; left > 0; left >>= 1) {
    const element = gather(sequence, -1, mapProgram(middleOf("int32"), [start, end], [m - 1]));
    const next = mapProgram(startOf!(sequence.dtype), [start, end, element, values]);
    end = mapProgram(endOf!(sequence.dtype), [start, end, element, values]);
    start = next;
  }
  return start;
}

/**
 * Where each value would be inserted into a sequence that is sorted along its last dim, so that it stays sorted: sequence[i - 1] < value <= sequence[i], or by `right`
 * sequence[i - 1] <= value < sequence[i]. PyTorch's `searchsorted`.
 * @param sequence a vector, or of the values' shape but for the last size
 * @param values a number, or a tensor; dtypes are promoted
 * @returns the values' shape, int32
 * @throws ShapeError where shapes do not fit
 * @throws DTypeError for bools, or a sorter that is not int32
 * @throws ArgumentError for `side: "left"` beside `right`, or another side
 * @example searchsorted(tensor([1, 3, 5]), tensor([3, 4])) // [1, 2]
 */
export const searchsorted: (sequence: Tensor, values: Tensor | number, options?: SearchOptions) => Tensor = /*@__PURE__*/ composite(undefined, (sequence: Tensor, values: Tensor | number, { right = false, side, sorter }: SearchOptions = {}): Tensor => {
  if (side !== undefined && side !== "left" && side !== "right") throw new ArgumentError(`torch.searchsorted(): side can only be 'left' or 'right' but got ${String(side)}`);
  if (side === "left" && right) throw new ArgumentError("torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True");
  const dtype = resultType([sequence, values]), given = isTensor(values) ? values : full([], values, { dtype, device: sequence.device });
  checkSearch(sequence, given, sorter);
  return noGrad(() => {
    const ordered = to(sorter === undefined ? sequence : gather(sequence, -1, sorter), dtype), wanted = to(given, dtype), behind = right || side === "right";
    if (sequence.ndim > 1) return bisect(ordered, wanted, behind);
    return reshape(bisect(ordered, reshape(wanted, [wanted.window.size]), behind), wanted.shape);
  });
});

function checkSearch(sequence: Tensor, values: Tensor, sorter: Tensor | undefined): void {
  const op = "torch.searchsorted()";
  if (sequence.dtype === "bool" && values.dtype === "bool") throw new DTypeError('"searchsorted_out_cpu" not implemented for \'Bool\'');
  if (sequence.ndim === 0) throw new ShapeError(`${op}: boundaries tensor should have positive dimension`);
  if (values.ndim === 0 && sequence.ndim !== 1)
    throw new ShapeError(`${op}: input value can be a scalar only when boundaries tensor dimension is 1, but we got boundaries tensor dim(${sequence.ndim}) and input value's dim(0) numel(1)`);
  if (sequence.ndim > 1 && (sequence.ndim !== values.ndim || sequence.shape.slice(0, -1).join() !== values.shape.slice(0, -1).join()))
    throw new ShapeError(`${op}: boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input value tensor must match, but we got boundaries tensor ${showShape(sequence.shape)} and input value tensor ${showShape(values.shape)}`);
  if (sorter === undefined) return;
  if (sorter.shape.join() !== sequence.shape.join()) throw new ShapeError(`${op}: boundary and sorter must have the same size, but got boundary tensor ${showShape(sequence.shape)}and got sorter tensor ${showShape(sorter.shape)}`);
  if (sorter.dtype !== "int32") throw new DTypeError(`${op}: sorter must be a tensor of long dtype but got dtype ${scalarTypeName[sorter.dtype]}`);
}

export type BucketizeOptions = Pick<SearchOptions, "right" | "outInt32">;
/**
 * The number of the bucket of each value: boundaries[i - 1] < value <= boundaries[i], or by `right` boundaries[i - 1] <= value < boundaries[i]. PyTorch's `bucketize`.
 * @param values a number, or a tensor; dtypes are promoted
 * @param boundaries an ascending vector
 * @returns the values' shape, int32
 * @throws ShapeError where the boundaries are no vector
 * @throws DTypeError for bools
 * @example bucketize(tensor([1, 4]), tensor([1, 3, 5])) // [0, 2]
 */
export const bucketize: (values: Tensor | number, boundaries: Tensor, options?: BucketizeOptions) => Tensor = /*@__PURE__*/ composite(undefined, (values: Tensor | number, boundaries: Tensor, { right = false }: BucketizeOptions = {}): Tensor => {
  if (boundaries.ndim !== 1) throw new ShapeError(`boundaries tensor must be 1 dimension, but got dim(${boundaries.ndim})`);
  return searchsorted(boundaries, values, { right });
});

/** A sorted vector whose NaNs, which come last and equal nothing, are as the largest number. */
function withoutNan(sorted: Tensor): Tensor {
  if (!isFloat(sorted.dtype)) return sorted;
  const numbers = sum(logicalNot(isnan(sorted)), 0, { keepdim: true });
  return where(isnan(sorted), gather(sorted, 0, clampMin(sub(numbers, 1), 0)), sorted);
}
export type IsinOptions = {
  /** Nothing is gained by it here. */
  readonly assumeUnique?: boolean;
  /** Whether it is not among them. */
  readonly invert?: boolean;
};
/**
 * Whether each element is among others. NaN is not even among NaNs. PyTorch's `isin`.
 * @param elements a number, or a tensor of any shape
 * @param among a number, or a tensor of any shape; one of both is a tensor
 * @returns the elements' shape, bool
 * @throws ArgumentError for two numbers
 * @throws DTypeError for bools
 * @example isin(tensor([1, 2, 3]), tensor([3, 1])) // [true, false, true]
 */
export const isin: (elements: Tensor | number, among: Tensor | number, options?: IsinOptions) => Tensor = /*@__PURE__*/ composite(undefined, (elements: Tensor | number, among: Tensor | number, { invert = false }: IsinOptions = {}): Tensor => {
  const [like] = [elements, among].filter(isTensor);
  if (like === undefined) throw new ArgumentError("isin(): elements or test_elements must be a tensor");
  const dtype = resultType([elements, among]);
  for (const t of [elements, among]) if (isTensor(t) && t.dtype === "bool") throw new DTypeError("Unsupported input type encountered for isin(): Bool");
  const [x, y] = [elements, among].map((t) => (isTensor(t) ? to(t, dtype) : full([], t, { dtype, device: like.device }))) as [Tensor, Tensor];
  const flat = reshape(y, [y.window.size]), count = flat.window.size;
  if (count === 0) return eq(filledWith(invert ? 0 : 1, x, x.shape), 0);
  const ordered = withoutNan(gather(flat, 0, sortOrder(flat, 0, false))), line = reshape(x, [x.window.size]), at = bisect(ordered, line, false);
  const found = logicalAnd(lt(at, count), eq(gather(ordered, 0, minimum(at, full([], count - 1, { dtype: "int32", device: like.device }))), line));
  return reshape(invert ? logicalNot(found) : found, x.shape);
});
