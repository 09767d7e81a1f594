/** @file The `gather` and `scatter` primitives. Every index is checked before anything is written. */
import { coalesce, complain, type DType, type Kernel, type Places, type PrimitiveAttrs, View } from "@adjoint/core/backend";
import { type IndexName, indexModule, type SliceName, sliceModule } from "../emit/index-kernels.ts";
import { addressAt, CHUNK, type Engine, type WasmView } from "../engine.ts";
import { bytesOf, type WasmBuffer } from "../memory.ts";
import type { Copier } from "./copy.ts";
import { Odometer } from "./odometer.ts";
import { call } from "./round.ts";
import { Temporaries } from "./temporaries.ts";

type Mode = "gather" | "set" | "add";
type Linked = (...args: number[]) => number;

/**
 * Rows and columns of one call. What is scattered is split by rows, and only where they have elements of their own in far, so that the order of sums stays; split by columns it was slower with two
 * threads than with one, each of which goes through all rows.
 */
function piece(gathers: boolean, rows: number, columns: number, rowsApart: boolean): readonly [number, number] {
  if (!gathers && !rowsApart) return [rows, columns];
  return [Math.max(1, Math.floor(CHUNK / columns)), gathers ? CHUNK : columns];
}

export class Indexer {
  readonly #engine: Engine;
  readonly #copier: Copier;
  #elements: { readonly [N in IndexName]: Linked } | undefined;
  #slices: { readonly [N in SliceName]: Linked } | undefined;

  constructor(engine: Engine, copier: Copier) {
    this.#engine = engine;
    this.#copier = copier;
  }

  /** @param near the view of the indices' shape @param far the view that is indexed along `dim` */
  move(mode: Mode, index: WasmView, near: WasmView, far: WasmView, places: Places): void {
    const { dim } = places;
    this.#engine.check();
    this.#check(index, far, places);
    const bytes = bytesOf(far.dtype), step = far.strides[dim] * bytes;
    // Where along `dim` an element of far lies is the index's word: all dims are walked alike, and merge where they can.
    const merged = coalesce(index.shape, [index.strides, near.strides, far.strides.map((s, d) => (d === dim ? 0 : s))]), { shape } = merged;
    const strides = merged.strides.map((s, i) => s.map((stride) => stride * (i === 0 ? 4 : bytes)));
    const column = shape.length - 1, row = column - 1;
    const odometer = new Odometer(shape.slice(0, Math.max(row, 0)), strides, [addressAt(index, 0), addressAt(near, 0), addressAt(far, 0)]);
    const rows = row >= 0 ? shape[row] : 1, columns = column >= 0 ? shape[column] : 1, [i, n, f] = strides.map((s) => (row >= 0 ? s[row] : 0)), [ic, nc, fc] = strides.map((s) => (column >= 0 ? s[column] : 0));
    const isSliced = ic === 0 && nc === bytes && fc === bytes && (columns * bytes) % 4 === 0 && (mode !== "add" || far.dtype === "float32");
    const run = isSliced ? this.#slice(mode) : this.#element(mode, far.dtype), pool = this.#engine.sharing(near.size);
    const [rowsAtOnce, columnsAtOnce] = piece(mode === "gather", rows, columns, f !== 0);
    // Calls that may write one element follow each other.
    const isApart = mode === "gather" || strides[2].slice(0, Math.max(row, 0)).every((stride) => stride !== 0);
    do {
      for (let r = 0; r < rows; r += rowsAtOnce) for (let c = 0; c < columns; c += columnsAtOnce) {
        const height = Math.min(rowsAtOnce, rows - r), width = Math.min(columnsAtOnce, columns - c);
        const indices = odometer.at[0] + r * i + c * ic, nearAt = odometer.at[1] + r * n + c * nc, farAt = odometer.at[2] + r * f + c * fc;
        if (isSliced) call(pool, run, height, (width * bytes) / 4, indices, i, nearAt, n, farAt, f, step);
        else call(pool, run, height, width, indices, i, ic, nearAt, n, nc, farAt, f, fc, step);
      }
      if (!isApart) pool?.run();
    } while (odometer.next());
    pool?.run();
  }

  #slice(mode: Mode): Linked {
    this.#slices ??= this.#engine.link<SliceName>(sliceModule());
    return this.#slices[mode === "add" ? "addFloat" : mode];
  }
  #element(mode: Mode, dtype: DType): Linked {
    const bytes = bytesOf(dtype);
    this.#elements ??= this.#engine.link<IndexName>(indexModule());
    return this.#elements[mode === "add" ? (dtype === "float32" ? "addFloat" : bytes === 4 ? "addInt" : "or1") : `${mode}${bytes === 4 ? 4 : bytes === 2 ? 2 : 1}` as const];
  }

  /** Each distinct index once: repeated ones have stride 0. */
  #check(index: WasmView, far: WasmView, places: Places): void {
    const size = far.shape[places.dim], kept = index.shape.map((_, d) => d).filter((d) => index.strides[d] !== 0), temporaries = new Temporaries(this.#engine.memory);
    try {
      const shape = kept.map((d) => index.shape[d]), count = shape.reduce((a, b) => a * b, 1);
      let distinct: WasmView = new View(index.buffer, "int32", shape, kept.map((d) => index.strides[d]), index.offset, count, index.dense);
      if (!index.dense && count > 1) {
        const packed = temporaries.dense("int32", shape);
        this.#copier.copy(distinct, packed);
        distinct = packed;
      }
      const address = addressAt(distinct, 0);
      this.#elements ??= this.#engine.link<IndexName>(indexModule());
      const wrong = this.#elements.check(count, address, size);
      if (wrong >= 0) throw complain(places, this.#engine.memory.words[address / 4 + wrong], size);
    } finally {
      temporaries.free();
    }
  }
}

export const gatherKernel = (indexer: Indexer): Kernel<PrimitiveAttrs["gather"], WasmBuffer> =>
  ([input, index], [output], places) => indexer.move("gather", index, output, input, places);

export const scatterKernel = (indexer: Indexer): Kernel<PrimitiveAttrs["scatter"], WasmBuffer> =>
  ([index, source], [output], places) => indexer.move(places.mode, index, source, output, places);
