/** @file The files that PyTorch and NumPy wrote, and what they should give. `fixtures/make.py` makes them. */
import { readFileSync } from "node:fs";
import { toArray, type Tensor } from "@adjoint/core";

const folder = new URL("fixtures/", import.meta.url);
export const fixture = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(new URL(name, folder)));

export type Expected = { readonly dtype: string; readonly shape: readonly number[]; readonly values: readonly number[] };
const expected = JSON.parse(readFileSync(new URL("expected.json", folder), "utf8")) as Readonly<Record<string, unknown>>;
export const expectedOf = (name: string): Expected => expected[name] as Expected;
/** Several of a kind, by name. */
export const allExpectedOf = <E = Expected>(name: string): Readonly<Record<string, E>> => expected[name] as Readonly<Record<string, E>>;

/** Shape, dtype and values in row-major order; a bool is 0 or 1. */
export async function contents(x: Tensor): Promise<Expected> {
  const array: unknown = await toArray(x);
  return { dtype: x.dtype, shape: [...x.shape], values: (Array.isArray(array) ? array.flat(Infinity) as unknown[] : [array]).map(Number) };
}
