/** @file Jacobians of a function of tensors, by finite differences and by each kind of derivative; whole, or along directions. */
import { dataSync } from "../api/reading.ts";
import { asList, grad } from "../calculus/backward.ts";
import { fromHost } from "../creation/fill.ts";
import { Generator } from "../creation/random.ts";
import { dtypes, isFloat, type TypedArray } from "../dtype.ts";
import { Lifetime, within } from "../scope.ts";
import type { Shape } from "../shape.ts";
import { isTensor, type Tensor } from "../tensor.ts";
import { jvp } from "../transform/func.ts";
import { Function } from "./function.ts";
import type { FunctionContext } from "./function-context.ts";
import { gradBatched } from "./grad.ts";

/** What is checked: a function of tensors that gives a tensor or several. */
export type Checked = (...inputs: Tensor[]) => unknown;
export type Method = "numerical" | "reverse" | "batched" | "forward";
/** Of shape [input elements, output elements], or one number along directions. */
export type Jacobian = { readonly shape: Shape; readonly values: readonly number[]; /** How the allowed absolute error grows with the directions. */ readonly weight: number };
type Directions = readonly (readonly number[])[] | undefined;
export type JacobianOptions = { readonly eps: number; readonly inDirections: Directions; readonly outDirections: Directions };

/** The results that have a derivative. */
export const differentiable = (result: unknown): readonly Tensor[] => asList(result as Tensor | readonly Tensor[]).filter((x) => isTensor(x) && x.requiresGrad);
const floats = (result: unknown): readonly Tensor[] => asList(result as Tensor | readonly Tensor[]).filter((x) => isTensor(x) && isFloat(x.dtype));

/** A unit vector that looks random, the same each time. */
export function directions(salt: number, size: number): readonly number[] {
  const raw = Array.from(new Generator(salt + 1).words(size), (word) => (word / 2 ** 31 - 1) || 1);
  const norm = Math.hypot(...raw) || 1;
  return raw.map((v) => v / norm);
}

/** A tensor's elements, or their sum weighted by a direction. */
export function project(x: Tensor, direction: readonly number[] | undefined): readonly number[] {
  const values = Array.from(dataSync(x) as ArrayLike<number>);
  return direction === undefined ? values : [values.reduce((sum, v, i) => sum + v * direction[i]!, 0)];
}

/** An unrecorded tensor of these elements, on the device and of the dtype of `x`. */
export const like = (x: Tensor, values: readonly number[], shape: Shape = x.shape): Tensor => {
  const host = dtypes[x.dtype].hostArray(values.length);
  values.forEach((v, i) => { host[i] = v; });
  return fromHost(host, shape, x.dtype, { device: x.device });
};
/** The directions to go in: the given one, or each element's. */
const basis = (size: number, direction: readonly number[] | undefined): readonly (readonly number[])[] =>
  direction !== undefined ? [direction] : Array.from({ length: size }, (_, i) => Array.from({ length: size }, (__, k) => (k === i ? 1 : 0)));

/** For each output and each varied input. */
export function jacobians(method: Method, fn: Checked, inputs: readonly Tensor[], varied: readonly Tensor[], options: JacobianOptions): Jacobian[][] {
  const lifetime = new Lifetime("jacobian");
  try {
    return within(lifetime, () => (method === "numerical" ? numerical : method === "forward" ? forward : reverse)(fn, inputs, varied, options, method === "batched"));
  } finally {
    lifetime.close();
  }
}

const sum = (direction: readonly number[] | undefined): number => (direction === undefined ? 1 : direction.reduce((total, v) => total + Math.abs(v), 0));
/** From columns, one for each direction in the input: the outputs' elements, or their projection. */
const fromColumns = (columns: readonly (readonly number[])[], outDirection: readonly number[] | undefined, outSize: number, inDirection: readonly number[] | undefined): Jacobian => ({
  shape: inDirection === undefined ? [columns.length, outSize] : [], values: columns.flat(), weight: sum(inDirection) * sum(outDirection),
});

function numerical(fn: Checked, inputs: readonly Tensor[], varied: readonly Tensor[], { eps, inDirections, outDirections }: JacobianOptions): Jacobian[][] {
  const outputs = (): readonly (readonly number[])[] => {
    const lifetime = new Lifetime("gradcheck");
    try {
      const made = within(lifetime, () => fn(...inputs)), outs = differentiable(made);
      return (outs.length > 0 ? outs : floats(made)).map((out, i) => project(out, outDirections?.[i]));
    } finally {
      lifetime.close();
    }
  };
  const sizes = outputs().map((out) => out.length);
  const byInput = varied.map((x, j) => {
    const before = Array.from(dataSync(x) as ArrayLike<number>);
    const columns = basis(before.length, inDirections?.[j]).map((direction) => {
      const at = (step: number): readonly (readonly number[])[] => {
        put(x, before.map((v, i) => v + step * direction[i]!));
        return outputs();
      };
      try {
        const above = at(eps), below = at(-eps);
        return above.map((out, i) => out.map((v, e) => (v - below[i]![e]!) / (2 * eps)));
      } finally {
        put(x, before);
      }
    });
    return sizes.map((size, i) => fromColumns(columns.map((column) => column[i]!), outDirections?.[i], size, inDirections?.[j]));
  });
  return sizes.map((_, i) => byInput.map((column) => column[i]!));
}

/** Writes the elements of a tensor behind everybody's back, as a finite difference must: its version stays. */
function put(x: Tensor, values: readonly number[]): void {
  const { buffer, shape, strides, offset, dense } = x.window;
  if (dense) {
    const host = dtypes[x.dtype].hostArray(values.length);
    host.set(values);
    if (values.length > 0) x.device.write(buffer, offset, host);
    return;
  }
  values.forEach((value, i) => {
    let at = offset, rest = i;
    for (let d = shape.length - 1; d >= 0; d--) {
      at += (rest % shape[d]!) * strides[d]!;
      rest = Math.floor(rest / shape[d]!);
    }
    const host: TypedArray = dtypes[x.dtype].hostArray(1);
    host[0] = value;
    x.device.write(buffer, at, host);
  });
}

function reverse(fn: Checked, inputs: readonly Tensor[], varied: readonly Tensor[], { inDirections, outDirections }: JacobianOptions, batched: boolean): Jacobian[][] {
  return differentiable(fn(...inputs)).map((out, i) => {
    const size = out.window.size, rows = basis(size, outDirections?.[i]);
    const options = { retainGraph: true, allowUnused: true } as const;
    const grads = batched && size > 0
      ? unbatched(gradBatched([out], varied, { ...options, gradOutputs: [like(out, rows.flat(), [rows.length, ...out.shape])] }), rows.length)
      : rows.map((row) => grad(out, varied, { ...options, gradOutputs: like(out, row) }).map((g, j) => (g === null ? undefined : project(g, inDirections?.[j]))));
    return varied.map((x, j) => {
      const inSize = inDirections === undefined ? x.window.size : 1;
      const values: number[] = [];
      for (let a = 0; a < inSize; a++) for (const row of grads) values.push(row[j]?.[a] ?? 0);
      return { shape: inDirections === undefined ? [inSize, size] : [], values, weight: 1 };
    });
  });
}
const unbatched = (grads: readonly (Tensor | null)[], count: number): (readonly number[] | undefined)[][] => {
  const all = grads.map((g) => (g === null ? undefined : project(g, undefined)));
  return Array.from({ length: count }, (_, row) => all.map((values) => values?.slice((row * values.length) / count, ((row + 1) * values.length) / count)));
};

function forward(fn: Checked, inputs: readonly Tensor[], varied: readonly Tensor[], { inDirections, outDirections }: JacobianOptions): Jacobian[][] {
  const sizes = differentiable(fn(...inputs)).map((out) => (outDirections === undefined ? out.window.size : 1));
  const byInput = varied.map((x, j) => {
    const columns = basis(x.window.size, inDirections?.[j]).map((direction) => {
      const [, tangents] = jvp((at: Tensor) => floats(fn(...inputs.map((input) => (input === x ? at : input)))), [x], [like(x, direction)]);
      return asList(tangents as readonly Tensor[]).map((t, i) => project(t, outDirections?.[i]));
    });
    return sizes.map((size, i) => fromColumns(columns.map((column) => column[i]!), outDirections?.[i], size, inDirections?.[j]));
  });
  return sizes.map((_, i) => byInput.map((column) => column[i]!));
}

/** Gives its gradient to nobody. */
class UndefinedGrad extends Function {
  static forward(_: FunctionContext, x: Tensor): Tensor { return x; }
  static backward(): null { return null; }
}
/** The gradients where no output has one, and where each alone has none. */
export function undefinedGradients(fn: Checked, inputs: readonly Tensor[], varied: readonly Tensor[]): (Tensor | null)[] {
  const count = differentiable(fn(...inputs)).length, found: (Tensor | null)[] = [];
  for (let missing = -1; missing < (count > 1 ? count : 0); missing++) {
    const outputs = differentiable(fn(...inputs)).map((out, i) => (missing < 0 || missing === i ? UndefinedGrad.apply(out) : out));
    found.push(...grad(outputs, varied, { gradOutputs: outputs.map((out) => like(out, new Array<number>(out.window.size).fill(0))), allowUnused: true }));
  }
  return found;
}
