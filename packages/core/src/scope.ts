/** @file Lifetimes: which tensors die together. Knows nothing of what a tensor is beyond that it can be freed. */
import { ArgumentError, FreedError } from "./errors.ts";

/** What a lifetime holds. */
export interface Mortal {
  /** The lifetime it dies with, or null: then it lives until it is disposed or collected. */
  lifetime: Lifetime | null;
  free(by: Lifetime | null): void;
}

let serial = 0;

/** A set of tensors that are freed together when it is closed. */
export class Lifetime {
  /** Later ones are younger: a result joins the youngest lifetime of its inputs. */
  readonly id: number = ++serial;
  readonly name: string;
  readonly members: Mortal[] = [];
  #closed = false;

  constructor(name: string) {
    this.name = name;
  }
  get closed(): boolean {
    return this.#closed;
  }
  /** Takes a tensor in: it is freed when this closes, whatever it belonged to before. */
  adopt<T extends Mortal>(tensor: T): T {
    if (this.#closed) throw new FreedError(`${this.name} is closed: nothing can join it`);
    tensor.lifetime = this;
    this.members.push(tensor);
    return tensor;
  }
  /** Frees everything that joined and was not adopted by something that lasts. Closing twice does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const tensor of this.members) if (tensor.lifetime === this) tensor.free(this);
    this.members.length = 0;
  }
}

/** The tensors made while the engine works inside a composite or a derivative rule. */
type Frame = { readonly made: Mortal[]; readonly outer: Frame | undefined };
let frame: Frame | undefined;
let ambient: Lifetime | null = null;

export const youngest = (a: Lifetime | null, b: Lifetime | null): Lifetime | null => (a === null || (b !== null && b.id > a.id) ? b : a);

/** Gives a new tensor its lifetime, from that of its inputs. */
export function join(tensor: Mortal, inputs: Lifetime | null): void {
  const lifetime = ambient === null ? inputs : youngest(inputs, ambient);
  tensor.lifetime = lifetime;
  if (frame !== undefined) frame.made.push(tensor);
  else if (lifetime !== null) lifetime.members.push(tensor);
}

/** Makes a tensor last: nothing but `dispose` or the collector frees it. */
export function keep<T extends Mortal>(tensor: T): T {
  tensor.lifetime = null;
  return tensor;
}

/** Runs a composite: what it makes dies, except what `kept` of its result says. */
export function framed<R>(run: () => R, kept: (result: R, tensor: Mortal) => boolean): R {
  const inner: Frame = (frame = { made: [], outer: frame });
  try {
    const result = run();
    frame = inner.outer;
    for (const tensor of inner.made) {
      if (!kept(result, tensor)) tensor.free(null);
      else if (frame !== undefined) frame.made.push(tensor);
      else tensor.lifetime?.members.push(tensor);
    }
    return result;
  } catch (error) {
    frame = inner.outer;
    for (const tensor of inner.made) tensor.free(null);
    throw error;
  }
}

/** Within `run`, which must be synchronous, new tensors join `lifetime` even if they have no inputs. */
export function within<R>(lifetime: Lifetime, run: () => R): R {
  if (lifetime.closed) throw new FreedError(`${lifetime.name} is closed: nothing can run in it`);
  const outer = ambient;
  ambient = lifetime;
  try {
    return refusePromise("scope.run", run());
  } finally {
    ambient = outer;
  }
}

/** Modes hold for synchronous code only: after the first await they are off again. */
export function refusePromise<R>(what: string, result: R): R {
  if (typeof result === "object" && result !== null && "then" in result)
    throw new ArgumentError(`${what} takes a synchronous function: after its first await the mode would be off. Await outside, or pass what you need in.`);
  return result;
}
