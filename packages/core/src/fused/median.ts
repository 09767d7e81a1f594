/** @file Medians. That of everything shares its gradient evenly among all elements that equal it, as in PyTorch. */
import { full } from "../creation/fill.ts";
import { isFloat } from "../dtype.ts";
import { reshape } from "../calculus/map-reduce.ts";
import { decomposed } from "../composites/decomposed.ts";
import { medianAlong, medianPlace } from "../composites/sorting.ts";
import { sum, type ValuesAndIndices } from "../composites/reductions.ts";
import { div, eq, isnan, logicalAnd, logicalOr, where } from "../elementwise/index.ts";
import { DTypeError } from "../errors.ts";
import { composite, dispatch, type Op, savedTensors, type Tensor } from "../op.ts";
import { gather } from "../primitives/gather.ts";

type Attrs = { readonly dim: number; readonly ignoreNan: boolean; readonly name: string };

/** What the median of each row along a dim equals: NaN equals NaN here. */
const equal = (x: Tensor, median: Tensor): Tensor => logicalOr(eq(x, median), logicalAnd(isnan(x), isnan(median)));

const medianOp: Op<Attrs> = {
  name: "median",
  gradName: ({ name }) => name,
  run: (_, [given], { dim, ignoreNan }) => decomposed([given!], (x) => {
    if (x.shape[dim] === 0) return full(x.shape.map((size, d) => (d === dim ? 1 : size)), isFloat(x.dtype) ? NaN : -2147483648, { dtype: x.dtype, device: x.device });
    return gather(x, dim, medianPlace(x, dim, ignoreNan));
  }),
  saves: () => ({ savedInputs: [0], savedResults: [0] }),
  vjp([grad], node) {
    const [x, median] = savedTensors(node) as [Tensor, Tensor], among = equal(x, median);
    return [where(among, div(grad!, sum(among, node.attrs.dim, { keepdim: true })), 0)];
  },
  jvp: ([t], [x], [median], { dim }) => {
    const among = equal(x!, median!);
    return [div(sum(where(among, t!, 0), dim, { keepdim: true }), sum(among, dim, { keepdim: true }))];
  },
  batched: (attrs, { length }) => ({ ...attrs, dim: attrs.dim + length }),
};

type KeepDim = {
  /** Keep the dim, with size 1. */
  readonly keepdim?: boolean;
};
/** The median of all elements; along a dim with its positions. */
export interface Median {
  (x: Tensor): Tensor;
  (x: Tensor, dim: number, options?: KeepDim): ValuesAndIndices;
}
function medianOf(ignoreNan: boolean, name: string): Median {
  // PyTorch's message is that of its function for one dim, or for all.
  const check = (x: Tensor, kernel: string): void => { if (x.dtype === "bool") throw new DTypeError(`"${kernel}" not implemented for 'Bool'`); };
  const along = medianAlong(ignoreNan, `${name}Backward1`);
  const whole = composite(`${name}Backward0`, (x: Tensor): Tensor => reshape(dispatch(medianOp, [reshape(x, [x.window.size])], { dim: 0, ignoreNan, name: `${name}Backward0` }), []));
  return ((x: Tensor, dim?: number, { keepdim = false }: KeepDim = {}) => {
    check(x, dim === undefined ? "median_cpu" : "median_out");
    return dim === undefined ? whole(x) : along(x, dim, keepdim);
  }) as Median;
}
/**
 * The median of all elements, or along a dim with its place: of an even number the lower one of the middle two; NaN if there is a NaN. PyTorch's `median`.
 * Of no elements at all it is NaN, or the least integer.
 * @param x of any shape; of any dtype but bool
 * @param dim along which; all elements by default
 * @returns a 0-d tensor of x's dtype; of a dim `{ values, indices }` of x's shape without it, or with size 1 by `keepdim`, indices int32
 * @throws IndexError for a dim out of range, or without elements
 * @throws DTypeError for bools
 * @example median(tensor([3, 1, 2])) // 2
 */
export const median: Median = /*@__PURE__*/ medianOf(false, "Median");
/**
 * As `median`, of what is not NaN. PyTorch's `nanmedian`.
 * @returns a 0-d tensor of x's dtype; of a dim `{ values, indices }` of x's shape without it, or with size 1 by `keepdim`, indices int32
 * @example nanmedian(tensor([3, NaN, 1])) // 1
 */
export const nanmedian: Median = /*@__PURE__*/ medianOf(true, "Nanmedian");
