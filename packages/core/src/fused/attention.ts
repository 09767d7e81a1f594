/** @file Attention, as one op: on devices with kernels for it, which never hold all weights at once, and as products and softmax on the others. */
import type { FusedAttrs } from "../backend.ts";
import { clone } from "../calculus/map-reduce.ts";
import { overBatches } from "../calculus/batches.ts";
import { allocateIn } from "../calculus/laid-out.ts";
import { alongRows, isFollowed, rowsOf, rowsPerDType } from "../calculus/rows.ts";
import { decomposedAll } from "../composites/decomposed.ts";
import { sumOver } from "../composites/reductions.ts";
import { dropout } from "../creation/random.ts";
import { isFloat, isStoredOnly } from "../dtype.ts";
import { add, mul, sub, where } from "../elementwise/index.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { activeInterpreter, allocate, composite, type Device, dispatchAll, type MultiOp, type Node, savedTensors, savesNothing, type Tensor } from "../op.ts";
import { matmul } from "../primitives/matmul.ts";
import * as s from "../scalar/expr.ts";
import { orderOf } from "../memory-format.ts";
import { sameShape, showShape } from "../shape.ts";
import { expand, transpose } from "../views/views.ts";
import { causalMask } from "./mask.ts";
import { softmax } from "./softmax.ts";

export type AttentionOptions = {
  /** bool [.., l, s]: where to attend; or a float tensor that is added to the scores. */
  readonly attnMask?: Tensor | undefined;
  /** With which probability a weight is zeroed: 0 by default. */
  readonly dropoutP?: number;
  /** Whether a query sees only the keys up to its own place. */
  readonly isCausal?: boolean;
  /** The factor of the products: 1 / sqrt(d) by default. */
  readonly scale?: number;
};

function check(query: Tensor, key: Tensor, value: Tensor, { attnMask, isCausal = false }: AttentionOptions): void {
  if (query.ndim < 2 || key.ndim < 2 || value.ndim < 2)
    throw new ShapeError(`scaled_dot_product_attention: query, key and value need at least 2 dims, got ${showShape(query.shape)}, ${showShape(key.shape)} and ${showShape(value.shape)}`);
  if (isCausal && attnMask !== undefined) throw new ArgumentError("scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True");
}
const scaleOf = (query: Tensor, { scale }: AttentionOptions): number => scale ?? 1 / Math.sqrt(query.shape[query.ndim - 1]!);

/** The scores as softmax sees them. */
function scoresOf(query: Tensor, key: Tensor, options: AttentionOptions): Tensor {
  const scores = matmul(mul(query, scaleOf(query, options)), transpose(key, -2, -1));
  const mask = options.isCausal === true ? causalMask(query, query.shape[query.ndim - 2]!, key.shape[key.ndim - 2]!) : options.attnMask;
  return mask === undefined ? scores : mask.dtype === "bool" ? where(mask, scores, -Infinity) : add(scores, mask);
}
function attend(query: Tensor, key: Tensor, value: Tensor, options: AttentionOptions): [output: Tensor, weights: Tensor] {
  check(query, key, value, options);
  const weights = dropout(softmax(scoresOf(query, key, options), -1), options.dropoutP ?? 0);
  return [matmul(weights, value), weights];
}

/** `fused`: the device has the kernels. `masked`: the mask is the fourth input. */
type Attrs = FusedAttrs["attention"] & { readonly masked: boolean; readonly fused: boolean };

const allocateLike = (device: Device, x: Tensor, last: number): Tensor => allocate(device, x.dtype, [...x.shape.slice(0, -1), last]);
/** With its dims in memory as those of x lie, the last one inside: heads that are a part of rows give rows, which no copy has to put together again. */
function allocateAs(device: Device, x: Tensor, last: number = x.shape.at(-1)!): Tensor {
  const order = orderOf("preserve_format", x.window), rank = x.ndim;
  return order === undefined ? allocateLike(device, x, last) : allocateIn(device, x.dtype, [...x.shape.slice(0, -1), last], [...order.filter((d) => d !== rank - 1), rank - 1]);
}

const gradOp: MultiOp<Attrs> = {
  name: "attention",
  gradName: () => "",
  run(device, inputs, attrs) {
    const outs = inputs.slice(1, 4).map((x) => allocateAs(device, x));
    overBatches(2, inputs, outs, (ins, to) => device.backend.kernels.attentionGrad!(ins, to, attrs));
    return outs;
  },
  saves: () => savesNothing,
  vjp: () => [],
};

const products = /*@__PURE__*/ rowsPerDType((d) => rowsOf("attentionBackward", [d, d], [], [[[0, "sum", s.mul(s.arg(0, d), s.arg(1, d))]]]));

/** Results: the output, and what backward needs beside it: the logarithms of the rows' sums where the kernel computes the weights again, else the weights. */
const attentionOp: MultiOp<Attrs> = {
  name: "attention",
  gradName: () => "UnsafeViewBackward0",
  run(device, inputs, attrs) {
    if (!attrs.fused) return decomposedAll(inputs, (q, k, v, mask) => attend(q!, k!, v!, { attnMask: mask, isCausal: attrs.causal, scale: attrs.scale }));
    const [q, , v] = inputs as [Tensor, Tensor, Tensor], outs = [allocateAs(device, q, v.shape.at(-1)!), allocateLike(device, q, 1)];
    overBatches(2, inputs, outs, (ins, to) => device.backend.kernels.attention!(ins, to, attrs));
    return outs;
  },
  saves: ({ masked, fused }) => ({ savedInputs: masked ? [0, 1, 2, 3] : [0, 1, 2], savedResults: fused ? [0, 1] : [1] }),
  vjp: ([grad], node) => (grad === undefined ? [] : pull(grad, node)),
};

function pull(grad: Tensor, node: Node<Attrs>): readonly (Tensor | undefined)[] {
  const { scale, causal, masked, fused } = node.attrs, saved = savedTensors(node), [q, k, v] = saved as [Tensor, Tensor, Tensor], mask = masked ? saved[3] : undefined, last = [q.ndim - 1];
  if (fused && !isFollowed()) {
    const [out, logs] = saved.slice(-2) as [Tensor, Tensor], [deltas] = alongRows(products(q.dtype), [grad, out], last);
    return dispatchAll(gradOp, [grad, q, k, v, logs, deltas!, ...(mask === undefined ? [] : [mask])], node.attrs);
  }
  // The weights as a function of q and k, where the next derivative must see that.
  const p = isFollowed() ? softmax(scoresOf(q, k, { attnMask: mask, isCausal: causal, scale }), -1) : saved.at(-1)!;
  const dp = matmul(grad, transpose(v, -2, -1)), ds = mul(mul(p, sub(dp, sumOver(mul(dp, p), last, { keepdim: true }))), scale);
  return [
    node.needs(0) ? matmul(ds, k) : undefined,
    node.needs(1) ? matmul(transpose(ds, -2, -1), q) : undefined,
    node.needs(2) ? matmul(transpose(p, -2, -1), grad) : undefined,
  ];
}

/** Attention as one op; undefined where the call is not for it: of 16-bit floats, broadcast batches, a mask that needs a gradient, under a transform. */
function attentionAtOnce(q: Tensor, k: Tensor, v: Tensor, options: AttentionOptions): Tensor | undefined {
  const { attnMask: mask, isCausal: causal = false, dropoutP = 0 } = options, { kernels } = q.storage.device.backend, operands = [q, k, v], lead = q.shape.slice(0, -2), { dtype } = q;
  if (dropoutP !== 0 || activeInterpreter() !== null || !isFloat(dtype) || isStoredOnly(dtype)) return undefined;
  if (operands.some((x) => x.dtype !== dtype || x.window.size === 0 || !sameShape(x.shape.slice(0, -2), lead))) return undefined;
  if (q.shape.at(-1) !== k.shape.at(-1) || k.shape.at(-2) !== v.shape.at(-2)) return undefined; // refused by the products
  const attrs = { scale: scaleOf(q, options), causal, masked: mask !== undefined, fused: dtype === "float32" && kernels.attention !== undefined && kernels.attentionGrad !== undefined };
  if (mask === undefined) return dispatchAll(attentionOp, operands, attrs)[0]!;
  const shape = [...lead, q.shape.at(-2)!, k.shape.at(-2)!], fits = mask.ndim <= q.ndim && mask.shape.every((size, i) => size === 1 || size === shape[shape.length - mask.ndim + i]);
  if (!fits || mask.requiresGrad || (mask.dtype !== "bool" && mask.dtype !== dtype)) return undefined;
  const stride = mask.window.strides.at(-1), straight = mask.ndim === 0 || mask.shape.at(-1) === 1 || stride === 0 || stride === 1 ? mask : clone(mask);
  return dispatchAll(attentionOp, [...operands, expand(straight, shape)], attrs)[0]!;
}

/**
 * softmax(q k^T * scale + mask) v (Vaswani et al., 2017).
 * @param query [..., l, d]; floats
 * @param key [..., s, d], of the query's dtype
 * @param value [..., s, e], of the query's dtype
 * @returns [..., l, e], leading dims broadcast, of their dtype
 * @throws ShapeError for fewer than 2 dims, or where sizes do not fit
 * @throws ArgumentError for a mask beside `isCausal`
 * @throws DTypeError where dtypes differ
 * @example scaledDotProductAttention(ones([1, 2]), ones([2, 2]), eye(2)) // [[0.5, 0.5]]
 */
export const scaledDotProductAttention: (query: Tensor, key: Tensor, value: Tensor, options?: AttentionOptions) => Tensor = /*@__PURE__*/ composite(undefined, (query: Tensor, key: Tensor, value: Tensor, options: AttentionOptions = {}): Tensor => {
  check(query, key, value, options);
  return attentionAtOnce(query, key, value, options) ?? attend(query, key, value, options)[0];
});
/**
 * As `scaledDotProductAttention`, with the weights beside the output.
 * @returns `[output, weights]`: [..., l, e] and [..., l, s], of their dtype
 * @example attentionWithWeights(ones([1, 2]), ones([2, 2]), eye(2)) // [[[0.5, 0.5]], [[0.5, 0.5]]]
 */
export const attentionWithWeights: (query: Tensor, key: Tensor, value: Tensor, options?: AttentionOptions) => [output: Tensor, weights: Tensor] = /*@__PURE__*/ composite(undefined, (query: Tensor, key: Tensor, value: Tensor, options: AttentionOptions = {}): [Tensor, Tensor] =>
  attend(query, key, value, options));
