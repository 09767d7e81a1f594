/** @file The `matmul` primitive: chooses between vectors, small matrices and blocks. What blocks do is blocks.ts. */
import { type DType, type Kernel, type PrimitiveAttrs, Program, scalar, type Shape, sizeOf, View } from "@adjoint/core/backend";
import { SMALL_ROWS, TILE_COLUMNS } from "../emit/tile.ts";
import { linkVectors, type VectorKernels } from "../emit/vectors.ts";
import { addressAt, type Engine, type WasmView } from "../engine.ts";
import type { WasmBuffer } from "../memory.ts";
import type { Pool } from "../threads/pool.ts";
import { Blocks, columnsOf, type Matrix, PRODUCTS } from "./blocks.ts";
import type { Copier } from "./copy.ts";
import type { Reducer } from "./reduce.ts";
import { call } from "./round.ts";
import { Temporaries } from "./temporaries.ts";

/** Products up to this size are done without packing a. */
const SMALL = 64 * 64 * 64;
/** Matrices of a batch whose packing is in memory at once. */
const TOGETHER = 32;
/** Columns that a vector times a matrix sums at a time: they stay in the first cache. */
const SUMMED = 2048;
/** Threads share columns by so many, a cache line. Each gets one piece: short pieces of long rows are read more slowly than one thread reads them whole. */
const LEAST_SUMMED = 16;

export class Multiplier {
  readonly blocks: Blocks;
  readonly #engine: Engine;
  readonly #copier: Copier;
  readonly #reducer: Reducer;
  readonly #products = new Map<DType, Program>();
  #vectors: VectorKernels | undefined;

  constructor(engine: Engine, copier: Copier, reducer: Reducer) {
    this.#engine = engine;
    this.#copier = copier;
    this.#reducer = reducer;
    this.blocks = new Blocks(engine);
  }

  multiply(a: WasmView, b: WasmView, out: WasmView): void {
    this.#engine.check();
    const [batch, m, n] = out.shape, k = a.shape[2];
    if (out.dtype !== "float32") return this.#asReduction(a, b, out, [batch, m, n, k]);
    // A batch against one matrix is one tall product.
    if (batch > 1 && b.strides[0] === 0 && isTall(a) && isTall(out)) return this.multiply(tall(a), b, tall(out));
    // The transposed product, where the output or a single column lies so.
    if (n === 1 ? m > 1 : m > 1 && out.strides[2] !== 1 && out.strides[1] === 1) return this.multiply(turned(b), turned(a), turned(out));
    const temporaries = new Temporaries(this.#engine.memory);
    try {
      const target = out.strides[2] === 1 || m === 1 ? out : temporaries.dense("float32", out.shape);
      const pool = batch > 1 && m > 1 ? this.#engine.sharing(batch * m * n * k / PRODUCTS) : undefined;
      if (pool === undefined || !this.#together(pool, a, b, target)) for (let i = 0; i < batch; i++) {
        if (m === 1) this.#vector(n, k, matrixOf(a, i), matrixOf(b, i), matrixOf(target, i));
        else this.#matrix(m, n, k, matrixOf(a, i), matrixOf(b, i), matrixOf(target, i));
      }
      if (target !== out) this.#copier.copy(target, out);
    } finally {
      temporaries.free();
    }
  }

  /** sum(a * b) over the last dim of `[batch, m, n, k]`, which a and b are spread over. */
  #asReduction(a: WasmView, b: WasmView, out: WasmView, shape: Shape): void {
    const [ab, ar, ak] = a.strides, [bb, bk, bn] = b.strides;
    const spread = (view: WasmView, strides: Shape) => new View(view.buffer, view.dtype, shape, strides, view.offset, sizeOf(shape), false);
    this.#reducer.reduce([spread(a, [ab, ar, 0, ak]), spread(b, [bb, 0, bn, bk])], out, this.#product(out.dtype), [], "sum", 1);
  }

  #product(dtype: DType): Program {
    let known = this.#products.get(dtype);
    if (known === undefined)
      this.#products.set(dtype, (known = new Program("dot", [dtype, dtype], [], [scalar.mul(scalar.arg(0, dtype), scalar.arg(1, dtype))], undefined)));
    return known;
  }

  #matrix(m: number, n: number, k: number, a: Matrix, b: Matrix, c: Matrix): void {
    const { blocks } = this, way = wayOf(m, n, k, b);
    if (way === "direct") blocks.direct(m, n, k, a, b, c);
    else if (way === "columns") blocks.packedColumns(m, n, k, a, b, c);
    else blocks.packed(m, n, k, a, columnsOf(b), c);
  }

  /** The matrices of a batch, shared among threads as one work. False where each is large, and is shared by itself. */
  #together(pool: Pool, a: WasmView, b: WasmView, out: WasmView): boolean {
    const { blocks } = this, [batch, m, n] = out.shape, k = a.shape[2], first = matrixOf(b, 0), way = wayOf(m, n, k, first);
    if (way === "direct" ? blocks.depthAtOnce(k, first) < k : way === "blocks" && !blocks.packsAlone(m, n, k)) return false;
    if (way === "blocks") {
      blocks.batch(pool, m, n, k, batch, (i) => [matrixOf(a, i), columnsOf(matrixOf(b, i)), matrixOf(out, i)]);
      return true;
    }
    for (let from = 0; from < batch; from += TOGETHER) blocks.inRounds(pool, way === "direct" ? Infinity : Math.min(TOGETHER, batch - from) * n * k, (temporaries) => {
      const rest: (() => void)[] = [];
      for (let i = from; i < Math.min(batch, from + TOGETHER); i++) {
        const [x, y, z] = [a, b, out].map((view) => matrixOf(view, i));
        if (way === "direct") blocks.direct(m, n, k, x, y, z);
        else rest.push(blocks.preparedColumns(temporaries, m, n, k, x, y, z));
      }
      return rest;
    });
    return true;
  }

  /** One row of a times b, by b's rows where they are adjacent, else by its columns. */
  #vector(n: number, k: number, a: Matrix, b: Matrix, c: Matrix): void {
    const { rows, dots } = (this.#vectors ??= linkVectors(this.#engine));
    const temporaries = new Temporaries(this.#engine.memory);
    const pool = this.#engine.sharing((n * k) / PRODUCTS), most = pool === undefined ? n : Math.ceil(n / (LEAST_SUMMED * pool.threads)) * LEAST_SUMMED, all = Math.min(SUMMED, most);
    const dense = (length: number): Matrix => ({ at: addressAt(temporaries.dense("float32", [length]), 0), row: 4 * length, column: 4 });
    try {
      if (b.column === 4 && b.row !== 4) {
        const to = c.column === 4 ? c : dense(n);
        for (let column = 0; column < n; column += all)
          call(pool, rows, Math.min(all, n - column), k, a.at, a.column, b.at + 4 * column, b.row, to.at + 4 * column, 0);
        pool?.run();
        if (to !== c) this.#copier.plane(4, 1, n, to.at, 0, 4, c.at, 0, c.column);
        return;
      }
      const factors = a.column === 4 ? a : dense(k);
      if (factors !== a) this.#copier.plane(4, 1, k, a.at, 0, a.column, factors.at, 0, 4);
      let columns = b;
      if (b.row !== 4) {
        columns = { at: addressAt(temporaries.dense("float32", [n, k]), 0), row: 4, column: 4 * k };
        this.#copier.plane(4, n, k, b.at, b.column, b.row, columns.at, columns.column, 4);
      }
      for (let column = 0; column < n; column += most)
        call(pool, dots, Math.min(most, n - column), k, factors.at, columns.at + column * columns.column, columns.column, c.at + column * c.column, c.column);
      pool?.run();
    } finally {
      temporaries.free();
    }
  }
}

/** In place; with b packed; or with both packed, block by block. */
function wayOf(m: number, n: number, k: number, b: Matrix): "direct" | "columns" | "blocks" {
  const isSmall = m * n * k <= SMALL || n <= 2 * TILE_COLUMNS;
  if (b.column === 4 && (isSmall || m <= 2 * SMALL_ROWS)) return "direct";
  return isSmall ? "columns" : "blocks";
}

/** Whether the rows of all matrices lie at one distance. */
const isTall = ({ shape, strides }: WasmView): boolean => shape[1] === 1 || strides[0] === shape[1] * strides[1];
const tall = (view: WasmView): WasmView =>
  new View(view.buffer, view.dtype, [1, view.shape[0] * view.shape[1], view.shape[2]], [0, view.shape[1] === 1 ? view.strides[0] : view.strides[1], view.strides[2]], view.offset, view.size, false);
/** Rows and columns change places. */
export const turned = (view: WasmView): WasmView =>
  new View(view.buffer, view.dtype, [view.shape[0], view.shape[2], view.shape[1]], [view.strides[0], view.strides[2], view.strides[1]], view.offset, view.size, false);

/** Matrix `i` of a batch. */
export const matrixOf = (view: WasmView, i: number): Matrix =>
  ({ at: addressAt(view, i * view.strides[0]), row: 4 * view.strides[1], column: 4 * view.strides[2] });

/** Of the first batch dim, number i. */
const batchOf = ({ buffer, dtype, shape, strides, offset, size, dense }: WasmView, i: number): WasmView =>
  new View(buffer, dtype, [shape[1], shape[2], shape[3]], [strides[1], strides[2], strides[3]], offset + i * strides[0], size / shape[0], dense);

export const matmulKernel = (multiplier: Multiplier): Kernel<PrimitiveAttrs["matmul"], WasmBuffer> => ([a, b], [out]) => {
  for (let i = 0; i < out.shape[0]; i++) multiplier.multiply(batchOf(a, i), batchOf(b, i), batchOf(out, i));
};
