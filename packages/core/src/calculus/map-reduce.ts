/** @file `map` and `reduce` with their derivatives, which are made of each other; expand, the adjoint of sum; reshape and clone. */
import type { ReduceOp } from "../backend.ts";
import { type DType, dtypes, isFloat, isStoredOnly } from "../dtype.ts";
import { ArgumentError, NotSupportedError, ShapeError } from "../errors.ts";
import {
  allocate, type Device, dispatch, dispatchAll, dispatchView, type MultiOp, type Node, type Op, requireDType, savedTensors, savesNothing, type Tensor, type ViewOp,
} from "../op.ts";
import { and, arg, cast, div, eq, type Expr, isNan, lit, load, mul, or, select, topologicalOrder } from "../scalar/expr.ts";
import { gradientPlan, type GradientPlan, gradientProgram, perDType, perExample, type Program, program, prologuePlan, tangentProgram } from "../scalar/program.ts";
import { broadcastShapes, sameShape, type Shape, showShape, sizeOf } from "../shape.ts";
import { broadcastStrides, reshapeStrides, restride } from "../view.ts";
import { broadcastOf, callMap, callReduced, type MapAttrs, materialize, reducedShape, replaced, windowsOf } from "./call.ts";

const NO_PARAMS: readonly number[] = [];

/** The op of a program, without the number of the overload. */
const opName = (name: string): string => name.split(":")[0]!;
/** PyTorch's name of the node of an op: "mul" gives "MulBackward0", and "pow:1", an overload with a node of its own, "PowBackward1". */
export function backwardName(name: string): string {
  const [op, overload = "0"] = name.split(":") as [string, string?];
  return `${op.charAt(0).toUpperCase()}${op.slice(1)}Backward${overload}`;
}

/** How many operands a call had, of programs in which PyTorch counts numbers too. */
const operandCounts = /*@__PURE__*/ new WeakMap<Program, number>();
export function countOperands(p: Program, count: number): Program {
  operandCounts.set(p, count);
  return p;
}

export const mapOp: Op<MapAttrs> = {
  name: "map",
  gradName: ({ program }) => backwardName(program.name),
  title: ({ program }) => opName(program.name),
  arity: ({ program }) => operandCounts.get(program) ?? 0,
  run(device, inputs, attrs) {
    const shape = inputs.length === 1 && attrs.shape === undefined ? inputs[0]!.shape : broadcastOf(inputs, attrs.shape);
    const dtype = attrs.program.results[0]!.dtype;
    if (!device.takes(dtype)) requireDType(opName(attrs.program.name), device, dtype);
    const out = allocate(device, dtype, shape);
    callMap(device, inputs, [out.window], attrs, shape);
    return out;
  },
  saves: ({ program }, needs) => gradientPlan(program, needs, 1),
  vjp: (grads, node) => pullbackMap(grads, node),
  jvp: pushMap,
  batched: batchedMap,
  batchRank: rankOfMap,
};

const mapAllOp: MultiOp<MapAttrs> = {
  name: "map",
  gradName: ({ program }) => backwardName(program.name),
  title: ({ program }) => opName(program.name),
  run(device, inputs, attrs) {
    const shape = broadcastOf(inputs, attrs.shape);
    const outs = attrs.program.results.map(({ dtype }) => allocate(device, dtype, shape));
    callMap(device, inputs, windowsOf(outs), attrs, shape);
    return outs;
  },
  // Which results will be used is not known yet: all that any choice of them reads is saved.
  saves: ({ program }, needs) => gradientPlan(program, needs, 2 ** program.results.length - 1),
  vjp: (grads, node) => pullbackMap(node.outputs.map((_, k) => grads[k] ?? zerosOf(node, k)), node),
  jvp: pushMap,
  batched: batchedMap,
  batchRank: rankOfMap,
};

/** Tangents through a map: one kernel for all results. */
function pushMap(tangents: readonly (Tensor | undefined)[], inputs: readonly Tensor[], outs: readonly Tensor[], { program: p, params }: MapAttrs): readonly (Tensor | undefined)[] {
  const mask = tangents.reduce((bits, t, i) => (t === undefined ? bits : bits | (1 << i)), 0);
  const { program: pushed, results } = tangentProgram(p, mask);
  if (results.length === 0) return [];
  const made = mapAll(pushed, [...inputs, ...tangents.filter((t) => t !== undefined)], params, outs[0]!.shape);
  return outs.map((_, k) => (results.includes(k) ? made[results.indexOf(k)] : undefined));
}

export function batchedMap(attrs: MapAttrs, lead: Shape, inputs: readonly Tensor[]): MapAttrs {
  const { program: p, numbered } = perExample(attrs.program);
  const shape = broadcastOf(inputs, attrs.shape);
  return { program: p, params: numbered ? [...attrs.params, sizeOf(shape)] : attrs.params, shape: [...lead, ...shape] };
}
function rankOfMap({ shape }: MapAttrs, inputs: readonly Tensor[]): number {
  return inputs.reduce((rank, x) => Math.max(rank, x.ndim), shape?.length ?? 0);
}

function zerosOf(node: Node<MapAttrs>, k: number): Tensor | undefined {
  const { dtype, shape, device } = node.outputs[k]!;
  return dtypes[dtype].kind === "float" ? zerosOn(device, dtype, shape) : undefined;
}

function pullbackMap(grads: readonly (Tensor | undefined)[], node: Node<MapAttrs>): readonly (Tensor | undefined)[] {
  const { program: p, params } = node.attrs;
  const plan = gradientPlan(p, maskOf(node), p.results.length === 1 ? 1 : 2 ** p.results.length - 1);
  // A step function has the derivative 0, as in PyTorch, not none.
  if (plan.vanishes) return node.edges.map((edge) => edge === null || !isFloat(edge.dtype) ? undefined : zerosOn(edge.device, edge.dtype, edge.shape));
  return pullback(p, plan, params, savedTensors(node, grads), node.outputs[0]!.shape, node);
}

export function maskOf<A>(node: Node<A>): number {
  const { edges } = node;
  let mask = 0;
  for (let i = 0; i < edges.length; i++) if (edges[i] !== null) mask |= 1 << i;
  return mask;
}

/**
 * The gradients of a program's inputs. What is `grad` itself is handed on; the gradient of a broadcast input is one
 * reduction with the partial as its prologue; the others share one multi-output map.
 */
export function pullback<A>(p: Program, plan: GradientPlan, params: readonly number[], operands: readonly Tensor[], full: Shape, node: Node<A>): readonly (Tensor | undefined)[] {
  const { gradients, underived } = plan;
  underived?.();
  const out = new Array<Tensor | undefined>(gradients.length);
  let together = 0, count = 0;
  for (let i = 0; i < gradients.length; i++) {
    const g = gradients[i];
    if (g === undefined) continue;
    const shape = node.shapeOf(i);
    if (!sameShape(shape, full)) out[i] = summed(gradientProgram(p, plan, 1 << i), !dependsOnIndex(g), operands, params, full, shape);
    else if (g.kind === "arg" && sameShape(operands[g.index]!.window.shape, full)) out[i] = operands[g.index]!;
    else {
      together |= 1 << i;
      count++;
    }
  }
  if (count === 0) return out;
  if (count === 1) {
    out[31 - Math.clz32(together)] = mapProgram(gradientProgram(p, plan, together), operands, params, full);
    return out;
  }
  const limit = Math.max(1, operands[0]!.storage.device.backend.limits.maxBindings - operands.length);
  for (let i = 0; together !== 0; ) {
    let group = 0;
    const places: number[] = [];
    for (; i < gradients.length && places.length < limit; i++) if (together & (1 << i)) group |= 1 << places[places.push(i) - 1]!;
    together &= ~group;
    const made = mapAll(gradientProgram(p, plan, group), operands, params, full);
    for (let k = 0; k < places.length; k++) out[places[k]!] = made[k];
  }
  return out;
}

/** The gradient of an input that was broadcast. @param alone whether it may be computed within the reduction */
const summed = (g: Program, alone: boolean, operands: readonly Tensor[], params: readonly number[], full: Shape, shape: Shape): Tensor =>
  sumProgramTo(alone ? g : undefined, operands, params, full, shape, () => mapProgram(g, operands, params, full));

const dependsOnIndex = (root: Expr): boolean => topologicalOrder([root]).some((x) => x.kind === "apply" && x.name === "index");

export function mapAll(p: Program, inputs: readonly Tensor[], params: readonly number[], shape: Shape): readonly Tensor[] {
  return p.results.length === 1 ? [mapProgram(p, inputs, params, shape)] : dispatchAll(mapAllOp, inputs, { program: p, params, shape });
}

/** One result of a program over inputs that broadcast together (and with `shape`, if given). */
export function mapProgram(p: Program, inputs: readonly Tensor[], params: readonly number[] = NO_PARAMS, shape?: Shape): Tensor {
  if (inputs.length === 0) throw new ArgumentError(`${opName(p.name)}(): at least one operand must be a tensor`);
  return dispatch(mapOp, inputs, { program: p, params, shape });
}

/** A new tensor from a program without inputs: a fill, an index expression, random numbers. */
export const generate = (device: Device, p: Program, params: readonly number[], shape: Shape): Tensor =>
  dispatch(mapOp, [], { program: p, params, shape }, device);

export type ReduceAttrs = {
  readonly op: ReduceOp; readonly program: Program; readonly params: readonly number[];
  /** The dims that go, ascending; the shape before. */
  readonly dims: readonly number[]; readonly keepdim: boolean; readonly name: string;
  /** Of an extremum: NaNs share the gradient of a NaN. */
  readonly nanTies?: boolean;
};

const identity: { readonly [O in ReduceOp]: number } = { sum: 0, prod: 1, max: -Infinity, min: Infinity };
const identityProgram = (op: ReduceOp, dtype: DType): Program =>
  program("full", [], [], [cast(lit(dtype === "bool" && (op === "max" || op === "sum") ? 0 : dtype === "bool" ? 1 : identity[op], dtypes[dtype].compute), dtype)]);

const unroundedPrograms = /*@__PURE__*/ new WeakMap<Program, Program>();
/** A prologue before its result is rounded to a dtype that is only stored: what is reduced is rounded once, at the end. */
function unrounded(p: Program): Program {
  const [result] = p.results as [Expr];
  if (!isStoredOnly(result.dtype)) return p;
  let known = unroundedPrograms.get(p);
  if (known === undefined) {
    const compute = dtypes[result.dtype].compute, wide = result.kind === "apply" && result.operands[0]!.dtype === compute ? result.operands[0]! : cast(result, compute);
    unroundedPrograms.set(p, (known = program(p.name, p.args, p.params, [wide])));
  }
  return known;
}

const reduceOp: Op<ReduceAttrs> = {
  name: "reduce",
  gradName: ({ name }) => name,
  title: ({ op }) => op,
  run(device, inputs, { op, program: p, params, dims, keepdim, name }) {
    const shape = broadcastOf(inputs, undefined);
    const dtype = p.results[0]!.dtype;
    requireDType(name, device, dtype);
    const outShape = reducedShape(shape, dims, keepdim);
    if (sizeOf(outShape) !== 0 && sizeOf(shape) === 0) return filled(device, identityProgram(op, dtype), outShape);
    const prologue = unrounded(p);
    const out = allocate(device, prologue.results[0]!.dtype, outShape);
    if (out.window.size !== 0)
      callReduced(name, inputs, out, shape, dims, (ins, outs, reduced) => device.backend.kernels.reduce(ins, outs, { op, program: prologue, params, reduced }));
    return replaced(out, dtype);
  },
  saves({ op, program: p }, needs) {
    return op === "sum" ? prologuePlan(p, needs) : { savedInputs: [0], savedResults: [0] };
  },
  vjp([grad], node) {
    const { op, program: p, params, dims, keepdim } = node.attrs;
    if (op === "sum") {
      const operands = savedTensors(node, [grad]), { edges } = node;
      let full: Shape = [];
      for (let i = 0; i < edges.length; i++) if (edges[i] !== null) full = broadcastShapes(full, edges[i]!.shape);
      for (let i = 1; i < operands.length; i++) full = broadcastShapes(full, operands[i]!.shape);
      const plan = prologuePlan(p, maskOf(node));
      operands[0] = spread(grad!, dims, keepdim, full);
      return pullback(p, plan, params, operands, full, node);
    }
    if (op === "prod") throw new NotSupportedError("prod: its derivative is not there yet");
    const [x, out] = savedTensors(node) as [Tensor, Tensor];
    const kept = reducedShape(x.shape, dims, true);
    const [g, o] = keepdim ? [grad!, out] : [reshape(grad!, kept), reshape(out, kept)];
    return [shareAmongTies(g, x, o, node.attrs)];
  },
  jvp: pushReduce,
  batched: (attrs, { length }) => ({ ...attrs, dims: attrs.dims.map((d) => d + length) }),
  batchRank: (_, inputs) => inputs.reduce((rank, x) => Math.max(rank, x.ndim), 0),
};

/** The adjoint of a sum: its gradient, at every element that it is made of. @param full the shape before */
export function spread(grad: Tensor, dims: readonly number[], keepdim: boolean, full: Shape): Tensor {
  // Leading dims come back by themselves when the gradient is expanded.
  const leading = keepdim || dims.every((d, k) => d === k);
  return expand(leading ? grad : reshape(grad, reducedShape(full, dims, true)), full);
}

/** What an op's run may return or go on with: a sum of its input that belongs to nobody yet. */
export const rawSum = (device: Device, x: Tensor, p: Program, dims: readonly number[], keepdim: boolean): Tensor =>
  reduceOp.run(device, [x], { op: "sum", program: p, params: NO_PARAMS, dims, keepdim, name: "sum" });

/** The tangent of a sum is the sum of the tangents; that of an extremum their mean over the elements that equal it. */
function pushReduce(tangents: readonly (Tensor | undefined)[], inputs: readonly Tensor[], [out]: readonly Tensor[], attrs: ReduceAttrs): readonly (Tensor | undefined)[] {
  const { op, program: p, params, dims, keepdim, name } = attrs;
  if (op === "sum") {
    const mask = tangents.reduce((bits, t, i) => (t === undefined ? bits : bits | (1 << i)), 0);
    const { program: pushed, results } = tangentProgram(p, mask);
    return results.length === 0 ? [] : [reduceProgram("sum", pushed, [...inputs, ...tangents.filter((t) => t !== undefined)], params, dims, keepdim, name)];
  }
  if (op === "prod") throw new NotSupportedError("prod: its derivative is not there yet");
  const [x, t] = [inputs[0]!, tangents[0]!], kept = reducedShape(x.shape, dims, true);
  const o = keepdim ? out! : reshape(out!, kept);
  const share = shareAmongTies(t, x, o, attrs);
  return [reduceProgram("sum", itself(x.dtype), [share], [], dims, keepdim, "SumBackward1")];
}

/** The incoming number over how many elements equal the extremum, at each of these. Where it is NaN none does, and 0 / 0 says so; or the NaNs do. */
function shareAmongTies(g: Tensor, x: Tensor, extremum: Tensor, { dims, nanTies }: ReduceAttrs): Tensor {
  const [count, share] = nanTies === true ? [nanTieCount, nanTieShare] : [tieCount, tieShare];
  return mapProgram(share(x.dtype), [g, reduceProgram("sum", count(x.dtype), [x, extremum], [], dims, true, "SumBackward1"), x, extremum]);
}
type SameAs = (x: Expr, y: Expr) => Expr;
const sameOrNaN: SameAs = (x, y) => or(eq(x, y), and(isNan(x), isNan(y)));
const countOf = (same: SameAs) => perDType((d, c) => program("ties", [d, d], [], [select(same(load(0, d), load(1, d)), lit(1, c), lit(0, c))]));
const shareOf = (same: SameAs) => perDType((d, c) => program("tieShare", [d, c, d, d], [], [cast(mul(div(load(0, d), arg(1, c)), select(same(load(2, d), load(3, d)), lit(1, c), lit(0, c))), d)]));
const tieCount = /*@__PURE__*/ countOf(eq), tieShare = /*@__PURE__*/ shareOf(eq);
const nanTieCount = /*@__PURE__*/ countOf(sameOrNaN), nanTieShare = /*@__PURE__*/ shareOf(sameOrNaN);
/** The element itself: a plain sum. */
const itself = /*@__PURE__*/ perDType((d) => program("sum", [d], [], [arg(0, d)]));
const zeroProgram = /*@__PURE__*/ perDType((d, c) => program("zeros", [], [], [cast(lit(0, c), d)]));

/** What an op's run may return: a tensor of a program without inputs that belongs to nobody yet. */
function filled(device: Device, p: Program, shape: Shape): Tensor {
  const out = allocate(device, p.results[0]!.dtype, shape);
  callMap(device, [], [out.window], { program: p, params: NO_PARAMS }, shape);
  return out;
}
const oneProgram = /*@__PURE__*/ perDType((dtype, c) => program("ones", [], [], [cast(lit(1, c), dtype)]));
export const rawFilled = (value: 0 | 1, device: Device, dtype: DType, shape: Shape): Tensor => filled(device, (value === 0 ? zeroProgram : oneProgram)(dtype), shape);
export const rawZeros = (device: Device, dtype: DType, shape: Shape): Tensor => filled(device, zeroProgram(dtype), shape);

/** Unrecorded zeros. */
export const zerosOn = (device: Device, dtype: DType, shape: Shape): Tensor => generate(device, zeroProgram(dtype), NO_PARAMS, shape);

/** Unrecorded zeros or ones of `like`'s device and dtype. */
export const filledWith = (value: 0 | 1, like: Tensor, shape: Shape): Tensor =>
  generate(like.storage.device, (value === 0 ? zeroProgram : oneProgram)(like.dtype), NO_PARAMS, shape);

export function reduceProgram(op: ReduceOp, p: Program, inputs: readonly Tensor[], params: readonly number[], dims: readonly number[], keepdim: boolean, name: string, nanTies: boolean = false): Tensor {
  return dispatch(reduceOp, inputs, { op, program: p, params, dims, keepdim, name, nanTies });
}

/** The sum of a program over the dims in which `shape` was broadcast to `full`, in shape `shape`. */
export function sumProgramTo(p: Program | undefined, operands: readonly Tensor[], params: readonly number[], full: Shape, shape: Shape, whole: () => Tensor): Tensor {
  const lead = full.length - shape.length;
  const dims = full.flatMap((size, d) => (d < lead || (shape[d - lead] === 1 && size !== 1) ? [d] : []));
  if (p === undefined || !sameShape(broadcastOf(operands, undefined), full)) {
    const value = whole();
    return reshape(reduceProgram("sum", itself(value.dtype), [value], [], dims, true, "SumBackward1"), shape);
  }
  return reshape(reduceProgram("sum", p, operands, params, dims, true, "SumBackward1"), shape);
}

/** The sum over the dims in which `shape` is broadcast in `x`: the adjoint of `expand`. */
export const sumTo = (x: Tensor, shape: Shape): Tensor => sumProgramTo(itself(x.dtype), [x], [], x.shape, shape, () => x);

const expandOp: ViewOp<Shape> = {
  name: "expand",
  gradName: () => "ExpandBackward0",
  view: (view, shape) => restride(view, shape, broadcastStrides(view, shape), view.offset),
  saves: () => savesNothing,
  vjp: ([grad], node: Node<Shape>) => [sumTo(grad!, node.shapeOf(0))],
  jvp: "linear",
  batched: (shape, lead) => [...lead, ...shape],
  batchRank: (shape) => shape.length,
};

/** Repeats dims of size 1 and adds leading ones, without copying. The shapes must be compatible; -1 keeps a size. */
export function expand(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : dispatchView(expandOp, x, shape);
}

const viewOp: ViewOp<{ readonly shape: Shape; readonly name: string }> = {
  name: "view",
  gradName: ({ name }) => name,
  view: (view, { shape, name }) => {
    const strides = reshapeStrides(view, shape);
    if (strides === undefined) throw new NotSupportedError(`${name}: a change in place of a view of a base whose elements lie in another order; clone() the base first`);
    return restride(view, shape, strides, view.offset);
  },
  saves: () => savesNothing,
  vjp: ([grad], node) => [reshape(grad!, node.shapeOf(0))],
  jvp: "linear",
  batched: ({ shape, name }, lead) => ({ shape: [...lead, ...shape], name }),
};

/** The same elements in another shape of the same size: a view if strides allow it. */
export function reshape(x: Tensor, shape: Shape, name: string = "ViewBackward0"): Tensor {
  if (sameShape(x.shape, shape)) return x;
  if (x.window.size !== sizeOf(shape)) throw new ShapeError(`shape '${showShape(shape)}' is invalid for input of size ${x.window.size}`);
  return dispatchView(viewOp, reshapeStrides(x.window, shape) === undefined ? clone(x) : x, { shape, name });
}

const copyOp: Op<null> = {
  name: "clone",
  gradName: () => "CloneBackward0",
  run: (_, [x]) => materialize(x!, x!.shape),
  saves: () => savesNothing,
  vjp: ([grad]) => [grad],
  jvp: "linear",
  batched: () => null,
};

/** A dense copy. PyTorch's `clone`. */
export const clone = (x: Tensor): Tensor => dispatch(copyOp, [x], null);
