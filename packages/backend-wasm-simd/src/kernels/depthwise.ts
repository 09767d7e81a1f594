/** @file Convolutions that see one channel a group, with a window of three by three at stride 1, and the gradient of that window, plane by plane. */
import { type PrimitiveAttrs, type Shape, sizeOf, type Triple, View } from "@adjoint/core/backend";
import { type DepthwiseKernels, FILTER, linkDepthwise } from "../emit/depthwise.ts";
import { addressAt, type Engine, type WasmView } from "../engine.ts";
import type { Pool } from "../threads/pool.ts";
import { PRODUCTS } from "./blocks.ts";
import type { Copier } from "./copy.ts";
import { call } from "./round.ts";
import { Temporaries } from "./temporaries.ts";

/** Calls of a round for each thread; of few groups. */
const SHARES = 4, FEW_SHARES = 2;

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
  convolve(x: WasmView, filter: WasmView, out: WasmView, attrs: PrimitiveAttrs["conv"], bias?: WasmView): boolean {
    if (!isFlat(x, filter, out, attrs) || out.dtype !== "float32") return false;
    if (filter.shape[4] === 3 && filter.shape[5] === 3 && x.shape[2] === 1 && out.strides[5] === 1) this.#windows(x, filter, out, attrs.padding, bias);
    else if (bias === undefined && out.shape[4] === 3 && out.shape[5] === 3 && x.shape[1] === 1) this.#gradients(x, filter, out, attrs.padding);
    else return false;
    return true;
  }

  /** Of each group's channel any number are made. Planes are shared out among threads. */
  #windows(x: WasmView, filter: WasmView, out: WasmView, padding: Triple, bias?: WasmView): void {
    const temporaries = new Temporaries(this.#engine.memory), [groups, examples, made, , height, width] = out.shape, { windows } = this.#kernels;
    try {
      const pool = this.#engine.sharing((out.size * 9) / PRODUCTS), image = this.#copier.rowwise(x, temporaries), planes = this.#planes(image, height + 2, width + 2, padding, pool, temporaries);
      const dense = temporaries.dense("float32", [groups, made, FILTER]), place = (at: number, shape: Shape): WasmView => new View(dense.buffer, "float32", shape, [made * FILTER, FILTER, 3, 1].slice(0, shape.length), at, sizeOf(shape), false);
      if (bias === undefined) this.#engine.clear(addressAt(dense, 0), 4 * dense.size);
      else this.#copier.copy(bias, place(9, [groups, made]));
      this.#copier.copy(new View(filter.buffer, "float32", [groups, made, 3, 3], [0, 1, 4, 5].map((d) => filter.strides[d]), filter.offset, filter.size, false), place(0, [groups, made, 3, 3]));
      const weights = addressAt(dense, 0), [xg, xn] = image.strides.map((s) => 4 * s), [yg, yn, yo, , yh] = out.strides.map((s) => 4 * s), to = addressAt(out, 0);
      const most = pool === undefined ? groups : Math.ceil(groups / Math.ceil((SHARES * pool.threads) / examples));
      for (let n = 0; n < examples; n++) for (let g = 0; g < groups; g += most)
        call(pool, windows, Math.min(most, groups - g), made, height, width, planes.at + g * xg + n * xn, xg, ...planes.rest, weights + 4 * FILTER * g * made, to + g * yg + n * yn, yg, yo, yh);
      pool?.run();
    } finally {
      temporaries.free();
    }
  }

  /** The examples are what is summed over, y is in the filter's place. Groups are shared out among threads, so that each sum has one order. */
  #gradients(x: WasmView, y: WasmView, out: WasmView, padding: Triple): void {
    const temporaries = new Temporaries(this.#engine.memory), [groups, made, examples, , height, width] = y.shape, { gradients } = this.#kernels;
    try {
      const pool = this.#engine.sharing((y.size * 9) / PRODUCTS), image = this.#copier.rowwise(x, temporaries), by = this.#copier.rowwise(y, temporaries), planes = this.#planes(image, height + 2, width + 2, padding, pool, temporaries);
      const sums = addressAt(temporaries.dense("float32", [groups, made, 36]), 0), [xg, , xn] = image.strides.map((s) => 4 * s), [yg, yo, yn, , yh] = by.strides.map((s) => 4 * s), from = addressAt(by, 0);
      const { floats } = this.#engine.memory, to = addressAt(out, 0) / 4, [og, , oo, , oh, ow] = out.strides, most = pool === undefined ? groups : Math.ceil(groups / (SHARES * pool.threads));
      // each call lays the planes of its groups out: of few groups, what they made is shared by a few calls
      const some = pool === undefined || groups > pool.threads ? made : Math.ceil((made * groups) / (FEW_SHARES * pool.threads));
      this.#engine.clear(sums, 144 * groups * made);
      for (let g = 0; g < groups; g += most) for (let o = 0; o < made; o += some)
        call(pool, gradients, Math.min(most, groups - g), Math.min(some, made - o), height, width, planes.at + g * xg, xg, ...planes.rest, examples, xn, sums + 144 * (g * made + o), from + g * yg + o * yo, yg, yo, yn, yh);
      pool?.run();
      for (let g = 0, at = sums / 4; g < groups; g++) for (let o = 0; o < made; o++) for (let k = 0; k < 9; k++, at += 4)
        floats[to + g * og + o * oo + Math.floor(k / 3) * oh + (k % 3) * ow] = floats[at] + floats[at + 1] + (floats[at + 2] + floats[at + 3]);
    } finally {
      temporaries.free();
    }
  }

  /** Planes from the padding on: as they lie, or where they are too small, laid amid zeros, one at a time, in a room of each thread. */
  #planes({ shape: [, , , , height, width], strides: [, , , , row], buffer, offset }: WasmView, rows: number, columns: number, [, top, left]: Triple, pool: Pool | undefined, temporaries: Temporaries): Planes {
    const at = buffer.address + 4 * (offset - top * row), isInside = top <= 0 && left <= 0 && rows - top <= height && columns - left <= width;
    if (isInside) return { at: at - 4 * left, rest: [4 * row, 0, 0, 0, 0, 0, 0, 0] };
    // up to three zeros are written behind a row
    const before = Math.max(0, left), beyond = Math.max(0, -left), first = Math.max(0, top), roomRow = 4 * (columns + 3), bytes = Math.ceil((roomRow * rows + 64) / 64) * 64, threads = pool?.threads ?? 1;
    const rooms = addressAt(temporaries.dense("float32", [(threads * bytes) / 4]), 0);
    this.#engine.clear(rooms, threads * bytes);
    return { at: at + 4 * beyond, rest: [4 * row, first, Math.max(first, height + top), Math.max(0, Math.min(width - beyond, columns - before)), rooms, bytes, roomRow, 4 * before] };
  }
}

/** Where the first plane begins, and how the kernels are to read it: the distance of rows, then how they are laid out. */
type Planes = { readonly at: number; readonly rest: readonly number[] };

/** One spatial dim apart, a plain convolution of one plane by one plane. */
const isFlat = (x: WasmView, filter: WasmView, out: WasmView, { stride, dilation, spread, padding }: PrimitiveAttrs["conv"]): boolean =>
  x.shape[3] === 1 && filter.shape[3] === 1 && out.shape[3] === 1 && padding[0] === 0 && [1, 2].every((d) => stride[d] === 1 && dilation[d] === 1 && spread[d] === 1);
