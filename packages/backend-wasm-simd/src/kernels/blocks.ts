/** @file Products of float32 matrices block by block: how rows are shared out among tiles, and what is packed when. The inner loops are emit/matmul.ts. */
import { linkMatmul, type MatmulKernels } from "../emit/matmul.ts";
import { SMALL_ROWS, TILE_COLUMNS } from "../emit/tile.ts";
import { addressAt, type Engine } from "../engine.ts";
import type { Linked, Pool } from "../threads/pool.ts";
import { Temporaries } from "./temporaries.ts";

/** One matrix: address and strides in bytes. */
export type Matrix = { readonly at: number; readonly row: number; readonly column: number };
/** Packs columns of b, in panels of TILE_COLUMNS, for some steps of the depth. */
export type PackColumns = (column: number, columns: number, from: number, depth: number, target: number) => void;

/** A panel of b stays in the first cache beside one of a, a block of a in the second, a block of b in the last. */
export const BLOCK_DEPTH = 320, BLOCK_ROWS = 96;
export const BLOCK_COLUMNS = 2048;
/** Columns of one shared call: with BLOCK_ROWS rows and a whole depth some 100 microseconds. */
export const STRIP: number = 16 * TILE_COLUMNS;
/** Products that take as long as one operation of a map. */
export const PRODUCTS = 8;
/** Steps of the depth that are each in a page of their own, at a time. */
const CHUNK_DEPTH = 64;

/** As few blocks as there must be, all of about one size. */
export const evenly = (size: number, most: number): number => Math.ceil(size / Math.ceil(size / most));
const roundUp = (size: number, unit: number): number => Math.ceil(size / unit) * unit;

export class Blocks {
  readonly #engine: Engine;
  #linked: MatmulKernels | undefined;
  /** Threads that are to share what `call` is given. */
  #round: Pool | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get kernels(): MatmulKernels {
    return (this.#linked ??= linkMatmul(this.#engine));
  }

  /** Rows that small tiles do: what large ones would leave less than half full. An odd row is done twice over. */
  smallRows(rows: number): number {
    const { tileRows } = this.#engine, rest = rows % tileRows;
    if (tileRows === SMALL_ROWS || rest === 0 || rest > SMALL_ROWS) return 0;
    return rest <= 2 && rows > tileRows ? rest + tileRows : rest;
  }

  /** Neither is packed: columns of b are adjacent. Some of the depth at a time, since each step of it is in another page. */
  direct(m: number, n: number, k: number, a: Matrix, b: Matrix, c: Matrix): void {
    const most = this.depthAtOnce(k, b);
    for (let from = 0; from < k; from += most)
      this.strided(m, n, Math.min(most, k - from), { ...a, at: a.at + from * a.column }, b.at + from * b.row, b.row, 4 * TILE_COLUMNS, c, from > 0 ? 1 : 0);
  }

  depthAtOnce(k: number, b: Matrix): number {
    return b.row >= 1024 ? Math.min(k, CHUNK_DEPTH) : k;
  }

  /** a is read in place, b in panels. */
  strided(m: number, n: number, k: number, a: Matrix, b: number, bDepth: number, bPanel: number, c: Matrix, accumulate: number): void {
    const small = this.smallRows(m), large = m - small, { largeStrided, smallStrided } = this.kernels;
    if (large > 0) this.call(largeStrided, large, n, k, a.at, a.row, a.column, b, bDepth, bPanel, c.at, c.row, accumulate);
    if (small > 0) this.call(smallStrided, small, n, k, a.at + large * a.row, a.row, a.column, b, bDepth, bPanel, c.at + large * c.row, c.row, accumulate);
  }

  /** All of b is packed, a is read in place. */
  packedColumns(m: number, n: number, k: number, a: Matrix, b: Matrix, c: Matrix): void {
    const temporaries = new Temporaries(this.#engine.memory);
    try {
      const packed = addressAt(temporaries.dense("float32", [roundUp(n, TILE_COLUMNS), k]), 0);
      this.kernels.packColumns(n, k, b.at, b.column, b.row, packed);
      this.strided(m, n, k, a, packed, 4 * TILE_COLUMNS, 4 * TILE_COLUMNS * k, c, 0);
    } finally {
      temporaries.free();
    }
  }

  /** Runs a kernel, or adds it to the round of calls that threads share. */
  call(run: Linked, ...args: number[]): void {
    if (this.#round === undefined) run(...args);
    else this.#round.add(run, ...args);
  }

  /** Both are packed, block by block. The columns of c are adjacent. */
  packed(m: number, n: number, k: number, a: Matrix, packColumns: PackColumns, c: Matrix): void {
    // what counts is the work of one round
    const pool = this.#engine.sharing((m * Math.min(n, BLOCK_COLUMNS) * Math.min(k, BLOCK_DEPTH)) / PRODUCTS);
    if (pool !== undefined) return this.#shared(pool, m, n, k, a, packColumns, c);
    const temporaries = new Temporaries(this.#engine.memory), most = evenly(k, BLOCK_DEPTH), { tileRows } = this.#engine;
    try {
      const packedA = addressAt(temporaries.dense("float32", [Math.min(BLOCK_ROWS, m) + tileRows, most]), 0);
      const packedB = addressAt(temporaries.dense("float32", [Math.min(roundUp(n, TILE_COLUMNS), BLOCK_COLUMNS), most]), 0);
      for (let column = 0; column < n; column += BLOCK_COLUMNS) {
        const columns = Math.min(BLOCK_COLUMNS, n - column);
        for (let from = 0; from < k; from += most) {
          const depth = Math.min(most, k - from), accumulate = from > 0 ? 1 : 0;
          packColumns(column, columns, from, depth, packedB);
          for (let row = 0; row < m; row += BLOCK_ROWS) {
            const rows = Math.min(BLOCK_ROWS, m - row);
            this.packRows(rows, depth, { ...a, at: a.at + row * a.row + from * a.column }, packedA);
            this.tiles(rows, columns, depth, packedA, packedB, c.at + row * c.row + 4 * column, c.row, accumulate);
          }
        }
      }
    } finally {
      temporaries.free();
    }
  }

  /** The same in rounds of calls: first what is packed, then the tiles, each call some rows of some columns. */
  #shared(pool: Pool, m: number, n: number, k: number, a: Matrix, packColumns: PackColumns, c: Matrix): void {
    const depthAtOnce = evenly(k, BLOCK_DEPTH), rowsAtOnce = 4 * pool.threads * BLOCK_ROWS;
    for (let column = 0; column < n; column += BLOCK_COLUMNS) for (let from = 0; from < k; from += depthAtOnce) for (let row = 0; row < m; row += rowsAtOnce) {
      const size = { rows: Math.min(rowsAtOnce, m - row), columns: Math.min(BLOCK_COLUMNS, n - column), depth: Math.min(depthAtOnce, k - from) };
      const partOfA = { ...a, at: a.at + row * a.row + from * a.column }, partOfC = { ...c, at: c.at + row * c.row + 4 * column };
      this.inRounds(pool, (temporaries) =>
        [this.#block(temporaries, size, partOfA, (at, columns, target) => packColumns(column + at, columns, from, size.depth, target), partOfC, from > 0 ? 1 : 0)]);
    }
  }

  /** Products whose packing `prepare` adds to a first round, and the functions that it gives, their tiles, to a second. */
  inRounds(pool: Pool, prepare: (temporaries: Temporaries) => readonly (() => void)[]): void {
    const temporaries = new Temporaries(this.#engine.memory);
    this.#round = pool;
    try {
      const rest = prepare(temporaries);
      pool.run();
      for (const addTiles of rest) addTiles();
      pool.run();
    } finally {
      this.#round = undefined;
      temporaries.free();
    }
  }

  /** One product for `inRounds`, done as `packed` does it; its depth and columns fit into one block. */
  prepared(temporaries: Temporaries, m: number, n: number, k: number, a: Matrix, packColumns: PackColumns, c: Matrix): () => void {
    return this.#block(temporaries, { rows: m, columns: n, depth: k }, a, (at, columns, target) => packColumns(at, columns, 0, k, target), c, 0);
  }

  /** One product for `inRounds`, done as `packedColumns` does it. */
  preparedColumns(temporaries: Temporaries, m: number, n: number, k: number, a: Matrix, b: Matrix, c: Matrix): () => void {
    const packed = addressAt(temporaries.dense("float32", [roundUp(n, TILE_COLUMNS), k]), 0);
    this.call(this.kernels.packColumns, n, k, b.at, b.column, b.row, packed);
    return () => this.strided(m, n, k, a, packed, 4 * TILE_COLUMNS, 4 * TILE_COLUMNS * k, c, 0);
  }

  #block(
    temporaries: Temporaries, { rows, columns, depth }: { readonly rows: number; readonly columns: number; readonly depth: number }, a: Matrix,
    pack: (column: number, columns: number, target: number) => void, c: Matrix, accumulate: number): () => void {
    const { tileRows } = this.#engine, room = BLOCK_ROWS + tileRows, count = Math.ceil(rows / BLOCK_ROWS);
    const packedA = addressAt(temporaries.dense("float32", [count * room, depth]), 0), packedB = addressAt(temporaries.dense("float32", [roundUp(columns, TILE_COLUMNS), depth]), 0);
    const each = (run: (row: number, some: number, area: number) => void): void => {
      for (let i = 0; i < count; i++) run(i * BLOCK_ROWS, Math.min(BLOCK_ROWS, rows - i * BLOCK_ROWS), packedA + 4 * depth * room * i);
    };
    for (let column = 0; column < columns; column += STRIP) pack(column, Math.min(STRIP, columns - column), packedB + 4 * depth * column);
    each((row, some, area) => this.packRows(some, depth, { ...a, at: a.at + row * a.row }, area));
    return () => {
      for (let column = 0; column < columns; column += STRIP)
        each((row, some, area) => this.tiles(some, Math.min(STRIP, columns - column), depth, area, packedB + 4 * depth * column, c.at + row * c.row + 4 * column, c.row, accumulate));
    };
  }

  /** Panels of a for large tiles, then those for small ones. */
  packRows(rows: number, depth: number, a: Matrix, target: number): void {
    const small = this.smallRows(rows), large = rows - small, { packLarge, packSmall } = this.kernels;
    if (large > 0) this.call(packLarge, large, depth, a.at, a.row, a.column, target);
    if (small > 0) this.call(packSmall, small, depth, a.at + large * a.row, a.row, a.column, target + 4 * depth * large);
  }

  tiles(rows: number, columns: number, depth: number, a: number, b: number, c: number, cRow: number, accumulate: number): void {
    const small = this.smallRows(rows), large = rows - small, kernels = this.kernels;
    if (large > 0) this.call(kernels.large, large, columns, depth, a, b, c, cRow, accumulate);
    if (small > 0) this.call(kernels.small, small, columns, depth, a + 4 * depth * large, b, c + large * cRow, cRow, accumulate);
  }
}
