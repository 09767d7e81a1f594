/**
 * @file Convolutions of several channels with windows of three by three at stride 1, and the gradients of such windows, by Winograd's way: sixteen products where
 * 36 stood, between transforms that add. Where a result is not finite it is refused, and the plain way computes it.
 */
import { denseView, type PrimitiveAttrs, type Triple, View } from "@adjoint/core/backend";
import { linkWinograd, type WinogradKernels } from "../emit/winograd.ts";
import { THIN } from "../emit/winograd-thin.ts";
import { BLOCK, bytesOf, COMMON, PLANES } from "../emit/winograd-tables.ts";
import { addressAt, type Engine, type WasmView } from "../engine.ts";
import type { Pool } from "../threads/pool.ts";
import { type Blocks, CALLS_A_THREAD, PRODUCTS } from "./blocks.ts";
import type { Copier } from "./copy.ts";
import { call } from "./round.ts";
import { Temporaries } from "./temporaries.ts";
import { backwardProducts, forwardProducts, type Image, imageOf, layoutOf, planOf, roundUp } from "./winograd-plan.ts";

/** Channels of both sides from which on products take longer than transforms, and places from which on the transform of the filter does not count. */
const CHANNELS = 16, PLACES = 256;

export class Winograd {
  readonly #engine: Engine;
  readonly #copier: Copier;
  readonly #smallRows: (rows: number) => number;
  #linked: WinogradKernels | undefined;

  constructor(engine: Engine, copier: Copier, blocks: Blocks) {
    this.#engine = engine;
    this.#copier = copier;
    this.#smallRows = (rows) => blocks.smallRows(rows);
  }

  get #kernels(): WinogradKernels {
    return (this.#linked ??= linkWinograd(this.#engine));
  }

  /** False where it does not suit, or where a result is not finite: what is infinite or overflows between the transforms gives NaN. */
  convolve(x: WasmView, filter: WasmView, out: WasmView, { stride, dilation, spread, padding }: PrimitiveAttrs["conv"], bias?: WasmView): boolean {
    if (out.dtype !== "float32" || x.shape[3] !== 1 || filter.shape[3] !== 1 || out.shape[3] !== 1 || padding[0] !== 0) return false;
    if ([1, 2].some((d) => stride[d] !== 1 || dilation[d] !== 1 || spread[d] !== 1)) return false;
    const temporaries = new Temporaries(this.#engine.memory);
    try {
      if (isThree(filter)) return isMuchForward(x.shape[2], out.shape[2], out.shape[1], out) && this.#places(x, filter, out, padding, temporaries, bias);
      return bias === undefined && isThree(out) && isMuch(x.shape[1], filter.shape[1], x.shape[2], filter) && this.#windows(x, filter, out, padding, temporaries);
    } finally {
      temporaries.free();
    }
  }

  /** Blocks are shared out among threads. */
  #places(x: WasmView, filter: WasmView, out: WasmView, padding: Triple, temporaries: Temporaries, bias?: WasmView): boolean {
    const { memory } = this.#engine, { filters, forward } = this.#kernels, target = out.strides[5] === 1 ? out : temporaries.dense("float32", out.shape);
    const from = imageOf(this.#copier.rowwise(x, temporaries), 1, 2), to = imageOf(target, 1, 2), { channels } = from, made = to.channels, pool = this.#poolFor(from, to);
    const weights = this.#dense(filter, temporaries), layout = layoutOf(made, channels), u = addressAt(temporaries.dense("float32", [(PLANES * layout.plane) / 4]), 0);
    const plan = planOf(this.#engine, temporaries, from, to, layout, padding, false, pool?.threads ?? 1), { at, count } = plan.blocks;
    const products = forwardProducts(memory, temporaries, made, this.#smallRows, channels, plan, layout);
    const some = pool === undefined ? count : Math.max(1, Math.floor(count / (CALLS_A_THREAD * pool.threads))), groups = x.shape[0], sums = temporaries.dense("float32", [groups, made]), added = addressAt(sums, 0);
    if (bias === undefined) this.#engine.clear(added, 4 * groups * made);
    else this.#copier.copy(bias, sums);
    for (let g = 0; g < groups; g++) {
      memory.words[(plan.common + COMMON.bias) / 4] = added + 4 * g * made;
      filters(made, channels, weights + 36 * g * made * channels, u, layout.line, layout.plane);
      for (let i = 0; i < count; i += some) call(pool, forward, plan.common, at + bytesOf(BLOCK) * i, Math.min(some, count - i), from.at + g * from.group, u, to.at + g * to.group, made, products.at, products.count);
      pool?.run();
    }
    if (!this.#areFinite(plan.checks)) return false;
    if (target !== out) this.#copier.copy(target, out);
    return true;
  }

  /**
   * The gradient of the windows: the channels of x are examples here, and y is in the filter's place. Channels of y are shared out among threads, so that each sum has
   * the same order on one thread as on several.
   */
  #windows(x: WasmView, y: WasmView, out: WasmView, padding: Triple, temporaries: Temporaries): boolean {
    const { memory, tileRows } = this.#engine, { windows, backward } = this.#kernels;
    const from = imageOf(this.#copier.rowwise(x, temporaries), 2, 1), by = imageOf(this.#copier.rowwise(y, temporaries), 2, 1), { channels } = from, made = by.channels;
    const pool = this.#poolFor(from, by), layout = layoutOf(made, channels), u = addressAt(temporaries.dense("float32", [(PLANES * layout.plane) / 4]), 0), line = layout.line / 4;
    const plan = planOf(this.#engine, temporaries, from, by, layout, padding, true, pool?.threads ?? 1), nine = temporaries.dense("float32", [9, made, line]);
    const most = pool === undefined ? made : roundUp(Math.ceil(made / pool.threads), tileRows), parts = Array.from({ length: Math.ceil(made / most) }, (_, i) => {
      const first = i * most, count = Math.min(most, made - first);
      return { first, count, products: backwardProducts(memory, temporaries, count, this.#smallRows, plan, layout) };
    });
    for (let g = 0; g < x.shape[0]; g++) {
      this.#engine.clear(u, PLANES * layout.plane);
      for (const { first, count, products } of parts)
        call(pool, backward, plan.common, plan.blocks.at, plan.blocks.count, from.at + g * from.group, by.at + g * by.group + first * by.channel,
          u + first * layout.line, count, products.at, products.count);
      pool?.run();
      windows(made, channels, u, layout.line, layout.plane, addressAt(nine, 0), layout.line, made * layout.line, plan.checks[0]);
      if (!this.#areFinite(plan.checks)) return false;
      const sums = new View(nine.buffer, "float32", [channels, made, 3, 3], [1, line, 3 * made * line, made * line], 0, 9 * made * channels, false);
      this.#copier.copy(sums, new View(out.buffer, "float32", sums.shape, [out.strides[1], out.strides[2], out.strides[4], out.strides[5]], out.offset + g * out.strides[0], sums.size, false));
    }
    return true;
  }

  #poolFor(x: Image, y: Image): Pool | undefined {
    return this.#engine.sharing((4 * y.examples * y.height * y.width * x.channels * y.channels) / PRODUCTS);
  }

  #areFinite(checks: readonly number[]): boolean {
    return checks.every((at) => this.#engine.memory.floats.subarray(at / 4, at / 4 + 4).every((sum) => Number.isFinite(sum)));
  }

  /** The filter's elements side by side. Four windows at a time are read, whole or not. */
  #dense(filter: WasmView, temporaries: Temporaries): number {
    const room = temporaries.dense("float32", [filter.size + 36]);
    this.#copier.copy(filter, denseView(room.buffer, "float32", filter.shape));
    return addressAt(room, 0);
  }
}

const isThree = ({ shape }: WasmView): boolean => shape[4] === 3 && shape[5] === 3;
/** Whether a convolution from so many channels to so many is: products of few channels have a kernel of their own. */
const isMuchForward = (channels: number, made: number, examples: number, out: WasmView): boolean => isMuch(THIN.includes(channels) ? made : channels, made, examples, out);
const isMuch = (channels: number, made: number, examples: number, { shape }: WasmView): boolean => Math.min(channels, made) >= CHANNELS && examples * shape[4] * shape[5] >= PLACES;
