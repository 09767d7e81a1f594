import { cpu } from "@adjoint/backend-cpu-js";
import { manualSeed, onWarning, ones, randn, setDefaultDevice, tensor, type Tensor, zeros } from "@adjoint/core";
import { GRU, GRUCell, LSTM, LSTMCell, RNN, RNNCell, utils } from "@adjoint/nn";
import { beforeEach, describe, expect, it } from "vitest";
import { difference } from "./difference.ts";

setDefaultDevice(cpu());
beforeEach(() => manualSeed(11));
const { packPaddedSequence, packSequence, padPackedSequence, padSequence, unpackSequence } = utils.rnn;

describe("one unit, by hand", () => {
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
  const load = (names: number[]) => Object.fromEntries(["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"].map((name, k) => [
    name, tensor(Float32Array.from(names, (x) => x * (k + 1)), { shape: k < 2 ? [names.length, 1] : [names.length] }),
  ]));
  const x = tensor([[0.5], [-1]]), h0 = tensor([[0.25]]);
  const gate = (w: number, input: number, h: number): number => w * input + 3 * w + 2 * w * h + 4 * w; // weights w and 2w, biases 3w and 4w
  it("RNN", () => {
    const net = new RNN(1, 1, { nonlinearity: "relu" });
    net.loadStateDict(load([0.1]));
    const first = gate(0.1, 0.5, 0.25), second = gate(0.1, -1, first), [out] = net.forward(x, h0);
    expect(difference(out, tensor([[first], [second]]))).toBeLessThan(1e-6);
  });
  it("LSTM", () => {
    const net = new LSTM(1, 1), w = [0.1, -0.2, 0.3, 0.4];
    net.loadStateDict(load(w));
    let h = 0.25, c = -0.5;
    const expected = [0.5, -1].map((input) => {
      const [i, f, g, o] = w.map((v) => gate(v, input, h));
      c = sigmoid(f) * c + sigmoid(i) * Math.tanh(g);
      return (h = sigmoid(o) * Math.tanh(c));
    });
    const [out, [hn, cn]] = net.forward(x, [h0, tensor([[-0.5]])]);
    expect(difference(out, tensor(expected, { shape: [2, 1] }))).toBeLessThan(1e-6);
    expect([hn.itemSync(), cn.itemSync()]).toEqual([expect.closeTo(h, 6), expect.closeTo(c, 6)]);
  });
  it("GRU", () => {
    const net = new GRU(1, 1), w = [0.1, -0.2, 0.3];
    net.loadStateDict(load(w));
    let h = 0.25;
    const expected = [0.5, -1].map((input) => {
      const r = sigmoid(gate(w[0], input, h)), z = sigmoid(gate(w[1], input, h));
      const n = Math.tanh(w[2] * input + 3 * w[2] + r * (2 * w[2] * h + 4 * w[2]));
      return (h = (1 - z) * n + z * h);
    });
    expect(difference(net.forward(x, h0)[0], tensor(expected, { shape: [2, 1] }))).toBeLessThan(1e-6);
  });
});

describe("layers, directions and cells agree", () => {
  it("a cell is one step", () => {
    const net = new LSTM(3, 4), cell = new LSTMCell(3, 4), x = randn([1, 2, 3]);
    cell.loadStateDict(Object.fromEntries(Object.entries(net.stateDict()).map(([name, value]) => [name.replace("_l0", ""), value])));
    const [, [h, c]] = net.forward(x), [hidden, state] = cell.forward(x.select(0, 0));
    expect(Math.max(difference(h.select(0, 0), hidden), difference(c.select(0, 0), state))).toBeLessThan(1e-6);
  });
  it("the way back is the way forth of the reversed sequence", () => {
    const both = new GRU(2, 3, { bidirectional: true, batchFirst: true }), back = new GRU(2, 3, { batchFirst: true }), x = randn([2, 4, 2]);
    const state = both.stateDict();
    back.loadStateDict(Object.fromEntries(Object.keys(back.stateDict()).map((name) => [name, state[`${name}_reverse`]])));
    const reversed = (t: Tensor): Tensor => t.indexSelect(1, tensor(Int32Array.of(3, 2, 1, 0)));
    expect(difference(both.forward(x)[0].narrow(2, 3, 3), reversed(back.forward(reversed(x))[0]))).toBeLessThan(1e-6);
  });
  it("an unbatched sequence is a batch of one; gradients reach every weight of every layer", () => {
    const net = new LSTM(2, 4, { numLayers: 2, projSize: 3, bidirectional: true }), x = randn([5, 2]);
    const [out, [h, c]] = net.forward(x), [batched] = net.forward(x.unsqueeze(1));
    expect([out.shape, h.shape, c.shape]).toEqual([[5, 6], [4, 3], [4, 4]]);
    expect(difference(out, batched.select(1, 0))).toBeLessThan(1e-6);
    out.sum().backward();
    expect(net.parameters().every((p) => p.grad !== null && p.grad.abs().max().itemSync() > 0)).toBe(true);
  });
});

describe("packed sequences", () => {
  const sequences = [randn([2, 3]), randn([4, 3]), randn([1, 3])];
  it("are unpacked to what was packed", () => {
    const packed = packSequence(sequences, { enforceSorted: false });
    expect([packed.batchSizes, packed.sortedIndices!, packed.unsortedIndices!].map((x) => x.toArraySync())).toEqual([[3, 2, 1, 1], [1, 0, 2], [1, 0, 2]]);
    expect(packed.counts).toEqual([3, 2, 1, 1]);
    expect(unpackSequence(packed).map((x) => x.toArraySync())).toEqual(sequences.map((x) => x.toArraySync()));
    const [padded, lengths] = padPackedSequence(packed, { batchFirst: true, paddingValue: -1, totalLength: 5 });
    expect([padded.shape, lengths.toArraySync(), padded.select(0, 2).select(1, 0).toArraySync()]).toEqual([[3, 5, 3], [2, 4, 1], [sequences[2].select(1, 0).itemSync(), -1, -1, -1, -1]]);
    expect(padSequence(sequences).shape).toEqual([4, 3, 3]);
  });
  it.each([["LSTM", (o: object) => new LSTM(3, 2, o)], ["GRU", (o: object) => new GRU(3, 2, o)]])("give what each sequence alone gives: %s", (_, make) => {
    const net = make({ numLayers: 2, bidirectional: true }), [out, state] = net.forward(packSequence(sequences, { enforceSorted: false }));
    const hidden = Array.isArray(state) ? state[0] : state as Tensor;
    unpackSequence(out).forEach((y, i) => {
      const [alone, end] = net.forward(sequences[i]);
      expect(difference(y, alone)).toBeLessThan(1e-6);
      expect(difference(hidden.select(1, i), Array.isArray(end) ? end[0] : end as Tensor)).toBeLessThan(1e-6);
    });
  });
  it("gradients flow through", () => {
    const x = ones([3, 2, 1], { requiresGrad: true }), packed = packPaddedSequence(x, [3, 1]);
    packed.data.sum().backward();
    expect(x.grad!.toArraySync()).toEqual([[[1], [1]], [[1], [0]], [[1], [0]]]);
  });
});

describe("printed, and refused, in PyTorch's words", () => {
  it.each([
    ["LSTM(3, 4)", () => new LSTM(3, 4)],
    ["LSTM(2, 3, proj_size=2, num_layers=2, bias=False, batch_first=True, bidirectional=True)", () => new LSTM(2, 3, { projSize: 2, numLayers: 2, bias: false, batchFirst: true, bidirectional: true })],
    ["GRU(3, 4, num_layers=2, dropout=0.5)", () => new GRU(3, 4, { numLayers: 2, dropout: 0.5 })],
    ["RNNCell(3, 4, bias=False, nonlinearity=relu)", () => new RNNCell(3, 4, { bias: false, nonlinearity: "relu" })],
    ["GRUCell(3, 4)", () => new GRUCell(3, 4)],
  ])("%s", (text, make) => expect(String(make())).toBe(text));
  const x = ones([2, 1, 3]);
  it.each<[string, () => unknown]>([
    ["input must have 3 dimensions, got 5", () => new LSTM(3, 4).forward(ones([2, 1, 1, 3]))],
    ["input.size(-1) must be equal to input_size. Expected 3, got 2", () => new RNN(3, 4).forward(ones([2, 1, 2]))],
    ["Expected hidden size (1, 1, 4), got [1, 1, 5]", () => new GRU(3, 4).forward(x, ones([1, 1, 5]))],
    ["Expected hidden[1] size (1, 1, 4), got [1, 2, 4]", () => new LSTM(3, 4).forward(x, [zeros([1, 1, 4]), zeros([1, 2, 4])])],
    ["For batched 3-D input, hx should also be 3-D but got 2-D tensor", () => new RNN(3, 4).forward(x, ones([1, 4]))],
    ["For unbatched 2-D input, hx and cx should also be 2-D but got (2-D, 3-D) tensors", () => new LSTM(3, 4).forward(ones([2, 3]), [ones([1, 4]), ones([1, 1, 4])])],
    ["Unknown nonlinearity 'sin'", () => new RNN(3, 4, { nonlinearity: "sin" as never })],
    ["proj_size argument is only supported for LSTM, not RNN or GRU", () => new GRU(3, 4, { projSize: 2 } as object)],
    ["proj_size has to be smaller than hidden_size", () => new LSTM(3, 4, { projSize: 4 })],
    ["dropout should be a number in range [0, 1] representing the probability of an element being zeroed", () => new LSTM(3, 4, { dropout: 2 })],
    ["LSTMCell: Expected input to be 1-D or 2-D but received 3-D tensor", () => new LSTMCell(3, 4).forward(x)],
    ["input has inconsistent input_size: got 2 expected 3", () => new GRUCell(3, 4).forward(ones([1, 2]))],
    ["hidden0 has inconsistent hidden_size: got 5, expected 4", () => new RNNCell(3, 4).forward(ones([1, 3]), ones([1, 5]))],
    ["`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass `enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if you do not need ONNX exportability.", () => packPaddedSequence(ones([2, 3]), [2, 3], { batchFirst: true })],
    ["Expected `len(lengths)` to be equal to batch_size, but got 1 (batch_size=2)", () => packPaddedSequence(ones([3, 2]), [3])],
    ["packPaddedSequence: lengths are read at once, which device 'late' cannot: pass numbers, from await lengths.toArray()", () => {
      const { readSync: _, ...late } = cpu();
      packPaddedSequence(ones([3, 2]), ones([2], { device: { ...late, name: "late" } }));
    }],
    ["Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0", () => packPaddedSequence(ones([3, 2]), [3, 0])],
  ])("%s", (message, run) => expect(run).toThrow(message));
  it("warns of dropout in one layer", () => {
    const log: string[] = [], before = onWarning((message) => log.push(message));
    new LSTM(3, 4, { dropout: 0.5 });
    onWarning(before);
    expect(log).toEqual(["dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers greater than 1, but got dropout=0.5 and num_layers=1"]);
  });
});
