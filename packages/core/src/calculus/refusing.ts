/** @file Values that are refused: at once, or on a device that learns of them later by its next read. */
import type { Complaint } from "../complaint.ts";
import { allocate, dispatch, type Op, savesNothing, type Tensor } from "../op.ts";
import { type Expr, lit, load, select } from "../scalar/expr.ts";
import { perDType, type Program, program } from "../scalar/program.ts";
import type { Shape } from "../shape.ts";
import { restride } from "../view.ts";
import { callReduced } from "./call.ts";

type RefuseAttrs = { readonly program: Program; readonly complaint: Complaint; readonly lead: Shape };

/** One number, 1 where a value is refused, looked up in a place of size 1: what a device says of an index out of range it says of the value. */
const refuseOp: Op<RefuseAttrs> = {
  name: "refuse",
  gradName: () => "",
  run(device, [x], { program, complaint, lead }) {
    const found = allocate(device, "int32", []), looked = allocate(device, "int32", [1]), { kernels } = device.backend;
    callReduced("refuse", [x!], found, x!.shape, [...x!.shape.keys()], (ins, outs, reduced) => kernels.reduce(ins, outs, { op: "max", program, params: [], reduced }));
    const at = restride(found.window, [1], [1], 0);
    kernels.gather([at, at], [looked.window], { dim: 0, complaint });
    return allocate(device, "int32", lead);
  },
  saves: () => savesNothing,
  vjp: () => [],
  batched: (attrs, lead) => ({ ...attrs, lead }),
};

/**
 * A check of values: complains of a tensor that has an element for which `isBad` holds.
 * @example `const refuseNegative = refusing((x) => s.lt(x, 0), { error: "argument", text: "..." })`
 */
export function refusing(isBad: (x: Expr) => Expr, complaint: Complaint): (x: Tensor) => void {
  const programs = perDType((d) => program("refuse", [d], [], [select(isBad(load(0, d)), lit(1, "int32"), lit(0, "int32"))]));
  return (x) => {
    if (x.window.size !== 0) dispatch(refuseOp, [x], { program: programs(x.dtype), complaint, lead: [] }).dispose();
  };
}
