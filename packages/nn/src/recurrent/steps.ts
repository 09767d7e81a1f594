/** @file One step in time of each kind of recurrent network: from what the input adds to the gates, and the state before. */
import { add, chunk, linear, matmul, mul, relu, sigmoid, sub, t, tanh, type Tensor } from "@adjoint/core/functional";

/** The hidden state [n, hidden], and for an LSTM the cell beside it. */
export type State = readonly [hidden: Tensor, cell?: Tensor];
/** [gates * hidden, input], [gates * hidden, hidden], their biases, and the projection of an LSTM's hidden state. */
export type Weights = { readonly ih: Tensor; readonly hh: Tensor; readonly ihBias: Tensor | undefined; readonly hhBias: Tensor | undefined; readonly hr: Tensor | undefined };

/** `input` is linear(x, ih, ihBias), which is made for all times at once. */
export type Step = (input: Tensor, state: State, weights: Weights) => State;
export type Mode = "RNN_TANH" | "RNN_RELU" | "LSTM" | "GRU";

const recurrent = ([hidden]: State, { hh, hhBias }: Weights): Tensor => linear(hidden, hh, hhBias);

/** h' = f(W x + U h). */
const simple = (f: (x: Tensor) => Tensor): Step => (input, state, weights) => [f(add(input, recurrent(state, weights)))];

/** Hochreiter and Schmidhuber, 1997; with a projection, Sak et al., 2014. Gates in PyTorch's order: input, forget, cell, output. */
const lstm: Step = (input, state, weights) => {
  const [i, f, g, o] = chunk(add(input, recurrent(state, weights)), 4, -1) as [Tensor, Tensor, Tensor, Tensor];
  const cell = add(mul(sigmoid(f), state[1]!), mul(sigmoid(i), tanh(g)));
  const hidden = mul(sigmoid(o), tanh(cell));
  return [weights.hr === undefined ? hidden : matmul(hidden, t(weights.hr)), cell];
};

/** Cho et al., 2014. Gates in PyTorch's order: reset, update, new. */
const gru: Step = (input, state, weights) => {
  const [rx, zx, nx] = chunk(input, 3, -1) as [Tensor, Tensor, Tensor], [rh, zh, nh] = chunk(recurrent(state, weights), 3, -1) as [Tensor, Tensor, Tensor];
  const reset = sigmoid(add(rx, rh)), update = sigmoid(add(zx, zh)), fresh = tanh(add(nx, mul(reset, nh)));
  return [add(mul(sub(1, update), fresh), mul(update, state[0]))];
};

export const steps: { readonly [M in Mode]: Step } = { RNN_TANH: /*@__PURE__*/ simple(tanh), RNN_RELU: /*@__PURE__*/ simple(relu), LSTM: lstm, GRU: gru };
export const gateCount: { readonly [M in Mode]: number } = { RNN_TANH: 1, RNN_RELU: 1, LSTM: 4, GRU: 3 };
