/** @file Convolutions of several channels as tiles that read x in place: the packed filter, the table of a window's offsets, and the places of the output by fours. */
import { type ConvTileKernels, GROUP, linkConvTiles } from "../emit/conv-tiles.ts";
import { type Spacing, spacingOf } from "../emit/places.ts";
import { TILE_COLUMNS } from "../emit/tile.ts";
import { addressAt, type Engine, type WasmView } from "../engine.ts";
import type { Linked } from "../threads/pool.ts";
import { BLOCK_DEPTH, BLOCK_ROWS, type Blocks, evenly, type Matrix, PRODUCTS, STRIP } from "./blocks.ts";
import { offsetTable } from "./offsets.ts";
import { call } from "./round.ts";
import { Temporaries } from "./temporaries.ts";

/** Groups of four places in a table: as many examples at a time as fit. Threads share what one table covers. */
const GROUPS = 512, SHARED_GROUPS = 8192;
/** Products of one shared call, some 20 microseconds. */
const SHARED_PRODUCTS = 2 ** 19;
/** Pairs of groups of a shared call, at the least, where there are too few for calls of that size on all threads. */
const FEWEST_PAIRS = 8;
/** The depth of a block where fours overlap if there is one block only: that is worth more than what the nearest cache no longer holds. */
const OVERLAPPING_DEPTH = 640;

/** Lines that one set of the nearest caches holds, twice over. */
const CACHE_WAYS = 16;

const places = (width: number, spacing: Spacing): number => (spacing === "any" ? (width >> 2) + (width & 3) : (width + 3) >> 2);

export class ConvTiles {
  readonly #engine: Engine;
  readonly #blocks: Blocks;
  readonly #linked: { [S in Spacing]?: ConvTileKernels } = {};

  constructor(engine: Engine, blocks: Blocks) {
    this.#engine = engine;
    this.#blocks = blocks;
  }

  /** Whether rows of the output fill most of the fours that they take, and channels do not all fall on one set of the cache, which 4 KiB apart they do. */
  suits(windows: WasmView): boolean {
    const width = windows.shape[8], apart = windows.strides[2];
    if (apart !== 0 && apart % 1024 === 0 && windows.shape[2] > CACHE_WAYS) return false;
    return width >= 0.8 * 4 * places(width, spacingOf(windows.strides[8]));
  }

  /** @param windows `[g, n, c, ...window, ...out]`, every window of x @param weights `[g, o, c * window]` @param out `[g, n, o, ...out]` */
  convolve(windows: WasmView, weights: WasmView, out: WasmView): void {
    const { memory, tileRows } = this.#engine, temporaries = new Temporaries(memory), [groups, examples, channels, ...size] = out.shape, depth = weights.shape[2];
    const spacing = spacingOf(windows.strides[8]), kernels = (this.#linked[spacing] ??= linkConvTiles(this.#engine, spacing));
    const most = evenly(depth, size[2] % 4 === 0 ? BLOCK_DEPTH : OVERLAPPING_DEPTH), lines = channels + tileRows, [, , cRow, , , cColumn] = out.strides.map((s) => 4 * s);
    // x has just been padded by this thread: reading it from another takes what half as much work would save
    const pool = this.#engine.sharing((out.size * depth) / (2 * PRODUCTS)), pairsAtOnce = pool === undefined ? 0 : Math.max(STRIP / TILE_COLUMNS, Math.ceil(SHARED_PRODUCTS / (TILE_COLUMNS * Math.min(channels, BLOCK_ROWS) * depth)));
    const perExample = size[0] * size[1] * places(size[2], spacing), together = Math.min(examples, Math.max(1, Math.floor((pool === undefined ? GROUPS : SHARED_GROUPS) / perExample)));
    try {
      const offsets = offsetTable(memory, temporaries, windows.shape.slice(2, 6), windows.strides.slice(2, 6).map((s) => 4 * s));
      const packed = addressAt(temporaries.dense("float32", [lines, depth]), 0), table = addressAt(temporaries.dense("int32", [3 * (together * perExample + 1)]), 0);
      // Places that two groups share are computed twice, and stored twice: but added once only.
      this.#fill(table, together, windows, out, spacing, most === depth);
      for (let g = 0; g < groups; g++) {
        this.#pack(channels, depth, most, { at: addressAt(weights, g * weights.strides[0]), row: 4 * weights.strides[1], column: 4 * weights.strides[2] }, packed);
        for (let n = 0; n < examples; n += together) {
          const count = Math.min(together, examples - n) * perExample, x = addressAt(windows, g * windows.strides[0] + n * windows.strides[1]), c = addressAt(out, g * out.strides[0] + n * out.strides[1]);
          // Where the number of groups is odd, the other of the last pair must be empty.
          const other = (table + count * GROUP.bytes + GROUP.count) / 4, kept = memory.words[other];
          memory.words[other] = 0;
          for (let from = 0; from < depth; from += most) {
            const some = Math.min(most, depth - from);
            const tiles = (run: Linked, rows: number, first: number) => {
              const pairs = (count + 1) >> 1, inCall = pool === undefined ? pairs : Math.min(pairsAtOnce, Math.max(FEWEST_PAIRS, Math.ceil(pairs / pool.threads)));
              for (let pair = 0; rows > 0 && pair < pairs; pair += inCall)
                call(pool, run, rows, Math.min(inCall, pairs - pair), some, packed + 4 * (from * lines + first * some), offsets + 4 * from, table + 2 * GROUP.bytes * pair,
                  x, 4 * windows.strides[8], c + first * cRow, cRow, cColumn, from > 0 ? 1 : 0);
            };
            for (let row = 0; row < channels; row += BLOCK_ROWS) {
              const rows = Math.min(BLOCK_ROWS, channels - row), small = this.#blocks.smallRows(rows);
              tiles(kernels.large, rows - small, row);
              tiles(kernels.small, small, row + rows - small);
            }
            pool?.run();
          }
          memory.words[other] = kept;
        }
      }
    } finally {
      temporaries.free();
    }
  }

  /** All blocks of the filter, one after the other. */
  #pack(channels: number, depth: number, most: number, a: Matrix, packed: number): void {
    const lines = channels + this.#engine.tileRows;
    for (let from = 0; from < depth; from += most)
      for (let row = 0, some = Math.min(most, depth - from); row < channels; row += BLOCK_ROWS)
        this.#blocks.packRows(Math.min(BLOCK_ROWS, channels - row), some, { ...a, at: a.at + row * a.row + from * a.column }, packed + 4 * (from * lines + row * some));
  }

  /** Groups of four places along the rows of the output, for some examples. Where groups may overlap, the last of a row ends with it. */
  #fill(table: number, examples: number, windows: WasmView, out: WasmView, spacing: Spacing, mayOverlap: boolean): void {
    const { words } = this.#engine.memory, [, , , depth, height, width] = out.shape, x = windows.strides.map((s) => 4 * s), y = out.strides.map((s) => 4 * s);
    const step = GROUP.bytes / 4, first = table / 4;
    let at = first;
    for (let d = 0; d < depth; d++) for (let h = 0; h < height; h++)
      for (let w = 0; w < width;) {
        if (mayOverlap && spacing !== "any" && width >= 4) w = Math.min(w, width - 4);
        const count = spacing === "any" && width - w < 4 ? 1 : Math.min(4, width - w);
        words[at + GROUP.x / 4] = d * x[6] + h * x[7] + w * x[8];
        words[at + GROUP.out / 4] = d * y[3] + h * y[4] + w * y[5];
        words[at + GROUP.count / 4] = count;
        at += step;
        w += count;
      }
    // the same in each example, further on
    for (let n = 1, one = at - first; n < examples; n++)
      for (const end = at + one; at < end; at += step) {
        words[at + GROUP.x / 4] = words[at - one + GROUP.x / 4] + x[1];
        words[at + GROUP.out / 4] = words[at - one + GROUP.out / 4] + y[1];
        words[at + GROUP.count / 4] = words[at - one + GROUP.count / 4];
      }
  }
}
