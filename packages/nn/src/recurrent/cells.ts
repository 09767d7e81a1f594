/** @file One step of a recurrent network as a module: RNNCell, LSTMCell, GRUCell. */
import { ArgumentError, linear, select, ShapeError, type Tensor, unsqueeze, zeros } from "@adjoint/core/functional";
import { uniform_ } from "../init.ts";
import { Module } from "../module.ts";
import { parameter } from "../parameter.ts";
import type { PlaceOptions } from "../place.ts";
import { gateCount, type Mode, type State, steps } from "./steps.ts";

export type CellOptions = PlaceOptions & {
  /** Whether both products add one: true by default. */
  readonly bias?: boolean;
};

abstract class Cell extends Module {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** [gates * hidden, input] */
  readonly weight_ih: Tensor;
  /** [gates * hidden, hidden] */
  readonly weight_hh: Tensor;
  readonly bias_ih: Tensor | null;
  readonly bias_hh: Tensor | null;

  constructor(mode: Mode, inputSize: number, hiddenSize: number, { bias = true, ...place }: CellOptions) {
    super();
    const rows = gateCount[mode] * hiddenSize;
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.weight_ih = parameter(zeros([rows, inputSize], place));
    this.weight_hh = parameter(zeros([rows, hiddenSize], place));
    this.bias_ih = bias ? parameter(zeros([rows], place)) : null;
    this.bias_hh = bias ? parameter(zeros([rows], place)) : null;
    this.resetParameters();
  }
  /** U(-1 / sqrt(hiddenSize), 1 / sqrt(hiddenSize)). */
  resetParameters(): void {
    const bound = this.hiddenSize > 0 ? 1 / Math.sqrt(this.hiddenSize) : 0;
    for (const x of this.parameters()) uniform_(x, -bound, bound);
  }
  /** One step of `mode` on a batch or on one input; without a state it starts from zeros. `count` tensors make a state. */
  protected stepped(mode: Mode, input: Tensor, given: readonly Tensor[] | undefined, count: 1 | 2): Tensor[] {
    if (input.ndim !== 1 && input.ndim !== 2) throw new ShapeError(`${this.constructor.name}: Expected input to be 1-D or 2-D but received ${input.ndim}-D tensor`);
    const isBatched = input.ndim === 2, x = isBatched ? input : unsqueeze(input, 0), n = x.shape[0]!;
    const state = given?.map((s) => (isBatched ? s : unsqueeze(s, 0))) ?? Array.from({ length: count }, () => zeros([n, this.hiddenSize], { dtype: x.dtype, device: x.device }));
    if (x.shape[1] !== this.inputSize) throw new ShapeError(`input has inconsistent input_size: got ${x.shape[1]} expected ${this.inputSize}`);
    state.forEach((s, i) => {
      if (s.shape[0] !== n) throw new ShapeError(`Input batch size ${n} doesn't match hidden${i} batch size ${s.shape[0]}`);
      if (s.shape[1] !== this.hiddenSize) throw new ShapeError(`hidden${i} has inconsistent hidden_size: got ${s.shape[1]}, expected ${this.hiddenSize}`);
    });
    const weights = { ih: this.weight_ih, hh: this.weight_hh, ihBias: this.bias_ih ?? undefined, hhBias: this.bias_hh ?? undefined, hr: undefined };
    const next = steps[mode](linear(x, weights.ih, weights.ihBias), state as readonly Tensor[] as State, weights);
    return next.map((s) => (isBatched ? s! : select(s!, 0, 0)));
  }
  protected override extraRepr(): string {
    return `${this.inputSize}, ${this.hiddenSize}${this.bias_ih === null ? ", bias=False" : ""}`;
  }
}

/**
 * h' = tanh(W x + b + U h + c): PyTorch's `nn.RNNCell`. x [n, input] or [input], h [n, hidden] or [hidden], zeros by default -> h', of the shape of h.
 * @param inputSize the size of x
 * @param hiddenSize the size of a state
 * @param options `nonlinearity`: "tanh" by default, or "relu"; `bias`, `device`, `dtype`
 * @throws ShapeError in `forward`, where sizes do not fit
 * @throws ArgumentError in `forward`, for another nonlinearity
 * @example new nn.RNNCell(2, 3).forward(ones([4, 2])).shape // [4, 3]
 */
export class RNNCell extends Cell {
  static override readonly name: string = "RNNCell";
  readonly nonlinearity: "tanh" | "relu";
  constructor(inputSize: number, hiddenSize: number, options: CellOptions & { readonly nonlinearity?: "tanh" | "relu" } = {}) {
    const { nonlinearity = "tanh", ...rest } = options;
    super("RNN_TANH", inputSize, hiddenSize, rest);
    this.nonlinearity = nonlinearity;
  }
  override forward(input: Tensor, hidden?: Tensor): Tensor {
    if (this.nonlinearity !== "tanh" && this.nonlinearity !== "relu") throw new ArgumentError(`Unknown nonlinearity: ${String(this.nonlinearity)}`);
    return this.stepped(this.nonlinearity === "tanh" ? "RNN_TANH" : "RNN_RELU", input, hidden === undefined ? undefined : [hidden], 1)[0]!;
  }
  protected override extraRepr(): string {
    return super.extraRepr() + (this.nonlinearity === "tanh" ? "" : `, nonlinearity=${this.nonlinearity}`);
  }
}
/**
 * One step of a GRU, r and z = sigmoid(W x + b + U h + c), n = tanh(W x + b + r (U h + c)), h' = (1 - z) n + z h: PyTorch's `nn.GRUCell`. x [n, input] or [input], h [n, hidden]
 * or [hidden], zeros by default -> h', of the shape of h.
 * @param inputSize the size of x
 * @param hiddenSize the size of a state
 * @throws ShapeError in `forward`, where sizes do not fit
 * @example new nn.GRUCell(2, 3).forward(ones([4, 2])).shape // [4, 3]
 */
export class GRUCell extends Cell {
  static override readonly name: string = "GRUCell";
  constructor(inputSize: number, hiddenSize: number, options: CellOptions = {}) {
    super("GRU", inputSize, hiddenSize, options);
  }
  override forward(input: Tensor, hidden?: Tensor): Tensor {
    return this.stepped("GRU", input, hidden === undefined ? undefined : [hidden], 1)[0]!;
  }
}
/**
 * One step of an LSTM, i, f and o = sigmoid(W x + b + U h + d), g = tanh(W x + b + U h + d), c' = f c + i g, h' = o tanh(c'): PyTorch's `nn.LSTMCell`. x [n, input] or [input], h
 * and c [n, hidden] or [hidden], zeros by default -> [h', c'].
 * @param inputSize the size of x
 * @param hiddenSize the size of a state
 * @throws ShapeError in `forward`, where sizes do not fit
 * @example new nn.LSTMCell(2, 3).forward(ones([4, 2]))[0].shape // [4, 3]
 */
export class LSTMCell extends Cell {
  static override readonly name: string = "LSTMCell";
  constructor(inputSize: number, hiddenSize: number, options: CellOptions = {}) {
    super("LSTM", inputSize, hiddenSize, options);
  }
  override forward(input: Tensor, state?: readonly [hidden: Tensor, cell: Tensor]): [hidden: Tensor, cell: Tensor] {
    return this.stepped("LSTM", input, state, 2) as [Tensor, Tensor];
  }
}
