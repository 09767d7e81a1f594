/**
 * @file Convolutions of several channels with windows of three by three at stride 1, and the gradients of such windows, by Winograd's way: sixteen products where
 * 36 stood, between transforms that add. Where a result is not finite it is refused, and the plain way computes it.
 */
import { denseView, type PrimitiveAttrs, type Triple, View } from "@adjoint/core/backend";
import { TILE_COLUMNS } from "../emit/tile.ts";
import { linkWinograd, PLANES, SEEN, SEGMENT, TILE, type WinogradKernels } from "../emit/winograd.ts";
import { addressAt, type Engine, type WasmView } from "../engine.ts";
import type { Pool } from "../threads/pool.ts";
import { BLOCK_DEPTH, BLOCK_ROWS, type Blocks, evenly, PRODUCTS } from "./blocks.ts";
import type { Copier } from "./copy.ts";
import { Temporaries } from "./temporaries.ts";

/** Channels of both sides from which on products take longer than transforms, and places from which on the transform of the filter does not count. */
const CHANNELS = 16, PLACES = 256;
/** Bytes of the planes of one block of tiles, which the second cache should hold unless they are less than those of the filter, and its fewest and most tiles. */
const BLOCK_BYTES = 2 ** 20, FEWEST = 48, MOST = 256;
/** Calls of a round for each thread. */
const SHARES = 2;

/** Rows of adjacent elements: strides in bytes. */
type Image = { readonly at: number; readonly group: number; readonly example: number; readonly channel: number; readonly row: number; readonly examples: number; readonly channels: number; readonly height: number; readonly width: number };
/** A line of tiles for each channel, in each of the planes: strides in bytes. */
type Planes = { readonly at: number; readonly line: number; readonly plane: number };
/** How examples are cut: `columns` tiles side by side, some rows of them at a time. */
type Tiling = { readonly columns: number; readonly rows: number; readonly tiles: number };
type Block = { readonly tiles: number; readonly segments: number; readonly count: number };
type Side = "x" | "out";

export class Winograd {
  readonly #engine: Engine;
  readonly #copier: Copier;
  readonly #blocks: Blocks;
  #linked: WinogradKernels | undefined;

  constructor(engine: Engine, copier: Copier, blocks: Blocks) {
    this.#engine = engine;
    this.#copier = copier;
    this.#blocks = blocks;
  }

  get #kernels(): WinogradKernels {
    return (this.#linked ??= linkWinograd(this.#engine));
  }

  /** False where it does not suit, or where a result is not finite: what is infinite or overflows between the transforms gives NaN. */
  convolve(x: WasmView, filter: WasmView, out: WasmView, { stride, dilation, spread, padding }: PrimitiveAttrs["conv"]): boolean {
    if (out.dtype !== "float32" || x.shape[3] !== 1 || filter.shape[3] !== 1 || out.shape[3] !== 1 || padding[0] !== 0) return false;
    if ([1, 2].some((d) => stride[d] !== 1 || dilation[d] !== 1 || spread[d] !== 1)) return false;
    const temporaries = new Temporaries(this.#engine.memory);
    try {
      if (isThree(filter)) return isMuch(x.shape[2], out.shape[2], out.shape[1], out) && this.#places(x, filter, out, padding, temporaries);
      return isThree(out) && isMuch(x.shape[1], filter.shape[1], x.shape[2], filter) && this.#windows(x, filter, out, padding, temporaries);
    } finally {
      temporaries.free();
    }
  }

  #places(x: WasmView, filter: WasmView, out: WasmView, padding: Triple, temporaries: Temporaries): boolean {
    const { places, filters } = this.#kernels, target = out.strides[5] === 1 ? out : temporaries.dense("float32", out.shape);
    const from = imageOf(this.#rowwise(x, temporaries), 1, 2), to = imageOf(target, 1, 2), { channels } = from, made = to.channels;
    const tiling = tilingOf(to, channels, made), pool = this.#poolFor(tiling, made, channels), most = evenly(channels, BLOCK_DEPTH), read = this.#reader("x", from, padding, tiling, pool, temporaries);
    const weights = this.#dense(filter, temporaries), u = this.#planes(made, channels, temporaries), v = this.#planes(channels, tiling.tiles, temporaries), m = this.#planes(made, tiling.tiles, temporaries);
    const parts = sharesOf(made, pool), checks = this.#zeros(4 * parts.length, temporaries), blocks = this.#tiled(from, to, padding, tiling, temporaries);
    this.#clear(m);
    for (let g = 0; g < x.shape[0]; g++) {
      filters(made, channels, weights + 36 * g * made * channels, u.at, u.line, u.plane);
      for (const block of blocks) {
        this.#round(pool, () => read(g, block, v));
        for (let depth = 0; depth < channels; depth += most) this.#round(pool, () => {
          for (let p = 0; p < PLANES; p++) for (let row = 0; row < made; row += BLOCK_ROWS) {
            const [a, b, c] = [lineOf(u, p, row) + 4 * depth, lineOf(v, p, depth), lineOf(m, p, row)], rows = Math.min(BLOCK_ROWS, made - row);
            this.#blocks.strided(rows, block.tiles, Math.min(most, channels - depth), { at: a, row: u.line, column: 4 }, b, v.line, 4 * TILE_COLUMNS, { at: c, row: m.line, column: 4 }, depth > 0 ? 1 : 0);
          }
        });
        this.#round(pool, () => parts.forEach(([first, count], i) => this.#blocks.call(
          places, count, block.segments, block.count, lineOf(m, 0, first), m.line, m.plane, 4 * tiling.columns, to.at + g * to.group + first * to.channel, to.channel, to.row, to.width, checks + 16 * i)));
      }
    }
    if (!this.#areFinite(checks, 4 * parts.length)) return false;
    if (target !== out) this.#copier.copy(target, out);
    return true;
  }

  /** The gradient of the windows: the channels of x are examples here, and y is in the filter's place. */
  #windows(x: WasmView, y: WasmView, out: WasmView, padding: Triple, temporaries: Temporaries): boolean {
    const { windows } = this.#kernels, from = imageOf(this.#rowwise(x, temporaries), 2, 1), by = imageOf(this.#rowwise(y, temporaries), 2, 1), { channels } = from, made = by.channels;
    const tiling = tilingOf(by, channels, made), pool = this.#poolFor(tiling, made, channels), readX = this.#reader("x", from, padding, tiling, pool, temporaries), readY = this.#reader("out", by, NONE, tiling, pool, temporaries);
    const v = this.#planes(channels, tiling.tiles, temporaries), w = this.#planes(made, tiling.tiles, temporaries), u = this.#planes(made, channels, temporaries), line = u.line / 4;
    const check = this.#zeros(4, temporaries), blocks = this.#tiled(from, by, padding, tiling, temporaries), nine = temporaries.dense("float32", [9, made, line]);
    for (let g = 0; g < x.shape[0]; g++) {
      this.#clear(u);
      for (const block of blocks) {
        this.#round(pool, () => {
          readX(g, block, v);
          readY(g, block, w);
        });
        this.#products(pool, (own, p) => this.#blocks.prepared(
          own, made, channels, block.tiles, { at: lineOf(w, p, 0), row: w.line, column: 4 },
          (column, columns, target) => this.#blocks.call(this.#blocks.kernels.packColumns, columns, block.tiles, lineOf(v, p, column), v.line, 4, target), { at: lineOf(u, p, 0), row: u.line, column: 4 }, 1));
      }
      windows(made, channels, u.at, u.line, u.plane, addressAt(nine, 0), u.line, made * u.line, check);
      if (!this.#areFinite(check, 4)) return false;
      const seen = new View(nine.buffer, "float32", [channels, made, 3, 3], [1, line, 3 * made * line, made * line], 0, 9 * made * channels, false);
      this.#copier.copy(seen, new View(out.buffer, "float32", seen.shape, [out.strides[1], out.strides[2], out.strides[4], out.strides[5]], out.offset + g * out.strides[0], seen.size, false));
    }
    return true;
  }

  /** Adds reading of tiles of a group into planes, `channels` at a time, each with room for the rows that it reads. */
  #reader(side: Side, image: Image, [, , left]: Triple, tiling: Tiling, pool: Pool | undefined, temporaries: Temporaries): (g: number, block: Block, to: Planes) => void {
    const run = this.#kernels[side], fours = Math.ceil(tiling.columns / 4), row = 4 * (4 * TILE * fours + 8), size = row * (TILE * tiling.rows + SEEN - TILE) / 4, parts = sharesOf(image.channels, pool);
    const rooms = this.#zeros(size * parts.length, temporaries), before = Math.max(0, left);
    const width = Math.max(0, Math.min(image.width - Math.max(0, -left), TILE * tiling.columns + (side === "x" ? SEEN - TILE : 0) - before));
    return (g, block, to) => parts.forEach(([first, count], i) => this.#blocks.call(
      run, count, block.segments, block.count, image.at + g * image.group + first * image.channel, image.channel, image.row, width, rooms + 4 * size * i, row, 4 * before, fours, lineOf(to, 0, first), to.line, to.plane, 4 * tiling.columns));
  }

  /** The blocks of tiles of all examples, and the table of their segments. */
  #tiled(x: Image, out: Image, [, top, left]: Triple, tiling: Tiling, temporaries: Temporaries): readonly Block[] {
    const high = Math.ceil(out.height / TILE), total = out.examples * high, entries: number[] = [], blocks: Block[] = [];
    for (let from = 0; from < total; from += tiling.rows) {
      const to = Math.min(total, from + tiling.rows), segments = entries.length;
      for (let row = from, next: number; row < to; row = next) {
        const example = Math.floor(row / high), i = TILE * (row - example * high);
        next = Math.min(to, (example + 1) * high);
        const first = Math.max(0, top - i);
        entries.push(example * x.example + (i - top) * x.row + 4 * Math.max(0, -left), first, Math.max(first, x.height + top - i), example * out.example + i * out.row, Math.min(TILE * (next - row), out.height - i), next - row);
      }
      blocks.push({ tiles: (to - from) * tiling.columns, segments: 4 * segments, count: (entries.length - segments) / SEGMENT.words });
    }
    const table = addressAt(temporaries.dense("int32", [entries.length]), 0);
    this.#engine.memory.words.set(entries, table / 4);
    return blocks.map((block) => ({ ...block, segments: table + block.segments }));
  }

  /** Products of planes, of which `prepare` packs the operands and gives the tiles. */
  #products(pool: Pool | undefined, prepare: (temporaries: Temporaries, p: number) => () => void): void {
    const planes = Array.from({ length: PLANES }, (_, p) => p);
    if (pool !== undefined) return this.#blocks.inRounds(pool, (own) => planes.map((p) => prepare(own, p)));
    for (const p of planes) {
      const own = new Temporaries(this.#engine.memory);
      prepare(own, p)();
      own.free();
    }
  }

  #round(pool: Pool | undefined, add: () => void): void {
    if (pool === undefined) add();
    else this.#blocks.inRounds(pool, () => {
      add();
      return [];
    });
  }

  #poolFor({ tiles }: Tiling, made: number, channels: number): Pool | undefined {
    return this.#engine.sharing((PLANES * tiles * made * channels) / PRODUCTS);
  }

  #planes(lines: number, length: number, temporaries: Temporaries): Planes {
    // neither lines nor planes all on one set of the cache; tiles beyond the last of a row are written too
    const whole = 4 * roundUp(length + 4, TILE_COLUMNS), line = whole % 256 === 0 ? whole + 32 : whole, plane = roundUp(lines * line, 4096) + 320;
    return { at: addressAt(temporaries.dense("float32", [(PLANES * plane) / 4]), 0), line, plane };
  }

  #zeros(length: number, temporaries: Temporaries): number {
    const at = addressAt(temporaries.dense("float32", [length]), 0);
    this.#engine.memory.bytes.fill(0, at, at + 4 * length);
    return at;
  }
  #clear({ at, plane }: Planes): void {
    this.#engine.memory.bytes.fill(0, at, at + PLANES * plane);
  }
  #areFinite(at: number, count: number): boolean {
    return this.#engine.memory.floats.subarray(at / 4, at / 4 + count).every((sum) => Number.isFinite(sum));
  }

  #rowwise(view: WasmView, temporaries: Temporaries): WasmView {
    if (view.strides[5] === 1) return view;
    const dense = temporaries.dense("float32", view.shape);
    this.#copier.copy(view, dense);
    return dense;
  }
  /** The filter's elements side by side. Four windows at a time are read, whole or not. */
  #dense(filter: WasmView, temporaries: Temporaries): number {
    const room = temporaries.dense("float32", [filter.size + 36]);
    this.#copier.copy(filter, denseView(room.buffer, "float32", filter.shape));
    return addressAt(room, 0);
  }
}

const NONE: Triple = [0, 0, 0];
const roundUp = (size: number, unit: number): number => Math.ceil(size / unit) * unit;
const isThree = ({ shape }: WasmView): boolean => shape[4] === 3 && shape[5] === 3;
const isMuch = (channels: number, made: number, examples: number, { shape }: WasmView): boolean => Math.min(channels, made) >= CHANNELS && examples * shape[4] * shape[5] >= PLACES;
const lineOf = ({ at, line, plane }: Planes, p: number, i: number): number => at + p * plane + i * line;

function imageOf(view: WasmView, example: number, channel: number): Image {
  const { shape, strides } = view;
  return { at: addressAt(view, 0), group: 4 * strides[0], example: 4 * strides[example], channel: 4 * strides[channel], row: 4 * strides[4], examples: shape[example], channels: shape[channel], height: shape[4], width: shape[5] };
}

/** Whole rows of tiles, and where that is possible a multiple of what products take at a time. */
function tilingOf({ examples, height, width }: Image, channels: number, made: number): Tiling {
  const lines = channels + made, columns = Math.ceil(width / TILE), most = Math.max(1, Math.floor(Math.max(FEWEST, Math.min(MOST, Math.max(BLOCK_BYTES / (4 * PLANES * lines), (channels * made) / lines))) / columns));
  const unit = [1, 2, 4, 8].find((rows) => (rows * columns) % TILE_COLUMNS === 0)!, rows = Math.min(most < unit ? most : most - (most % unit), examples * Math.ceil(height / TILE));
  return { columns, rows, tiles: rows * columns };
}

/** What one call does of so many channels: first and number. */
function sharesOf(channels: number, pool: Pool | undefined): readonly (readonly [number, number])[] {
  const most = pool === undefined ? channels : Math.ceil(channels / (SHARES * pool.threads));
  return Array.from({ length: Math.ceil(channels / most) }, (_, i) => [i * most, Math.min(most, channels - i * most)] as const);
}
