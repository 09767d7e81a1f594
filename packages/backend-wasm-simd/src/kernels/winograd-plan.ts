/** @file How a convolution by Winograd's way is cut into blocks, and the tables in memory that say so. What runs on them is winograd.ts. */
import type { Triple } from "@adjoint/core/backend";
import { TILE_COLUMNS } from "../emit/tile.ts";
import { THIN } from "../emit/winograd-thin.ts";
import { BLOCK, bytesOf, COMMON, PLANES, PRODUCT, SEEN, SEGMENT, TILE } from "../emit/winograd-tables.ts";
import { addressAt, type Engine, type WasmView } from "../engine.ts";
import type { Memory } from "../memory.ts";
import { BLOCK_DEPTH, BLOCK_ROWS, evenly } from "./blocks.ts";
import type { Temporaries } from "./temporaries.ts";

/** Bytes of the planes of one block of tiles, which the second cache should hold unless they are less than those of the filter, and its fewest and most tiles. */
const BLOCK_BYTES = 2 ** 20, FEWEST = 48, MOST = 128;

/** Rows of adjacent elements: strides in bytes. */
export type Image = {
  readonly at: number; readonly group: number; readonly example: number; readonly channel: number; readonly row: number;
  readonly examples: number; readonly channels: number; readonly height: number; readonly width: number;
};
/** Planes of lines: distances in bytes. */
export type Layout = { readonly line: number; readonly plane: number };
/** A table in memory: where it begins, and how many entries it has. */
export type Table = { readonly at: number; readonly count: number };
/** What the calls of one convolution read; a sum of the results of each thread is at each of `checks`. */
export type Plan = { readonly common: number; readonly blocks: Table; readonly checks: readonly number[] };

export const roundUp = (size: number, unit: number): number => Math.ceil(size / unit) * unit;

export function imageOf(view: WasmView, example: number, channel: number): Image {
  const { shape, strides } = view;
  return {
    at: addressAt(view, 0), group: 4 * strides[0], example: 4 * strides[example], channel: 4 * strides[channel], row: 4 * strides[4],
    examples: shape[example], channels: shape[channel], height: shape[4], width: shape[5],
  };
}

/** Neither lines nor planes all on one set of the cache. Up to three tiles beyond the last are written too. */
export function layoutOf(lines: number, length: number): Layout {
  const whole = 4 * roundUp(length + 4, TILE_COLUMNS), line = whole % 256 === 0 ? whole + 32 : whole;
  return { line, plane: roundUp(lines * line, 4096) + 320 };
}

/** Whole rows of tiles of a block, where that is possible a multiple of what products take at a time. */
function rowsAtOnce({ examples, height }: Image, columns: number, channels: number, made: number): number {
  const lines = channels + made, tiles = Math.max(FEWEST, Math.min(MOST, Math.max(BLOCK_BYTES / (4 * PLANES * lines), (channels * made) / lines)));
  const most = Math.max(1, Math.floor(tiles / columns));
  const unit = [1, 2, 4, 8].find((rows) => (rows * columns) % TILE_COLUMNS === 0)!;
  return Math.min(most < unit ? most : most - (most % unit), examples * Math.ceil(height / TILE));
}

/** @param packed whether products are of packed operands, as those of the filter's gradient are */
export function planOf(engine: Engine, temporaries: Temporaries, x: Image, y: Image, u: Layout, [, top, left]: Triple, packed: boolean, threads: number): Plan {
  const table = tables(engine.memory, temporaries), columns = Math.ceil(y.width / TILE), rows = rowsAtOnce(y, columns, x.channels, y.channels), tiles = rows * columns, fours = Math.ceil(columns / 4);
  const v = layoutOf(x.channels, tiles), w = layoutOf(y.channels, tiles), roomRow = 4 * (4 * TILE * fours + 8), before = Math.max(0, left), beyond = Math.max(0, -left);
  let areaBytes = 0;
  const place = (size: number): number => (areaBytes += roundUp(size, 64)) - roundUp(size, 64);
  const check = place(16), xRoom = place(roomRow * (TILE * rows + SEEN - TILE)), yRoom = place(roomRow * TILE * rows), cleared = areaBytes;
  const planesOfV = place(PLANES * v.plane), planesOfW = place(PLANES * w.plane);
  const packedRows = place(packed ? 4 * (BLOCK_ROWS + TILE_COLUMNS) * tiles : 0), packedColumns = place(packed ? 4 * roundUp(x.channels, TILE_COLUMNS) * tiles : 0);
  const areas = addressAt(temporaries.dense("float32", [(threads * areaBytes) / 4]), 0), blocks: number[] = [], segments: number[] = [];
  const high = Math.ceil(y.height / TILE), total = y.examples * high;
  // zeros stay around rows
  for (let i = 0; i < threads; i++) engine.clear(areas + i * areaBytes, cleared);
  for (let from = 0; from < total; from += rows) {
    const to = Math.min(total, from + rows), first = segments.length;
    for (let row = from, next: number; row < to; row = next) {
      const example = Math.floor(row / high), i = TILE * (row - example * high), begin = Math.max(0, top - i);
      next = Math.min(to, (example + 1) * high);
      segments.push(...entry(SEGMENT, {
        x: example * x.example + (i - top) * x.row + 4 * beyond, first: begin, last: Math.max(begin, x.height + top - i),
        out: example * y.example + i * y.row, rows: Math.min(TILE * (next - row), y.height - i), tileRows: next - row,
      }));
    }
    blocks.push(...entry(BLOCK, { segments: 4 * first, count: (4 * (segments.length - first)) / bytesOf(SEGMENT), tiles: (to - from) * columns }));
  }
  const segmentsAt = table(segments, bytesOf(SEGMENT)).at;
  for (let i = BLOCK.segments / 4; i < blocks.length; i += bytesOf(BLOCK) / 4) blocks[i] += segmentsAt;
  const common = table(entry(COMMON, {
    channels: x.channels, xChannel: x.channel, xRow: x.row, xWidth: Math.max(0, Math.min(x.width - beyond, TILE * columns + SEEN - TILE - before)), xLeft: 4 * before,
    yChannel: y.channel, yRow: y.row, yWidth: y.width, roomRow, fours, tileRow: 4 * columns, vLine: v.line, vPlane: v.plane, wLine: w.line, wPlane: w.plane, uLine: u.line, uPlane: u.plane,
    areas, areaBytes, xRoom, yRoom, v: planesOfV, w: planesOfW, packedRows, packedColumns, check, yInPlace: y.height % TILE === 0 && y.width % TILE === 0 ? 1 : 0, bias: 0,
  }), bytesOf(COMMON)).at;
  return { common, blocks: table(blocks, bytesOf(BLOCK)), checks: Array.from({ length: threads }, (_, i) => areas + i * areaBytes + check) };
}

/** Products with `made` rows of a: those of the filter with planes of x, whose depth is the channels. None of few channels, for which there is a kernel. */
export function forwardProducts(memory: Memory, temporaries: Temporaries, made: number, smallRows: (rows: number) => number, channels: number, plan: Plan, u: Layout): Table {
  const most = evenly(channels, BLOCK_DEPTH), [vLine, wLine] = [COMMON.vLine, COMMON.wLine].map((at) => memory.words[(plan.common + at) / 4]), entries: number[] = [];
  for (let depth = 0; depth < channels && !THIN.includes(channels); depth += most) eachRows(made, smallRows, (isLarge, row, rows) => entries.push(...entry(PRODUCT, {
    isLarge, rows, a: row * u.line + 4 * depth, b: depth * vLine, c: row * wLine, depth: Math.min(most, channels - depth), accumulate: depth > 0 ? 1 : 0,
  })));
  return tables(memory, temporaries)(entries, bytesOf(PRODUCT));
}

/** Products with `made` rows of planes of y, whose depth is the tiles of a block: they are added to u. */
export function backwardProducts(memory: Memory, temporaries: Temporaries, made: number, smallRows: (rows: number) => number, plan: Plan, u: Layout): Table {
  const wLine = memory.words[(plan.common + COMMON.wLine) / 4], entries: number[] = [];
  eachRows(made, smallRows, (isLarge, row, rows) => entries.push(...entry(PRODUCT, { isLarge, rows, a: row * wLine, b: 0, c: row * u.line, depth: 0, accumulate: 1 })));
  return tables(memory, temporaries)(entries, bytesOf(PRODUCT));
}

/** Some rows at a time, so many by large tiles and so many by small ones. */
function eachRows(made: number, smallRows: (rows: number) => number, run: (isLarge: 0 | 1, row: number, rows: number) => void): void {
  for (let row = 0; row < made; row += BLOCK_ROWS) {
    const rows = Math.min(BLOCK_ROWS, made - row), small = smallRows(rows), large = rows - small;
    if (large > 0) run(1, row, large);
    if (small > 0) run(0, row + large, small);
  }
}

/** The words of an entry in the order of its layout. */
const entry = <N extends string>(layout: { readonly [K in N]: number }, values: { readonly [K in N]: number }): readonly number[] => (Object.keys(layout) as N[]).map((name) => values[name]);

const tables = (memory: Memory, temporaries: Temporaries) => (words: readonly number[], entryBytes: number): Table => {
  const at = addressAt(temporaries.dense("int32", [words.length]), 0);
  memory.words.set(words, at / 4);
  return { at, count: (4 * words.length) / entryBytes };
};
