/** @file The `copy` primitive, and packing: strided elements to strided elements of the same dtype. */
import { coalesce, denseStrides, type Kernel, type PrimitiveAttrs, View } from "@adjoint/core/backend";
import { type CopyName, copyModule } from "../emit/copy.ts";
import { addressAt, CHUNK, type Engine, type WasmView } from "../engine.ts";
import { bytesOf, SCRATCH, type WasmBuffer } from "../memory.ts";
import { Odometer } from "./odometer.ts";
import type { Temporaries } from "./temporaries.ts";

/** Transposes go by tiles of this many rows and columns, so that both sides stay in the nearest cache. */
const TILE = 64;

export class Copier {
  readonly #engine: Engine;
  #linked: { readonly [N in CopyName]: (...args: number[]) => number } | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get #kernels(): { readonly [N in CopyName]: (...args: number[]) => number } {
    return (this.#linked ??= this.#engine.link<CopyName>(copyModule()));
  }

  /** A dense copy of a view's distinct elements, seen in the view's shape: what was repeated stays repeated. */
  pack(view: WasmView, temporaries: Temporaries): WasmView {
    const kept = view.shape.map((_, d) => d).filter((d) => view.strides[d] !== 0);
    const shape = kept.map((d) => view.shape[d]), target = temporaries.dense(view.dtype, shape);
    const source = new View(view.buffer, view.dtype, shape, kept.map((d) => view.strides[d]), view.offset, target.size, false);
    this.copy(source, target);
    const packed = denseStrides(shape), strides = view.shape.map(() => 0);
    kept.forEach((d, i) => { strides[d] = packed[i]; });
    return new View(target.buffer, view.dtype, view.shape, strides, 0, view.size, target.size === view.size);
  }

  /** A dense copy, of what is repeated too. */
  dense(view: WasmView, temporaries: Temporaries): WasmView {
    const target = temporaries.dense(view.dtype, view.shape);
    this.copy(view, target);
    return target;
  }
  /** The view, whose rows lie together, or else a dense copy. */
  rowwise(view: WasmView, temporaries: Temporaries): WasmView {
    return view.strides.at(-1) === 1 ? view : this.dense(view, temporaries);
  }

  copy(source: WasmView, target: WasmView): void {
    const bytes = bytesOf(source.dtype);
    const from = addressAt(source, 0), to = addressAt(target, 0);
    if (source.dense && target.dense) {
      this.#engine.memory.bytes.copyWithin(to, from, from + source.size * bytes);
      return;
    }
    const merged = coalesce(source.shape, [source.strides, target.strides]);
    // Dims in the order of the target's memory: the order of copying is free.
    const order = merged.shape.map((_, d) => d).sort((a, b) => merged.strides[1][b] - merged.strides[1][a]);
    let shape = order.map((d) => merged.shape[d]), s = order.map((d) => merged.strides[0][d] * bytes), t = order.map((d) => merged.strides[1][d] * bytes);
    while (shape.length < 2) {
      shape = [1, ...shape];
      s = [0, ...s];
      t = [0, ...t];
    }
    const column = shape.length - 1;
    const fastest = s.findIndex((stride, d) => d < column && stride === bytes);
    const row = s[column] !== bytes && t[column] === bytes && fastest >= 0 ? fastest : column - 1;
    const outer = shape.map((_, d) => d).filter((d) => d !== row && d !== column);
    const odometer = new Odometer(outer.map((d) => shape[d]), [outer.map((d) => s[d]), outer.map((d) => t[d])], [from, to]);
    do this.plane(bytes, shape[row], shape[column], odometer.at[0], s[row], s[column], odometer.at[1], t[row], t[column]);
    while (odometer.next());
  }

  /** Rows of adjacent bytes. */
  rows(rows: number, bytes: number, from: number, fromRow: number, to: number, toRow: number): void {
    this.#kernels.rows(rows, bytes, from, fromRow, to, toRow);
  }

  /** One plane of elements of `bytes` bytes; strides and addresses in bytes. */
  plane(bytes: number, rows: number, columns: number, from: number, fromRow: number, fromColumn: number, to: number, toRow: number, toColumn: number): void {
    const kernels = this.#kernels;
    if (fromColumn === bytes && toColumn === bytes) {
      kernels.rows(rows, columns * bytes, from, fromRow, to, toRow);
      return;
    }
    if (bytes === 4 && fromColumn === 0 && toColumn === 4) {
      kernels.fill4(rows, columns, from, fromRow, to, toRow);
      return;
    }
    const strided = bytes === 4 ? kernels.plane4 : bytes === 2 ? kernels.plane2 : kernels.plane1;
    if (bytes === 4 && fromRow === 4 && toColumn === 4) {
      const wholeRows = rows & ~3, wholeColumns = columns & ~3;
      // Rows whose distance is a large power of two fall on one set of the cache: such a tile is written by way of a dense one.
      const collides = toRow % 1024 === 0;
      for (let row = 0; row < wholeRows; row += TILE) for (let column = 0; column < wholeColumns; column += TILE) {
        const height = Math.min(TILE, wholeRows - row), width = Math.min(TILE, wholeColumns - column), target = to + row * toRow + column * toColumn;
        kernels.transpose4(height, width, from + row * fromRow + column * fromColumn, fromColumn, collides ? SCRATCH : target, collides ? 4 * TILE : toRow);
        if (collides) kernels.rows(height, 4 * width, SCRATCH, 4 * TILE, target, toRow);
      }
      if (columns > wholeColumns)
        strided(rows, columns - wholeColumns, from + wholeColumns * fromColumn, fromRow, fromColumn, to + wholeColumns * toColumn, toRow, toColumn);
      if (rows > wholeRows && wholeColumns > 0)
        strided(rows - wholeRows, wholeColumns, from + wholeRows * fromRow, fromRow, fromColumn, to + wholeRows * toRow, toRow, toColumn);
      return;
    }
    if (bytes < 4 && fromRow === bytes && toColumn === bytes) {
      // A transpose, element by element, of tiles that are first brought together: columns may lie on one set of the cache.
      for (let row = 0; row < rows; row += TILE) for (let column = 0; column < columns; column += TILE) {
        const height = Math.min(TILE, rows - row), width = Math.min(TILE, columns - column);
        kernels.rows(width, height * bytes, from + row * bytes + column * fromColumn, fromColumn, SCRATCH, height * bytes);
        strided(height, width, SCRATCH, bytes, height * bytes, to + row * toRow + column * bytes, toRow, bytes);
      }
      return;
    }
    const rowsAtOnce = Math.max(1, Math.floor(CHUNK / columns));
    for (let row = 0; row < rows; row += rowsAtOnce)
      strided(Math.min(rowsAtOnce, rows - row), columns, from + row * fromRow, fromRow, fromColumn, to + row * toRow, toRow, toColumn);
  }
}

export const copyKernel = (engine: Engine, copier: Copier): Kernel<PrimitiveAttrs["copy"], WasmBuffer> => ([input], [output]) => {
  engine.check();
  copier.copy(input, output);
};
