/** @file Custom functions: a forward and a backward of the user's, recorded as one node. */
import { writeViewRule } from "../calculus/in-place.ts";
import { zerosOn } from "../calculus/map-reduce.ts";
import { adoptLent, lend } from "../calculus/walk.ts";
import { dispatchView, type ViewOp } from "../dispatch.ts";
import { checkInPlace, moveHistory } from "../dispatch-in-place.ts";
import { save } from "../record.ts";
import { isFloat } from "../dtype.ts";
import { ArgumentError, AutogradError, NotSupportedError, TransformError } from "../errors.ts";
import * as python from "../python.ts";
import { join, outsideFrames } from "../scope.ts";
import { Edge, isGradEnabled, Node, noGrad, type Rule, savesNothing } from "../tape.ts";
import { alias, alive, isTensor, type Tensor } from "../tensor.ts";
import { physicalOf, setTangent, tangentOf, traceOf, withoutTangent } from "../transform/traced.ts";
import { FunctionContext, type Said, saidTo } from "./function-context.ts";

/** What a subclass of `Function` provides, as static methods. */
export interface CustomFunction<A extends readonly unknown[], R> {
  readonly name: string;
  /** Computes the results, without being recorded. */
  forward(ctx: FunctionContext, ...args: A): R;
}
/** As newer PyTorch splits it: `forward` without a context, which `setupContext` fills afterwards. */
export interface SplitFunction<A extends readonly unknown[], R> {
  readonly name: string;
  forward(...args: A): R;
  setupContext(ctx: FunctionContext, inputs: A, output: R): void;
}
type Backward = (ctx: FunctionContext, ...grads: readonly (Tensor | null)[]) => unknown;

/**
 * A function with a derivative of your own: PyTorch's `autograd.Function`. Subclass it with `static forward(ctx, ...args)` and
 * `static backward(ctx, ...grads)`, which gives a gradient, or null, for each argument of forward; call it by `apply`.
 * @example
 * class Exp extends autograd.Function {
 *   static forward(ctx: autograd.FunctionContext, x: Tensor): Tensor { const y = x.exp(); ctx.saveForBackward(y); return y; }
 *   static backward(ctx: autograd.FunctionContext, grad: Tensor): Tensor { const [y] = ctx.savedTensors; return grad.mul(y!); }
 * }
 * const y = Exp.apply(x);
 */
export abstract class Function {
  static apply<A extends readonly unknown[], R>(this: SplitFunction<A, R>, ...args: A): R;
  static apply<A extends readonly unknown[], R>(this: CustomFunction<A, R>, ...args: A): R;
  static apply(this: CustomFunction<readonly unknown[], unknown>, ...args: readonly unknown[]): unknown {
    return applyFunction(this, args);
  }
}

const member = (of: object, name: string): ((...args: readonly unknown[]) => unknown) | undefined => {
  const value: unknown = Reflect.get(of, name);
  return typeof value === "function" ? (...args) => Reflect.apply(value, of, args) as unknown : undefined;
};

function applyFunction(of: CustomFunction<readonly unknown[], unknown>, args: readonly unknown[]): unknown {
  const inputs = args.filter(isTensor);
  for (const x of inputs) alive(of.name, x);
  if (inputs.some((x) => x.traced !== null)) {
    if (isGradEnabled() && inputs.some((x) => physicalOf(x) !== x && physicalOf(x).requiresGrad))
      throw new TransformError(
        `You tried to vmap over ${of.name}, but it does not have vmap support. Please override and implement the vmap staticmethod or set generate_vmap_rule=True. ` +
        "For more details, please see https://pytorch.org/docs/main/notes/extending.func.html");
    const levels = new Set(inputs.flatMap((x) => (traceOf(physicalOf(x))?.tangents ?? []).map(({ level }) => level)));
    if (levels.size > 0) return pushForward(of, args, Math.max(...levels));
  }
  return run(of, args).made;
}

/** Forward mode: the function without the tangents of this level, and the tangents that the user's `jvp` gives its results. */
function pushForward(of: CustomFunction<readonly unknown[], unknown>, args: readonly unknown[], level: number): unknown {
  const jvp = member(of, "jvp");
  if (jvp === undefined) throw new NotSupportedError("You must implement the jvp function for custom autograd.Function to use it with forward mode AD.");
  if (args.some((x) => isTensor(x) && physicalOf(x) !== x)) throw new NotSupportedError(`${of.name}: the jvp of a custom autograd.Function under vmap`);
  const tangents = args.map((x) => (isTensor(x) ? tangentOf(x, level) ?? null : null));
  const primals = args.map((x) => {
    if (!isTensor(x)) return x;
    const primal = withoutTangent(x, level);
    join(primal, x.lifetime);
    return primal;
  });
  const { made, ctx } = run(of, primals), directions = jvp(ctx, ...tangents);
  const outs = Array.isArray(made) ? made as readonly unknown[] : [made], given = Array.isArray(directions) ? directions as readonly unknown[] : [directions];
  outs.forEach((out, k) => {
    const direction = given[k];
    if (isTensor(out) && isTensor(direction)) setTangent(out, level, alias(direction));
  });
  return made;
}

function run(of: CustomFunction<readonly unknown[], unknown>, args: readonly unknown[]): { readonly made: unknown; readonly ctx: FunctionContext } {
  const inputs = args.filter(isTensor);
  const ctx = new FunctionContext(args.map((x) => isTensor(x) && x.requiresGrad));
  const executable = isGradEnabled() && inputs.some((x) => x.requiresGrad);
  const forward = member(of, "forward"), setup = member(of, "setupContext");
  if (forward === undefined) throw new NotSupportedError("You must implement the forward function for custom autograd.Function.");
  const made = noGrad(() => {
    if (setup === undefined) return forward(ctx, ...args);
    const output = forward(...args);
    setup(ctx, args, output);
    return output;
  });
  const outs: readonly unknown[] = Array.isArray(made) ? made : [made];
  const said = saidTo(ctx);
  if (said.dirty.some((x) => !outs.includes(x)))
    throw new AutogradError("Some elements marked as dirty during the forward method were not returned as output. The inputs that are modified inplace must all be outputs of the Function.");
  const results = executable ? recorded(of, ctx, said, args, inputs, outs) : outs.map((out) => (inputs.includes(out as Tensor) && !said.dirty.includes(out as Tensor) ? secondHandle(out as Tensor) : out));
  return { made: Array.isArray(made) ? results : results[0], ctx };
}

const sameOp: ViewOp<null> = {
  name: "alias",
  gradName: () => "AliasBackward0",
  view: (view) => view,
  saves: () => savesNothing,
  vjp: ([grad]) => [grad],
  jvp: "linear",
  batched: () => null,
};
/** An input that is returned as it is comes back as a view of itself, with a history of its own. */
const secondHandle = (x: Tensor): Tensor => noGrad(() => dispatchView(sameOp, x, null));

function recorded(of: { readonly name: string }, ctx: FunctionContext, said: Said, args: readonly unknown[], inputs: readonly Tensor[], outs: readonly unknown[]): readonly unknown[] {
  const areTensors = args.map(isTensor), areResults = outs.map(isTensor);
  const rule: Rule<undefined> = {
    gradName: () => `${of.name}Backward`,
    saves: () => savesNothing,
    vjp: (grads, node) => pullBack(of, ctx, areTensors, said.materialize ? areResults : [], grads, node as Node),
    runsWithoutGrads: true,
  };
  for (const x of said.dirty) checkInPlace(x, 1);
  const typed = new Node<undefined>(rule, undefined, inputs.map((x) => x.edge), null);
  const node = typed as Node<never>, { device } = inputs[0]!.storage, outputs: Edge[] = [];
  node.outputs = outputs;
  const results = outs.map((out, k) => {
    // What is no tensor has a number too: its gradient is null.
    const edge = isTensor(out) ? new Edge(node, k, out.shape, out.dtype, out.storage.device) : new Edge(node, k, [], "float32", device);
    outputs.push(edge);
    if (!isTensor(out)) return out;
    const dirty = said.dirty.includes(out), result = !dirty && (inputs.includes(out) || outs.indexOf(out) < k) ? secondHandle(out) : out;
    if (said.nonDifferentiable.includes(out) || !isFloat(out.dtype)) {
      if (result.edge !== null) result.edge = null;
      return result;
    }
    if (dirty) become(result, edge);
    else result.edge = edge;
    if (!dirty && result.lineage !== null && result.lineage.parent !== null) result.lineage.creation = "function";
    return result;
  });
  const kept = said.save.filter((x) => x !== null);
  node.savesInfo = { savedInputs: kept.map((_, i) => i), savedResults: [] };
  node.saved = kept.map((x) => {
    // A result is known by its number; an input that was returned as it is stays the input that it was.
    const k = results.indexOf(x);
    return save(x, k >= 0 && x.edge?.node === node ? k : x.edge);
  });
  // Held by the node from now on, never by handles.
  said.kept = said.save.map((x) => x !== null);
  said.save = said.dirty = said.nonDifferentiable = [];
  said.node = node;
  return results;
}

/** A tensor that was changed in place is from now on what the function made of it. */
function become(target: Tensor, edge: Edge): void {
  const after = alias(target);
  after.lineage?.family.leave();
  after.lineage = null;
  after.edge = edge;
  moveHistory(target, after, writeViewRule);
  after.free(null);
}

/** Calls the user's backward and checks what it returns, argument by argument. */
function pullBack(of: { readonly name: string }, ctx: FunctionContext, areTensors: readonly boolean[], materialize: readonly boolean[], grads: readonly (Tensor | undefined)[], node: Node): readonly (Tensor | undefined)[] {
  const backward = (member(of, "backward") ?? member(of, "vjp")) as Backward | undefined;
  if (backward === undefined)
    throw new NotSupportedError("You must implement either the backward or vjp method for your custom autograd.Function to use it with backward mode AD.");
  const given = node.outputs.map(({ shape, dtype, device }, k) => {
    const grad = grads[k];
    if (grad !== undefined) return lend(grad);
    return materialize[k] === true ? outsideFrames(() => adoptLent(zerosOn(device, dtype, shape))) : null;
  });
  const made = outsideFrames(() => backward(ctx, ...given));
  const list: unknown[] = Array.isArray(made) ? [...made] : [made];
  while (list.length > areTensors.length && (list.at(-1) ?? null) === null) list.pop();
  if (list.length !== areTensors.length) throw new AutogradError(`function ${node.name} returned an incorrect number of gradients (expected ${areTensors.length}, got ${list.length})`);
  const found: (Tensor | undefined)[] = [];
  list.forEach((grad, i) => {
    const none = grad === null || grad === undefined;
    if (!areTensors[i]) {
      if (!none) throw new AutogradError(`function ${node.name} returned a gradient different from None at position ${i + 1}, but the corresponding forward input was not a Variable`);
      return;
    }
    if (!none && !isTensor(grad)) throw new ArgumentError(`expected Variable or None (got ${python.typeName(grad)})`);
    found.push(none ? undefined : alive(node.name, grad as Tensor));
  });
  return found;
}

const onceRule: Rule<undefined> = {
  gradName: () => "DelayedError",
  saves: () => savesNothing,
  vjp() {
    throw new AutogradError("trying to differentiate twice a function that was marked with @once_differentiable");
  },
};

/**
 * Marks a custom `backward` that is not differentiable itself: it runs without being recorded, and asking for its derivative is an error.
 * @param backward of a `Function`
 * @returns the same, marked
 * @throws AutogradError in a second backward
 * @example `static backward = autograd.onceDifferentiable((ctx, grad) => ...)`
 */
export function onceDifferentiable<G extends readonly (Tensor | null)[], R>(backward: (ctx: FunctionContext, ...grads: G) => R): (ctx: FunctionContext, ...grads: G) => R {
  return (ctx, ...grads) => {
    const made = noGrad(() => backward(ctx, ...grads));
    const wanted = isGradEnabled() ? grads.filter((x): x is Tensor & G[number] => x?.requiresGrad === true) : [];
    if (wanted.length === 0) return made;
    const node = new Node<undefined>(onceRule, undefined, wanted.map((x) => x.edge), null) as Node<never>, outputs: Edge[] = [];
    node.outputs = outputs;
    const marked = (out: unknown): unknown => {
      if (!isTensor(out)) return out;
      const twin = secondHandle(out);
      outputs.push(twin.edge = new Edge(node, outputs.length, out.shape, out.dtype, out.storage.device));
      return twin;
    };
    return (Array.isArray(made) ? made.map(marked) : marked(made)) as R;
  };
}
