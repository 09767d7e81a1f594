/** @file Ops on pairs, tensors whose last dim holds real and imaginary part: one expression a part, and a derivative in the words of complex numbers. */
import { broadcastOf, callMap } from "../calculus/call.ts";
import { sumTo } from "../calculus/map-reduce.ts";
import type { DType } from "../dtype.ts";
import { add, neg } from "../elementwise/arithmetic.ts";
import { allocate, type Device, dispatch, handleOn, type Op, requireDType, savedTensors, savesNothing, type Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import type { Expr } from "../scalar/expr.ts";
import { perDType, type Program, program } from "../scalar/program.ts";
import { restride } from "../view.ts";

/** One part of the result, from the parts of the operands: re, im of the first, re, im of the second. */
export type Part = (...x: Expr[]) => Expr;
type Programs = readonly [re: (dtype: DType) => Program, im: (dtype: DType) => Program];

const partPrograms = (name: string, arity: number, re: Part, im: Part): Programs => {
  const of = (part: Part) => perDType((d) => program(name, Array<DType>(2 * arity).fill(d), [], [part(...Array.from({ length: 2 * arity }, (_, i) => s.arg(i, d)))]));
  return [of(re), of(im)];
};

/** A part of a pair: the same memory, a handle that nothing follows. */
function part(pair: Tensor, k: number): Tensor {
  const { shape, strides, offset } = pair.window, last = shape.length - 1;
  return handleOn(pair.storage, restride(pair.window, shape.slice(0, -1), strides.slice(0, -1), offset + k * strides[last]!));
}

/** Both parts, each by a kernel of its own: no device needs to write one buffer twice in a kernel. */
function run(name: string, device: Device, inputs: readonly Tensor[], programs: Programs): Tensor {
  const dtype = inputs[0]!.dtype, shape = broadcastOf(inputs, undefined);
  requireDType(name, device, dtype);
  const out = allocate(device, dtype, shape), ins = inputs.flatMap((x) => [part(x, 0), part(x, 1)]);
  programs.forEach((make, k) => {
    const target = part(out, k);
    callMap(device, ins, [target.window], { program: make(dtype), params: [] }, target.shape);
  });
  return out;
}
const rank = (inputs: readonly Tensor[]): number => inputs.reduce((most, x) => Math.max(most, x.ndim), 0);

type MulAttrs = { readonly conj: boolean; readonly name: string };
const products: { readonly [K in "plain" | "conj"]: Programs } = {
  // (a + ib)(c + id), and (a + ib)(c - id)
  plain: /*@__PURE__*/ partPrograms("mul", 2, (a, b, c, d) => s.sub(s.mul(a!, c!), s.mul(b!, d!)), (a, b, c, d) => s.add(s.mul(a!, d!), s.mul(b!, c!))),
  conj: /*@__PURE__*/ partPrograms("mul", 2, (a, b, c, d) => s.add(s.mul(a!, c!), s.mul(b!, d!)), (a, b, c, d) => s.sub(s.mul(b!, c!), s.mul(a!, d!))),
};
const mulOp: Op<MulAttrs> = {
  name: "mul",
  gradName: ({ name }) => name,
  run: (device, inputs, { conj }) => run("mul", device, inputs, conj ? products.conj : products.plain),
  saves: (_, needs) => ({ savedInputs: [...(needs & 2 ? [0] : []), ...(needs & 1 ? [1] : [])], savedResults: [] }),
  vjp([grad], node) {
    const saved = savedTensors(node), x = node.needs(1) ? saved[0] : undefined, y = node.needs(0) ? saved.at(-1) : undefined, { conj } = node.attrs;
    return [y && sumTo(conj ? mulPairs(grad!, y) : mulConj(grad!, y), node.shapeOf(0)), x && sumTo(conj ? mulConj(x, grad!) : mulConj(grad!, x), node.shapeOf(1))];
  },
  jvp: "multilinear",
  batched: (attrs) => attrs,
  batchRank: (_, inputs) => rank(inputs),
};
const MUL = "MulBackward0";
/** x y. */
export const mulPairs = (x: Tensor, y: Tensor): Tensor => dispatch(mulOp, [x, y], { conj: false, name: MUL });
/** x times the conjugate of y. */
export const mulConj = (x: Tensor, y: Tensor): Tensor => dispatch(mulOp, [x, y], { conj: true, name: MUL });

/** (a + ib) / (c + id), both over the larger part of the divisor: nothing overflows or vanishes on the way that need not. */
const scaled = (numerator: (p: Expr, q: Expr, x: Expr, y: Expr) => Expr): Part => (a, b, c, d) => {
  const big = s.max(s.abs(c!), s.abs(d!)), x = s.div(c!, big), y = s.div(d!, big);
  return s.div(numerator(s.div(a!, big), s.div(b!, big), x, y), s.add(s.mul(x, x), s.mul(y, y)));
};
const quotients: Programs = /*@__PURE__*/ partPrograms("div", 2, /*@__PURE__*/ scaled((p, q, x, y) => s.add(s.mul(p, x), s.mul(q, y))), /*@__PURE__*/ scaled((p, q, x, y) => s.sub(s.mul(q, x), s.mul(p, y))));
const divOp: Op<null> = {
  name: "div",
  gradName: () => "DivBackward0",
  run: (device, inputs) => run("div", device, inputs, quotients),
  saves: (_, needs) => ({ savedInputs: [1], savedResults: needs & 2 ? [0] : [] }),
  // d(x / y) = (dx - out dy) / y
  vjp([grad], node) {
    const [y, out] = savedTensors(node), g = divPairs(grad!, conjPair(y!));
    return [node.needs(0) ? sumTo(g, node.shapeOf(0)) : undefined, out && sumTo(neg(mulConj(g, out)), node.shapeOf(1))];
  },
  jvp([tx, ty], [, y], [out]) {
    const top = ty && neg(mulPairs(out!, ty)), both = tx === undefined ? top! : top === undefined ? tx : add(tx, top);
    return [divPairs(both, y!)];
  },
  batched: () => null,
  batchRank: (_, inputs) => rank(inputs),
};
/** x / y. */
export const divPairs = (x: Tensor, y: Tensor): Tensor => dispatch(divOp, [x, y], null);

const conjugates: Programs = /*@__PURE__*/ partPrograms("conj", 1, (a) => a!, (_, b) => s.neg(b!));
const conjOp: Op<null> = {
  name: "conj",
  gradName: () => "ConjBackward0",
  run: (device, inputs) => run("conj", device, inputs, conjugates),
  saves: () => savesNothing,
  vjp: ([grad]) => [conjPair(grad!)],
  jvp: "linear",
  batched: () => null,
};
/** The conjugate. */
export const conjPair = (x: Tensor): Tensor => dispatch(conjOp, [x], null);

/**
 * A function that has a complex derivative. Its gradient is that of the result times the conjugate of the derivative, as PyTorch has it: real and imaginary
 * part are the gradients of these.
 * @param derivative f'(x), from x and f(x), of which it reads what `reads` says
 */
export function holomorphic(name: string, re: Part, im: Part, reads: "input" | "result", derivative: (given: Tensor) => Tensor): (x: Tensor) => Tensor {
  const programs = partPrograms(name, 1, re, im);
  const op: Op<null> = {
    name,
    gradName: () => `${name.charAt(0).toUpperCase()}${name.slice(1)}Backward0`,
    run: (device, inputs) => run(name, device, inputs, programs),
    saves: () => (reads === "input" ? { savedInputs: [0], savedResults: [] } : { savedInputs: [], savedResults: [0] }),
    vjp: ([grad], node) => [mulConj(grad!, derivative(savedTensors(node)[0]!))],
    jvp: ([t], [x], [out]) => [mulPairs(t!, derivative(reads === "input" ? x! : out!))],
    batched: () => null,
  };
  return (x) => dispatch(op, [x], null);
}
