/** @file Convolutions of one channel a group, where a matrix would have one row: rows of the output term by term, or a few places of it as long sums. */
import { type Shape, sizeOf } from "@adjoint/core/backend";
import { spacingOf, type Spacing } from "../emit/places.ts";
import { linkSingleChannel, type SingleChannelKernels, TOGETHER } from "../emit/single-channel.ts";
import { addressAt, type Engine, type WasmView } from "../engine.ts";
import { PRODUCTS } from "./blocks.ts";
import type { Copier } from "./copy.ts";
import { offsetTable } from "./offsets.ts";
import { call } from "./round.ts";
import type { Temporaries } from "./temporaries.ts";

/** Products of a plane from which on threads share them, and of one of the calls that they share. */
const LEAST = 2 ** 15, SHARED = 2 ** 18;

/** Windows are `[g, n, c, ...window, ...out]`, every one of x; the filter is `[g, 1, c, ...window]`, the output `[g, n, 1, ...out]`. */
export class SingleChannel {
  readonly #engine: Engine;
  readonly #copier: Copier;
  readonly #linked: { [S in Spacing]?: SingleChannelKernels } = {};

  constructor(engine: Engine, copier: Copier) {
    this.#engine = engine;
    this.#copier = copier;
  }

  #kernels(step: number): SingleChannelKernels {
    const spacing = spacingOf(step);
    return (this.#linked[spacing] ??= linkSingleChannel(this.#engine, spacing));
  }

  convolve(windows: WasmView, filter: WasmView, out: WasmView, temporaries: Temporaries): void {
    // The longer of the two is walked by vectors.
    if (out.shape[5] < filter.shape[5]) return this.#places(windows, this.#copier.rowwise(filter, temporaries), out, temporaries);
    const target = out.strides[5] === 1 ? out : temporaries.dense(out.dtype, out.shape);
    this.#lines(windows, this.#copier.dense(filter, temporaries), target, temporaries);
    if (target !== out) this.#copier.copy(target, out);
  }

  /** Row by row of the output, a term for each element of the window. */
  #lines(windows: WasmView, filter: WasmView, out: WasmView, temporaries: Temporaries): void {
    const { lines } = this.#kernels(windows.strides[8]), [groups, examples, , depth, height, width] = out.shape, terms = sizeOf(filter.shape.slice(2));
    const offsets = offsetTable(this.#engine.memory, temporaries, windows.shape.slice(2, 6), bytes(windows.strides.slice(2, 6)));
    const [xg, xn, , , , , xd, xh, xw] = windows.strides, [yg, yn, , yd, yh] = out.strides;
    // planes that are done in less time than it takes to share them stay on one thread
    const row = width * terms, pool = height * row < LEAST ? undefined : this.#engine.sharing((out.size * terms) / PRODUCTS), most = pool === undefined ? height : Math.max(1, Math.ceil(SHARED / row));
    for (let g = 0; g < groups; g++) for (let n = 0; n < examples; n++) for (let d = 0; d < depth; d++) for (let h = 0; h < height; h += most)
      call(pool, lines, Math.min(most, height - h), width, terms, offsets, addressAt(filter, g * filter.strides[0]), addressAt(windows, g * xg + n * xn + d * xd + h * xh), 4 * xh, 4 * xw, addressAt(out, g * yg + n * yn + d * yd + h * yh), 4 * yh);
    pool?.run();
  }

  /** Some places of the output at a time; the sums go over planes of the window. What threads share are the places: each sum has one order. */
  #places(windows: WasmView, filter: WasmView, out: WasmView, temporaries: Temporaries): void {
    const { memory } = this.#engine, { places } = this.#kernels(windows.strides[5]), [groups, examples] = out.shape;
    const x = bytes(windows.strides), y = bytes(filter.strides), [, , channels, depth, height, width] = filter.shape, count = sizeOf(out.shape.slice(3));
    const seen = offsetTable(memory, temporaries, out.shape.slice(3), x.slice(6), TOGETHER) / 4, made = offsetTable(memory, temporaries, out.shape.slice(3), out.strides.slice(3)) / 4;
    const [planes, along, rounds, apart] = depth === 1 ? [channels, 2, 1, 3] : [depth, 3, channels, 2];
    const quads = Math.ceil(count / TOGETHER), sums = temporaries.dense("float32", [groups * examples * quads, TOGETHER, 4]), pool = this.#engine.sharing((out.size * filter.size) / groups / rounds / PRODUCTS), { floats, words } = memory;
    this.#engine.clear(addressAt(sums, 0), 4 * sums.size);
    // where planes lie in two dims there is a round for each of one: its sums go on where those before have ended
    for (let round = 0; round < rounds; round++) {
      let to = addressAt(sums, 0);
      for (let g = 0; g < groups; g++) for (let n = 0; n < examples; n++) for (let q = 0; q < count; q += TOGETHER, to += 16 * TOGETHER) {
        const from = addressAt(windows, 0) + g * x[0] + n * x[1] + round * x[apart];
        call(pool, places, planes, height, width, addressAt(filter, 0) + g * y[0] + round * y[apart], y[along], y[4],
          from + words[seen + q], from + words[seen + q + 1], from + words[seen + q + 2], from + words[seen + q + 3], x[along], x[4], x[5], to);
      }
      pool?.run();
    }
    let at = addressAt(sums, 0) / 4;
    for (let g = 0; g < groups; g++) for (let n = 0; n < examples; n++, at += 4 * TOGETHER * quads - 4 * count)
      for (let q = 0, to = addressAt(out, g * out.strides[0] + n * out.strides[1]) / 4; q < count; q++, at += 4)
        floats[to + words[made + q]] = floats[at] + floats[at + 1] + (floats[at + 2] + floats[at + 3]);
  }
}

const bytes = (strides: Shape): number[] => strides.map((step) => 4 * step);
