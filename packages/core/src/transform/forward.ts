/** @file Forward mode: the tangents of an op's results, by the op's own rule. */
import { mapInto } from "../calculus/in-place.ts";
import { zerosOn } from "../calculus/map-reduce.ts";
import { isFloat } from "../dtype.ts";
import { NotSupportedError } from "../errors.ts";
import { add } from "../elementwise/arithmetic.ts";
import { alias, closeFrame, openFrame, pend, type Rule, type Tensor } from "../op.ts";
import { arg } from "../scalar/expr.ts";
import { perDType, program } from "../scalar/program.ts";
import { owned } from "./batch.ts";
import { setTangent, tangentOf, traceOf } from "./traced.ts";

/** Levels of the `jvp` calls that are running. */
export const active: number[] = [];
/** While a rule works at one level, only the levels outside of it are followed: a tangent of a tangent is not counted twice. */
let ceiling = Infinity;

type Named<Attrs> = Rule<Attrs> & { readonly name: string };
type Again = (inputs: readonly Tensor[]) => readonly Tensor[];

function push<Attrs>(rule: Named<Attrs>, tangents: readonly (Tensor | undefined)[], inputs: readonly Tensor[], outs: readonly Tensor[], attrs: Attrs, again: Again): readonly (Tensor | undefined)[] {
  const { jvp } = rule;
  if (jvp === undefined) throw new NotSupportedError(`${rule.name}: forward mode is not there yet; use func.vjp, or jacrev`);
  if (typeof jvp === "function") return jvp(tangents, inputs, outs, attrs);
  if (jvp === "linear") return again(inputs.map((x, i) => tangents[i] ?? (isFloat(x.dtype) ? zerosOn(x.storage.device, x.dtype, x.shape) : x)));
  return tangents.reduce<readonly (Tensor | undefined)[]>((sums, t, i) => {
    if (t === undefined) return sums;
    const parts = again(inputs.map((x, k) => (k === i ? t : x)));
    return parts.map((part, k) => (sums[k] === undefined ? part : add(sums[k], part)));
  }, []);
}

/** Runs `visit` for each level at which an input has a tangent, with what is followed limited to the levels outside. */
function atEachLevel(inputs: readonly Tensor[], visit: (level: number, tangents: readonly (Tensor | undefined)[]) => void): void {
  if (!inputs.some((x) => traceOf(x)?.tangents.length)) return;
  for (const level of active) {
    if (level >= ceiling) break;
    const tangents = inputs.map((x) => tangentOf(x, level));
    if (tangents.every((t) => t === undefined)) continue;
    const before = ceiling, outer = openFrame();
    ceiling = level;
    try {
      visit(level, tangents);
    } finally {
      ceiling = before;
      closeFrame(outer);
    }
  }
}

export function follow<Attrs>(rule: Named<Attrs>, inputs: readonly Tensor[], attrs: Attrs, outs: readonly Tensor[], again: Again): void {
  if (!outs.some((out) => isFloat(out.dtype))) return;
  atEachLevel(inputs, (level, tangents) => {
    const made = push(rule, tangents, inputs, outs, attrs, again);
    const { lineage } = outs[0]!, view = lineage?.op;
    if (view === rule && typeof rule.jvp === "function" && made[0]?.lineage?.op !== view) lineage!.family.apart = view;
    outs.forEach((out, k) => { if (made[k] !== undefined && isFloat(out.dtype)) setTangent(out, level, owned(made[k])); });
  });
}

const taken = /*@__PURE__*/ perDType((d) => program("copy", [d, d], [], [arg(1, d)]));

/** The target's tangents after a change in place: worked out before it, from the old value; stored after it. */
export function followInPlace<Attrs>(rule: Named<Attrs>, inputs: readonly Tensor[], attrs: Attrs): () => void {
  const target = inputs[0]!, later: (() => void)[] = [];
  atEachLevel(inputs, (level, tangents) => {
    if (typeof rule.jvp !== "function") throw new NotSupportedError(`${rule.name}: forward mode through a change in place is not there yet; use the op that returns a new tensor`);
    const before = tangents[0], apart = target.lineage?.family.apart;
    if (before === undefined && target.lineage !== null)
      throw new NotSupportedError(`${rule.name}: a view, or a tensor with views, gets its first tangent by a change in place; give the base a tangent, or clone() it first`);
    if (before !== undefined && apart)
      throw new NotSupportedError(`${rule.name}: forward mode through a change in place where a view (${apart.name}) has its tangent apart from that of its base; contiguous() the base first`);
    // It is the change's own, which may yet fail, and dies with it.
    const next = pend(owned(rule.jvp(tangents, inputs, [target], attrs)[0] ?? zerosOn(target.storage.device, target.dtype, target.shape)));
    later.push(() => {
      if (before === undefined) setTangent(target, level, alias(next));
      else mapInto(before, taken(next.dtype), [next]);
    });
  });
  return () => { for (const store of later) store(); };
}
