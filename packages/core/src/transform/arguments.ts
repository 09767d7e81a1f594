/** @file What the functions of `func` share: which arguments are meant, how results are arranged, what survives. */
import { ArgumentError } from "../errors.ts";
import { framed, refusePromise, type Tensor } from "../op.ts";
import { fresh } from "./reverse.ts";
import { leavesOf, mapTree, withLeaves } from "./tree.ts";

export type Fn = (...args: never[]) => unknown;
/** Which arguments to differentiate in: one, whose derivative is given, or several, whose derivatives are given as an array. */
export type Argnums = number | readonly number[];
export type GradOptions = {
  readonly argnums?: Argnums;
  /** The function returns `[value, aux]`; aux is given back beside the derivative. */
  readonly hasAux?: boolean;
};
export type Chosen<A extends readonly unknown[], N> = N extends readonly number[] ? { [K in keyof N]: A[N[K] & number] } : N extends number ? A[N] : A[0];

/** Runs in a frame: of what is made, the tensors of the result survive. */
export const whole = <R>(run: () => R, also: readonly unknown[] = []): R => {
  let kept: Set<unknown> | undefined;
  return framed(run, (result, tensor) => (kept ??= new Set<unknown>([...leavesOf(result), ...also])).has(tensor));
};

export const call = (what: string, fn: Fn, args: readonly unknown[]): unknown => refusePromise(what, (fn as (...args: readonly unknown[]) => unknown)(...args));

export function indices(argnums: Argnums, count: number, what: string): number[] {
  return (typeof argnums === "number" ? [argnums] : argnums).map((n) => {
    const at = n < 0 ? n + count : n;
    if (!Number.isInteger(n) || at < 0 || at >= count) throw new ArgumentError(`${what}: Got argnum=${n}, but only ${count} positional inputs`);
    return at;
  });
}

/** The chosen arguments at places of their own on the tape. */
export function differentiable(args: readonly unknown[], chosen: readonly number[]): { readonly all: unknown[]; readonly inputs: Tensor[] } {
  const all = [...args];
  for (const at of chosen) all[at] = mapTree(args[at], fresh);
  return { all, inputs: chosen.flatMap((at) => leavesOf(all[at])) };
}

/** Derivatives in the order of the inputs, as trees of the chosen arguments. */
export function arrange(args: readonly unknown[], chosen: readonly number[], argnums: Argnums, flat: readonly unknown[]): unknown {
  let from = 0;
  const trees = chosen.map((at) => {
    const count = leavesOf(args[at]).length;
    return withLeaves(args[at], flat.slice(from, (from += count)));
  });
  return typeof argnums === "number" ? trees[0] : trees;
}
