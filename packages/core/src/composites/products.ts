/** @file Products over dims. The product of all but one element is that of those before it times that of those behind it: nothing is divided. */
import { callReduced, inComputed, reducedShape } from "../calculus/call.ts";
import { mapProgram, rawFilled, reshape } from "../calculus/map-reduce.ts";
import { type DType, isFloat, isStoredOnly } from "../dtype.ts";
import { eq, mul } from "../elementwise/arithmetic.ts";
import { to } from "../elementwise/elementwise.ts";
import { allocate, composite, dispatch, type Op, savedTensors, type Tensor } from "../op.ts";
import { productBefore } from "../primitives/scan.ts";
import * as s from "../scalar/expr.ts";
import { perDType, program } from "../scalar/program.ts";
import { sizeOf, wrapDim } from "../shape.ts";
import { all, sum } from "./reductions.ts";

/** `all`: a product of everything. */
type Attrs = { readonly dim: number; readonly keepdim: boolean; readonly all: boolean; readonly name: string };
const itself = /*@__PURE__*/ perDType((d) => program("prod", [d], [], [s.arg(0, d)]));

const productOp: Op<Attrs> = {
  name: "prod",
  gradName: ({ name }) => name,
  run(device, [x], attrs) {
    const { dim, keepdim } = attrs, shape = reducedShape(x!.shape, [dim], keepdim);
    if (isStoredOnly(x!.dtype)) return inComputed([x!], x!.dtype, (wide) => productOp.run(device, wide, attrs));
    if (x!.window.size === 0) return rawFilled(1, device, x!.dtype, shape);
    const out = allocate(device, x!.dtype, shape), p = itself(x!.dtype);
    callReduced("prod", [x!], out, x!.shape, [dim], (ins, outs, reduced) => device.backend.kernels.reduce(ins, outs, { op: "prod", program: p, params: [], reduced }));
    return out;
  },
  saves: () => ({ savedInputs: [0], savedResults: [] }),
  vjp([grad], node) {
    const [x] = savedTensors(node) as [Tensor], { dim, keepdim } = node.attrs;
    const g = keepdim ? grad! : reshape(grad!, reducedShape(x.shape, [dim], true)), zeros = sum(eq(x, 0), undefined, { keepdim: true });
    return [mapProgram(share(x.dtype), [g, ...others(x, dim), x, zeros], [node.attrs.all ? 1 : 0])];
  },
  jvp: ([t], [x], _, { dim, keepdim }) => [sum(mul(t!, mul(...others(x!, dim))), dim, { keepdim })],
  batched: (attrs, { length }) => ({ ...attrs, dim: attrs.dim + length }),
};
/** The products of what is before each element, and of what is behind it. */
const others = (x: Tensor, dim: number): [Tensor, Tensor] => [productBefore(x, dim, false), productBefore(x, dim, true)];
/** As in PyTorch: 0 where there are two zeros in a product of everything, whatever else is there, and NaN for an infinite factor where there is no zero at all. */
const share = /*@__PURE__*/ perDType((d, c) => {
  const product = s.mul(s.mul(s.load(0, d), s.load(1, d)), s.load(2, d)), x = s.load(3, d), zero = s.lit(0, c), isFinite = s.lt(s.abs(x), s.lit(Infinity, c)), zeros = s.arg(4, "int32");
  const two = s.and(s.lt(s.lit(1, "int32"), zeros), s.lt(s.lit(0, "int32"), s.param(0, "int32"))), none = s.eq(zeros, s.lit(0, "int32"));
  const value = s.select(s.and(none, s.not(isFinite)), s.lit(NaN, c), product);
  return program("prodShare", [d, d, d, d, "int32"], ["int32"], [s.cast(s.select(s.and(two, s.isNan(product)), zero, value), d)]);
});

export type ProdOptions = {
  /** Keep the reduced dim, with size 1. */
  readonly keepdim?: boolean;
  /** What to cast to before; by default integers and bools become int32. */
  readonly dtype?: DType;
};

/**
 * The product over a dim, or of all elements; 1 of none. Its derivatives divide by nothing, so they are right at zeros too. PyTorch's `prod`.
 * @param x of any shape and dtype
 * @param dim one dim; all by default
 * @returns x's shape without the dim, or with size 1 by `keepdim`; a float keeps its dtype, integers and bools give int32, and `dtype` says otherwise
 * @throws IndexError for a dim out of range
 * @example prod(tensor([2, 3, 4])) // 24
 */
export const prod = (x: Tensor, dim?: number, options: ProdOptions = {}): Tensor => (dim === undefined ? prodAll : prodAlong)(x, dim, options);
function product(x: Tensor, dim: number | undefined, { keepdim = false, dtype }: ProdOptions): Tensor {
  const target = dtype ?? (isFloat(x.dtype) ? x.dtype : "int32"), d = dim === undefined ? 0 : wrapDim(dim, x.ndim);
  if (target === "bool") return all(x, dim, { keepdim });
  const y = to(x, target), name = dim === undefined ? "ProdBackward0" : "ProdBackward1";
  if (dim === undefined) return reshape(dispatch(productOp, [reshape(y, [sizeOf(y.shape)])], { dim: 0, keepdim: false, all: true, name }), []);
  return y.ndim === 0 ? mul(y, 1) : dispatch(productOp, [y], { dim: d, keepdim, all: false, name });
}
const prodAll = /*@__PURE__*/ composite("ProdBackward0", product);
const prodAlong = /*@__PURE__*/ composite("ProdBackward1", product);
