/** @file Batches of sequences of different lengths without padding, and with it: PyTorch's `nn.utils.rnn`. */
import { ArgumentError, cat, DeviceError, full, indexSelect, isTensor, dataSync, narrow, reshape, select, ShapeError, stack, tensor, type Tensor, transpose } from "@adjoint/core/functional";

/**
 * The elements of several sequences, time by time, the longest sequence first. Made by `packPaddedSequence` and `packSequence`;
 * recurrent modules take and give it.
 */
export class PackedSequence {
  /** [total, ...] */
  readonly data: Tensor;
  /** How many sequences there still are at each time. */
  readonly counts: readonly number[];
  /** Where each sequence of the sorted batch stood; null when they were sorted. */
  readonly order: readonly number[] | null;
  /** Where each sequence stands in the sorted batch. */
  readonly places: readonly number[] | null;

  constructor(data: Tensor, counts: readonly number[], order: readonly number[] | null = null) {
    this.data = data;
    this.counts = [...counts];
    this.order = order;
    this.places = order === null ? null : inverse(order);
  }
  /** The counts as PyTorch has them, a fresh int32 tensor. */
  get batchSizes(): Tensor {
    return numbersOn(this.data, this.counts);
  }
  /** The order as PyTorch has it, a fresh int32 tensor. */
  get sortedIndices(): Tensor | null {
    return this.order === null ? null : numbersOn(this.data, this.order);
  }
  /** The places as PyTorch has them, a fresh int32 tensor. */
  get unsortedIndices(): Tensor | null {
    return this.places === null ? null : numbersOn(this.data, this.places);
  }
  /** The same sequences with other elements. */
  with(data: Tensor): PackedSequence {
    return new PackedSequence(data, this.counts, this.order);
  }
}

const numbersOn = (beside: Tensor, numbers: readonly number[]): Tensor => tensor(Int32Array.from(numbers), { device: beside.device });
const inverse = (order: readonly number[]): number[] => {
  const places = new Array<number>(order.length);
  order.forEach((from, to) => { places[from] = to; });
  return places;
};
/** The rows of `x` along a dim in another order. */
export const reordered = (x: Tensor, order: readonly number[] | null, dim: number): Tensor =>
  order === null ? x : indexSelect(x, dim, numbersOn(x, order));

type Lengths = readonly number[] | Tensor;
function numbersOf(lengths: Lengths): number[] {
  if (!isTensor(lengths)) return [...lengths];
  const { device } = lengths;
  if (device.readSync === undefined) throw new DeviceError(`packPaddedSequence: lengths are read at once, which device '${device.name}' cannot: pass numbers, from await lengths.toArray()`);
  return Array.from(dataSync(lengths));
}

export type PackOptions = {
  /** [n, t, ...] instead of [t, n, ...]. */
  readonly batchFirst?: boolean;
  /** Whether lengths must fall: true by default. */
  readonly enforceSorted?: boolean;
};
/**
 * Packs padded sequences that have the given lengths: PyTorch's `pack_padded_sequence`.
 * @param input [t, n, ...], or [n, t, ...] with `batchFirst`
 * @param lengths one for each, falling unless `enforceSorted` is false: numbers, or a tensor, which is read at once
 * @returns a PackedSequence
 * @throws ShapeError for another number of lengths, or one beyond t
 * @throws ArgumentError for lengths that do not fall, or are 0
 * @example nn.utils.rnn.packPaddedSequence(tensor([[1, 3], [2, 0]]), [2, 1]).data // [1, 3, 2]
 */
export function packPaddedSequence(input: Tensor, lengths: Lengths, options: PackOptions = {}): PackedSequence {
  const { batchFirst = false, enforceSorted = true } = options;
  const given = numbersOf(lengths), order = enforceSorted ? null : given.map((_, i) => i).sort((a, b) => given[b]! - given[a]!);
  const sorted = order === null ? given : order.map((i) => given[i]!);
  const timeFirst = batchFirst ? transpose(input, 0, 1) : input;
  const [times, batch] = timeFirst.shape as [number, number, ...number[]];
  if (timeFirst.shape.includes(0)) throw new ShapeError("Cannot pack empty tensors.");
  if (given.length !== batch) throw new ShapeError(`Expected \`len(lengths)\` to be equal to batch_size, but got ${given.length} (batch_size=${batch})`);
  if (sorted.some((length, i) => i > 0 && length > sorted[i - 1]!))
    throw new ArgumentError("`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass `enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if you do not need ONNX exportability.");
  if (!(sorted.at(-1)! > 0)) throw new ArgumentError("Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0");
  if (sorted[0]! > times) throw new ShapeError(`Expected sequence lengths of at most ${times}, the size of the time dimension, but got ${sorted[0]}`);
  const batchSizes = Array.from({ length: sorted[0]! }, (_, t) => sorted.filter((length) => length > t).length);
  const places = batchSizes.flatMap((count, t) => Array.from({ length: count }, (_, i) => t * batch + (order === null ? i : order[i]!)));
  const flat = reshape(timeFirst, [times * batch, ...timeFirst.shape.slice(2)]);
  return new PackedSequence(reordered(flat, places, 0), batchSizes, order);
}

export type PadPackedOptions = {
  /** [n, t, ...] instead of [t, n, ...]. */
  readonly batchFirst?: boolean;
  /** What stands behind the ends: 0 by default. */
  readonly paddingValue?: number;
  /** The length of the result: that of the longest by default. */
  readonly totalLength?: number | null;
};
/**
 * The sequences padded to the longest, or to `totalLength`: PyTorch's `pad_packed_sequence`.
 * @param sequence as `packPaddedSequence` gives it
 * @returns `[padded, lengths]`: [t, n, ...], or [n, t, ...] with `batchFirst`; and [n], int32
 * @throws ArgumentError for a `totalLength` below the longest
 * @example nn.utils.rnn.padPackedSequence(nn.utils.rnn.packSequence([tensor([1, 2]), tensor([3])])) // [[[1, 3], [2, 0]], [2, 1]]
 */
export function padPackedSequence(sequence: PackedSequence, options: PadPackedOptions = {}): [padded: Tensor, lengths: Tensor] {
  const { batchFirst = false, paddingValue = 0, totalLength = null } = options;
  const { data, counts: batchSizes, places: unsortedIndices } = sequence, longest = batchSizes.length, batch = batchSizes[0] ?? 0;
  if (totalLength !== null && totalLength < longest)
    throw new ArgumentError(`Expected total_length to be at least the length of the longest sequence in input, but got total_length=${totalLength} and max sequence length being ${longest}`);
  const times = totalLength ?? longest, shape = data.shape.slice(1), padding = data.shape[0]!;
  const place = (i: number): number => (unsortedIndices === null ? i : unsortedIndices[i]!);
  let start = 0;
  const starts = batchSizes.map((count) => (start += count) - count);
  const from = Array.from({ length: times * batch }, (_, k) => {
    const t = Math.floor(k / batch), i = place(k % batch);
    return t < longest && i < batchSizes[t]! ? starts[t]! + i : padding;
  });
  const padded = reshape(reordered(cat([data, full([1, ...shape], paddingValue, { dtype: data.dtype, device: data.device })]), from, 0), [times, batch, ...shape]);
  const lengths = Array.from({ length: batch }, (_, i) => batchSizes.filter((count) => count > place(i)).length);
  return [batchFirst ? transpose(padded, 0, 1) : padded, numbersOn(data, lengths)];
}

export type PadOptions = {
  /** [n, t, ...] instead of [t, n, ...]. */
  readonly batchFirst?: boolean;
  /** What stands behind the ends: 0 by default. */
  readonly paddingValue?: number;
};
/**
 * Sequences of different lengths in one tensor: PyTorch's `pad_sequence`.
 * @param sequences [length, ...] each
 * @returns [t, n, ...], or [n, t, ...] with `batchFirst`, of their dtype
 * @example nn.utils.rnn.padSequence([tensor([1, 2]), tensor([3])], { batchFirst: true }) // [[1, 2], [3, 0]]
 */
export function padSequence(sequences: readonly Tensor[], options: PadOptions = {}): Tensor {
  const { batchFirst = false, paddingValue = 0 } = options, longest = Math.max(...sequences.map((x) => x.shape[0]!));
  const padded = sequences.map((x) => {
    const missing = longest - x.shape[0]!;
    return missing === 0 ? x : cat([x, full([missing, ...x.shape.slice(1)], paddingValue, { dtype: x.dtype, device: x.device })]);
  });
  return stack(padded, batchFirst ? 0 : 1);
}
/**
 * The sequences without their padding: PyTorch's `unpad_sequence`.
 * @param padded [t, n, ...], or [n, t, ...] with `batchFirst`
 * @param lengths one for each: numbers, or a tensor, which is read at once
 * @returns [length, ...] each
 * @example nn.utils.rnn.unpadSequence(tensor([[1, 2], [3, 0]]), [2, 1], { batchFirst: true }) // [[1, 2], [3]]
 */
export function unpadSequence(padded: Tensor, lengths: Lengths, options: Pick<PadOptions, "batchFirst"> = {}): Tensor[] {
  return numbersOf(lengths).map((length, i) => narrow(select(padded, options.batchFirst === true ? 0 : 1, i), 0, 0, length));
}
/**
 * Packs sequences of different lengths: PyTorch's `pack_sequence`.
 * @param sequences [length, ...] each, the longest first unless `enforceSorted` is false
 * @returns a PackedSequence
 * @throws ArgumentError for lengths that do not fall
 * @example nn.utils.rnn.packSequence([tensor([1, 2]), tensor([3])]).data // [1, 3, 2]
 */
export const packSequence = (sequences: readonly Tensor[], options: Pick<PackOptions, "enforceSorted"> = {}): PackedSequence =>
  packPaddedSequence(padSequence(sequences), sequences.map((x) => x.shape[0]!), options);
/**
 * The sequences of a PackedSequence: PyTorch's `unpack_sequence`.
 * @param sequence as `packSequence` gives it
 * @returns [length, ...] each
 * @example nn.utils.rnn.unpackSequence(nn.utils.rnn.packSequence([tensor([1, 2]), tensor([3])])) // [[1, 2], [3]]
 */
export function unpackSequence(sequence: PackedSequence): Tensor[] {
  const { counts: batchSizes, places: unsortedIndices } = sequence, [padded] = padPackedSequence(sequence);
  return unpadSequence(padded, Array.from({ length: batchSizes[0] ?? 0 }, (_, i) => batchSizes.filter((count) => count > (unsortedIndices === null ? i : unsortedIndices[i]!)).length));
}
