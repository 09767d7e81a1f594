/** @file What a product of two operands says of itself: texts of WGSL for its operands, its depth and its results. Knows no tile and no grid. */
import type { DType } from "@adjoint/core/backend";
import { intWord, word } from "../../pipelines.ts";

/** Words after the header, of every product; those of its operands follow. Depth is what is summed over; a part is a piece of it, where several workgroups share one result. */
export const COLUMN_BLOCKS = 4, ROW_BLOCKS = 5, BLOCKS = 6, ROWS = 7, COLUMNS = 8, DEPTH = 9, PARTS = 10, PART_LENGTH = 11, PART_STRIDE = 12, ROWS_ALONG = 13, COLUMNS_ALONG = 14, OPERANDS = 15;

/** Statements that name `count` neighbouring places, the first of which, an i32, becomes number `at` in all later names. */
export type Places = (at: number, first: string, count: number) => string;

/** One side of a product: rows or columns. */
export type Side = {
  /** Places past the last one are read like any other, and nothing is written for them. */
  readonly places: Places;
  /** The value at place `i` and depth number `c`. */
  readonly value: (i: number, c: number) => string;
};

export type ProductText = {
  readonly label: string;
  readonly dtype: DType;
  /** The bindings of rows' operand, columns' operand and output. */
  readonly slots: readonly [number, number, number];
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
  /** The address of a result within its part. */
  readonly result: (i: number, j: number) => string;
};

/** The statements with which every kernel of a product begins: which block, batch and part its workgroup has. */
export const openBlock: string = `  let number = group.y * groups.x + group.x;
  if (number >= ${word(BLOCKS)}) { return; }
  let blockColumn = bitcast<i32>(number % ${word(COLUMN_BLOCKS)});
  let blockRest = number / ${word(COLUMN_BLOCKS)};
  let blockRow = bitcast<i32>(blockRest % ${word(ROW_BLOCKS)});
  let batch = bitcast<i32>(blockRest / ${word(ROW_BLOCKS)} / ${word(PARTS)});
  let part = bitcast<i32>(blockRest / ${word(ROW_BLOCKS)} % ${word(PARTS)});
  let rowCount = ${intWord(ROWS)}; let columnCount = ${intWord(COLUMNS)};
  let start = part * ${intWord(PART_LENGTH)};
  let end = min(start + ${intWord(PART_LENGTH)}, ${intWord(DEPTH)});
  let partOffset = part * ${intWord(PART_STRIDE)};`;

export const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
export const component = (i: number): string => "xyzw"[i & 3]!;
