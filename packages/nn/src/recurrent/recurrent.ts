/** @file What RNN, LSTM and GRU share: parameters, layers, directions, and the shapes that they take. */
import { ArgumentError, cat, dropout, python, reshape, select, type Shape, ShapeError, stack, type Tensor, transpose, unbind, unsqueeze, warn, zeros } from "@adjoint/core/functional";
import { uniform_ } from "../init.ts";
import { Module } from "../module.ts";
import { parameter } from "../parameter.ts";
import type { PlaceOptions } from "../place.ts";
import { PackedSequence, reordered } from "./packed-sequence.ts";
import { runLayer } from "./sequence.ts";
import { gateCount, type Mode, type State, steps, type Weights } from "./steps.ts";

export type RecurrentOptions = PlaceOptions & {
  /** How many, one on the other: 1 by default. */
  readonly numLayers?: number;
  /** Whether products add one: true by default. */
  readonly bias?: boolean;
  /** Input and output are [n, t, ...] rather than [t, n, ...]. */
  readonly batchFirst?: boolean;
  /** Of what each layer but the last gives, while training. */
  readonly dropout?: number;
  /** Whether a second pass goes from the end to the beginning. */
  readonly bidirectional?: boolean;
};
/** A sequence [t, features], a batch [t, n, features], or a packed one. */
export type Sequences = Tensor | PackedSequence;

/** All sequences in one form, and the way back. */
type Batch = { readonly data: Tensor; readonly batchSizes: readonly number[]; readonly isBatched: boolean; readonly packed: PackedSequence | undefined };

export abstract class Recurrent extends Module {
  readonly mode: Mode;
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bias: boolean;
  readonly batchFirst: boolean;
  readonly dropout: number;
  readonly bidirectional: boolean;
  /** The size of an LSTM's projected hidden state; 0 for none. */
  readonly projSize: number;

  constructor(mode: Mode, inputSize: number, hiddenSize: number, options: RecurrentOptions & { readonly projSize?: number }) {
    super();
    const { numLayers = 1, bias = true, batchFirst = false, dropout: p = 0, bidirectional = false, projSize = 0, ...place } = options;
    if (typeof p !== "number" || !(p >= 0 && p <= 1)) throw new ArgumentError("dropout should be a number in range [0, 1] representing the probability of an element being zeroed");
    if (p > 0 && numLayers === 1)
      warn(`dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers greater than 1, but got dropout=${python.number(p)} and num_layers=${numLayers}`);
    if (projSize < 0) throw new ArgumentError("proj_size should be a positive integer or zero to disable projections");
    if (projSize >= hiddenSize && projSize > 0) throw new ArgumentError("proj_size has to be smaller than hidden_size");
    this.mode = mode;
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.numLayers = numLayers;
    this.bias = bias;
    this.batchFirst = batchFirst;
    this.dropout = p;
    this.bidirectional = bidirectional;
    this.projSize = projSize;
    const rows = gateCount[mode] * hiddenSize, out = this.outSize;
    for (let layer = 0; layer < numLayers; layer++)
      for (const suffix of this.suffixes(layer)) {
        const make = (name: string, shape: Shape): void => this.registerParameter(name + suffix, parameter(zeros(shape, place)));
        make("weight_ih", [rows, layer === 0 ? inputSize : out * this.directions]);
        make("weight_hh", [rows, out]);
        if (bias) make("bias_ih", [rows]);
        if (bias) make("bias_hh", [rows]);
        if (projSize > 0) make("weight_hr", [projSize, hiddenSize]);
      }
    this.resetParameters();
  }
  private get directions(): number {
    return this.bidirectional ? 2 : 1;
  }
  /** The size of what a layer gives in one direction. */
  protected get outSize(): number {
    return this.projSize > 0 ? this.projSize : this.hiddenSize;
  }
  private suffixes(layer: number): string[] {
    return this.bidirectional ? [`_l${layer}`, `_l${layer}_reverse`] : [`_l${layer}`];
  }
  /** U(-1 / sqrt(hiddenSize), 1 / sqrt(hiddenSize)). */
  resetParameters(): void {
    const bound = this.hiddenSize > 0 ? 1 / Math.sqrt(this.hiddenSize) : 0;
    for (const x of this.parameters()) uniform_(x, -bound, bound);
  }
  private weights(suffix: string): Weights {
    const of = (name: string): Tensor | undefined => Reflect.get(this, name + suffix) as Tensor | undefined;
    return { ih: of("weight_ih")!, hh: of("weight_hh")!, ihBias: of("bias_ih"), hhBias: of("bias_hh"), hr: of("weight_hr") };
  }

  private batch(input: Sequences): Batch {
    const packed = input instanceof PackedSequence ? input : undefined;
    const given = input instanceof PackedSequence ? input.data : input, isBatched = packed !== undefined || given.ndim === 3;
    const batchDim = this.batchFirst ? 0 : 1, x = isBatched ? given : unsqueeze(given, Math.min(batchDim, given.ndim));
    const dims = packed === undefined ? 3 : 2;
    if (x.ndim !== dims) throw new ShapeError(`input must have ${dims} dimensions, got ${x.ndim}`);
    if (x.shape.at(-1) !== this.inputSize) throw new ShapeError(`input.size(-1) must be equal to input_size. Expected ${this.inputSize}, got ${x.shape.at(-1)}`);
    if (packed !== undefined) return { data: x, batchSizes: packed.counts, isBatched, packed };
    const timeFirst = this.batchFirst ? transpose(x, 0, 1) : x, [times, n] = timeFirst.shape as [number, number, number];
    if (times === 0) throw new ShapeError("Expected sequence length to be larger than 0 in RNN");
    return { data: reshape(timeFirst, [times * n, this.inputSize]), batchSizes: new Array<number>(times).fill(n), isBatched, packed };
  }
  /** The initial states of all layers [layers, n, size], checked; zeros where there are none. */
  private initial({ data, batchSizes, isBatched, packed }: Batch, given: readonly Tensor[] | undefined, sizes: readonly number[]): Tensor[] {
    const layers = this.numLayers * this.directions, n = batchSizes[0]!;
    if (given === undefined) return sizes.map((size) => zeros([layers, n, size], { dtype: data.dtype, device: data.device }));
    const isPair = sizes.length === 2, dims = isBatched ? 3 : 2, kind = isBatched ? "batched 3-D" : "unbatched 2-D";
    if (packed === undefined && given.some((x) => x.ndim !== dims))
      throw new ShapeError(isPair
        ? `For ${kind} input, hx and cx should also be ${dims}-D but got (${given.map((x) => `${x.ndim}-D`).join(", ")}) tensors`
        : `For ${kind} input, hx should also be ${dims}-D but got ${given[0]!.ndim}-D tensor`);
    return given.map((state, i) => {
      const x = isBatched ? state : unsqueeze(state, 1), expected = [layers, n, sizes[i]!];
      if (x.shape.join() !== expected.join()) throw new ShapeError(`Expected hidden${isPair ? `[${i}]` : ""} size ${python.tuple(expected)}, got ${python.list(x.shape)}`);
      return packed === undefined ? x : reordered(x, packed.order, 1);
    });
  }
  /** Runs all layers. `given` and the states that it gives have one tensor for each of `sizes`. */
  protected run<S extends Sequences>(input: S, given: readonly Tensor[] | undefined, sizes: readonly number[]): { readonly output: S; readonly last: Tensor[] } {
    const batch = this.batch(input), initial = this.initial(batch, given, sizes).map((x) => unbind(x)), ends: State[] = [];
    const { batchSizes, isBatched, packed } = batch;
    let data = batch.data;
    for (let layer = 0; layer < this.numLayers; layer++) {
      const outputs = this.suffixes(layer).map((suffix, direction) => {
        const state = initial.map((all) => all[layer * this.directions + direction]!) as [Tensor, Tensor?];
        const { output, last } = runLayer(steps[this.mode], { data, batchSizes }, state, this.weights(suffix), direction === 1);
        ends.push(last);
        return output;
      });
      data = outputs.length === 1 ? outputs[0]! : cat(outputs, -1);
      if (layer < this.numLayers - 1 && this.dropout > 0) data = dropout(data, this.dropout, { training: this.training });
    }
    const last = sizes.map((_, i) => {
      const all = stack(ends.map((state) => state[i]!));
      return packed !== undefined ? reordered(all, packed.places, 1) : isBatched ? all : select(all, 1, 0);
    });
    return { output: this.shaped(data, batch) as S, last };
  }
  private shaped(data: Tensor, { batchSizes, isBatched, packed }: Batch): Sequences {
    if (packed !== undefined) return packed.with(data);
    const all = reshape(data, [batchSizes.length, batchSizes[0]!, data.shape[1]!]);
    if (!isBatched) return select(all, 1, 0);
    return this.batchFirst ? transpose(all, 0, 1) : all;
  }
  protected override extraRepr(): string {
    const { projSize, numLayers, bias, batchFirst, dropout: p, bidirectional } = this;
    return [
      `${this.inputSize}, ${this.hiddenSize}`, projSize !== 0 && `proj_size=${projSize}`, numLayers !== 1 && `num_layers=${numLayers}`, !bias && "bias=False",
      batchFirst && "batch_first=True", p !== 0 && `dropout=${python.float(p)}`, bidirectional && "bidirectional=True",
    ].filter((text) => text !== false).join(", ");
  }
}
