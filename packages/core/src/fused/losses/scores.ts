/** @file The negative log likelihood of scores: log-softmax and the pick of a class in one op, which keeps no array of logarithms. */
import { generate, mapProgram } from "../../calculus/map-reduce.ts";
import { alongRows, isFollowed, rowsOf, rowsPerDType } from "../../calculus/rows.ts";
import { decomposedAll } from "../../composites/decomposed.ts";
import { mul, neg } from "../../elementwise/index.ts";
import { dispatchAll, type MultiOp, savedTensors, type Tensor } from "../../op.ts";
import { scatterAdd } from "../../primitives/gather.ts";
import * as s from "../../scalar/expr.ts";
import { perDType, program } from "../../scalar/program.ts";
import { softmax } from "../softmax.ts";

/** `pick` gathers, and says what it does of a class that is not there. */
type Attrs = { readonly dim: number; readonly pick: (x: Tensor, dim: number, index: Tensor) => Tensor };

/** The maximum along the dim, and the logarithm of the sum of the exponentials of what is below it. */
const statistics = /*@__PURE__*/ rowsPerDType((d) => {
  const [x, most, total] = [s.arg(0, d), s.arg(1, d), s.arg(2, d)];
  return rowsOf("crossEntropy", [d], [], [[[0, "max", x]], [[1, "sum", s.exp(s.sub(x, most))]], [[1, "scalar", s.log(total)]]]);
});
/** Of the score of the target's class, the maximum and the logarithm. */
const lossOf = /*@__PURE__*/ perDType((d) => program("crossEntropy", [d, d, d], [], [s.sub(s.arg(2, d), s.sub(s.arg(0, d), s.arg(1, d)))]));
/** grad (softmax(x) - 1 at the target's class), of grad, the score, the maximum, the logarithm, the target and the number of the class. */
const pulled = /*@__PURE__*/ perDType((d) => {
  const p = s.exp(s.sub(s.sub(s.arg(1, d), s.arg(2, d)), s.arg(3, d))), isTarget = s.eq(s.arg(4, "int32"), s.arg(5, "int32"));
  return program("crossEntropyBackward", [d, d, d, d, "int32", "int32"], [], [s.mul(s.arg(0, d), s.select(isTarget, s.sub(p, 1), p))]);
});
const numbers = /*@__PURE__*/ perDType(() => program("classes", [], [], [s.index]));

const scoresOp: MultiOp<Attrs> = {
  name: "crossEntropy",
  gradName: () => "NllLossBackward0",
  run: (_, inputs, { dim, pick }) => decomposedAll(inputs, (x, target) => {
    const picked = pick(x!, dim, target!), [most, total] = alongRows(statistics(x!.dtype), [x!], [dim]);
    return [mapProgram(lossOf(x!.dtype), [picked, most!, total!]), most!, total!];
  }),
  saves: () => ({ savedInputs: [0, 1], savedResults: [1, 2] }),
  vjp([grad], node) {
    if (grad === undefined) return [];
    const [x, target, most, total] = savedTensors(node) as [Tensor, Tensor, Tensor, Tensor], { dim } = node.attrs;
    if (isFollowed()) return [scatterAdd(mul(grad, softmax(x, dim)), dim, target, neg(grad))];
    const classes = generate(x.storage.device, numbers("int32"), [], x.shape.map((size, d) => (d === dim ? size : 1)));
    return [mapProgram(pulled(x.dtype), [grad, x, most, total, target, classes])];
  },
};

/** -log softmax(x) at the target's class, with a dim of size 1 left of the classes. x of a dtype that is computed in and not empty, target of classes that are there. Under no transform. */
export const scoreLosses = (x: Tensor, dim: number, target: Tensor, pick: Attrs["pick"]): Tensor => dispatchAll(scoresOp, [x, target], { dim, pick })[0]!;
