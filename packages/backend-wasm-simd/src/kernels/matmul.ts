/** @file The `matmul` primitive: chooses between vectors, small matrices and blocked packing. The inner loops are emit/matmul.ts. */
import { type DType, type Kernel, type PrimitiveAttrs, Program, scalar, type Shape, sizeOf, View } from "@adjoint/core/backend";
import { linkMatmul, type MatmulKernels, TILE_COLUMNS, TILE_ROWS } from "../emit/matmul.ts";
import { addressAt, type Engine, type WasmView } from "../engine.ts";
import type { WasmBuffer } from "../memory.ts";
import type { Copier } from "./copy.ts";
import type { Reducer } from "./reduce.ts";
import { Temporaries } from "./temporaries.ts";

/** A block of b stays in the last cache, of a in the second, a panel of b in the first. */
const BLOCK_DEPTH = 256, BLOCK_ROWS = 96, BLOCK_COLUMNS = 2048;
/** Products up to this size are done without packing a. */
const SMALL = 64 * 64 * 64;

/** One matrix: address and strides in bytes. */
type Matrix = { readonly at: number; readonly row: number; readonly column: number };

export class Multiplier {
  readonly #engine: Engine;
  readonly #copier: Copier;
  readonly #reducer: Reducer;
  readonly #products = new Map<DType, Program>();
  #linked: MatmulKernels | undefined;

  constructor(engine: Engine, copier: Copier, reducer: Reducer) {
    this.#engine = engine;
    this.#copier = copier;
    this.#reducer = reducer;
  }

  multiply(a: WasmView, b: WasmView, out: WasmView): void {
    this.#engine.check();
    const [batch, m, n] = out.shape, k = a.shape[2];
    if (out.dtype !== "float32") return this.#asReduction(a, b, out, [batch, m, n, k], [0, 1], [0, 1, 2]);
    if (n === 1) return this.#asReduction(a, b, out, [batch, m, k], [0, 1], [0, 1]);
    if (m === 1) return this.#asReduction(a, b, out, [batch, n, k], [0], [0, 2]);
    const temporaries = new Temporaries(this.#engine.memory);
    try {
      const target = out.strides[2] === 1 ? out : temporaries.dense("float32", out.shape);
      const isOneMatrix = b.strides[0] === 0 && a.strides[0] === m * a.strides[1] && target.strides[0] === m * target.strides[1];
      const matrices = isOneMatrix ? 1 : batch, rows = isOneMatrix ? batch * m : m;
      for (let i = 0; i < matrices; i++)
        this.#matrix(rows, n, k, matrixOf(a, i), matrixOf(b, i), matrixOf(target, i));
      if (target !== out) this.#copier.copy(target, out);
    } finally {
      temporaries.free();
    }
  }

  /** sum(a * b) over the last dim of `shape`, which a and b are spread over. */
  #asReduction(a: WasmView, b: WasmView, out: WasmView, shape: Shape, aDims: readonly number[], outDims: readonly number[]): void {
    const isInt = shape.length === 4, isColumn = !isInt && aDims.length === 2;
    const [ab, ar, ak] = a.strides, [bb, bk, bn] = b.strides;
    const left = isInt ? [ab, ar, 0, ak] : isColumn ? [ab, ar, ak] : [ab, 0, ak];
    const right = isInt ? [bb, 0, bn, bk] : isColumn ? [bb, 0, bk] : [bb, bn, bk];
    const spread = (view: WasmView, strides: Shape) => new View(view.buffer, view.dtype, shape, strides, view.offset, sizeOf(shape), false);
    const target = new View(out.buffer, out.dtype, shape.slice(0, -1), outDims.map((d) => out.strides[d]), out.offset, out.size, false);
    this.#reducer.reduce([spread(a, left), spread(b, right)], target, this.#product(out.dtype), [], "sum", 1);
  }

  #product(dtype: DType): Program {
    let known = this.#products.get(dtype);
    if (known === undefined)
      this.#products.set(dtype, (known = new Program("dot", [dtype, dtype], [], [scalar.mul(scalar.arg(0, dtype), scalar.arg(1, dtype))], undefined)));
    return known;
  }

  #matrix(m: number, n: number, k: number, a: Matrix, b: Matrix, c: Matrix): void {
    const kernels = (this.#linked ??= linkMatmul(this.#engine)), isAdjacent = b.column === 4;
    const isSmall = m * n * k <= SMALL || n <= 2 * TILE_COLUMNS;
    if (isAdjacent && (isSmall || m <= 2 * TILE_ROWS)) {
      kernels.tile4x8Strided(m, n, k, a.at, a.row, a.column, b.at, b.row, 4 * TILE_COLUMNS, c.at, c.row);
      return;
    }
    const temporaries = new Temporaries(this.#engine.memory);
    try {
      if (isSmall) packColumns(kernels, m, n, k, a, b, c, temporaries);
      else blocked(kernels, m, n, k, a, b, c, temporaries);
    } finally {
      temporaries.free();
    }
  }
}

/** All of b is packed, a is read in place. */
function packColumns(kernels: MatmulKernels, m: number, n: number, k: number, a: Matrix, b: Matrix, c: Matrix, temporaries: Temporaries): void {
  const panels = Math.ceil(n / TILE_COLUMNS), packed = addressAt(temporaries.dense("float32", [panels, TILE_COLUMNS * k]), 0);
  kernels.pack8(n, k, b.at, b.column, b.row, packed);
  kernels.tile4x8Strided(m, n, k, a.at, a.row, a.column, packed, 4 * TILE_COLUMNS, 4 * TILE_COLUMNS * k, c.at, c.row);
}

function blocked(kernels: MatmulKernels, m: number, n: number, k: number, a: Matrix, b: Matrix, c: Matrix, temporaries: Temporaries): void {
  const depthMost = Math.min(k, BLOCK_DEPTH), columnsMost = Math.min(Math.ceil(n / TILE_COLUMNS) * TILE_COLUMNS, BLOCK_COLUMNS);
  const packedA = addressAt(temporaries.dense("float32", [BLOCK_ROWS, depthMost]), 0), packedB = addressAt(temporaries.dense("float32", [columnsMost, depthMost]), 0);
  for (let column = 0; column < n; column += BLOCK_COLUMNS) {
    const columns = Math.min(BLOCK_COLUMNS, n - column);
    for (let from = 0; from < k; from += BLOCK_DEPTH) {
      const depth = Math.min(BLOCK_DEPTH, k - from);
      kernels.pack8(columns, depth, b.at + from * b.row + column * b.column, b.column, b.row, packedB);
      for (let row = 0; row < m; row += BLOCK_ROWS) {
        const rows = Math.min(BLOCK_ROWS, m - row);
        kernels.pack4(rows, depth, a.at + row * a.row + from * a.column, a.row, a.column, packedA);
        kernels.tile4x8(rows, columns, depth, packedA, packedB, c.at + row * c.row + 4 * column, c.row, from > 0 ? 1 : 0);
      }
    }
  }
}

const matrixOf = (view: WasmView, i: number): Matrix =>
  ({ at: addressAt(view, i * view.strides[0]), row: 4 * view.strides[1], column: 4 * view.strides[2] });

export const matmulKernel = (multiplier: Multiplier): Kernel<PrimitiveAttrs["matmul"], WasmBuffer> => ([a, b], [out]) => multiplier.multiply(a, b, out);
