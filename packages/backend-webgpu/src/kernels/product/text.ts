/** @file What a product of two operands says of itself: texts of WGSL for its operands, its depth and its results. Knows no tile and no grid. */
import type { DType } from "@adjoint/core/backend";
import { bindingsOf } from "../../operands.ts";
import { type Binding, intWord, word } from "../../pipelines.ts";
import { storedType } from "../../wgsl/expression.ts";

/** Words after the header, of every product; those of its operands follow. Depth is what is summed over; a part is a piece of it, where several workgroups share one result. */
export const COLUMN_BLOCKS = 4, BANDS = 5, BAND_HEIGHT = 6, BLOCKS = 7, ROWS = 8, COLUMNS = 9, DEPTH = 10, PARTS = 11, PART_LENGTH = 12, PART_STRIDE = 13, ROWS_ALONG = 14, COLUMNS_ALONG = 15, OPERANDS = 16;

/** Statements that name `count` neighbouring places, the first of which, an i32, becomes number `at` in all later names. */
export type Places = (at: number, first: string, count: number) => string;

/** Which four elements of an operand are one vector of its buffer: of four depths, of four places, or none. */
export type Lie = "along" | "across" | "scattered";

/** How a call's operands and results lie, for kernels that read and write vectors. */
export type Lies = { readonly rows: Lie; readonly columns: Lie; /** Whether four results of a row are a vector, and columns whole vectors. */ readonly isWide: boolean };
export const scattered: Lies = { rows: "scattered", columns: "scattered", isWide: false };

/** One side of a product: rows or columns. */
export type Side = {
  readonly lie: Lie;
  /** Places past the last one are read as the last, so what they come to is what it comes to. */
  readonly places: Places;
  /** The value at place `i` and depth number `c`; of a side that lies along the depth, or across, the vector that begins there. */
  readonly value: (i: number, c: number) => string;
};

export type ProductText = {
  readonly label: string;
  readonly dtype: DType;
  /** The bindings of rows' operand, columns' operand and output. */
  readonly slots: readonly [number, number, number];
  /** With what sums begin, where not with 0: a number for each row or column, and the binding of their buffer. Only the first part of a depth has them. */
  readonly beginning?: { readonly slot: number; readonly along: "rows" | "columns"; readonly value: (place: string) => string };
  readonly uniformWords: number;
  readonly declarations: string;
  /** Statements before all others, which may read `batch`, an i32. */
  readonly open: string;
  readonly rows: Side;
  readonly columns: Side;
  /** Statements that take depth `k`, an i32, apart into variables. */
  readonly begin: (k: string) => string;
  /** Statements that name depth number `c`, which is `k`; the variables stand there. */
  readonly depth: (c: number, k: string) => string;
  /** Statements that move the variables on by one. */
  readonly next: (c: number) => string;
  readonly resultRows: Places;
  readonly resultColumns: Places;
  readonly isWide: boolean;
  /** The address of a result, or of the vector that begins with it, within its part. */
  readonly result: (i: number, j: number) => string;
};

/**
 * The statements with which every kernel of a product begins: which block, batch and part number `number` of all is. A block is what a workgroup
 * computes, or where each invocation is on its own, an invocation. Blocks are numbered down a band of a few rows of them, then along it, so that what a
 * band reads of the other operand is read once.
 */
export const openBlock = (number: string): string => `  let number = ${number};
  if (number >= ${word(BLOCKS)}) { return; }
  let along = number / ${word(BAND_HEIGHT)};
  let blockColumn = bitcast<i32>(along % ${word(COLUMN_BLOCKS)});
  let band = along / ${word(COLUMN_BLOCKS)};
  let blockRow = bitcast<i32>(band % ${word(BANDS)} * ${word(BAND_HEIGHT)} + number % ${word(BAND_HEIGHT)});
  let piece = band / ${word(BANDS)};
  let batch = bitcast<i32>(piece / ${word(PARTS)});
  let part = bitcast<i32>(piece % ${word(PARTS)});
  let rowCount = ${intWord(ROWS)}; let columnCount = ${intWord(COLUMNS)};
  let start = part * ${intWord(PART_LENGTH)};
  let end = min(start + ${intWord(PART_LENGTH)}, ${intWord(DEPTH)});
  let partOffset = part * ${intWord(PART_STRIDE)};`;

/**
 * Declares the sums of a tile, vectors of four columns, and what they begin with.
 * @param rows the number of each row, @param fours of the first column of each four
 */
export function sumsOf({ beginning, dtype }: ProductText, rows: readonly string[], fours: readonly string[]): string {
  const type = storedType(dtype), vector = `vec4<${type}>`, isAlong = (along: "rows" | "columns"): boolean => beginning?.along === along;
  const declared = rows.flatMap((_, i) => fours.map((__, j) => `  var sum${i}_${j} = ${isAlong("rows") ? `${vector}(begin${i})` : isAlong("columns") ? `begin${j}` : `${vector}()`};`));
  const value = (place: string, count: string): string => beginning!.value(`min(${place}, ${count} - 1)`);
  const begin = isAlong("rows") ? rows.map((row, i) => `  let begin${i} = select(${type}(), ${value(row, "rowCount")}, part == 0);`)
    : isAlong("columns") ? fours.map((first, j) => `  let begin${j} = select(${vector}(), ${vector}(${numbers(4).map((e) => value(`${first} + ${e}`, "columnCount")).join(", ")}), part == 0);`) : [];
  return [...begin, ...declared].join("\n");
}
/** The declarations of a product's buffers. */
export const productBindings = ({ slots: [rows, columns, out], beginning, dtype }: ProductText, types?: (slot: number) => string | undefined): Binding[] =>
  beginning === undefined ? bindingsOf([rows, columns, out], [dtype, dtype, dtype], 2, types) : bindingsOf([rows, columns, beginning.slot, out], [dtype, dtype, dtype, dtype], 3, types);

export const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
export const component = (i: number): string => "xyzw"[i & 3]!;
