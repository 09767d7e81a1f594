/** @file What the elements so far come to, along one dim: sums, products, extrema and first-order recurrences, with their derivatives. */
import type { ScanOp } from "../backend.ts";
import { callAlong, inComputed, materialize } from "../calculus/call.ts";
import { filledWith, mapProgram, rawZeros, reshape } from "../calculus/map-reduce.ts";
import { type DType, isStoredOnly } from "../dtype.ts";
import { add, eq, logicalAnd, mul, ne } from "../elementwise/arithmetic.ts";
import { div } from "../elementwise/division.ts";
import { to } from "../elementwise/elementwise.ts";
import { where } from "../elementwise/where.ts";
import { allocate, type Device, dispatch, noGrad, type Op, requireDType, savedTensors, savesNothing, type Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import { perDType, program } from "../scalar/program.ts";
import { wrapDim } from "../shape.ts";
import { cat } from "../views/cat.ts";
import { narrow } from "../views/views.ts";

/** `reverse`: from the last element to the first. */
export type ScanAttrs = { readonly dim: number; readonly reverse: boolean; readonly name: string };

function run(op: ScanOp, dtype: DType, device: Device, inputs: readonly Tensor[], { dim, reverse, name }: ScanAttrs): Tensor {
  const x = inputs[inputs.length - 1]!, isPosition = op === "max" || op === "min";
  requireDType(name, device, dtype);
  if (x.shape[dim] === 1 || x.window.size === 0) return isPosition ? rawZeros(device, dtype, x.shape) : materialize(x, x.shape);
  if (isStoredOnly(x.dtype)) return inComputed(inputs, dtype, (wide) => run(op, isPosition ? dtype : wide[0]!.dtype, device, wide, { dim, reverse, name }));
  const out = allocate(device, dtype, x.shape);
  callAlong(inputs, [out], dim, (ins, outs) => device.backend.kernels.scan(ins, outs, { op, reverse }));
  return out;
}

const batched = (attrs: ScanAttrs, { length }: readonly number[]): ScanAttrs => ({ ...attrs, dim: attrs.dim + length });
/** The same scan from the other end. */
export const back = (attrs: ScanAttrs): ScanAttrs => ({ ...attrs, reverse: !attrs.reverse });

/** What came one element before, on the way of the scan; `first` at its beginning. */
export function before(x: Tensor, { dim, reverse }: ScanAttrs, first: 0 | 1): Tensor {
  const size = x.shape[dim]!;
  if (size === 0) return x;
  const edge = filledWith(first, x, x.shape.map((n, d) => (d === dim ? 1 : n))), rest = narrow(x, dim, reverse ? 1 : 0, size - 1);
  return cat(reverse ? [rest, edge] : [edge, rest], dim);
}

const sumOp: Op<ScanAttrs> = {
  name: "cumsum",
  gradName: ({ name }) => name,
  run: (device, [x], attrs) => run("sum", x!.dtype, device, [x!], attrs),
  saves: () => savesNothing,
  vjp: ([grad], { attrs }) => [dispatch(sumOp, [grad!], back(attrs))],
  jvp: "linear",
  batched,
};

/** `out_k = a_k out_{k-1} + b_k`: its derivatives are recurrences again, so nothing is ever divided. */
const recurrenceOp: Op<ScanAttrs> = {
  name: "recurrence",
  gradName: ({ name }) => name,
  run: (device, [a, b], attrs) => run("recurrence", b!.dtype, device, [a!, b!], attrs),
  saves: (_, needs) => ({ savedInputs: [0], savedResults: needs & 1 ? [0] : [] }),
  // With s_k = g_k + a_{k+1} s_{k+1}: db_k = s_k and da_k = s_k out_{k-1}.
  vjp([grad], node) {
    const [a, out] = savedTensors(node) as [Tensor, Tensor | undefined], { attrs } = node;
    const sums = recurrence(before(a, back(attrs), 0), grad!, back(attrs));
    return [node.needs(0) ? mul(sums, before(out!, attrs, 0)) : undefined, sums];
  },
  // t_k = a_k t_{k-1} + (ta_k out_{k-1} + tb_k)
  jvp([ta, tb], [a], [out], attrs) {
    const moved = ta && mul(ta, before(out!, attrs, 0));
    return [recurrence(a!, moved === undefined ? tb! : tb === undefined ? moved : add(moved, tb), attrs)];
  },
  batched,
};
/** `out_k = a_k out_{k-1} + b_k`, from 0 on, of two tensors of one shape. Its derivatives of every order are recurrences. */
export const recurrence = (a: Tensor, b: Tensor, attrs: ScanAttrs): Tensor => dispatch(recurrenceOp, [a, b], attrs);

/**
 * What PyTorch's own formula gives where it divides, sum of g_i out_i over i >= k / x_k before the first zero: its word where it is infinite or NaN.
 * `zeros` are those that came before, in number.
 */
function divided(grad: Tensor, x: Tensor, out: Tensor, zeros: Tensor, attrs: ScanAttrs): Tensor {
  const terms = where(logicalAnd(eq(zeros, 0), ne(x, 0)), mul(grad, out), 0);
  return div(dispatch(sumOp, [terms], back(attrs)), x);
}
const corrected = /*@__PURE__*/ perDType((d, c) => {
  const product = s.load(0, d), quotient = s.load(1, d), x = s.load(2, d), zeros = s.arg(3, "int32"), zero = s.lit(0, c);
  const isFinite = s.lt(s.abs(quotient), s.lit(Infinity, c)), behindZero = s.select(s.isNan(product), zero, product);
  const otherwise = s.select(s.or(isFinite, s.eq(x, zero)), product, quotient);
  return program("cumprodGradient", [d, d, d, "int32"], [], [s.cast(s.select(s.lt(s.lit(0, "int32"), zeros), behindZero, otherwise), d)]);
});

const productOp: Op<ScanAttrs> = {
  name: "cumprod",
  gradName: ({ name }) => name,
  run: (device, [x], attrs) => run("prod", x!.dtype, device, [x!], attrs),
  saves: () => ({ savedInputs: [0], savedResults: [0] }),
  // dx_k = out_{k-1} s_k with s_k = g_k + x_{k+1} s_{k+1}: no division, so zeros are as good as any number.
  vjp([grad], node) {
    const [x, out] = savedTensors(node) as [Tensor, Tensor], { attrs } = node;
    const zeros = before(dispatch(sumOp, [to(eq(x, 0), "int32")], attrs), attrs, 0);
    const product = mul(before(out, attrs, 1), recurrence(before(x, back(attrs), 0), grad!, back(attrs)));
    return [mapProgram(corrected(x.dtype), [product, noGrad(() => divided(grad!, x, out, zeros, attrs)), x, zeros])];
  },
  jvp: ([t], [x], [out], attrs) => [recurrence(x!, mul(t!, before(out!, attrs, 1)), attrs)],
  batched,
};

const extremumOp: Op<ScanAttrs & { readonly op: "max" | "min" }> = {
  name: "cumulativeExtremum",
  gradName: ({ name }) => name,
  run: (device, [x], attrs) => run(attrs.op, "int32", device, [x!], attrs),
  saves: () => savesNothing,
  vjp: () => [],
  batched: (attrs, { length }) => ({ ...attrs, dim: attrs.dim + length }),
};

/** A tensor without dims is one of one element meanwhile. */
function along(x: Tensor, dim: number, name: string, scan: (x: Tensor, dim: number) => Tensor): Tensor {
  const d = wrapDim(dim, x.ndim);
  return x.ndim === 0 ? reshape(scan(reshape(x, [1]), 0), [], name) : scan(x, d);
}

export type ScanOptions = { readonly reverse?: boolean };
/** The sum of the elements up to each along a dim. */
export const scanSum = (x: Tensor, dim: number, name: string, { reverse = false }: ScanOptions = {}): Tensor => along(x, dim, name, (y, d) => dispatch(sumOp, [y], { dim: d, reverse, name }));
/** The product of the elements up to each along a dim. */
export const scanProduct = (x: Tensor, dim: number, name: string, { reverse = false }: ScanOptions = {}): Tensor => along(x, dim, name, (y, d) => dispatch(productOp, [y], { dim: d, reverse, name }));
/** The product of the elements before each along a dim; with `reverse` of those behind it. */
export function productBefore(x: Tensor, dim: number, reverse: boolean): Tensor {
  const attrs = { dim, reverse, name: "CumprodBackward0" };
  return before(dispatch(productOp, [x], attrs), attrs, 1);
}
/** The int32 position along a dim of the extremum up to each element, the last of equals; NaN is one. */
export const scanPositions = (x: Tensor, dim: number, op: "max" | "min"): Tensor => along(x.dtype === "bool" ? to(x, "int32") : x, dim, "", (y, d) => dispatch(extremumOp, [y], { dim: d, reverse: false, op, name: "NotDifferentiable" }));
