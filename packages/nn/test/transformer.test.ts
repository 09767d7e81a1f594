import { cpu } from "@adjoint/backend-cpu-js";
import { manualSeed, ones, randn, setDefaultDevice, tensor } from "@adjoint/core";
import { Linear, MultiheadAttention, Transformer, TransformerDecoderLayer, TransformerEncoder, TransformerEncoderLayer } from "@adjoint/nn";
import { beforeEach, describe, expect, it } from "vitest";
import { difference } from "./difference.ts";

setDefaultDevice(cpu());
beforeEach(() => manualSeed(3));

describe("MultiheadAttention, all options", () => {
  it("takes keys and values of other sizes", () => {
    const layer = new MultiheadAttention(4, 2, { kdim: 3, vdim: 5 });
    expect(layer.namedParameters().map(([name, x]) => [name, x.shape])).toEqual([
      ["q_proj_weight", [4, 4]], ["k_proj_weight", [4, 3]], ["v_proj_weight", [4, 5]], ["in_proj_bias", [12]], ["out_proj.weight", [4, 4]], ["out_proj.bias", [4]],
    ]);
    const [out, weights] = layer.forward(randn([2, 1, 4]), randn([3, 1, 3]), randn([3, 1, 5]));
    expect([out.shape, weights!.shape]).toEqual([[2, 1, 4], [1, 2, 3]]);
  });
  it("addBiasKv and addZeroAttn add keys that no mask hides", () => {
    const layer = new MultiheadAttention(4, 2, { addBiasKv: true, addZeroAttn: true }), x = randn([3, 2, 4]);
    const hidden = tensor([[true, true, true], [false, false, true]]);
    const [, weights] = layer.forward(x, x, x, { keyPaddingMask: hidden });
    expect(weights!.shape).toEqual([2, 3, 5]);
    expect(weights!.select(0, 0).narrow(1, 0, 3).toArraySync()).toEqual([[0, 0, 0], [0, 0, 0], [0, 0, 0]]);
    expect(difference(weights!.sum(-1), ones([2, 3]))).toBeLessThan(1e-6);
    expect(layer.namedParameters().map(([name]) => name)).toEqual(["in_proj_weight", "in_proj_bias", "bias_k", "bias_v", "out_proj.weight", "out_proj.bias"]);
    layer.forward(x, x, x)[0].sum().backward();
    expect(layer.bias_v!.grad!.abs().max().itemSync()).toBeGreaterThan(0);
  });
  const call = (mask: object, shape = [2, 1, 4], heads = 2) => () => {
    const x = ones(shape);
    return new MultiheadAttention(4, heads).forward(x, x, x, mask);
  };
  it.each<[string, () => unknown]>([
    ["query should be unbatched 2D or batched 3D tensor but received 4-D query tensor", call({}, [1, 2, 1, 4])],
    ["The shape of the 2D attn_mask is torch.Size([2, 3]), but should be (2, 2).", call({ attnMask: ones([2, 3]) })],
    ["The shape of the 3D attn_mask is torch.Size([3, 2, 2]), but should be (2, 2, 2).", call({ attnMask: ones([3, 2, 2]) })],
    ["expecting key_padding_mask shape of (1, 2), but got torch.Size([2, 2])", call({ keyPaddingMask: ones([2, 2]) })],
    ["For batched (3-D) `query`, expected `key_padding_mask` to be `None` or 2-D but found 1-D tensor instead", call({ keyPaddingMask: ones([2]) })],
    ["For unbatched (2-D) `query`, expected `attn_mask` to be `None`, 2-D or 3-D but found 1-D tensor instead", call({ attnMask: ones([2]) }, [2, 4])],
    ["Expected `attn_mask` shape to be (2, 2, 2) but got torch.Size([1, 2, 2])", call({ attnMask: ones([1, 2, 2]) }, [2, 4])],
    ["Only float, byte, and bool types are supported for attn_mask, not torch.int32", call({ attnMask: ones([2, 2], { dtype: "int32" }) })],
    ["key shape torch.Size([3, 1, 4]) does not match value shape torch.Size([2, 1, 4])", () => new MultiheadAttention(4, 2).forward(ones([2, 1, 4]), ones([3, 1, 4]), ones([2, 1, 4]))],
  ])("%s", (message, run) => expect(run).toThrow(message));
});

describe("TransformerEncoderLayer", () => {
  it("has PyTorch's names, in PyTorch's order", () => {
    const layer = new TransformerEncoderLayer(4, 2, { dimFeedforward: 8 });
    expect(layer.namedModules().map(([name]) => name)).toEqual(["", "self_attn", "self_attn.out_proj", "linear1", "dropout", "linear2", "norm1", "norm2", "dropout1", "dropout2"]);
    expect(layer.namedParameters().slice(4, 8).map(([name]) => name)).toEqual(["linear1.weight", "linear1.bias", "linear2.weight", "linear2.bias"]);
  });
  it("a causal mask hides what comes after", () => {
    const layer = new TransformerEncoderLayer(4, 2, { dimFeedforward: 8, dropout: 0, normFirst: true, activation: "gelu" }), x = randn([3, 1, 4]), srcMask = Transformer.generateSquareSubsequentMask(3);
    expect(srcMask.toArraySync()).toEqual([[0, -Infinity, -Infinity], [0, 0, -Infinity], [0, 0, 0]]);
    const whole = layer.forward(x, { srcMask }), part = layer.forward(x.narrow(0, 0, 2), { srcMask: Transformer.generateSquareSubsequentMask(2) });
    expect(difference(whole.narrow(0, 0, 2), part)).toBeLessThan(1e-6);
  });
  it("takes any activation, a module too", () => {
    const layer = new TransformerEncoderLayer(4, 2, { dimFeedforward: 8, activation: new Linear(8, 8) });
    expect(layer.namedModules().at(-1)![0]).toBe("activation");
    expect(new TransformerEncoderLayer(4, 2, { dimFeedforward: 8, dropout: 0, activation: (x) => x.tanh() }).forward(ones([2, 4])).shape).toEqual([2, 4]);
    expect(() => new TransformerEncoderLayer(4, 2, { activation: "sin" as never })).toThrow("activation should be relu/gelu, not sin");
  });
});

describe("Transformer", () => {
  it("stacks copies that learn apart", () => {
    const encoder = new TransformerEncoder(new TransformerEncoderLayer(4, 2, { dimFeedforward: 8, dropout: 0 }), 2);
    expect(encoder.layers.at(0).linear1.weight === encoder.layers.at(1).linear1.weight).toBe(false);
    expect(difference(encoder.layers.at(0).linear1.weight, encoder.layers.at(1).linear1.weight)).toBe(0);
    encoder.forward(randn([3, 1, 4])).square().sum().backward();
    expect(encoder.parameters().every((x) => x.grad !== null)).toBe(true);
  });
  it("has as many parameters as PyTorch's, and gives tgt's shape", () => {
    const net = new Transformer({ dModel: 8, nhead: 2, numEncoderLayers: 1, numDecoderLayers: 1, dimFeedforward: 16, dropout: 0 });
    expect(net.parameters().reduce((count, x) => count + x.numel(), 0)).toBe(1536);
    expect(net.forward(randn([3, 2, 8]), randn([4, 2, 8]), { tgtMask: Transformer.generateSquareSubsequentMask(4) }).shape).toEqual([4, 2, 8]);
    expect(() => net.forward(randn([3, 2, 8]), randn([4, 1, 8]))).toThrow("the batch number of src and tgt must be equal");
    expect(() => net.forward(randn([3, 2, 4]), randn([4, 2, 8]))).toThrow("the feature number of src and tgt must be equal to d_model");
  });
  it("a decoder layer attends to its memory", () => {
    const layer = new TransformerDecoderLayer(4, 2, { dimFeedforward: 8, dropout: 0 }), tgt = randn([2, 1, 4]), memory = randn([3, 1, 4]);
    const hidden = layer.forward(tgt, memory, { memoryKeyPaddingMask: tensor([[false, false, true]]) });
    expect(difference(hidden, layer.forward(tgt, memory.narrow(0, 0, 2)))).toBeLessThan(1e-6);
  });
});
