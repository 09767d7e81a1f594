/** @file Results of which a part is not unique: sets in any order, indices among equal elements, signs of vectors. Everything else is compared as it is. */
import { isTensor, type Tensor } from "@adjoint/core";
import { type OpCase, type Pack, valuesOf } from "../pack.ts";
import { type Keywords, type Value } from "../python/values.ts";
import { type Check, distance, Mismatch, numbers } from "./compare.ts";
import { tensorsOf } from "./decode.ts";
import { isInAnyOrder, isUpToSign, sameEigen, sameFactors } from "./factors.ts";

export async function compareLoosely(pack: Pack, item: OpCase, check: Check, args: readonly Value[], kw: Keywords, out: Value): Promise<void> {
  if (item.flag === "unordered") return await asSets(pack, item, out);
  if (isUpToSign(pack) && Array.isArray(out)) return await sameFactors(pack, item, check, out);
  if (isInAnyOrder(pack)) return await sameEigen(pack, item, check, out);
  try {
    await check.value(out, item.out, "result", item.check === "meta");
  } catch (error) {
    if (!(error instanceof Mismatch) || !unspecified(pack) || !(await amongEquals(pack, item, check, args, kw, out))) throw error;
  }
}

/** Every result holds the same numbers as PyTorch's, in any order. */
async function asSets(pack: Pack, item: OpCase, out: Value): Promise<void> {
  const wanted: number[] = [];
  (function visit(v: unknown): void { if (typeof v === "object" && v !== null) { if ("$t" in v) wanted.push(v.$t as number); else Object.values(v).forEach(visit); } })(item.out);
  for (const [k, x] of tensorsOf(out).entries()) {
    const want = item.t[wanted[k]!];
    if (want === undefined || x.shape.join() !== want.sh.join()) throw new Mismatch(`result ${k}: shape [${x.shape.join(", ")}]`);
    const got = await numbers(x), expected = valuesOf(pack, want) ?? [];
    if (same(sorted(got), sorted(expected))) continue;
    // What numbers the elements of a set numbers them in any order: each number still comes as often.
    if (k === 0 || x.dtype.includes("float") || !same(sorted(frequencies(got)), sorted(frequencies(expected)))) throw new Mismatch(`result ${k}: other elements, whatever the order`);
  }
}

const unspecified = (pack: Pack): boolean => pack.gauge !== undefined && /equal|which index/.test(pack.gauge);
/** The dims along which a call may have chosen: the one that it was given, the last, the first. */
function dimsOf(args: readonly Value[], kw: Keywords): readonly number[] {
  const named = kw["dim"];
  return [typeof named === "number" ? named : (args.slice(1).reverse().find((x): x is number => typeof x === "number") ?? -1), -1, 0];
}
/** A gradient that went to another of several equal elements, where which of them is not specified: the sums over equal elements agree. */
export async function sameAmongEquals(pack: Pack, item: OpCase, input: Tensor, got: Tensor, at: number, args: readonly Value[], kw: Keywords): Promise<boolean> {
  const want = item.t[at]!, expected = valuesOf(pack, want);
  if (!unspecified(pack) || input !== args[0] || expected === undefined || got.shape.join() !== want.sh.join()) return false;
  const source = await numbers(input), gradient = await numbers(got), shape = input.ndim === 0 ? [1] : input.shape;
  return dimsOf(args, kw).some((dim) => {
    const d = dim < 0 ? dim + shape.length : dim, inner = shape.slice(d + 1).reduce((a, b) => a * b, 1), sums = new Map<string, { got: number; want: number }>();
    if (d < 0 || d >= shape.length) return false;
    for (let k = 0; k < gradient.length; k++) {
      const lane = `${Math.floor(k / (inner * shape[d]!))} ${k % inner} ${source[k]! + 0}`;
      const sum = sums.get(lane) ?? { got: 0, want: 0 };
      sums.set(lane, { got: sum.got + gradient[k]!, want: sum.want + expected[k]! });
    }
    return [...sums.values()].every(({ got: a, want: b }) => distance(a, b, Math.max(1e-5, 10 * (want.e ?? 0))) <= 1);
  });
}

const sorted = (values: ArrayLike<number>): number[] => Array.from(values).sort((a, b) => a - b);
const same = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((x, i) => x === b[i] || Math.abs(x - b[i]!) <= 1e-5 * Math.max(1, Math.abs(b[i]!)) || (Number.isNaN(x) && Number.isNaN(b[i]!)));
function frequencies(values: ArrayLike<number>): number[] {
  const counts = new Map<number, number>();
  for (const x of Array.from(values)) counts.set(x, (counts.get(x) ?? 0) + 1);
  return [...counts.values()];
}

/** Values as PyTorch's; indices may be others, where the input has equal elements there. */
async function amongEquals(pack: Pack, item: OpCase, check: Check, args: readonly Value[], kw: Keywords, out: Value): Promise<boolean> {
  const [input] = args;
  if (!isTensor(input)) return false;
  const wanted: number[] = [];
  (function visit(v: unknown): void { if (typeof v === "object" && v !== null) { if ("$t" in v) wanted.push(v.$t as number); else Object.values(v).forEach(visit); } })(item.out);
  for (const dims of dimsOf(args, kw)) {
    let all = true;
    for (const [k, x] of tensorsOf(out).entries()) {
      const stored = item.t[wanted[k]!]!;
      if (x.dtype.includes("float") || (k === 0 && wanted.length > 1)) await check.tensor(x, wanted[k]!, `result ${k}`);
      else if (!(await sameElements(input, await numbers(x), valuesOf(pack, stored) ?? [], x.shape, dims))) all = false;
    }
    if (all) return true;
  }
  return false;
}
async function sameElements(input: Tensor, got: ArrayLike<number>, want: ArrayLike<number>, shape: readonly number[], dim: number): Promise<boolean> {
  if (got.length !== want.length) return false;
  const source = await numbers(input), from = input.ndim === 0 ? [1] : input.shape, d = dim < 0 ? dim + from.length : dim, reduced = shape.length < from.length;
  if (d < 0 || d >= from.length) return false;
  const strides = from.map((_, i) => from.slice(i + 1).reduce((a, b) => a * b, 1)), kept = reduced ? [...shape.slice(0, d), 1, ...shape.slice(d)] : shape.length === 0 ? [1] : shape;
  for (let k = 0; k < got.length; k++) {
    let left = k, base = 0;
    for (let i = kept.length - 1; i >= 0; i--) { const at = left % kept[i]!; left = Math.floor(left / kept[i]!); if (i !== d) base += at * strides[i]!; }
    const a = source[base + got[k]! * strides[d]!], b = source[base + want[k]! * strides[d]!];
    if (!(a === b || (a !== a && b !== b))) return false;
  }
  return true;
}
