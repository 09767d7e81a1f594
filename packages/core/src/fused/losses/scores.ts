/** @file The negative log likelihood of scores: log-softmax and the pick of a class in one op, which keeps no array of logarithms. */
import { generate, mapProgram } from "../../calculus/map-reduce.ts";
import { alongRows, isFollowed, rowsOf, rowsPerDType } from "../../calculus/rows.ts";
import { decomposedAll } from "../../composites/decomposed.ts";
import { sumOver } from "../../composites/reductions.ts";
import { add, mul, neg, sub } from "../../elementwise/index.ts";
import { expBelowZero } from "../../elementwise/stable.ts";
import { dispatchAll, type MultiOp, savedTensors, type Tensor } from "../../op.ts";
import { scatterAdd } from "../../primitives/gather.ts";
import * as s from "../../scalar/expr.ts";
import type { Expr } from "../../scalar/expr.ts";
import { perDType, program } from "../../scalar/program.ts";

/** `pick` gathers, and says what it does of a class that is not there. */
type Attrs = { readonly dim: number; readonly pick: (x: Tensor, dim: number, index: Tensor) => Tensor };

/** The softmax, the maximum along the dim, and the logarithm of the sum of the exponentials of what is below it. */
const statistics = /*@__PURE__*/ rowsPerDType((d) => {
  const [x, out, most, total, inverse] = [0, 1, 2, 3, 4].map((i) => s.arg(i, d)) as [Expr, Expr, Expr, Expr, Expr];
  return rowsOf("crossEntropy", [d], [], [
    [[1, "max", x]], [[0, "element", expBelowZero(s.sub(x, most))]], [[2, "sum", out]], [[2, "scalar", s.log(total)], [3, "scalar", s.div(1, total)]], [[0, "element", s.mul(out, inverse)]],
  ]);
});
/** Of the score of the target's class, the maximum and the logarithm. */
const lossOf = /*@__PURE__*/ perDType((d) => program("crossEntropy", [d, d, d], [], [s.sub(s.arg(2, d), s.sub(s.arg(0, d), s.arg(1, d)))]));
/** grad (p - 1 at the target's class), of grad, the probability, the target and the number of the class. */
const pulled = /*@__PURE__*/ perDType((d) => {
  const p = s.arg(1, d), isTarget = s.eq(s.arg(2, "int32"), s.arg(3, "int32"));
  return program("crossEntropyBackward", [d, d, "int32", "int32"], [], [s.mul(s.arg(0, d), s.select(isTarget, s.sub(p, 1), p))]);
});
const numbers = /*@__PURE__*/ perDType(() => program("classes", [], [], [s.index]));

/** Results: the losses, and the softmax, which is all that backward reads. */
const scoresOp: MultiOp<Attrs> = {
  name: "crossEntropy",
  gradName: () => "NllLossBackward0",
  run: (_, inputs, { dim, pick }) => decomposedAll(inputs, (x, target) => {
    const picked = pick(x!, dim, target!), [p, most, total] = alongRows(statistics(x!.dtype), [x!], [dim]);
    return [mapProgram(lossOf(x!.dtype), [picked, most!, total!]), p!];
  }),
  saves: () => ({ savedInputs: [1], savedResults: [1] }),
  vjp([grad, ofSoftmax], node) {
    const [target, p] = savedTensors(node) as [Tensor, Tensor], { dim } = node.attrs;
    if (grad !== undefined && ofSoftmax === undefined && !isFollowed()) {
      const classes = generate(p.storage.device, numbers("int32"), [], p.shape.map((size, d) => (d === dim ? size : 1)));
      return [mapProgram(pulled(p.dtype), [grad, p, target, classes])];
    }
    // The softmax has a gradient of its own where the derivative is differentiated again.
    const ofLoss = grad && scatterAdd(mul(grad, p), dim, target, neg(grad)), ofIt = ofSoftmax && mul(p, sub(ofSoftmax, sumOver(mul(ofSoftmax, p), [dim], { keepdim: true })));
    return [ofLoss && ofIt ? add(ofLoss, ofIt) : ofLoss ?? ofIt];
  },
};

/** -log softmax(x) at the target's class, with a dim of size 1 left of the classes. x of a dtype that is computed in and not empty, target of classes that are there. Under no transform. */
export const scoreLosses = (x: Tensor, dim: number, target: Tensor, pick: Attrs["pick"]): Tensor => dispatchAll(scoresOp, [x, target], { dim, pick })[0]!;
