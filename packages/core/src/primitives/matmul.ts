/** @file Matrix products: the batched primitive with its derivative, and PyTorch's `matmul` on top of it. */
import { inTwoBatches } from "../calculus/batches.ts";
import { inComputed, materialize } from "../calculus/call.ts";
import { expand, rawZeros, reshape } from "../calculus/map-reduce.ts";
import { isStoredOnly, scalarTypeName } from "../dtype.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { allocate, composite, dispatch, type Op, requireDType, savedTensors, type Tensor } from "../op.ts";
import { broadcastShapes, showShape, sizeOf } from "../shape.ts";
import { coalesce, restride, type View } from "../view.ts";
import { transpose } from "../views/views.ts";

/** What the kernel sees: two matrices as they are, batches with two dims of them, and where these are not enough, dense copies of what stands in the way. */
function operandsOf(a: Tensor, b: Tensor, out: Tensor): readonly View[] {
  if (out.ndim === 2) return [single(a.window), single(b.window), single(out.window)];
  const operand = (x: Tensor): View => (coalesce(x.shape.slice(0, -2), [x.window.strides.slice(0, -2)]).shape.length > 1 ? materialize(x, x.shape).window : x.window);
  return inTwoBatches([a.window, b.window, out.window]) ?? inTwoBatches([operand(a), operand(b), out.window])!;
}
export const single = (view: View): View => restride(view, [1, 1, view.shape[0]!, view.shape[1]!], [0, 0, view.strides[0]!, view.strides[1]!], view.offset);

/** `turned`: which operands lie with their columns adjacent, as a layer's matrix does; their gradients are to lie so too, or what keeps them would copy them. */
export type MatmulAttrs = { readonly name: string; readonly turned: number };

export const isTurned = ({ window: { strides } }: Tensor): boolean => strides[strides.length - 2] === 1 && strides[strides.length - 1] !== 1;

/** `[..., m, k] x [..., k, n] -> [..., m, n]`, the batch dims equal. */
const matmulOp: Op<MatmulAttrs> = {
  name: "matmul",
  gradName: ({ name }) => name,
  run(device, [a, b], attrs) {
    const rank = a!.ndim;
    requireDType("matmul", device, a!.dtype);
    const shape = [...a!.shape.slice(0, -1), b!.shape[rank - 1]!];
    if (a!.shape[rank - 1] === 0) return rawZeros(device, a!.dtype, shape);
    if (isStoredOnly(a!.dtype)) return inComputed([a!, b!], a!.dtype, (wide) => matmulOp.run(device, wide, attrs));
    const out = allocate(device, a!.dtype, shape);
    if (out.window.size === 0) return out;
    const [left, right, to] = operandsOf(a!, b!, out) as [View, View, View];
    device.backend.kernels.matmul([left, right], [to], {});
    return out;
  },
  saves: (_, needs) => ({ savedInputs: [...(needs & 2 ? [0] : []), ...(needs & 1 ? [1] : [])], savedResults: [] }),
  vjp([grad], node) {
    const saved = savedTensors(node);
    const a = node.needs(1) ? saved[0]! : undefined, b = node.needs(0) ? saved[saved.length - 1]! : undefined;
    const { name, turned } = node.attrs;
    return [b && product(grad!, transpose(b, -2, -1), name, turned & 1), a && product(transpose(a, -2, -1), grad!, name, turned & 2)];
  },
  jvp: "multilinear",
  batched: (attrs) => attrs,
};

const multiply = (a: Tensor, b: Tensor, name: string): Tensor => dispatch(matmulOp, [a, b], { name, turned: (isTurned(a) ? 1 : 0) | (isTurned(b) ? 2 : 0) });

/** xy, as the transpose of y'x' where its columns are to be adjacent. */
export const product = (x: Tensor, y: Tensor, name: string, turned: number): Tensor => (turned ? transpose(multiply(transpose(y, -2, -1), transpose(x, -2, -1), name), -2, -1) : multiply(x, y, name));

function checkOperands(a: Tensor, b: Tensor): void {
  if (a.ndim === 0 || b.ndim === 0)
    throw new ShapeError(`both arguments to matmul need to be at least 1D, but they are ${a.ndim}D and ${b.ndim}D`);
  if (a.dtype === "bool" && (a.ndim > 1 || b.dtype === "bool")) throw new DTypeError(`"${a.ndim > 1 ? "addmm_impl_cpu_" : "dot"}" not implemented for 'Bool'`);
  if (a.dtype !== b.dtype)
    throw new DTypeError(a.ndim === 1 && b.ndim === 1
      ? `dot : expected both vectors to have same dtype, but found ${scalarTypeName[a.dtype]} and ${scalarTypeName[b.dtype]}`
      : `expected scalar type ${scalarTypeName[a.dtype]} but found ${scalarTypeName[b.dtype]}`);
  const k = a.shape[a.ndim - 1]!, k2 = b.shape[Math.max(0, b.ndim - 2)]!;
  if (k === k2) return;
  if (a.ndim === 1 && b.ndim === 1)
    throw new ShapeError(`inconsistent tensor size, expected tensor ${showShape(a.shape)} and src ${showShape(b.shape)} to have the same number of elements, but got ${k} and ${k2} elements respectively`);
  const rows = sizeOf(a.shape.slice(0, -1)), columns = b.ndim === 1 ? 1 : b.shape[b.ndim - 1]!;
  throw new ShapeError(b.ndim > 2
    ? `Expected size for first two dimensions of batch2 tensor to be: [${b.shape[0]}, ${k}] but got: [${b.shape[0]}, ${k2}].`
    : `mat1 and mat2 shapes cannot be multiplied (${rows}x${k} and ${k2}x${columns})`);
}

/**
 * The matrix product: out_ij = sum of a_ik b_kj; of batches, one for each pair. PyTorch's `matmul`.
 * @param a [..., m, k], or a vector [k], which counts as a row
 * @param b [..., k, n], or a vector [k], which counts as a column; of a's dtype
 * @returns [..., m, n], leading dims broadcast, without the dims of vectors; of their dtype
 * @throws ShapeError where the inner sizes differ, leading dims do not broadcast, or for a 0-d tensor
 * @throws DTypeError where dtypes differ, and for bools
 * @example matmul(tensor([[1, 2], [3, 4]]), tensor([1, 1])) // [3, 7]
 */
export const matmul: (a: Tensor, b: Tensor) => Tensor = /*@__PURE__*/ composite(undefined, (a: Tensor, b: Tensor): Tensor => {
  checkOperands(a, b);
  if (a.ndim === 2 && b.ndim === 2) return multiply(a, b, "MmBackward0");
  const left = a.ndim === 1 ? reshape(a, [1, a.shape[0]!]) : a;
  const right = b.ndim === 1 ? reshape(b, [b.shape[0]!, 1]) : b;
  const m = left.shape[left.ndim - 2]!, k = left.shape[left.ndim - 1]!, n = right.shape[right.ndim - 1]!;
  const batch = broadcastShapes(left.shape.slice(0, -2), right.shape.slice(0, -2));
  const shape = [...batch, ...(a.ndim === 1 ? [] : [m]), ...(b.ndim === 1 ? [] : [n])];
  // A batch against one matrix is one tall product.
  const out = right.ndim === 2
    ? multiply(reshape(left, [sizeOf(batch) * m, k]), right, "MmBackward0")
    : multiply(expand(left, [...batch, m, k]), expand(right, [...batch, k, n]), "BmmBackward0");
  return reshape(out, shape, "UnsafeViewBackward0");
});
