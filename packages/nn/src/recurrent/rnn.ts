/** @file RNN, LSTM and GRU over whole sequences. */
import { ArgumentError, type Tensor } from "@adjoint/core/functional";
import { Recurrent, type RecurrentOptions, type Sequences } from "./recurrent.ts";

export type RNNOptions = RecurrentOptions & {
  /** "tanh" by default. */
  readonly nonlinearity?: "tanh" | "relu";
};

function refuseProjection(options: object): void {
  if ("projSize" in options) throw new ArgumentError("proj_size argument is only supported for LSTM, not RNN or GRU");
}

/**
 * h_t = tanh(W x_t + b + U h_(t-1) + c): PyTorch's `nn.RNN`. x [t, n, input], [n, t, input] with `batchFirst`, [t, input], or packed; h [layers * directions, n, hidden], zeros by
 * default -> [outputs of the last layer, [t, n, directions * hidden], last states].
 * @param inputSize the size of x
 * @param hiddenSize the size of a state
 * @throws ArgumentError for a dropout beyond [0, 1], or another nonlinearity
 * @throws ShapeError in `forward`, where sizes do not fit
 * @example new nn.RNN(2, 3).forward(ones([5, 4, 2]))[0].shape // [5, 4, 3]
 */
export class RNN extends Recurrent {
  static override readonly name: string = "RNN";
  readonly nonlinearity: "tanh" | "relu";
  constructor(inputSize: number, hiddenSize: number, options: RNNOptions = {}) {
    refuseProjection(options);
    const { nonlinearity = "tanh", ...rest } = options;
    if (nonlinearity !== "tanh" && nonlinearity !== "relu") throw new ArgumentError(`Unknown nonlinearity '${String(nonlinearity)}'`);
    super(nonlinearity === "tanh" ? "RNN_TANH" : "RNN_RELU", inputSize, hiddenSize, rest);
    this.nonlinearity = nonlinearity;
  }
  override forward<S extends Sequences>(input: S, hidden?: Tensor): [output: S, hidden: Tensor] {
    const { output, last } = this.run(input, hidden === undefined ? undefined : [hidden], [this.hiddenSize]);
    return [output, last[0]!];
  }
}

/**
 * Gated recurrent units (Cho et al., 2014), each step as of `GRUCell`: PyTorch's `nn.GRU`. x [t, n, input], [n, t, input] with `batchFirst`, [t, input], or packed; h [layers *
 * directions, n, hidden], zeros by default -> [outputs of the last layer, [t, n, directions * hidden], last states].
 * @param inputSize the size of x
 * @param hiddenSize the size of a state
 * @throws ArgumentError for a dropout beyond [0, 1]
 * @throws ShapeError in `forward`, where sizes do not fit
 * @example new nn.GRU(2, 3).forward(ones([5, 4, 2]))[0].shape // [5, 4, 3]
 */
export class GRU extends Recurrent {
  static override readonly name: string = "GRU";
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    refuseProjection(options);
    super("GRU", inputSize, hiddenSize, options);
  }
  override forward<S extends Sequences>(input: S, hidden?: Tensor): [output: S, hidden: Tensor] {
    const { output, last } = this.run(input, hidden === undefined ? undefined : [hidden], [this.hiddenSize]);
    return [output, last[0]!];
  }
}

export type LSTMOptions = RecurrentOptions & {
  /** The hidden state is projected to this size (Sak et al., 2014). */
  readonly projSize?: number;
};
/**
 * Long short-term memory (Hochreiter and Schmidhuber, 1997), each step as of `LSTMCell`: PyTorch's `nn.LSTM`. x [t, n, input], [n, t, input] with `batchFirst`, [t, input], or
 * packed; h [layers * directions, n, hidden], zeros by default (with `projSize`, projected), and c likewise -> [outputs of the last layer, [t, n, directions * hidden], [last h,
 * last c]].
 * @param inputSize the size of x
 * @param hiddenSize the size of a state
 * @throws ArgumentError for a dropout beyond [0, 1], or a `projSize` that is not below the hidden size
 * @throws ShapeError in `forward`, where sizes do not fit
 * @example new nn.LSTM(2, 3).forward(ones([5, 4, 2]))[0].shape // [5, 4, 3]
 */
export class LSTM extends Recurrent {
  static override readonly name: string = "LSTM";
  constructor(inputSize: number, hiddenSize: number, options: LSTMOptions = {}) {
    super("LSTM", inputSize, hiddenSize, options);
  }
  override forward<S extends Sequences>(input: S, state?: readonly [hidden: Tensor, cell: Tensor]): [output: S, state: [hidden: Tensor, cell: Tensor]] {
    const { output, last } = this.run(input, state, [this.outSize, this.hiddenSize]);
    return [output, last as [Tensor, Tensor]];
  }
}
