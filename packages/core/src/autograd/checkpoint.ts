/** @file Checkpointing: what a function saves for backward is computed again when backward reads it. */
import { getRngState, type RngState, setRngState } from "../creation/random.ts";
import { restore, save } from "../record.ts";
import { AutogradError, TransformError } from "../errors.ts";
import { packedBy } from "../packing.ts";
import { Lifetime, outsideFrames, within } from "../scope.ts";
import type { Backend } from "../backend.ts";
import type { DType } from "../dtype.ts";
import { sameShape, type Shape } from "../shape.ts";
import { checkVersion, type Edge, enableGrad, isGradEnabled, letGo, type Packed, type Saved } from "../tape.ts";
import { isTensor, type Tensor } from "../tensor.ts";
import { active } from "../transform/batch.ts";
import { batched, levelsOf, physicalOf } from "../transform/traced.ts";
import { bare } from "./saved-tensors.ts";

export type CheckpointOptions = {
  /** Draw the same random numbers again (dropout). Default: true. */
  readonly preserveRngState?: boolean;
};

/** The function did not compute the same again. PyTorch's `CheckpointError`. */
export class CheckpointError extends AutogradError {
  override readonly name: string = "CheckpointError";
}

/** Ends a recomputation early, once all that is needed is there. */
class Enough {
  readonly segment: Segment;
  constructor(segment: Segment) {
    this.segment = segment;
  }
}

/** A tensor as it was given: under vmap the physical one, and its batch dims. */
type Argument = { readonly saved: Saved; readonly edge: Edge | null; readonly levels: readonly number[] };
function argument(x: Tensor): Argument {
  const physical = physicalOf(x), { edge } = physical;
  return { saved: save(physical, edge), edge, levels: levelsOf(x) };
}

type Place = { readonly shape: Shape; readonly dtype: DType; value: Tensor | undefined; freed: boolean };

/** One call of a checkpointed function: its arguments, and a place for each value that it saved. */
class Segment {
  readonly #fn: (...args: readonly unknown[]) => unknown;
  /** Tensors as the tape would save them; null once nothing can ask for them. */
  #args: readonly unknown[] | null;
  readonly #saved: ReadonlyMap<number, Argument>;
  readonly #rng: readonly (readonly [Backend, RngState])[];
  readonly #places: Place[] = [];
  #outstanding = 1;

  constructor(fn: (...args: readonly unknown[]) => unknown, args: readonly unknown[], preserveRngState: boolean) {
    this.#fn = fn;
    const tensors = args.filter(isTensor);
    this.#saved = new Map(args.flatMap((x, i) => (isTensor(x) ? [[i, argument(x)]] : [])));
    this.#args = args.map((x) => (isTensor(x) ? null : x));
    const devices = new Set(preserveRngState ? tensors.map((x) => x.device) : []);
    this.#rng = [...devices].map((device) => [device, getRngState({ device })]);
  }
  run(args: readonly unknown[]): unknown {
    try {
      return packedBy("checkpoint", (tensor) => this.#pack(tensor), () => this.#fn(...args));
    } finally {
      this.#release();
    }
  }
  #release(): void {
    if (--this.#outstanding !== 0) return;
    this.#args = null;
    for (const { saved } of this.#saved.values()) letGo(saved);
  }
  #pack({ shape, dtype }: Tensor): Packed {
    const place: Place = { shape, dtype, value: undefined, freed: false };
    this.#places.push(place);
    this.#outstanding++;
    return {
      unpack: () => {
        if (place.value === undefined) this.#recompute();
        const { value } = place;
        if (value === undefined) throw new CheckpointError(this.#counts());
        place.value = undefined;
        return value;
      },
      free: () => {
        place.freed = true;
        place.value?.dispose();
        place.value = undefined;
        this.#release();
      },
    };
  }
  #recomputed = 0;
  #counts(): string {
    return "torch.utils.checkpoint: A different number of tensors was saved during the original forward and recomputation.\n" +
      `Number of tensors saved during forward: ${this.#places.length}\nNumber of tensors saved during recomputation: ${this.#recomputed}`;
  }
  #recompute(): void {
    for (const { saved, edge, levels } of this.#saved.values()) {
      checkVersion(saved, edge);
      if (levels.some((level) => !active.some((batch) => batch.level === level)))
        throw new TransformError("checkpoint: backward of a function that was called inside vmap must run inside of it too");
    }
    const before = this.#rng.map(([device]) => [device, getRngState({ device })] as const);
    const lifetime = new Lifetime("checkpoint");
    this.#recomputed = 0;
    try {
      for (const [device, state] of this.#rng) setRngState(state, { device });
      outsideFrames(() => within(lifetime, () => enableGrad(() => packedBy("checkpoint", (tensor) => this.#take(tensor), () => this.#fn(...this.#arguments())))));
    } catch (error) {
      if (!(error instanceof Enough) || error.segment !== this) throw error;
    } finally {
      for (const [device, state] of before) setRngState(state, { device });
      lifetime.close();
    }
    if (this.#recomputed !== this.#places.length) throw new CheckpointError(this.#counts());
  }
  #arguments(): unknown[] {
    return this.#args!.map((arg, i) => {
      const given = this.#saved.get(i);
      return given === undefined ? arg : batched(restore(given.saved, given.edge), given.levels);
    });
  }
  /** Keeps what the recomputation saves, in the order of the first time. */
  #take(tensor: Tensor): Packed {
    const at = this.#recomputed++, place = this.#places[at];
    if (place === undefined) throw new CheckpointError(this.#counts());
    if (!sameShape(place.shape, tensor.shape) || place.dtype !== tensor.dtype)
      throw new CheckpointError(
        "torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than during the forward pass.\n" +
        `tensor at position ${at}:\nsaved metadata: ${describe(place)}\nrecomputed metadata: ${describe(tensor)}`);
    if (!place.freed && place.value === undefined) place.value = bare(tensor);
    if (this.#recomputed === this.#places.length) throw new Enough(this);
    return NOTHING;
  }
}
const NOTHING: Packed = {
  unpack(): never {
    throw new AutogradError("checkpoint: the graph of a recomputation is not there to be walked");
  },
  free() {},
};
const describe = ({ shape, dtype }: { readonly shape: Shape; readonly dtype: DType }): string => `{'shape': torch.Size([${shape.join(", ")}]), 'dtype': torch.${dtype}}`;

/**
 * The function, checkpointed: a call saves its arguments alone, and what backward reads is computed again when it does. PyTorch's
 * `checkpoint` (the non-reentrant form).
 * @param fn a synchronous function that computes the same each time; random numbers are drawn again as they were
 * @returns the function of the same arguments
 * @throws CheckpointError in backward, for a function that computes something else
 */
export function checkpointed<A extends readonly unknown[], R>(fn: (...args: A) => R, { preserveRngState = true }: CheckpointOptions = {}): (...args: A) => R {
  return (...args) => (isGradEnabled() ? new Segment(fn as never, args, preserveRngState).run(args) as R : fn(...args));
}

/**
 * Calls `fn(...args)` without keeping what it saves for backward: that is computed again when backward reads it. PyTorch's `checkpoint`. Options: `checkpointed`.
 * @param fn a synchronous function that computes the same each time; random numbers are drawn again as they were
 * @param args its arguments
 * @returns what it returns
 * @throws CheckpointError in backward, for a function that computes something else
 * @example `const h = checkpoint((x) => block.forward(x), x)`
 */
export const checkpoint = <A extends readonly unknown[], R>(fn: (...args: A) => R, ...args: A): R => checkpointed(fn)(...args);
