/** @file What function transforms know of a tensor: its batch dims, its tangents. */
import { alias, join, Tensor, type Traced } from "../op.ts";
import { restride } from "../view.ts";

/** A derivative in the direction of one `jvp`: of the tensor's shape. */
export type Tangent = {
  readonly level: number;
  readonly value: Tensor;
  /** Where the value's gradient goes, of a saved one: what is saved counts on no node, since a result's tangent may follow from the result. */
  readonly edge?: Tensor["edge"];
};

/**
 * A tensor with batch dims shows one example: its shape is without them. `physical` has them in front, one for each of `levels`, in
 * ascending order. Tangents are on tensors without batch dims alone, and may have some themselves. All handles are its own.
 */
export class Trace implements Traced {
  readonly physical: Tensor | null;
  readonly levels: readonly number[];
  tangents: readonly Tangent[];

  constructor(physical: Tensor | null, levels: readonly number[], tangents: readonly Tangent[]) {
    this.physical = physical;
    this.levels = levels;
    this.tangents = tangents;
  }
  twin(): Trace {
    return new Trace(this.physical === null ? null : alias(this.physical), this.levels, this.tangents.map(({ level, value, edge }) => {
      const twin = alias(value);
      if (edge !== undefined) restore(twin, edge);
      return { level, value: twin };
    }));
  }
  saved(): Trace {
    return new Trace(null, this.levels, this.tangents.map(({ level, value }) => {
      const unrecorded = new Tensor(value.window, value.storage.retain(), null);
      unrecorded.traced = value.traced === null ? null : savedTrace(value.traced as Trace);
      return { level, value: unrecorded, edge: value.edge };
    }));
  }
  free(): void {
    this.physical?.free(null);
    for (const { value } of this.tangents) value.free(null);
    this.tangents = [];
  }
}

/** Of a tangent with batch dims, the physical tensor is the one that is saved. */
function savedTrace(trace: Trace): Trace {
  if (trace.physical === null) return trace.saved();
  const { physical } = trace, unrecorded = new Tensor(physical.window, physical.storage.retain(), null);
  unrecorded.traced = physical.traced === null ? null : savedTrace(physical.traced as Trace);
  return new Trace(unrecorded, trace.levels, NONE);
}
function restore(twin: Tensor, edge: Tensor["edge"]): void {
  twin.edge = edge;
  const physical = (twin.traced as Trace | null)?.physical;
  if (physical) physical.edge = edge;
}

const NONE: readonly never[] = [];
export const traceOf = (x: Tensor): Trace | null => x.traced as Trace | null;
export const levelsOf = (x: Tensor): readonly number[] => (x.traced as Trace | null)?.levels ?? NONE;
/** The tensor itself, or the one that has its batch dims as ordinary dims. */
export const physicalOf = (x: Tensor): Tensor => (x.traced as Trace | null)?.physical ?? x;

/** The physical tensor seen as one example, with this lifetime. Takes over its handle. */
export function batched(physical: Tensor, levels: readonly number[], lifetime: Tensor["lifetime"] = null): Tensor {
  if (levels.length === 0) {
    join(physical, lifetime);
    return physical;
  }
  const { shape, strides, offset } = physical.window, n = levels.length;
  const out = new Tensor(restride(physical.window, shape.slice(n), strides.slice(n), offset), physical.storage.retain(), physical.edge);
  out.traced = new Trace(physical, levels, NONE);
  join(out, lifetime);
  return out;
}

export const tangentOf = (x: Tensor, level: number): Tensor | undefined => traceOf(x)?.tangents.find((t) => t.level === level)?.value;

/** Gives a tensor without batch dims a tangent, whose handle it takes over. */
export function setTangent(x: Tensor, level: number, value: Tensor): void {
  const trace = ((x.traced as Trace | null) ??= new Trace(null, NONE, NONE));
  tangentOf(x, level)?.free(null);
  trace.tangents = [...trace.tangents.filter((t) => t.level !== level), { level, value }];
}

/** A second handle without the tangent of this level: what leaves a `jvp`. */
export function withoutTangent(x: Tensor, level: number): Tensor {
  const out = alias(x), trace = traceOf(out);
  if (trace !== null) {
    for (const t of trace.tangents) if (t.level === level) t.value.free(null);
    trace.tangents = trace.tangents.filter((t) => t.level !== level);
    if (trace.physical === null && trace.tangents.length === 0) out.traced = null;
  }
  return out;
}
