/** @file Runs an example, and writes what it gives as a comment says it: nested arrays of numbers to four decimals. */
import * as core from "@adjoint/core";
import { isComplex, isTensor } from "@adjoint/core";
import type { TypedArray } from "@adjoint/core/backend";
import * as io from "@adjoint/io";
import * as nn from "@adjoint/nn";
import * as optim from "@adjoint/optim";
import { partsOf } from "./read.ts";

const scope: { readonly [name: string]: unknown } = { ...core, ...io, nn, optim };
/** Names that are no identifiers of our own, or that hide a word that an example uses. */
const names = Object.keys(scope).filter((name) => /^[A-Za-z_]\w*$/.test(name));

/** The value of the last expression; statements before it are separated by semicolons or lines. The result of a promise. */
export async function valueOf(code: string): Promise<unknown> {
  const { statements, last } = partsOf(code);
  // eslint-disable-next-line -- an example is a program, and its text is ours
  const run = new Function(...names, `return (async () => { ${statements.map((line) => `${line};`).join(" ")} return (${last}); })();`) as (...values: readonly unknown[]) => Promise<unknown>;
  return await run(...names.map((name) => scope[name]));
}

/** A value in the form of a comment: `[1, 2.7183]`, `{ values: [3], indices: [0] }`, `true`, `"float16"`. */
export function shown(value: unknown): string {
  if (isTensor(value) || isComplex(value)) return shown(value.toArraySync()); // Of complex numbers, pairs.
  if (typeof value === "number") return Number.isFinite(value) ? String(Number(value.toFixed(4)) + 0) : String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (ArrayBuffer.isView(value)) return shown(Array.from(value as TypedArray));
  if (Array.isArray(value)) return `[${value.map(shown).join(", ")}]`;
  if (typeof value === "object" && value !== null) return `{ ${Object.entries(value).map(([key, item]) => `${key}: ${shown(item)}`).join(", ")} }`;
  return String(value);
}
