/** @file Products with logarithms, as entropies have them. Integers give float32. */
import type { Tensor } from "../../op.ts";
import * as s from "../../scalar/expr.ts";
import { type Elementwise, elementwise, type Operand } from "../elementwise.ts";
import { timesLog } from "../times-log.ts";

/**
 * x * log(1 + y), and 0 where x is 0 and y is no NaN. Shapes broadcast, and dtypes are promoted; integers and bools give float32.
 * @throws ShapeError where shapes do not broadcast
 * @example special.xlog1py(tensor([0, 2]), tensor([-1, 3])) // [0, 2.7726]
 */
export const xlog1py: Elementwise<readonly [x: Operand, y: Operand]> = /*@__PURE__*/ timesLog("specialXlog1Py", s.log1p, -1);
/**
 * -x log(x): 0 at 0, -Infinity below. Of any shape; integers and bools give float32.
 * @example special.entr(tensor([0, 0.5])) // [0, 0.3466]
 */
export const entr: Elementwise<readonly [x: Tensor]> = /*@__PURE__*/ elementwise("specialEntr", (x) =>
  s.select(s.isNan(x!), x!, s.select(s.gt(x!, 0), s.neg(s.mul(x!, s.log(x!))), s.select(s.eq(x!, 0), s.lit(0, x!.dtype), -Infinity))), {
  rule: "float", gradient: (g, _, [x]) => [s.neg(s.mul(g, s.add(s.log(x!), 1)))],
});
