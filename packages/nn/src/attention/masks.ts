/** @file Masks of attention: their shapes, checked in PyTorch's words, and as what is added to the scores. */
import { add, arange, ArgumentError, cat, gt, python, reshape, ShapeError, type Tensor, unsqueeze, warn, where, zeros } from "@adjoint/core/functional";

export type Masks = {
  /** [l, s] or [n * heads, l, s]. bool: true where NOT to attend, unlike `scaledDotProductAttention`; float: added to the scores. */
  readonly attnMask?: Tensor | null | undefined;
  /** [n, s], or [s] without batch. true, or -Infinity, at keys that nobody attends to. */
  readonly keyPaddingMask?: Tensor | null | undefined;
  /** Each position attends to itself and what is before it. No mask is needed with it. */
  readonly isCausal?: boolean;
};

/** PyTorch's checks of how many dims everything has. */
export function checkDims(query: Tensor, key: Tensor, value: Tensor, { attnMask, keyPaddingMask }: Masks, heads: number): void {
  const n = query.ndim;
  if (n !== 2 && n !== 3) throw new ShapeError(`query should be unbatched 2D or batched 3D tensor but received ${n}-D query tensor`);
  const begin = n === 3 ? "For batched (3-D) `query`, expected" : "For unbatched (2-D) `query`, expected";
  if (key.ndim !== n || value.ndim !== n) throw new ShapeError(`${begin} \`key\` and \`value\` to be ${n}-D but found ${key.ndim}-D and ${value.ndim}-D tensors respectively`);
  if (keyPaddingMask && keyPaddingMask.ndim !== n - 1) throw new ShapeError(`${begin} \`key_padding_mask\` to be \`None\` or ${n - 1}-D but found ${keyPaddingMask.ndim}-D tensor instead`);
  if (!attnMask) return;
  if (attnMask.ndim !== 2 && attnMask.ndim !== 3) throw new ShapeError(`${begin} \`attn_mask\` to be \`None\`, 2-D or 3-D but found ${attnMask.ndim}-D tensor instead`);
  const expected = [heads, query.shape[0]!, key.shape[0]!];
  if (n === 2 && attnMask.ndim === 3 && attnMask.shape.join() !== expected.join())
    throw new ShapeError(`Expected \`attn_mask\` shape to be ${python.tuple(expected)} but got ${python.size(attnMask.shape)}`);
}

/** What a mask adds: -Infinity where it is true; a float mask as it is. */
function added(name: string, mask: Tensor): Tensor {
  if (mask.dtype === "uint8") warn(`Byte tensor for ${name} in nn.MultiheadAttention is deprecated. Use bool tensor instead.`);
  if (mask.dtype === "bool" || mask.dtype === "uint8") return where(mask.dtype === "bool" ? mask : gt(mask, 0), -Infinity, 0);
  if (mask.dtype.includes("float")) return mask;
  throw new ArgumentError(`Only float, byte, and bool types are supported for ${name}, not torch.${mask.dtype}`);
}
/** Further keys that no mask hides. */
const widened = (mask: Tensor, more: number): Tensor =>
  more === 0 ? mask : cat([mask, zeros([...mask.shape.slice(0, -1), more], { dtype: mask.dtype, device: mask.device })], -1);

export type Sizes = {
  readonly n: number; readonly heads: number; readonly l: number;
  /** How many keys were given, and how many were put after them. */
  readonly s: number; readonly more: number;
};

/** What is added to the scores [n, heads, l, s + more], or undefined. */
export function scoreMask({ attnMask, keyPaddingMask, isCausal = false }: Masks, { n, heads, l, s, more }: Sizes, beside: Tensor): Tensor | undefined {
  const masks: Tensor[] = [], place = { device: beside.device };
  if (isCausal) masks.push(widened(added("attn_mask", gt(arange(0, s, 1, place), unsqueeze(arange(0, l, 1, place), 1))), more));
  if (attnMask) {
    const expected = attnMask.ndim === 2 ? [l, s] : [n * heads, l, s];
    if (attnMask.shape.join() !== expected.join())
      throw new ShapeError(`The shape of the ${attnMask.ndim}D attn_mask is ${python.size(attnMask.shape)}, but should be ${python.tuple(expected)}.`);
    const mask = widened(added("attn_mask", attnMask), more);
    masks.push(attnMask.ndim === 2 ? mask : reshape(mask, [n, heads, l, s + more]));
  }
  if (keyPaddingMask) {
    const mask = keyPaddingMask.ndim === 1 ? unsqueeze(keyPaddingMask, 0) : keyPaddingMask;
    if (mask.shape[0] !== n || mask.shape[1] !== s) throw new ShapeError(`expecting key_padding_mask shape of ${python.tuple([n, s])}, but got ${python.size(mask.shape)}`);
    masks.push(reshape(widened(added("key_padding_mask", mask), more), [n, 1, 1, s + more]));
  }
  return masks.length === 0 ? undefined : masks.reduce((sum, mask) => add(sum, mask));
}
