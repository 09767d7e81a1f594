/** @file The `conv` primitive: x with its zeros around it, every window of it as a view, and who computes with that. */
import { coalesce, denseStrides, type DType, type FusedAttrs, type Kernel, phasesAlong, type PrimitiveAttrs, Program, scalar, type Shape, sizeOf, type Steps, type Triple, View } from "@adjoint/core/backend";
import { TILE_COLUMNS } from "../emit/tile.ts";
import { addressAt, type Engine, type WasmView } from "../engine.ts";
import { bytesOf, type WasmBuffer } from "../memory.ts";
import { LEAST_PIECE } from "./blocks.ts";
import { ConvTiles } from "./conv-tiles.ts";
import type { Copier } from "./copy.ts";
import { Depthwise } from "./depthwise.ts";
import { matrixOf, type Multiplier } from "./matmul.ts";
import { offsetTable } from "./offsets.ts";
import { SingleChannel } from "./single-channel.ts";
import { Temporaries } from "./temporaries.ts";
import { Winograd } from "./winograd.ts";

type ConvAttrs = PrimitiveAttrs["conv"];

/** Elements of windows laid out at once: what the matrix product then reads should still be in the last cache. */
const LAID_OUT = 2 ** 20;

export class Convolver {
  readonly #engine: Engine;
  readonly #copier: Copier;
  readonly #multiplier: Multiplier;
  readonly #tiles: ConvTiles;
  readonly #depthwise: Depthwise;
  readonly #singleChannel: SingleChannel;
  readonly #winograd: Winograd;

  constructor(engine: Engine, copier: Copier, multiplier: Multiplier) {
    this.#engine = engine;
    this.#copier = copier;
    this.#multiplier = multiplier;
    this.#tiles = new ConvTiles(engine, multiplier.blocks);
    this.#depthwise = new Depthwise(engine, copier);
    this.#singleChannel = new SingleChannel(engine, copier);
    this.#winograd = new Winograd(engine, copier, multiplier.blocks);
  }

  /** As `convolve`, with `[g, o]` added by channel. False, and nothing done, where that is no part of the kernel. */
  convolveAndAdd(x: WasmView, filter: WasmView, bias: WasmView, out: WasmView, attrs: ConvAttrs): boolean {
    this.#engine.check();
    return this.#depthwise.convolve(x, filter, out, attrs, bias) || this.#winograd.convolve(x, filter, out, attrs, bias);
  }

  convolve(x: WasmView, filter: WasmView, out: WasmView, attrs: ConvAttrs): void {
    this.#engine.check();
    if (this.#depthwise.convolve(x, filter, out, attrs) || this.#winograd.convolve(x, filter, out, attrs)) return;
    if (attrs.spread.every((apart, d) => apart === 1 || attrs.stride[d] > 1)) return this.#whole(x, filter, out, attrs);
    const alongs = ([0, 1, 2] as const).map((d) => phasesAlong(d, filter.shape[d + 3], out.shape[d + 3], attrs));
    for (const depth of alongs[0]) for (const height of alongs[1]) for (const width of alongs[2]) {
      const phases = [depth, height, width], [to, by] = [phases.reduce((view, phase, d) => stepped(view, d + 3, phase.out), out), phases.reduce((view, phase, d) => stepped(view, d + 3, phase.filter), filter)];
      if (by.size === 0) this.#clear(to);
      else this.#whole(x, by, to, { ...attrs, spread: triple(phases.map((phase) => phase.spread)), padding: triple(phases.map((phase) => phase.padding)), dilation: triple(phases.map((phase) => phase.dilation)) });
    }
  }

  #clear(out: WasmView): void {
    const temporaries = new Temporaries(this.#engine.memory), zero = temporaries.dense(out.dtype, [1]), at = addressAt(zero, 0);
    this.#engine.clear(at, bytesOf(out.dtype));
    this.#copier.copy(viewed(zero, out.shape, out.shape.map(() => 0)), out);
    temporaries.free();
  }

  #whole(x: WasmView, filter: WasmView, out: WasmView, attrs: ConvAttrs): void {
    const temporaries = new Temporaries(this.#engine.memory);
    try {
      const windows = this.#windows(x, filter.shape.slice(3), out.shape.slice(3), attrs, temporaries);
      if (out.shape[2] === 1 && out.dtype === "float32") return this.#singleChannel.convolve(windows, filter, out, temporaries);
      const isPacked = out.dtype === "float32" && !this.#tiles.suits(windows), inPieces = isPacked ? merged(filter, 3, 6) : undefined;
      if (inPieces !== undefined && inPieces.shape[3] >= LEAST_PIECE) return this.#packed(windows, inPieces, out, temporaries);
      const weights = merged(filter, 2, 6) ?? merged(this.#copier.dense(filter, temporaries), 2, 6)!;
      if (isPacked) this.#packed(windows, viewed(weights, [...weights.shape.slice(0, 2), 1, weights.shape[2]], [...weights.strides.slice(0, 2), 0, weights.strides[2]]), out, temporaries);
      else if (out.dtype === "float32") this.#tiles.convolve(windows, weights, out);
      else this.#laidOut(windows, weights, out, temporaries);
    } finally {
      temporaries.free();
    }
  }

  /** Products with windows that are packed from where they lie. @param weights `[g, o, pieces, steps]` */
  #packed(windows: WasmView, weights: WasmView, out: WasmView, temporaries: Temporaries): void {
    const { memory } = this.#engine, { blocks } = this.#multiplier, [groups, examples, channels, ...size] = out.shape, [, , pieces, piece] = weights.shape, depth = pieces * piece, width = examples * sizeOf(size);
    const [group, row, apart, column] = weights.strides.map((s) => 4 * s);
    const offsets = (dims: readonly number[], spare: number): number => offsetTable(memory, temporaries, dims.map((d) => windows.shape[d]), dims.map((d) => 4 * windows.strides[d]), spare);
    const lines = offsets([1, 6, 7, 8], TILE_COLUMNS), steps = offsets([2, 3, 4, 5], 0);
    const byChannel = merged(permuted(out, [0, 2, 1, 3, 4, 5]), 2, 6), direct = byChannel?.strides[2] === 1 ? byChannel : undefined;
    const target = direct ?? temporaries.dense("float32", [groups, channels, width]);
    for (let g = 0; g < groups; g++) {
      const columns = { by: "tables", at: addressAt(windows, g * windows.strides[0]), columns: lines, depth: steps } as const;
      blocks.packed(channels, width, depth, { at: addressAt(weights, 0) + g * group, row, column, piece, apart }, columns, matrixOf(target, g));
    }
    if (direct === undefined) this.#copier.copy(viewed(target, permuted(out, [0, 2, 1, 3, 4, 5]).shape, denseStrides([groups, channels, examples, ...size])), permuted(out, [0, 2, 1, 3, 4, 5]));
  }

  /** Windows laid out as columns of a matrix, some examples at a time. */
  #laidOut(windows: WasmView, weights: WasmView, out: WasmView, temporaries: Temporaries): void {
    const [groups, examples, channels, ...size] = out.shape, positions = sizeOf(size), depth = weights.shape[2];
    // Windows of many examples side by side where the output lies so, else example by example.
    const together = merged(permuted(out, [0, 2, 1, 3, 4, 5]), 2, 6);
    const most = together === undefined ? 1 : Math.min(examples, Math.max(1, Math.floor(LAID_OUT / (depth * positions))));
    const columns = this.#columns(temporaries, out.dtype, depth * most * positions);
    for (let g = 0; g < groups; g++)
      for (let n = 0; n < examples; n += most) {
        const count = Math.min(most, examples - n), width = count * positions;
        const matrix = columns(permuted(part(at(windows, 0, g), 1, n, count), [0, 2, 3, 4, 5, 1, 6, 7, 8]));
        if (together !== undefined) this.#multiplier.multiply(at(weights, 0, g), matrix, part(at(together, 0, g), 2, n * positions, width));
        else this.#example(at(weights, 0, g), matrix, at(at(out, 0, g), 1, n), [1, channels, positions], temporaries);
      }
  }

  /** One product into the output `[1, 1, o, ...out]` of one example, whose elements may lie in any order. */
  #example(weights: WasmView, columns: WasmView, out: WasmView, shape: Shape, temporaries: Temporaries): void {
    const direct = merged(out, 3, 6);
    if (direct !== undefined) return this.#multiplier.multiply(weights, columns, viewed(direct, shape, [direct.strides[0], ...direct.strides.slice(2)]));
    const target = temporaries.dense(out.dtype, shape);
    this.#multiplier.multiply(weights, columns, target);
    this.#copier.copy(viewed(target, out.shape, denseStrides(out.shape)), out);
  }

  /** Lays windows `[1, c, ...window, n, ...out]` out as a matrix `[1, c * window, n * out]`: as they lie if that is possible, else in one piece of memory. */
  #columns(temporaries: Temporaries, dtype: DType, most: number): (windows: WasmView) => WasmView {
    let room: WasmView | undefined;
    return (windows) => {
      const rows = merged(windows, 1, 5), matrix = rows && merged(rows, 2, 6);
      if (matrix !== undefined) return matrix;
      const { shape } = windows;
      room ??= temporaries.dense(dtype, [most]);
      this.#copier.copy(windows, viewed(room, shape, denseStrides(shape)));
      const flat = [1, sizeOf(shape.slice(1, 5)), sizeOf(shape.slice(5))];
      return viewed(room, flat, denseStrides(flat));
    };
  }

  /** Every window of x, `[g, n, c, ...window, ...out]`; zeros that windows reach, and those that lie between elements, are put there. */
  #windows(x: WasmView, window: Shape, size: Shape, { stride, padding, dilation, spread }: ConvAttrs, temporaries: Temporaries): WasmView {
    const low = padding.map((pad) => -pad), high = size.map((n, d) => (n - 1) * stride[d] - padding[d] + (window[d] - 1) * dilation[d]);
    const isInside = low.every((from, d) => from >= 0 && high[d] < x.shape[d + 3] && (spread[d] === 1 || x.shape[d + 3] === 1));
    const image = isInside ? x : this.#padded(x, low, high, spread, temporaries), strides = image.strides.slice(3);
    return new View(
      image.buffer, image.dtype, [...x.shape.slice(0, 3), ...window, ...size],
      [...image.strides.slice(0, 3), ...strides.map((step, d) => step * dilation[d]), ...strides.map((step, d) => step * stride[d])],
      image.offset + (isInside ? low.reduce((sum, from, d) => sum + from * strides[d], 0) : 0), sizeOf(x.shape.slice(0, 3)) * sizeOf(window) * sizeOf(size), false);
  }

  /** A copy of x from place `low` to place `high` of each spatial dim, zeros where it has no element. What x repeats stays repeated. */
  #padded(x: WasmView, low: readonly number[], high: readonly number[], spread: Shape, temporaries: Temporaries): WasmView {
    const outer = x.shape.slice(0, 3).map((n, d) => (x.strides[d] === 0 ? 1 : n));
    const target = temporaries.dense(x.dtype, [...outer, ...high.map((to, d) => to - low[d] + 1)]), from = addressAt(target, 0);
    this.#engine.clear(from, target.size * bytesOf(x.dtype));
    const first = low.map((place, d) => Math.max(0, Math.ceil(place / spread[d]))), end = high.map((place, d) => Math.min(x.shape[d + 3], Math.floor(place / spread[d]) + 1));
    const shape = [...outer, ...end.map((to, d) => Math.max(0, to - first[d]))], count = sizeOf(shape);
    const spatial = (view: WasmView, places: readonly number[]): number => places.reduce((sum, place, d) => sum + place * view.strides[d + 3], view.offset);
    if (count > 0)
      this.#copier.copy(
        new View(x.buffer, x.dtype, shape, x.strides, spatial(x, first), count, false),
        new View(target.buffer, x.dtype, shape, target.strides.map((step, d) => (d < 3 ? step : step * spread[d - 3])), spatial(target, first.map((i, d) => i * spread[d] - low[d])), count, false));
    const strides = target.strides.map((step, d) => (d < 3 && x.strides[d] === 0 ? 0 : step));
    return new View(target.buffer, x.dtype, [...x.shape.slice(0, 3), ...target.shape.slice(3)], strides, target.offset, target.size, false);
  }
}

// ---- Views ---------------------------------------------------------------------------------------------------------------

const viewed = (view: WasmView, shape: Shape, strides: Shape, offset: number = view.offset): WasmView => new View(view.buffer, view.dtype, shape, strides, offset, sizeOf(shape), false);
const triple = ([a, b, c]: readonly number[]): Triple => [a, b, c];
const permuted = (view: WasmView, order: readonly number[]): WasmView => viewed(view, order.map((d) => view.shape[d]), order.map((d) => view.strides[d]));
const part = (view: WasmView, dim: number, from: number, count: number): WasmView =>
  viewed(view, view.shape.map((n, d) => (d === dim ? count : n)), view.strides, view.offset + from * view.strides[dim]);
const stepped = (view: WasmView, dim: number, { first, step, count }: Steps): WasmView =>
  viewed(view, view.shape.map((n, d) => (d === dim ? count : n)), view.strides.map((n, d) => (d === dim ? n * step : n)), view.offset + first * view.strides[dim]);
const at = (view: WasmView, dim: number, i: number): WasmView => part(view, dim, i, 1);

/** The dims `from ... to - 1` made one, if their strides allow it. */
function merged(view: WasmView, from: number, to: number): WasmView | undefined {
  const { shape, strides } = view, run = coalesce(shape.slice(from, to), [strides.slice(from, to)]);
  if (run.shape.length > 1) return undefined;
  return viewed(view, [...shape.slice(0, from), sizeOf(shape.slice(from, to)), ...shape.slice(to)], [...strides.slice(0, from), run.strides[0][0] ?? 1, ...strides.slice(to)]);
}

export const convKernel = (convolver: Convolver): Kernel<PrimitiveAttrs["conv"], WasmBuffer> => ([x, filter], [out], attrs) => convolver.convolve(x, filter, out, attrs);

/** Where bias is no part of the kernel it is added in place, by `map`. */
export function convBiasKernel(convolver: Convolver, map: Kernel<PrimitiveAttrs["map"], WasmBuffer>): Kernel<FusedAttrs["convBias"], WasmBuffer> {
  const sum = new Program("bias", ["float32", "float32"], [], [scalar.add(scalar.arg(0, "float32"), scalar.arg(1, "float32"))], undefined);
  return ([x, filter, bias], [out], attrs) => {
    if (convolver.convolveAndAdd(x, filter, bias, out, attrs)) return;
    convolver.convolve(x, filter, out, attrs);
    const { shape, strides: [of, by] } = coalesce(out.shape, [out.strides, [bias.strides[0], 0, bias.strides[1], 0, 0, 0]]), to = viewed(out, shape, of);
    map([to, new View(bias.buffer, "float32", shape, by, bias.offset, out.size, false)], [to], { program: sum, params: [] });
  };
}
