/** @file Reads PyTorch's goldens where they are beside the checkout. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { tensor, type DType, type Tensor } from "adjoint";

const goldens = new URL("../../../../shared/goldens/", import.meta.url);
export const haveGoldens: boolean = existsSync(goldens);
export const skipReason = "the goldens are not beside this checkout (../shared/goldens)";

export type Reference = { readonly $t: number };
export type Case = { readonly id: string } & Readonly<Record<string, unknown>>;
export type GoldenTensor = { readonly dtype: string; readonly shape: number[]; readonly requiresGrad: boolean; readonly error32: number; readonly data: ArrayLike<number | bigint> };
type Pack = { readonly cases: Case[] };
type Reader = { loadPack(path: string): Pack; tensor(pack: Pack, from: Case, index: number): GoldenTensor };

export type Golden = {
  readonly cases: readonly Case[];
  read(from: Case, at: Reference): GoldenTensor;
  /** As a tensor of this library: int64 as int32, floats as `dtype`. */
  load(from: Case, at: Reference, dtype: DType): Tensor;
};
export async function openGolden(path: string): Promise<Golden> {
  const reader = (await import(new URL("read.mjs", goldens).href)) as Reader;
  const pack = reader.loadPack(fileURLToPath(new URL(path, goldens)));
  const read = (from: Case, at: Reference): GoldenTensor => reader.tensor(pack, from, at.$t);
  return {
    cases: pack.cases,
    read,
    load(from, at, dtype) {
      const { dtype: of, shape, data, requiresGrad } = read(from, at), values = Float64Array.from(data, Number);
      return of.startsWith("float") ? tensor(values, { shape, dtype, requiresGrad }) : tensor(values, { shape, dtype: of === "bool" ? "bool" : "int32" });
    },
  };
}

/** Python's tagged values as plain ones. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if ("$f" in value) return Number(value.$f);
  if ("$tuple" in value) return plain(value.$tuple);
  return value;
}
export const camel = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

/** The first element that is off by more than `tolerance * max(1, |expected|)`, in words; or null. */
export function mismatch(got: ArrayLike<number>, expected: ArrayLike<number | bigint>, tolerance: number): string | null {
  if (got.length !== expected.length) return `${got.length} elements, expected ${expected.length}`;
  for (let i = 0; i < got.length; i++) {
    const x = got[i], y = Number(expected[i]);
    if (!Object.is(x, y) && !(x === y) && !(Math.abs(x - y) <= tolerance * Math.max(1, Math.abs(y)))) return `element ${i}: ${x}, expected ${y}`;
  }
  return null;
}
