/** @file What a parametrized tensor is made of: the tensors that are trained, and the modules that make it from them. */
import { copy_, detach, isTensor, keep, noGrad, scope, type Tensor } from "@adjoint/core/functional";
import { ModuleList } from "../containers/module-list.ts";
import { ModuleError } from "../errors.ts";
import type { Module } from "../module.ts";
import { parameter } from "../parameter.ts";

/** A module that makes a tensor of what is trained in its place. */
export type Parametrization = Module & {
  forward(...originals: readonly Tensor[]): Tensor;
  /** What `forward` makes `x` of; several tensors where it takes several. Without it a parametrized tensor cannot be assigned to. */
  rightInverse?(x: Tensor): Tensor | readonly Tensor[];
};

/** Runs what is not recorded; of all that it makes its result alone is left. */
export function apart(run: () => Tensor): Tensor {
  const inside = scope("parametrization");
  try {
    return inside.run(() => noGrad(() => { const out = run(); return keep(out.isLeaf ? out : detach(out)); }));
  } finally {
    inside.close();
  }
}

/** The values made while `cached` runs. */
let cache: Map<ParametrizationList, Tensor> | null = null;
/**
 * Runs a function in which each parametrized tensor is made once, however often it is read. PyTorch's `parametrize.cached`.
 * @param fn a synchronous function
 * @returns what it returns
 * @throws ModuleError for a function that returns a promise
 * @example nn.utils.parametrize.cached(() => 1) // 1
 */
export function cached<T>(fn: () => T): T {
  const before = cache;
  cache ??= new Map();
  try {
    const result = fn();
    if (typeof result === "object" && result !== null && "then" in result) throw new ModuleError("cached takes a synchronous function: after its first await tensors would be made anew again");
    return result;
  } finally {
    cache = before;
  }
}

/** The parametrizations of one tensor, first to last, and `original`, or `original0`, `original1` ..., which are trained. */
export class ParametrizationList extends ModuleList<Parametrization> {
  static override readonly name: string = "ParametrizationList";
  /** @param x what the tensor was: a parameter stays the parameter that it is, as long as its shape does */
  constructor(parametrizations: readonly Parametrization[], x: Tensor, isParameter: boolean) {
    super(parametrizations);
    const made = this.inverted(x), originals = isTensor(made) ? [made] : made;
    originals.forEach((values, i) => {
      const name = isTensor(made) ? "original" : `original${i}`, stays = originals.length === 1 && values.shape.join() === x.shape.join() && values.dtype === x.dtype;
      if (stays && values !== x) noGrad(() => { copy_(x, values); });
      const original = stays ? x : keep(values.isLeaf ? values : detach(values));
      if (isParameter) this.registerParameter(name, parameter(original, { requiresGrad: x.requiresGrad }));
      else this.registerBuffer(name, original);
    });
  }
  /** The names of what is trained. */
  get names(): readonly string[] {
    return Object.keys(this).filter((name) => /^original\d*$/.test(name));
  }
  /** What is trained. */
  get originals(): readonly Tensor[] {
    return this.names.map((name) => Reflect.get(this, name) as Tensor);
  }
  /** The tensor that is made of them. */
  value(): Tensor {
    const known = cache?.get(this);
    if (known !== undefined) return known;
    const [first, ...rest] = [...this] as [Parametrization, ...Parametrization[]];
    const out = rest.reduce((x, module) => module.forward(x), first.forward(...this.originals));
    cache?.set(this, out);
    return out;
  }
  /** Changes what is trained so that the tensor becomes `x`, as nearly as it can. */
  assign(x: Tensor): void {
    for (const module of this)
      if (module.rightInverse === undefined) throw new ModuleError(`parametrization ${module.constructor.name} does not implement right_inverse.`);
    const made = this.inverted(x), values = isTensor(made) ? [made] : made, originals = this.originals;
    if (values.length !== originals.length) throw new ModuleError(`'right_inverse' must return a sequence of tensors of length ${originals.length}. Got a sequence of length ${values.length}.`);
    noGrad(() => values.forEach((value, i) => { copy_(originals[i]!, value); }));
  }
  private inverted(x: Tensor): Tensor | readonly Tensor[] {
    let made: Tensor | readonly Tensor[] = x;
    noGrad(() => {
      for (const module of [...this].reverse()) {
        if (!isTensor(made)) throw new ModuleError("parametrizations of several tensors must be the first of their list");
        if (module.rightInverse !== undefined) made = module.rightInverse(made);
      }
    });
    return made;
  }
}
