/** @file Index arithmetic: numbers of elements to addresses, with shapes and strides in uniforms. The two halves, text and words, lie side by side. */
import type { Shape } from "@adjoint/core/backend";
import { intWord, word } from "../pipelines.ts";

/** Ranks above 4 are rounded up, so that few kernels serve all; leading dims of size 1 and stride 0 fill up. */
export const rankClass = (rank: number): number => (rank <= 4 ? Math.max(rank, 1) : 8);

/** Statements that take the u32 `number` apart into coordinates `<prefix>0 ...` (i32), row-major, over the sizes at `words`, or with these texts. */
export function decompose(number: string, words: number | ((d: number) => string), rank: number, prefix: string): string {
  const lines: string[] = [];
  let rest = number;
  const size = typeof words === "number" ? (d: number): string => word(words + d) : words;
  for (let d = rank - 1; d > 0; d--) {
    const quotient = `${prefix}q${d}`;
    lines.push(`  let ${quotient} = ${rest} / ${size(d)};`, `  let ${prefix}${d} = bitcast<i32>(${rest} - ${quotient} * ${size(d)});`);
    rest = quotient;
  }
  lines.push(`  let ${prefix}0 = bitcast<i32>(${rest});`);
  return lines.join("\n");
}

/** The i32 sum of coordinates times the strides at `words`. */
export function dot(words: number, rank: number, prefix: string): string {
  return Array.from({ length: rank }, (_, d) => `${prefix}${d} * ${intWord(words + d)}`).join(" + ");
}

/** Writes dims `from ... to - 1` of a shape as `rank` words at `at`. */
export function writeSizes(ints: Int32Array, at: number, shape: Shape, from: number, to: number, rank: number): void {
  const pad = rank - (to - from);
  for (let d = 0; d < rank; d++) ints[at + d] = d < pad ? 1 : shape[from + d - pad]!;
}

/** The same for strides. */
export function writeStrides(ints: Int32Array, at: number, strides: Shape, from: number, to: number, rank: number): void {
  const pad = rank - (to - from);
  for (let d = 0; d < rank; d++) ints[at + d] = d < pad ? 0 : strides[from + d - pad]!;
}
