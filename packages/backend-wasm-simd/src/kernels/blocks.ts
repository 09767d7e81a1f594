/** @file Products of float32 matrices block by block: how rows are shared out among tiles, and what is packed when. The inner loops are emit/matmul.ts. */
import { type DeepKernels, linkDeep } from "../emit/deep.ts";
import { linkMatmul, type MatmulKernels } from "../emit/matmul.ts";
import { SMALL_ROWS, TILE_COLUMNS } from "../emit/tile.ts";
import { addressAt, type Engine } from "../engine.ts";
import type { Linked, Pool } from "../threads/pool.ts";
import { Temporaries } from "./temporaries.ts";

/** One matrix: address and strides in bytes. */
export type Matrix = { readonly at: number; readonly row: number; readonly column: number };
/** A matrix of which so many columns at a time are at one distance, and these pieces `apart` bytes from each other. */
export type Pieces = Matrix & { readonly piece: number; readonly apart: number };
const whole = (a: Matrix, k: number): Pieces => ({ ...a, piece: k, apart: 0 });
const startOf = ({ at, column, piece, apart }: Pieces, from: number): number => at + Math.floor(from / piece) * apart + (from % piece) * column;
/** The least depth of a piece that is worth packing by itself. */
export const LEAST_PIECE = 128;
/** How b is packed, in panels of TILE_COLUMNS: by strides in bytes along its columns and its depth, or by tables of the offsets of both. */
export type Columns = { readonly by: "strides" | "tables"; readonly at: number; readonly columns: number; readonly depth: number };
export const columnsOf = ({ at, row, column }: Matrix): Columns => ({ by: "strides", at, columns: column, depth: row });
/** From a column and a step of the depth on. */
const beyond = (b: Columns, column: number, from: number): Columns => (b.by === "strides"
  ? { ...b, at: b.at + column * b.columns + from * b.depth }
  : { ...b, columns: b.columns + 4 * column, depth: b.depth + 4 * from });

/** A panel of b stays in the first cache beside one of a, a block of a in the second, a block of b in the last. */
export const BLOCK_DEPTH = 320, BLOCK_ROWS = 96;
export const BLOCK_COLUMNS = 2048;
/** Columns of one shared call: with BLOCK_ROWS rows and a whole depth some 100 microseconds. */
export const STRIP: number = 16 * TILE_COLUMNS;
/** Products that take as long as one operation of a map. */
export const PRODUCTS = 8;
/** Bytes that a call may pack for itself: half of the second cache. */
const PACKED_BYTES = 2 ** 19;
type Room = { readonly at: number; readonly bytes: number; readonly forB: number };
/** Calls of a round for each thread, at the least, so that none waits long for another. */
export const CALLS_A_THREAD = 4;
/** Steps of the depth that are each in a page of their own, at a time. */
const CHUNK_DEPTH = 64;

/** As few blocks as there must be, all of about one size. */
export const evenly = (size: number, most: number): number => Math.ceil(size / Math.ceil(size / most));
/** The steps of the block that begins at `from`, of a piece. */
const stepsFrom = (from: number, piece: number, most: number): number => Math.min(most, piece - (from % piece));
const roundUp = (size: number, unit: number): number => Math.ceil(size / unit) * unit;

export class Blocks {
  readonly #engine: Engine;
  #linked: MatmulKernels | undefined;
  #deep: DeepKernels | undefined;
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
  packed(m: number, n: number, k: number, a: Matrix | Pieces, b: Columns, c: Matrix): void {
    const left = "piece" in a ? a : whole(a, k), all = this.#engine.sharing((m * n * k) / PRODUCTS);
    if (all !== undefined && left.piece === k && this.#split(all, m, n, k, a, b, c)) return;
    // what counts is the work of one round
    const pool = this.#engine.sharing((m * Math.min(n, BLOCK_COLUMNS) * Math.min(left.piece, BLOCK_DEPTH)) / PRODUCTS);
    if (pool !== undefined) return this.#shared(pool, m, n, k, left, b, c);
    if (all !== undefined && k > BLOCK_DEPTH && n <= BLOCK_COLUMNS) return this.#sharedDepth(all, m, n, k, left, b, c);
    const temporaries = new Temporaries(this.#engine.memory), most = evenly(left.piece, BLOCK_DEPTH), { tileRows } = this.#engine;
    try {
      const packedA = addressAt(temporaries.dense("float32", [Math.min(BLOCK_ROWS, m) + tileRows, most]), 0);
      const packedB = addressAt(temporaries.dense("float32", [Math.min(roundUp(n, TILE_COLUMNS), BLOCK_COLUMNS), most]), 0);
      for (let column = 0; column < n; column += BLOCK_COLUMNS) {
        const columns = Math.min(BLOCK_COLUMNS, n - column);
        for (let from = 0, depth = 0; from < k; from += depth) {
          const accumulate = from > 0 ? 1 : 0;
          depth = stepsFrom(from, left.piece, most);
          this.packColumns(columns, depth, beyond(b, column, from), packedB);
          for (let row = 0; row < m; row += BLOCK_ROWS) {
            const rows = Math.min(BLOCK_ROWS, m - row);
            this.packRows(rows, depth, { ...a, at: startOf(left, from) + row * a.row }, packedA);
            this.tiles(rows, columns, depth, packedA, packedB, c.at + row * c.row + 4 * column, c.row, accumulate);
          }
        }
      }
    } finally {
      temporaries.free();
    }
  }

  /** The same in rounds of calls: first what is packed, then the tiles, each call some rows of some columns. */
  #shared(pool: Pool, m: number, n: number, k: number, a: Pieces, b: Columns, c: Matrix): void {
    const most = evenly(a.piece, BLOCK_DEPTH), rowsAtOnce = 4 * pool.threads * BLOCK_ROWS;
    for (let column = 0; column < n; column += BLOCK_COLUMNS) for (let from = 0, depth = 0; from < k; from += depth) {
      depth = stepsFrom(from, a.piece, most);
      for (let row = 0; row < m; row += rowsAtOnce) {
        const size = { rows: Math.min(rowsAtOnce, m - row), columns: Math.min(BLOCK_COLUMNS, n - column), depth };
        const partOfA = { ...a, at: startOf(a, from) + row * a.row }, partOfC = { ...c, at: c.at + row * c.row + 4 * column };
        this.inRounds(pool, (size.rows + size.columns) * depth, (temporaries) => [this.#block(temporaries, size, partOfA, beyond(b, column, from), partOfC, from > 0 ? 1 : 0, CALLS_A_THREAD * pool.threads)]);
      }
    }
  }

  /** Small products: columns or rows are shared out, one call for each thread, which packs all of the other operand too. False where that is too much for the caches. */
  #split(pool: Pool, m: number, n: number, k: number, a: Matrix, b: Columns, c: Matrix): boolean {
    const byColumns = n >= m, size = byColumns ? n : m, share = roundUp(Math.ceil(size / pool.threads), byColumns ? TILE_COLUMNS : 2 * this.#engine.tileRows);
    if (!this.packsAlone(byColumns ? m : share, byColumns ? share : n, k)) return false;
    const temporaries = new Temporaries(this.#engine.memory);
    try {
      const room = this.#room(temporaries, pool, byColumns ? m : share, byColumns ? share : n, k);
      for (let from = 0; from < size; from += share) {
        const some = Math.min(share, size - from), [row, column] = byColumns ? [0, from] : [from, 0];
        this.#addWhole(pool, room, byColumns ? m : some, byColumns ? some : n, k, k, { ...a, at: a.at + row * a.row }, beyond(b, column, 0), { ...c, at: c.at + row * c.row + 4 * column });
      }
      pool.run();
      return true;
    } finally {
      temporaries.free();
    }
  }

  /** Whether a product is small enough to be one call that packs for itself. */
  packsAlone(m: number, n: number, k: number): boolean {
    return k <= BLOCK_DEPTH && n <= BLOCK_COLUMNS && 4 * k * (m + n) <= PACKED_BYTES;
  }
  /** Such products, a call each. */
  batch(pool: Pool, m: number, n: number, k: number, count: number, operands: (i: number) => readonly [Matrix, Columns, Matrix]): void {
    const temporaries = new Temporaries(this.#engine.memory);
    try {
      const room = this.#room(temporaries, pool, m, n, k);
      for (let i = 0; i < count; i++) this.#addWhole(pool, room, m, n, k, k, ...operands(i));
      pool.run();
    } finally {
      temporaries.free();
    }
  }
  get #whole(): DeepKernels {
    return (this.#deep ??= linkDeep(this.#engine));
  }
  /** Memory of each thread for what such a call packs. */
  #room(temporaries: Temporaries, pool: Pool, m: number, n: number, depth: number): Room {
    const forB = 4 * depth * (m + this.#engine.tileRows), bytes = forB + 4 * depth * roundUp(n, TILE_COLUMNS);
    return { at: addressAt(temporaries.dense("float32", [(pool.threads * bytes) / 4]), 0), bytes, forB };
  }
  /** Adds a call. Of each `most` steps of the depth a product goes below the one before. */
  #addWhole(pool: Pool, room: Room, m: number, n: number, depth: number, most: number, a: Matrix, b: Columns, c: Matrix): void {
    const { columns, windows } = this.#whole, small = this.smallRows(m);
    pool.add(b.by === "strides" ? columns : windows, depth, most, m - small, small, n, a.at, a.row, a.column, b.at, b.columns, b.depth, room.at, room.bytes, room.forB, c.at, c.row);
  }

  /** Few rows and columns of a large depth: blocks of the depth are products of their own, and are added in the order in which one thread does. */
  #sharedDepth(pool: Pool, m: number, n: number, k: number, a: Pieces, b: Columns, c: Matrix): void {
    const temporaries = new Temporaries(this.#engine.memory), most = evenly(a.piece, BLOCK_DEPTH), blocks = Math.ceil(a.piece / most), count = (k / a.piece) * blocks;
    const inCall = Math.min(blocks, Math.ceil(count / (CALLS_A_THREAD * pool.threads)));
    try {
      const parts = addressAt(temporaries.dense("float32", [count, m, n]), 0), room = this.#room(temporaries, pool, m, n, most);
      for (let piece = 0, to = parts; piece < k; piece += a.piece) for (let block = 0; block < blocks; block += inCall) {
        const from = piece + block * most, end = piece + Math.min(a.piece, (block + inCall) * most);
        this.#addWhole(pool, room, m, n, end - from, most, { ...a, at: startOf(a, from) }, beyond(b, 0, from), { at: to, row: 4 * n, column: 4 });
        to += 4 * m * n * Math.ceil((end - from) / most);
      }
      pool.run();
      const { addUp } = this.#whole;
      addUp(count, m, n, parts, c.at, c.row);
    } finally {
      temporaries.free();
    }
  }

  /** Products of which `prepare` packs so many elements, in a first round if they are worth one, and gives the functions that add their tiles to a second. What is not packed at all may be done in the first: say Infinity. */
  inRounds(pool: Pool, packed: number, prepare: (temporaries: Temporaries) => readonly (() => void)[]): void {
    const temporaries = new Temporaries(this.#engine.memory);
    if (packed >= this.#engine.sharedFrom) this.#round = pool;
    try {
      const rest = prepare(temporaries);
      pool.run();
      this.#round = pool;
      for (const addTiles of rest) addTiles();
      pool.run();
    } finally {
      this.#round = undefined;
      temporaries.free();
    }
  }

  /** One product for `inRounds`, done as `packedColumns` does it. */
  preparedColumns(temporaries: Temporaries, m: number, n: number, k: number, a: Matrix, b: Matrix, c: Matrix): () => void {
    const packed = addressAt(temporaries.dense("float32", [roundUp(n, TILE_COLUMNS), k]), 0);
    this.call(this.kernels.packColumns, n, k, b.at, b.column, b.row, packed);
    return () => this.strided(m, n, k, a, packed, 4 * TILE_COLUMNS, 4 * TILE_COLUMNS * k, c, 0);
  }

  /** @param calls that the tiles are to be at least, if there are rows for so many */
  #block(
    temporaries: Temporaries, { rows, columns, depth }: { readonly rows: number; readonly columns: number; readonly depth: number }, a: Matrix,
    b: Columns, c: Matrix, accumulate: number, calls: number): () => void {
    const { tileRows } = this.#engine, callsOfStrip = Math.ceil(calls / Math.ceil(columns / STRIP));
    const most = Math.min(BLOCK_ROWS, roundUp(Math.ceil(rows / callsOfStrip), 2 * tileRows)), room = most + tileRows, count = Math.ceil(rows / most);
    const packedA = addressAt(temporaries.dense("float32", [count * room, depth]), 0), packedB = addressAt(temporaries.dense("float32", [roundUp(columns, TILE_COLUMNS), depth]), 0);
    const each = (run: (row: number, some: number, area: number) => void): void => {
      for (let i = 0; i < count; i++) run(i * most, Math.min(most, rows - i * most), packedA + 4 * depth * room * i);
    };
    for (let column = 0; column < columns; column += STRIP) this.packColumns(Math.min(STRIP, columns - column), depth, beyond(b, column, 0), packedB + 4 * depth * column);
    each((row, some, area) => this.packRows(some, depth, { ...a, at: a.at + row * a.row }, area));
    return () => {
      for (let column = 0; column < columns; column += STRIP)
        each((row, some, area) => this.tiles(some, Math.min(STRIP, columns - column), depth, area, packedB + 4 * depth * column, c.at + row * c.row + 4 * column, c.row, accumulate));
    };
  }

  packColumns(columns: number, depth: number, b: Columns, target: number): void {
    const { packColumns, packWindows } = this.kernels;
    this.call(b.by === "strides" ? packColumns : packWindows, columns, depth, b.at, b.columns, b.depth, target);
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
