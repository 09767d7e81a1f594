/** @file Lifetimes: which tensors die together. Knows nothing of what a tensor is beyond that it can be freed. */
import { ArgumentError, FreedError } from "./errors.ts";

/** What a lifetime holds. */
export interface Mortal {
  /** The lifetime it dies with, or null: then it lives until it is disposed or collected. */
  lifetime: Lifetime | null;
  /** Whether it is worth saying who holds it, where memory runs out. */
  readonly isLarge: boolean;
  free(by: Lifetime | null): void;
}

let serial = 0;

/** So many small tensors are much. */
const MANY = 1024;

/** A set of tensors that are freed together when it is closed. */
export class Lifetime {
  /** Later ones are younger: a result joins the youngest lifetime of its inputs. */
  readonly id: number = ++serial;
  /** What errors call it. */
  readonly name: string;
  /** @internal What it frees. */
  readonly members: Mortal[] = [];
  #closed = false;
  #holdsMuch = false;

  constructor(name: string) {
    this.name = name;
  }
  /** Whether it has freed what it held: nothing can join it then. */
  get closed(): boolean {
    return this.#closed;
  }
  /** Takes a tensor in: it is freed when this closes, whatever it belonged to before. */
  adopt<T extends Mortal>(tensor: T): T {
    if (this.#closed) throw new FreedError(`${this.name} is closed: nothing can join it`);
    tensor.lifetime = this;
    this.take(tensor);
    return tensor;
  }
  /** @internal As `adopt`, of what names this its lifetime already. */
  take(tensor: Mortal): void {
    this.members.push(tensor);
    if (!this.#holdsMuch && (tensor.isLarge || this.members.length === MANY)) {
      this.#holdsMuch = true;
      this.becomeKnown();
    }
  }
  /** When it first holds much: whoever must be found where memory runs out sees to it now, since it costs more than a small tensor. */
  protected becomeKnown(): void {}
  /** Frees everything that joined and was not adopted by something that lasts. Closing twice does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const tensor of this.members) if (tensor.lifetime === this) tensor.free(this);
    this.members.length = 0;
  }
}

/** What was made inside open frames, the innermost frame's last; beyond `top` there is room. A frame is where its part begins. */
const made: (Mortal | undefined)[] = [];
let top = 0;
const NO_FRAME = -1;
let frame = NO_FRAME;
let ambient: Lifetime | null = null;

export const youngest = (a: Lifetime | null, b: Lifetime | null): Lifetime | null => (a === null || (b !== null && b.id > a.id) ? b : a);

/** Gives a new tensor its lifetime, from that of its inputs. */
export function join(tensor: Mortal, inputs: Lifetime | null): void {
  const lifetime = ambient === null ? inputs : youngest(inputs, ambient);
  tensor.lifetime = lifetime;
  if (frame !== NO_FRAME) made[top++] = tensor;
  else if (lifetime !== null) lifetime.take(tensor);
}

/** Makes a tensor last: nothing but `dispose` or the collector frees it. */
export function keep<T extends Mortal>(tensor: T): T {
  tensor.lifetime = null;
  return tensor;
}

/** Opens a frame: what the engine makes from here on dies with it. Returns the frame around it, for `closeFrame`. */
export function openFrame(): number {
  const outer = frame;
  frame = top;
  return outer;
}

/** Frees what was made since the frame was opened, but for what `kept` says of the result: that belongs to the frame around it, or to its lifetime. */
export function closeFrame<R>(outer: number, result?: R, kept?: (result: R, tensor: Mortal) => boolean): void {
  const start = frame, end = top;
  frame = outer;
  let next = start;
  for (let i = start; i < end; i++) {
    const tensor = made[i]!;
    if (kept === undefined || !kept(result!, tensor)) tensor.free(null);
    else if (outer !== NO_FRAME) made[next++] = tensor;
    else tensor.lifetime?.take(tensor);
  }
  for (let i = next; i < end; i++) made[i] = undefined;
  top = next;
}

/** Takes a tensor out of the innermost frame, if it was made there: it is the caller's from now on. */
export function takeFromFrame(tensor: Mortal): boolean {
  for (let i = top - 1; i >= frame && i >= 0; i--) {
    if (made[i] !== tensor) continue;
    made[i] = made[--top];
    made[top] = undefined;
    tensor.lifetime = null;
    return true;
  }
  return false;
}

/** What an op has allocated so far: nothing, one tensor, or several. Undefined while none runs. */
type Allocated = Mortal | Mortal[] | null | undefined;
let allocated: Allocated = undefined;

/** A new tensor of the op that runs: it dies with the run, unless it is its result. */
export function pend<T extends Mortal>(tensor: T): T {
  if (allocated === null) allocated = tensor;
  else if (Array.isArray(allocated)) allocated.push(tensor);
  else if (allocated !== undefined) allocated = [allocated, tensor];
  return tensor;
}

/** An op begins. Returns what the one around it has allocated, for `endRun`. */
export function beginRun(): Allocated {
  const outer = allocated;
  allocated = null;
  return outer;
}
/** The op has ended, or thrown: then it has no result. */
export function endRun(outer: Allocated, result: unknown): void {
  const own = allocated;
  allocated = outer;
  if (own === result || !own) return;
  if (!Array.isArray(own)) {
    if (!Array.isArray(result) || !result.includes(own)) own.free(null);
    return;
  }
  const lasting: ReadonlySet<unknown> = new Set(Array.isArray(result) ? result : [result]);
  for (const tensor of own) if (!lasting.has(tensor)) tensor.free(null);
}

/** Runs a composite: what it makes dies, except what `kept` of its result says. */
export function framed<A extends readonly unknown[], R>(run: (...args: A) => R, kept: (result: R, tensor: Mortal) => boolean, ...args: A): R {
  const outer = openFrame();
  let result: R | undefined, hold: typeof kept | undefined;
  try {
    result = run(...args);
    hold = kept;
    return result;
  } finally {
    closeFrame(outer, result, hold);
  }
}

/** Runs a user's function from inside the engine: what it makes is the user's, as anywhere else, and dies with no frame and with no op that runs. */
export function outsideFrames<R>(run: () => R): R {
  const outer = frame, pending = allocated;
  frame = NO_FRAME;
  allocated = undefined;
  try {
    return run();
  } finally {
    frame = outer;
    allocated = pending;
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
