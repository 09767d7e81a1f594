/** @file Connectionist temporal classification (Graves et al., 2006). */
import { detach } from "../../api/reading.ts";
import { mean, sum } from "../../composites/reductions.ts";
import { fromHost, full } from "../../creation/fill.ts";
import { floatsOnly } from "../../elementwise/checks.ts";
import { to, wide } from "../../elementwise/elementwise.ts";
import { add, div, eq, exp, gt, log, logicalAnd, maximum, ne, neg, sub, where } from "../../elementwise/index.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../errors.ts";
import { composite, isTensor, type Tensor } from "../../op.ts";
import { gather } from "../../primitives/gather.ts";
import { cat, stack } from "../../views/cat.ts";
import { hostNumbers } from "../../views/host-numbers.ts";
import { expand, narrow, reshape, select, unsqueeze } from "../../views/views.ts";
import { checkReduction, type ReductionOptions } from "./reduction.ts";

export type CtcOptions = ReductionOptions & {
  /** The class that stands for nothing. */
  readonly blank?: number;
  /** A loss that is infinite, because the input is too short, is 0. */
  readonly zeroInfinity?: boolean;
};
type Lengths = readonly number[] | Tensor;
const numbers = (lengths: Lengths): number[] => (isTensor(lengths) ? hostNumbers("ctc_loss", lengths) : [...lengths]);

/** The logarithm of 0, finite so that no derivative is NaN; a result this low is infinite. */
const NONE = -1e30;
const ints = (values: readonly number[], shape: readonly number[], beside: Tensor): Tensor => fromHost(Int32Array.from(values), shape, "int32", { device: beside.device });

function logSum(...terms: readonly Tensor[]): Tensor {
  const most = detach(terms.reduce((a, b) => maximum(a, b)));
  return add(most, log(terms.map((x) => exp(sub(x, most))).reduce((a, b) => add(a, b))));
}
/** [n, size] moved on by `by` places, with NONE in front. */
const shifted = (x: Tensor, by: number): Tensor => {
  const [n, size] = x.shape as [number, number], front = full([n, Math.min(by, size)], NONE, { dtype: x.dtype, device: x.device });
  return by >= size ? front : cat([front, narrow(x, 1, 0, size - by)], 1);
};

/** [n, longest] of targets that stand one after another. */
function rowsOf(targets: Tensor, lengths: readonly number[], blank: number): Tensor {
  if (targets.ndim === 2) return targets;
  const longest = Math.max(1, ...lengths);
  let from = 0;
  return stack(lengths.map((length) => {
    const row = narrow(targets, 0, from, length);
    from += length;
    return length === longest ? row : cat([row, ints(new Array<number>(longest - length).fill(blank), [longest - length], targets)]);
  }));
}

const perSample = /*@__PURE__*/ composite(undefined, (logProbs: Tensor, targets: Tensor, inputLengths: readonly number[], targetLengths: readonly number[], blank: number): Tensor => {
  const [times, n] = logProbs.shape as [number, number, number], longest = targets.shape[1]!, size = 2 * longest + 1;
  const place = { device: logProbs.device }, blanks = full([n, longest], blank, { dtype: "int32", ...place });
  // Between the labels, before and after them stands the blank.
  const labels = cat([reshape(stack([blanks, targets], 2), [n, 2 * longest]), narrow(blanks, 1, 0, 1)], 1);
  const before = cat([full([n, 2], blank, { dtype: "int32", ...place }), narrow(labels, 1, 0, size - 2)], 1);
  const canSkip = logicalAnd(ne(labels, blank), ne(labels, before));
  const emitted = gather(logProbs, 2, expand(unsqueeze(labels, 0), [times, n, size]));
  const starts = fromHost(Uint8Array.from({ length: size }, (_, i) => (i < 2 ? 1 : 0)), [1, size], "bool", place);
  let alpha = where(starts, select(emitted, 0, 0), NONE);
  for (let t = 1; t < Math.max(...inputLengths); t++) {
    const next = add(select(emitted, 0, t), logSum(alpha, shifted(alpha, 1), where(canSkip, shifted(alpha, 2), NONE)));
    const isOver = inputLengths.some((length) => t >= length);
    alpha = isOver ? where(fromHost(Uint8Array.from(inputLengths, (length) => (t < length ? 1 : 0)), [n, 1], "bool", place), next, alpha) : next;
  }
  const last = gather(alpha, 1, ints(targetLengths.map((length) => 2 * length), [n, 1], logProbs));
  const label = where(fromHost(Uint8Array.from(targetLengths, (length) => (length > 0 ? 1 : 0)), [n, 1], "bool", place), gather(alpha, 1, ints(targetLengths.map((length) => Math.max(0, 2 * length - 1)), [n, 1], logProbs)), NONE);
  const loss = neg(reshape(logSum(last, label), [n]));
  // PyTorch's gradient is that of probabilities which sum to 1, as logSoftmax gives them: exp(logProbs) is added to it, and 0 to the value.
  const within = fromHost(Uint8Array.from({ length: times * n }, (_, i) => (Math.floor(i / n) < inputLengths[i % n]! ? 1 : 0)), [times, n, 1], "bool", place);
  const odds = where(within, exp(logProbs), 0);
  return add(where(gt(loss, -NONE / 10), Infinity, loss), sum(sub(odds, detach(odds)), [0, 2]));
});

/**
 * The negative log likelihood of label sequences, however they are stretched and interrupted by blanks (Graves et al., 2006), reduced; the mean is over losses divided by the
 * lengths of their targets.
 * @param logProbs logarithms of probabilities, as `logSoftmax` gives them: [t, n, classes], or [t, classes]
 * @param targets class numbers without blanks, int32 [n, s], or all one after another; or [s]
 * @param inputLengths how many steps each has, numbers or a tensor, which is read at once
 * @param targetLengths how many labels each has, likewise
 * @returns a 0-d tensor; by `reduction: "none"` [n]; the dtype of `logProbs`
 * @throws ShapeError for lengths that are not one for each
 * @throws ArgumentError for lengths above t, a blank that is no class, or another reduction
 * @throws DTypeError for integers and bools, and targets that are not int32
 * @example ctcLoss(full([2, 1, 2], Math.log(0.5)), tensor([[1]], { dtype: "int32" }), [2], [1]) // 0.2877
 */
export function ctcLoss(logProbs: Tensor, targets: Tensor, inputLengths: Lengths, targetLengths: Lengths, options: CtcOptions = {}): Tensor {
  const { reduction = "mean", blank = 0, zeroInfinity = false } = options;
  checkReduction(reduction);
  if (targets.dtype !== "int32") throw new DTypeError(`ctc_loss: targets are class numbers of int32, got ${targets.dtype}`);
  floatsOnly("ctc_loss_cpu", logProbs);
  const isBatched = logProbs.ndim === 3, batch = isBatched ? logProbs : unsqueeze(logProbs, 1), [times, n, classes] = batch.shape as [number, number, number];
  const steps = numbers(inputLengths), sizes = numbers(targetLengths);
  if (!(blank >= 0 && blank < classes)) throw new ArgumentError("blank must be in label range");
  if (steps.length !== n) throw new ShapeError("input_lengths must be of size batch_size");
  if (sizes.length !== n) throw new ShapeError("target_lengths must be of size batch_size");
  const tooLong = steps.find((length) => length > times);
  if (tooLong !== undefined) throw new ArgumentError(`Expected input_lengths to have value at most ${times}, but got value ${tooLong} (while checking arguments for ctc_loss_allocate_outputs)`);
  return reducedCtc(batch, targets, steps, sizes, blank, zeroInfinity, reduction, isBatched);
}
const reducedCtc = /*@__PURE__*/ composite(undefined, (batch: Tensor, targets: Tensor, steps: readonly number[], sizes: readonly number[], blank: number, zeroInfinity: boolean, reduction: string, isBatched: boolean): Tensor => {
  const rows = rowsOf(isBatched || targets.ndim === 1 ? targets : reshape(targets, [-1]), sizes, blank);
  // In the dtype of computation: the logarithm of 0 is beyond float16.
  const losses = perSample(wide(batch), rows, steps, sizes, blank), kept = zeroInfinity ? where(eq(losses, Infinity), 0, losses) : losses;
  const shares = to(ints(sizes.map((size) => Math.max(1, size)), [sizes.length], batch), kept.dtype);
  const reduced = reduction === "none" ? (isBatched ? kept : reshape(kept, [])) : reduction === "sum" ? sum(kept) : mean(div(kept, shares));
  return to(reduced, batch.dtype);
});
