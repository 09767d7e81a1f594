/** @file A layer's product and its bias as one op, on every device: one kernel where it has one that adds the bias, and else two. */
import { callMap, materialize } from "../calculus/call.ts";
import { reshape } from "../calculus/map-reduce.ts";
import { sumOver } from "../composites/reductions.ts";
import { isFloat, isStoredOnly } from "../dtype.ts";
import { activeInterpreter, allocate, dispatch, type Op, savedTensors, type Tensor } from "../op.ts";
import { isTurned, type MatmulAttrs, product, single } from "../primitives/matmul.ts";
import { add, arg } from "../scalar/expr.ts";
import { perDType, program } from "../scalar/program.ts";
import { sameShape, sizeOf } from "../shape.ts";
import { reshapeStrides, restride, type View } from "../view.ts";
import { t, transpose } from "../views/views.ts";

/** All rows of x as one matrix. */
function rowsOf(x: Tensor): View {
  const shape = [sizeOf(x.shape.slice(0, -1)), x.shape.at(-1)!], strides = reshapeStrides(x.window, shape), from = strides === undefined ? materialize(x, x.shape).window : x.window;
  return single(restride(from, shape, strides ?? [shape[1]!, 1], from.offset));
}
const asMatrix = (x: Tensor): Tensor => reshape(x, [sizeOf(x.shape.slice(0, -1)), x.shape.at(-1)!]);

const sum = /*@__PURE__*/ perDType((dtype) => program("add", [dtype, dtype], [], [add(arg(0, dtype), arg(1, dtype))]));

/** x [..., k] times [k, n], and a bias [n]. */
const biasedOp: Op<MatmulAttrs> = {
  name: "linear",
  gradName: ({ name }) => name,
  run(device, [x, weight, bias]) {
    const { dtype } = x!, { kernels } = device.backend, out = allocate(device, dtype, [...x!.shape.slice(0, -1), bias!.shape[0]!]), operands = [rowsOf(x!), single(weight!.window)], rows = [rowsOf(out)];
    if (kernels.matmulBias !== undefined && dtype === "float32") kernels.matmulBias([...operands, bias!.window], rows, {});
    else {
      kernels.matmul(operands, rows, {});
      callMap(device, [out, bias!], [out.window], { program: sum(dtype), params: [] }, out.shape);
    }
    return out;
  },
  saves: (_, needs) => ({ savedInputs: [...(needs & 2 ? [0] : []), ...(needs & 1 ? [1] : [])], savedResults: [] }),
  vjp([grad], node) {
    const saved = savedTensors(node), x = node.needs(1) ? saved[0]! : undefined, weight = node.needs(0) ? saved.at(-1)! : undefined, { turned } = node.attrs, g = asMatrix(grad!);
    return [
      weight && reshape(product(g, transpose(weight, -2, -1), "MmBackward0", turned & 1), node.shapeOf(0)),
      x && product(t(asMatrix(x)), g, "MmBackward0", turned & 2),
      node.needs(2) ? sumOver(g, [0]) : undefined,
    ];
  },
};

/** Whether operands are what the op takes, and nothing transforms it. */
export const isAtOnce = (x: Tensor, weight: Tensor, bias: Tensor): boolean =>
  activeInterpreter() === null && isFloat(x.dtype) && !isStoredOnly(x.dtype) && weight.dtype === x.dtype && bias.dtype === x.dtype
  && x.ndim > 1 && weight.ndim === 2 && sameShape(bias.shape, [weight.shape[0]!]) && x.shape.at(-1) === weight.shape[1] && x.window.size > 0 && weight.window.size > 0;

/** x W^T + b. PyTorch's `linear` of a matrix is `addmm`. */
export function biased(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  const columns = t(weight), isMatrix = x.ndim === 2;
  return dispatch(biasedOp, [x, columns, bias], { name: isMatrix ? "AddmmBackward0" : "AddBackward0", turned: (isMatrix && isTurned(x) ? 1 : 0) | (isTurned(columns) ? 2 : 0) });
}
