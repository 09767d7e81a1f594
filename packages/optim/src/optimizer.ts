/** @file What all optimizers share: parameter groups, state, and when memory is taken and freed. Knows no formula. */
import { enableGrad, isTensor, keep, keepCopy, noGrad, python, scope, type Tensor, zero_ } from "@adjoint/core/functional";
import { OptimizerError } from "./errors.ts";
import { describe } from "./printing.ts";

/** Options of a group beside its parameters; numbers may be changed at any time. */
export type ParamGroup<Options> = Options & { readonly params: Tensor[] };
/** Options of the optimizer itself; an undefined one must be given by every group. */
export type Defaults<Options> = { readonly [K in keyof Options]: Options[K] | undefined };
/** A list of tensors, or of groups with options of their own. */
export type Params<Options> = readonly Tensor[] | readonly (Partial<Options> & { readonly params: Tensor | readonly Tensor[] })[];
/**
 * PyTorch's switches between its implementations. They change nothing here: they are kept, so that groups print as there and
 * checkpoints fit.
 */
export type Switches = { foreach: boolean | null; capturable: boolean; differentiable: boolean; fused: boolean };
/** What an optimizer remembers of one parameter. */
export type ParamState = Readonly<Record<string, StateValue>>;
export type StateValue = Tensor | number | readonly Tensor[] | readonly number[] | null;
/** A checkpoint: parameters are numbered across the groups. The tensors are those in use: `clone` them to keep a moment. */
export type OptimizerStateDict<Options> = {
  readonly state: Readonly<Record<number, ParamState>>;
  readonly paramGroups: readonly (Options & { readonly params: readonly number[] })[];
};

/** A parameter that has a gradient, and what is remembered of it; undefined before its first step. */
export type Member<State> = { readonly param: Tensor; readonly grad: Tensor; readonly state: State | undefined };

/** PyTorch's `Optimizer`: changes parameters in place from their `.grad`. A formula is `updateAll`, or for one parameter at a time `update` of {@link OneByOne}. */
export abstract class Optimizer<Options extends object, State extends Record<string, StateValue>> {
  /** The parameters with their options, which may be changed: `optimizer.paramGroups[0]!.lr = 0.01`. */
  readonly paramGroups: ParamGroup<Options>[] = [];
  /** The options of groups that do not say. */
  readonly defaults: Defaults<Options>;
  /** How often `step` was called. */
  stepCount: number = 0;
  /** The options that are printed as floats even when they are whole. */
  protected readonly floats: ReadonlySet<string> = new Set(["lr", "eps", "alpha", "rho", "lambd", "t0", "momentumDecay", "initialLr", "maxLr", "minLr"]);
  readonly #state: Map<Tensor, State> = new Map();

  constructor(params: Params<Options>, defaults: Defaults<Options>) {
    this.defaults = defaults;
    if (isTensor(params) || !Array.isArray(params))
      throw new OptimizerError(`params argument given to the optimizer should be an iterable of Tensors or dicts, but got ${isTensor(params) ? python.typeName(params) : typeof params}`);
    if (params.length === 0) throw new OptimizerError("optimizer got an empty parameter list");
    const list: Params<Options> = params;
    if (list.every(isGroup)) for (const group of list) this.addParamGroup(group);
    else this.addParamGroup({ params: list } as { params: readonly Tensor[] } & Partial<Options>);
  }

  /** Changes the parameters of a group, in place and unrecorded. New state it hands to `remember`. */
  protected abstract updateAll(members: readonly Member<State>[], group: ParamGroup<Options>): void;

  /** One group more; what it does not say is as in `defaults`. OptimizerError for what is no leaf, or is in a group already. */
  addParamGroup(group: Partial<Options> & { readonly params: Tensor | readonly Tensor[] }): void {
    if (typeof group !== "object" || group === null) throw new OptimizerError("param group must be a dict");
    if (group.params instanceof Set)
      throw new OptimizerError("optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets will change between runs. Please use a list instead.");
    const params = isTensor(group.params) ? [group.params] : [...group.params], known = new Set(this.paramGroups.flatMap((other) => other.params));
    for (const x of params) {
      if (!isTensor(x)) throw new OptimizerError(`optimizer can only optimize Tensors, but one of the params is ${python.typeName(x)}`);
      if (!x.isLeaf) throw new OptimizerError("can't optimize a non-leaf Tensor");
      if (known.has(x)) throw new OptimizerError("some parameters appear in more than one parameter group");
    }
    // PyTorch warns that this will be an error, and until then steps such a one twice, with a state that is one's or two's by the formula.
    if (new Set(params).size !== params.length) throw new OptimizerError("optimizer contains a parameter group with duplicate parameters");
    const options = { ...this.defaults, ...group, params };
    for (const [key, value] of Object.entries(options))
      if (value === undefined) throw new OptimizerError(`parameter group didn't specify a value of required optimization parameter ${key}`);
    this.paramGroups.push(options as ParamGroup<Options>); // no option is undefined now
  }

  /** Changes every parameter that has a gradient. With a closure, calls that first, recorded, and gives what it gives. */
  step(): undefined;
  step<R>(closure: () => R): R;
  step<R>(closure?: () => R): R | undefined {
    this.stepCount++;
    const result = closure === undefined ? undefined : enableGrad(closure);
    noGrad(() => {
      for (const group of this.paramGroups) {
        const members: Member<State>[] = [];
        for (const param of group.params) {
          const { grad } = param;
          if (grad !== null) members.push({ param, grad, state: this.#state.get(param) });
        }
        this.updateAll(members, group);
      }
    });
    return result;
  }

  /** Forgets the gradients; `setToNone: false` fills them with 0. */
  zeroGrad(options: { readonly setToNone?: boolean } = {}): void {
    for (const { params } of this.paramGroups)
      for (const param of params) {
        const { grad } = param;
        if (grad === null) continue;
        if (options.setToNone ?? true) param.grad = null;
        else noGrad(() => zero_(grad));
      }
  }

  /** What it remembers of a parameter. */
  stateOf(param: Tensor): State | undefined {
    return this.#state.get(param);
  }
  /** What it remembers, and its groups, parameters as numbers: PyTorch's format. Tensors are its own; `clone` to keep a moment. */
  stateDict(): OptimizerStateDict<Options> {
    const state: Record<number, ParamState> = {};
    let next = 0;
    const paramGroups = this.paramGroups.map((group) => ({
      ...group,
      params: group.params.map((param) => {
        const of = this.#state.get(param);
        if (of !== undefined) state[next] = { ...of };
        return next++;
      }),
    }));
    return { state, paramGroups };
  }
  /** Takes over options and state, copying the tensors. */
  loadStateDict(from: OptimizerStateDict<Options>): void {
    if (from.paramGroups.length !== this.paramGroups.length) throw new OptimizerError("loaded state dict has a different number of parameter groups");
    if (from.paramGroups.some(({ params }, i) => params.length !== this.paramGroups[i]!.params.length))
      throw new OptimizerError("loaded state dict contains a parameter group that doesn't match the size of optimizer's group");
    const fresh = new Map<Tensor, State>();
    noGrad(() => {
      this.paramGroups.forEach((group, i) => group.params.forEach((param, j) => {
        const of = from.state[from.paramGroups[i]!.params[j]!];
        if (of !== undefined) fresh.set(param, copied(of) as State);
      }));
    });
    from.paramGroups.forEach((group, i) => {
      const { params } = this.paramGroups[i]!;
      Object.assign(this.paramGroups[i]!, group, { params });
    });
    this.dispose();
    for (const [param, state] of fresh) this.#state.set(param, state);
  }
  /** Frees its state; the parameters are not its own. */
  dispose(): void {
    for (const state of this.#state.values()) for (const x of tensorsOf(state)) x.dispose();
    this.#state.clear();
  }
  /** Keeps new state of a parameter, before its first step or in it. */
  protected remember(param: Tensor, state: State): void {
    tensorsOf(state).forEach(keep);
    this.#state.set(param, state);
  }
  [Symbol.dispose](): void {
    this.dispose();
  }
  /** As PyTorch prints an optimizer: its groups with their options. */
  toString(): string {
    return describe(this.constructor.name, this.paramGroups, this.floats);
  }
  static {
    Object.defineProperty(this.prototype, Symbol.for("nodejs.util.inspect.custom"), { value(this: Optimizer<object, never>): string { return this.toString(); } });
  }
}

/** Makes new state and takes the first step with it. Where that throws, what `made` was given is freed. */
export function begin(step: (made: (x: Tensor) => Tensor) => void): void {
  const fresh: Tensor[] = [];
  try {
    step((x) => fresh[fresh.push(x) - 1]!);
  } catch (error) {
    for (const x of fresh) x.dispose();
    throw error;
  }
}

/** An optimizer whose formula is for one parameter. */
export abstract class OneByOne<Options extends object, State extends Record<string, StateValue>> extends Optimizer<Options, State> {
  static override readonly name: string = "OneByOne";
  /** Computes the new value of a parameter, in place and unrecorded. What it makes on the way is freed; the state it gives lasts. */
  protected abstract update(param: Tensor, grad: Tensor, group: ParamGroup<Options>, state: State | undefined): State;

  /** One scope for each parameter: what an update needs on the way is never there for two. */
  protected override updateAll(members: readonly Member<State>[], group: ParamGroup<Options>): void {
    for (const { param, grad, state } of members) {
      const temporaries = scope("optimizer.step");
      try {
        const after = temporaries.run(() => this.update(param, grad, group, state));
        if (after !== state) this.remember(param, after);
      } finally {
        temporaries.close();
      }
    }
  }
}

const isGroup = <G extends object>(item: Tensor | G): item is G => typeof item === "object" && item !== null && !isTensor(item) && "params" in item;
const tensorsOf = (state: ParamState): Tensor[] => Object.values(state).flat().filter(isTensor);
const copiedValue = (value: StateValue): StateValue => (isTensor(value) ? keepCopy(value) : Array.isArray(value) ? (value as readonly StateValue[]).map(copiedValue) as StateValue : value);
const copied = (state: ParamState): ParamState => Object.fromEntries(Object.entries(state).map(([key, value]) => [key, copiedValue(value)]));
