/** @file Attention as one op, for devices with a kernel that never holds all weights at once. What it means is `attend` in network.ts. */
import type { FusedAttrs } from "../backend.ts";
import { clone } from "../calculus/map-reduce.ts";
import { alongRows, isFollowed, rowsOf, rowsPerDType } from "../calculus/rows.ts";
import { sumOver } from "../composites/reductions.ts";
import { add, mul, sub, where } from "../elementwise/index.ts";
import { activeInterpreter, allocate, type Device, dispatchAll, type MultiOp, savedTensors, savesNothing, type Tensor } from "../op.ts";
import { matmul } from "../primitives/matmul.ts";
import * as s from "../scalar/expr.ts";
import { sameShape } from "../shape.ts";
import { coalesce, restride, type View } from "../view.ts";
import { expand, transpose } from "../views/views.ts";
import { causalMask } from "./mask.ts";
import { softmax } from "./softmax.ts";

type Attrs = FusedAttrs["attention"] & { readonly masked: boolean; /** The node's name: that of the product with v, which is what the decomposition ends in. */ readonly gradName: string };

/** Calls `kernel` on views of one batch dim, once for each index of the batch dims that cannot be merged into it. */
function overBatches(inputs: readonly Tensor[], outs: readonly Tensor[], kernel: (inputs: readonly View[], outs: readonly View[]) => void): void {
  const views = [...inputs, ...outs].map((x) => x.window), lead = views[0]!.shape.slice(0, -2);
  const merged = coalesce(lead, views.map((view) => view.strides.slice(0, -2)));
  const call = (dims: readonly number[], strides: readonly (readonly number[])[], offsets: readonly number[]): void => {
    if (dims.length > 1) {
      for (let i = 0; i < dims[0]!; i++) call(dims.slice(1), strides.map((of) => of.slice(1)), offsets.map((offset, k) => offset + i * strides[k]![0]!));
      return;
    }
    const planes = views.map((view, k) => restride(view, [dims[0] ?? 1, ...view.shape.slice(-2)], [strides[k]![0] ?? 0, ...view.strides.slice(-2)], offsets[k]!));
    kernel(planes.slice(0, inputs.length), planes.slice(inputs.length));
  };
  call(merged.shape, merged.strides, views.map(({ offset }) => offset));
}

const allocateLike = (device: Device, x: Tensor, last: number = x.shape.at(-1)!): Tensor => allocate(device, x.dtype, [...x.shape.slice(0, -1), last]);

const gradOp: MultiOp<Attrs> = {
  name: "attention",
  gradName: () => "",
  run(device, inputs, attrs) {
    const outs = inputs.slice(1, 4).map((x) => allocateLike(device, x));
    overBatches(inputs, outs, (ins, to) => device.backend.kernels.attentionGrad!(ins, to, attrs));
    return outs;
  },
  saves: () => savesNothing,
  vjp: () => [],
};

const products = /*@__PURE__*/ rowsPerDType((d) => rowsOf("attentionBackward", [d, d], [], [[[0, "sum", s.mul(s.arg(0, d), s.arg(1, d))]]]));

const attentionOp: MultiOp<Attrs> = {
  name: "attention",
  gradName: ({ gradName }) => gradName,
  run(device, inputs, attrs) {
    const [q, , v] = inputs as [Tensor, Tensor, Tensor], outs = [allocateLike(device, q, v.shape.at(-1)!), allocateLike(device, q, 1)];
    overBatches(inputs, outs, (ins, to) => device.backend.kernels.attention!(ins, to, attrs));
    return outs;
  },
  saves: ({ masked }) => ({ savedInputs: masked ? [0, 1, 2, 3] : [0, 1, 2], savedResults: [0, 1] }),
  vjp([grad], node) {
    if (grad === undefined) return [];
    const { scale, causal, masked } = node.attrs, saved = savedTensors(node), [q, k, v] = saved as [Tensor, Tensor, Tensor], mask = masked ? saved[3] : undefined, [out, logs] = saved.slice(-2) as [Tensor, Tensor];
    if (!isFollowed()) {
      const [deltas] = alongRows(products(q.dtype), [grad, out], [q.ndim - 1]);
      return dispatchAll(gradOp, [grad, q, k, v, logs, deltas!, ...(mask === undefined ? [] : [mask])], node.attrs);
    }
    const visible = causal ? causalMask(q, q.shape.at(-2)!, k.shape.at(-2)!) : mask, scores = mul(matmul(q, transpose(k, -2, -1)), scale);
    const p = softmax(visible === undefined ? scores : visible.dtype === "bool" ? where(visible, scores, -Infinity) : add(scores, visible), -1);
    const dp = matmul(grad, transpose(v, -2, -1)), ds = mul(mul(p, sub(dp, sumOver(mul(dp, p), [q.ndim - 1], { keepdim: true }))), scale);
    return [matmul(ds, k), matmul(transpose(ds, -2, -1), q), matmul(transpose(p, -2, -1), grad)];
  },
};

/** Attention by the device's own kernel; undefined where it has none, or the call is not for it: another dtype, broadcast batches, a mask that needs a gradient, a transform. */
export function fusedAttention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | undefined, scale: number, causal: boolean): Tensor | undefined {
  const { kernels } = q.storage.device.backend, operands = [q, k, v], lead = q.shape.slice(0, -2);
  if (kernels.attention === undefined || kernels.attentionGrad === undefined || activeInterpreter() !== null) return undefined;
  if (operands.some((x) => x.dtype !== "float32" || x.window.size === 0 || !sameShape(x.shape.slice(0, -2), lead))) return undefined;
  if (q.shape.at(-1) !== k.shape.at(-1) || k.shape.at(-2) !== v.shape.at(-2)) return undefined; // refused by what this stands for
  const attrs = { scale, causal, gradName: q.ndim === 2 ? "MmBackward0" : "BmmBackward0" };
  if (mask === undefined) return dispatchAll(attentionOp, operands, { ...attrs, masked: false })[0]!;
  if (mask.requiresGrad || (mask.dtype !== "bool" && mask.dtype !== "float32") || mask.ndim > q.ndim) return undefined;
  const shape = [...lead, q.shape.at(-2)!, k.shape.at(-2)!], fits = mask.shape.every((size, i) => size === 1 || size === shape[shape.length - mask.ndim + i]);
  if (!fits) return undefined;
  const stride = mask.window.strides.at(-1), straight = mask.ndim === 0 || mask.shape.at(-1) === 1 || stride === 0 || stride === 1 ? mask : clone(mask);
  return dispatchAll(attentionOp, [...operands, expand(straight, shape)], { ...attrs, masked: true })[0]!;
}
