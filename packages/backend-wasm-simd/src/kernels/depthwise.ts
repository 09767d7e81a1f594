/** @file Convolutions that see one channel a group, with a window of three by three at stride 1, and the gradient of that window, plane by plane. */
import type { PrimitiveAttrs, Triple } from "@adjoint/core/backend";
import { type DepthwiseKernels, linkDepthwise } from "../emit/depthwise.ts";
import { addressAt, type Engine, type WasmView } from "../engine.ts";
import type { Copier } from "./copy.ts";
import { Temporaries } from "./temporaries.ts";

export class Depthwise {
  readonly #engine: Engine;
  readonly #copier: Copier;
  #linked: DepthwiseKernels | undefined;

  constructor(engine: Engine, copier: Copier) {
    this.#engine = engine;
    this.#copier = copier;
  }

  get #kernels(): DepthwiseKernels {
    return (this.#linked ??= linkDepthwise(this.#engine));
  }

  /** False, and nothing done, where the geometry is another. */
  convolve(x: WasmView, filter: WasmView, out: WasmView, attrs: PrimitiveAttrs["conv"]): boolean {
    if (!isFlat(x, filter, out, attrs) || out.dtype !== "float32") return false;
    if (filter.shape[4] === 3 && filter.shape[5] === 3 && x.shape[2] === 1 && out.strides[5] === 1) this.#windows(x, filter, out, attrs.padding);
    else if (out.shape[4] === 3 && out.shape[5] === 3 && x.shape[1] === 1) this.#gradients(x, filter, out, attrs.padding);
    else return false;
    return true;
  }

  /** Of each group's channel any number are made. */
  #windows(x: WasmView, filter: WasmView, out: WasmView, padding: Triple): void {
    const temporaries = new Temporaries(this.#engine.memory), [groups, examples, made, , height, width] = out.shape, { window } = this.#kernels;
    try {
      const planes = this.#planes(x, height + 2, width + 2, padding, temporaries), dense = temporaries.dense("float32", filter.shape);
      this.#copier.copy(filter, dense);
      const weights = addressAt(dense, 0), [yg, yn, yo, , yh] = out.strides.map((s) => 4 * s), to = addressAt(out, 0);
      for (let g = 0; g < groups; g++)
        for (let n = 0; n < examples; n++) {
          const plane = planes.at(g * x.strides[0] + n * x.strides[1]);
          for (let o = 0; o < made; o++) window(height, width, weights + 36 * (g * made + o), plane, planes.row, to + g * yg + n * yn + o * yo, yh);
        }
    } finally {
      temporaries.free();
    }
  }

  /** The examples are what is summed over, y is in the filter's place. */
  #gradients(x: WasmView, y: WasmView, out: WasmView, padding: Triple): void {
    const temporaries = new Temporaries(this.#engine.memory), [groups, made, examples, , height, width] = y.shape, { gradient } = this.#kernels;
    try {
      const xs = this.#planes(x, height + 2, width + 2, padding, temporaries), ys = this.#planes(y, height, width, [0, 0, 0], temporaries), sums = addressAt(temporaries.dense("float32", [made, 36]), 0);
      const { floats } = this.#engine.memory, to = addressAt(out, 0) / 4, [og, , oo, , oh, ow] = out.strides;
      for (let g = 0; g < groups; g++) {
        floats.fill(0, sums / 4, sums / 4 + 36 * made);
        for (let n = 0; n < examples; n++) {
          const plane = xs.at(g * x.strides[0] + n * x.strides[2]);
          for (let o = 0; o < made; o++) gradient(height, width, sums + 144 * o, plane, xs.row, ys.at(g * y.strides[0] + o * y.strides[1] + n * y.strides[2]), ys.row);
        }
        for (let o = 0, at = sums / 4; o < made; o++)
          for (let k = 0; k < 9; k++, at += 4)
            floats[to + g * og + o * oo + Math.floor(k / 3) * oh + (k % 3) * ow] = floats[at] + floats[at + 1] + (floats[at + 2] + floats[at + 3]);
      }
    } finally {
      temporaries.free();
    }
  }

  /**
   * Planes from the padding on, their rows adjacent: as they lie, or where they are too small or lie otherwise, one at a time amid zeros, which stays in the
   * nearest cache.
   */
  #planes(view: WasmView, rows: number, columns: number, [, top, left]: Triple, temporaries: Temporaries): Planes {
    const { shape: [, , , , height, width], strides: [, , , , xRow, xColumn] } = view, start = addressAt(view, 0);
    if (xColumn === 1 && top <= 0 && left <= 0 && rows - top <= height && columns - left <= width)
      return { row: 4 * xRow, at: (offset) => start + 4 * (offset - top * xRow - left) };
    const room = addressAt(temporaries.dense("float32", [rows * columns]), 0), { memory } = this.#engine, copier = this.#copier;
    memory.bytes.fill(0, room, room + 4 * rows * columns);
    const firstRow = Math.max(0, -top), firstColumn = Math.max(0, -left), count = Math.min(height, rows - top) - firstRow, across = Math.min(width, columns - left) - firstColumn;
    const from = start + 4 * (firstRow * xRow + firstColumn * xColumn), to = room + 4 * ((firstRow + top) * columns + firstColumn + left);
    let last: number | undefined;
    return {
      row: 4 * columns,
      at(offset) {
        if (offset === last || count <= 0 || across <= 0) return room;
        last = offset;
        if (xColumn === 1) copier.rows(count, 4 * across, from + 4 * offset, 4 * xRow, to, 4 * columns);
        else copier.plane(4, count, across, from + 4 * offset, 4 * xRow, 4 * xColumn, to, 4 * columns, 4);
        return room;
      },
    };
  }
}

/** `at` gives the address of the plane that lies so many elements after the first; it holds until the next call. */
type Planes = { readonly row: number; at(offset: number): number };

/** One spatial dim apart, a plain convolution of one plane by one plane. */
const isFlat = (x: WasmView, filter: WasmView, out: WasmView, { stride, dilation, spread, padding }: PrimitiveAttrs["conv"]): boolean =>
  x.shape[3] === 1 && filter.shape[3] === 1 && out.shape[3] === 1 && padding[0] === 0 && [1, 2].every((d) => stride[d] === 1 && dilation[d] === 1 && spread[d] === 1);
