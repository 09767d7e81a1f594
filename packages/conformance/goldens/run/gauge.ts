/** @file Results of which a part is not unique: sets in any order, indices among equal elements. Everything else is compared as it is. */
import { isTensor, type Tensor } from "@adjoint/core";
import { type OpCase, type Pack, valuesOf } from "../pack.ts";
import { type Keywords, type Value } from "../python/values.ts";
import { type Check, Mismatch, numbers } from "./compare.ts";
import { tensorsOf } from "./decode.ts";

export async function compareLoosely(pack: Pack, item: OpCase, check: Check, args: readonly Value[], kw: Keywords, out: Value): Promise<void> {
  if (item.flag === "unordered") return await asSets(pack, item, out);
  try {
    await check.value(out, item.out, "result", item.check === "meta");
  } catch (error) {
    if (!(error instanceof Mismatch) || pack.gauge === undefined || !/equal|which index/.test(pack.gauge) || !(await amongEquals(pack, item, check, args, kw, out))) throw error;
  }
}

/** Every result holds the same numbers as PyTorch's, in any order. */
async function asSets(pack: Pack, item: OpCase, out: Value): Promise<void> {
  const wanted: number[] = [];
  (function visit(v: unknown): void { if (typeof v === "object" && v !== null) { if ("$t" in v) wanted.push(v.$t as number); else Object.values(v).forEach(visit); } })(item.out);
  for (const [k, x] of tensorsOf(out).entries()) {
    const want = item.t[wanted[k]!];
    if (want === undefined || x.shape.join() !== want.sh.join()) throw new Mismatch(`result ${k}: shape [${x.shape.join(", ")}]`);
    const sorted = (values: ArrayLike<number>): number[] => Array.from(values).sort((a, b) => a - b), got = sorted(await numbers(x)), expected = sorted(valuesOf(pack, want) ?? []);
    const at = got.findIndex((v, i) => !(v === expected[i] || Math.abs(v - expected[i]!) <= 1e-5 * Math.max(1, Math.abs(expected[i]!)) || (Number.isNaN(v) && Number.isNaN(expected[i]!))));
    if (at >= 0) throw new Mismatch(`result ${k}, sorted: element ${at} is ${got[at]}, expected ${expected[at]}`);
  }
}

/** Values as PyTorch's; indices may be others, where the input has equal elements there. */
async function amongEquals(pack: Pack, item: OpCase, check: Check, args: readonly Value[], kw: Keywords, out: Value): Promise<boolean> {
  const [input, ...rest] = args;
  if (!isTensor(input)) return false;
  const wanted: number[] = [];
  (function visit(v: unknown): void { if (typeof v === "object" && v !== null) { if ("$t" in v) wanted.push(v.$t as number); else Object.values(v).forEach(visit); } })(item.out);
  const named = kw["dim"], dim = typeof named === "number" ? named : ([...rest].reverse().find((x): x is number => typeof x === "number") ?? -1);
  for (const dims of [dim, -1, 0]) {
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
