/** @file The negative log likelihood of scores: log-softmax, the pick of a class and the sum or mean of those that count in one op, which keeps no array of logarithms. */
import { generate, mapProgram } from "../../calculus/map-reduce.ts";
import { alongRows, isFollowed, rowsOf, rowsPerDType } from "../../calculus/rows.ts";
import { decomposedAll } from "../../composites/decomposed.ts";
import { sumOver } from "../../composites/reductions.ts";
import type { DType } from "../../dtype.ts";
import { add, div, mul, ne, neg, sub, where } from "../../elementwise/index.ts";
import { expBelowZero } from "../../elementwise/stable.ts";
import { dispatchAll, type MultiOp, savedTensors, type Tensor } from "../../op.ts";
import { scatterAdd } from "../../primitives/gather.ts";
import * as s from "../../scalar/expr.ts";
import type { Expr } from "../../scalar/expr.ts";
import { perDType, program } from "../../scalar/program.ts";
import type { Reduction } from "./reduction.ts";

/** `pick` gathers, and says what it does of a class that is not there. Targets that are `ignored`, an int32, do not count. */
type Attrs = { readonly dim: number; readonly pick: (x: Tensor, dim: number, index: Tensor) => Tensor; readonly ignored: number; readonly reduction: Reduction };

/** The softmax, the maximum along the dim, and the logarithm of the sum of the exponentials of what is below it. */
const statistics = /*@__PURE__*/ rowsPerDType((d) => {
  const [x, out, most, total, inverse] = [0, 1, 2, 3, 4].map((i) => s.arg(i, d)) as [Expr, Expr, Expr, Expr, Expr];
  return rowsOf("crossEntropy", [d], [], [
    [[1, "max", x]], [[0, "element", expBelowZero(s.sub(x, most))]], [[2, "sum", out]], [[2, "scalar", s.log(total)], [3, "scalar", s.div(1, total)]], [[0, "element", s.mul(out, inverse)]],
  ]);
});
const isIgnored = (target: Expr): Expr => s.eq(target, s.param(0, "int32"));
/** The target, or a class that is there. */
const safe = /*@__PURE__*/ perDType((d) => program("crossEntropy", [d], [d], [s.select(isIgnored(s.arg(0, d)), 0, s.arg(0, d))]));
const safeOf = (target: Tensor, ignored: number): Tensor => mapProgram(safe("int32"), [target], [ignored]);
/** Of the score of the target's class, the maximum, the logarithm and the target. */
const lossOf = (d: DType): Expr => s.select(isIgnored(s.arg(3, "int32")), 0, s.sub(s.arg(2, d), s.sub(s.arg(0, d), s.arg(1, d))));
const losses = /*@__PURE__*/ perDType((d) => program("crossEntropy", [d, d, d, "int32"], ["int32"], [lossOf(d)]));
/** The sum of all, or how many count too, and their mean. */
const total = /*@__PURE__*/ rowsPerDType((d) => rowsOf("crossEntropy", [d, d, d, "int32"], ["int32"], [[[0, "sum", lossOf(d)]]]));
const mean = /*@__PURE__*/ rowsPerDType((d) => rowsOf("crossEntropy", [d, d, d, "int32"], ["int32"], [
  [[0, "sum", lossOf(d)], [1, "sum", s.select(isIgnored(s.arg(3, "int32")), s.lit(0, d), 1)]], [[0, "scalar", s.div(s.arg(4, d), s.arg(5, d))]],
]));
/** grad (p - 1 at the target's class) / how many count, of grad, the probability, the target, the number of the class, and that count where there is a mean. */
const pulledOf = (isMean: boolean) => perDType((d) => {
  const p = s.arg(1, d), target = s.arg(2, "int32"), grad = isMean ? s.div(s.arg(0, d), s.arg(4, d)) : s.arg(0, d);
  const value = s.mul(grad, s.select(s.eq(target, s.arg(3, "int32")), s.sub(p, 1), p));
  return program("crossEntropyBackward", [d, d, "int32", "int32", ...(isMean ? [d] : [])], ["int32"], [s.select(isIgnored(target), 0, value)]);
});
const pulled = /*@__PURE__*/ pulledOf(false), pulledMean = /*@__PURE__*/ pulledOf(true);
const numbers = /*@__PURE__*/ perDType(() => program("classes", [], [], [s.index]));

/** Results: the losses or what they come to, with dims of size 1; the softmax, and of a mean how many count, which is all that backward reads. */
const scoresOp: MultiOp<Attrs> = {
  name: "crossEntropy",
  gradName: () => "NllLossBackward0",
  run: (_, inputs, { dim, pick, ignored, reduction }) => decomposedAll(inputs, (x, target) => {
    const { dtype } = x!, picked = pick(x!, dim, safeOf(target!, ignored)), [p, most, sum] = alongRows(statistics(dtype), [x!], [dim]), read = [picked, most!, sum!, target!];
    if (reduction === "none") return [mapProgram(losses(dtype), read, [ignored]), p!];
    const [loss, count] = alongRows(reduction === "mean" ? mean(dtype) : total(dtype), read, [...picked.shape.keys()], [ignored]);
    return count === undefined ? [loss!, p!] : [loss!, p!, count];
  }),
  saves: ({ reduction }) => ({ savedInputs: [1], savedResults: reduction === "mean" ? [1, 2] : [1] }),
  vjp([grad, ofSoftmax], node) {
    const [target, p, count] = savedTensors(node) as [Tensor, Tensor, Tensor?], { dim, ignored } = node.attrs, counted = count === undefined ? [] : [count];
    if (grad !== undefined && ofSoftmax === undefined && !isFollowed()) {
      const classes = generate(p.storage.device, numbers("int32"), [], p.shape.map((size, d) => (d === dim ? size : 1)));
      return [mapProgram((count === undefined ? pulled : pulledMean)(p.dtype), [grad, p, target, classes, ...counted], [ignored])];
    }
    // The softmax has a gradient of its own where the derivative is differentiated again.
    const ofLoss = grad && pullFollowed(count === undefined ? grad : div(grad, count), p, target, node.attrs);
    const ofIt = ofSoftmax && mul(p, sub(ofSoftmax, sumOver(mul(ofSoftmax, p), [dim], { keepdim: true })));
    return [ofLoss && ofIt ? add(ofLoss, ofIt) : ofLoss ?? ofIt];
  },
};
function pullFollowed(grad: Tensor, p: Tensor, target: Tensor, { dim, ignored }: Attrs): Tensor {
  const each = where(ne(target, ignored), grad, 0);
  return scatterAdd(mul(each, p), dim, safeOf(target, ignored), neg(each));
}

/**
 * -log softmax(x) at the target's class, 0 where it is `ignored`; with a dim of size 1 left of the classes, and where they are summed or their mean is taken of all dims. x of a dtype that is computed in and
 * not empty. Under no transform.
 */
export const scoreLosses = (x: Tensor, target: Tensor, attrs: Attrs): Tensor => dispatchAll(scoresOp, [x, target], attrs)[0]!;
