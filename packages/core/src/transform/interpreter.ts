/** @file What runs between ops and the engine while a function transform is active. */
import { NotSupportedError, TransformError } from "../errors.ts";
import {
  closeFrame, commonDevice, dispatch, dispatchAll, dispatchView, dispatchViews, framed, type Interpreter, type MultiOp, type Op, openFrame, type Rule, setInterpreter, type Tensor, type ViewOp, type ViewsOp, youngest,
} from "../op.ts";
import { active as batches, aligned, type BatchLevel, hiddenLevels, lowered, owned, raised, sizesOf, unionOf } from "./batch.ts";
import { active as tangentLevels, follow, followInPlace } from "./forward.ts";
import { batched, levelsOf, physicalOf } from "./traced.ts";

const isBatched = (inputs: readonly Tensor[]): boolean => inputs.some((x) => x.traced !== null && x.traced.physical !== null);

/** The attrs and the physical inputs of an op on examples. */
function physically<Attrs>(rule: Rule<Attrs> & { readonly name: string }, inputs: readonly Tensor[], attrs: Attrs, levels: readonly number[]): readonly [readonly Tensor[], Attrs] {
  if (rule.batched === undefined) throw new NotSupportedError(`vmap: a batching rule for ${rule.name} is not there yet; call it outside of vmap, or loop`);
  const rank = rule.batchRank?.(attrs, inputs);
  const wide = inputs.map((x) => (rank !== undefined && levelsOf(x).length === 0 && hiddenLevels(x, levels).length === 0 ? x : aligned(x, levels, rank ?? x.ndim, rank === undefined)));
  return [wide, rule.batched(attrs, sizesOf(levels), inputs)];
}

const lifetimeOf = (inputs: readonly Tensor[]): Tensor["lifetime"] => inputs.reduce<Tensor["lifetime"]>((all, x) => youngest(all, x.lifetime), null);

/** Runs on the physical tensors, and shows the results as examples. */
function onExamples<Attrs>(rule: Rule<Attrs> & { readonly name: string }, inputs: readonly Tensor[], attrs: Attrs, run: (inputs: readonly Tensor[], attrs: Attrs) => readonly Tensor[]): readonly Tensor[] {
  commonDevice(rule, inputs, attrs);
  const levels = unionOf(inputs), lifetime = lifetimeOf(inputs);
  return framed(() => run(...physically(rule, inputs, attrs, levels)).map((out) => batched(owned(out), levels, lifetime)), isOneOf);
}
const isOneOf = (results: readonly Tensor[], tensor: unknown): boolean => results.includes(tensor as Tensor);
const isIt = (result: Tensor, tensor: unknown): boolean => result === tensor;

const interpreter: Interpreter = {
  isBatched,
  run: <Attrs>(op: Op<Attrs>, inputs: readonly Tensor[], attrs: Attrs) => onExamples(op, inputs, attrs, (xs, wide) => [dispatch(op, xs, wide)])[0]!,
  runAll: <Attrs>(op: MultiOp<Attrs>, inputs: readonly Tensor[], attrs: Attrs) => onExamples(op, inputs, attrs, (xs, wide) => dispatchAll(op, xs, wide)),
  view: <Attrs>(op: ViewOp<Attrs>, input: Tensor, attrs: Attrs) => onExamples(op, [input], attrs, ([x], wide) => [dispatchView(op, x!, wide)])[0]!,
  views: <Attrs, Part>(op: ViewsOp<Attrs, Part>, input: Tensor, attrs: Attrs) => onExamples(op, [input], attrs, ([x], wide) => dispatchViews(op, x!, wide)),
  inPlace(target, others, write) {
    const levels = levelsOf(target);
    if (unionOf(others).some((level) => !levels.includes(level)))
      throw new TransformError(
        "vmap: inplace arithmetic(self, *extra_args) is not possible because there exists a Tensor `other` in extra_args that has more elements than `self`. " +
        "This happened due to `other` being vmapped over but `self` not being vmapped over in a vmap. Please try to use out-of-place operators instead of inplace arithmetic.");
    const physical = physicalOf(target), outer = openFrame();
    try {
      write(sizesOf(levels))(physical, others.map((x) => (levelsOf(x).length === 0 && hiddenLevels(x, levels).length === 0 ? x : aligned(x, levels, target.ndim, false))));
    } finally {
      closeFrame(outer);
    }
    target.edge = physical.edge;
    return target;
  },
  follow,
  followInPlace,
  random(inputs, shape, make) {
    if (batches.length === 0) return make(inputs, shape);
    const { randomness } = batches[batches.length - 1]!;
    if (randomness === "error")
      throw new TransformError("vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' randomness flags on vmap or perform the randomness operation out of vmap");
    const levels = batches.filter((b) => b.randomness === "different").map((b) => b.level);
    if (levels.length === 0) return make(inputs, shape);
    return framed(() => withLifetime(raised(make(inputs.map((x) => lowered(x, levels)), [...sizesOf(levels), ...shape]), levels), inputs), isIt);
  },
  lift: (x, make) => framed(() => batched(owned(make(physicalOf(x))), levelsOf(x), x.lifetime), isIt),
};

function withLifetime(x: Tensor, inputs: readonly Tensor[]): Tensor {
  x.lifetime = lifetimeOf(inputs);
  return x;
}

let serial = 0;

/** Runs a synchronous function with a new level: of a batch, or of a direction to differentiate in. */
export function withBatch<R>(size: number, randomness: BatchLevel["randomness"], run: (level: number) => R): R {
  const level = ++serial;
  batches.push({ level, size, randomness });
  setInterpreter(interpreter);
  try {
    return run(level);
  } finally {
    batches.pop();
    if (batches.length + tangentLevels.length === 0) setInterpreter(null);
  }
}
export function withTangents<R>(run: (level: number) => R): R {
  const level = ++serial;
  tangentLevels.push(level);
  setInterpreter(interpreter);
  try {
    return run(level);
  } finally {
    tangentLevels.pop();
    if (batches.length + tangentLevels.length === 0) setInterpreter(null);
  }
}
