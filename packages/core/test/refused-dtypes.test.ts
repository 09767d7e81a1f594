/** @file Dtypes, and values of arguments, that PyTorch has no kernel for: refused in its words, before anything is computed. */
import { cpu } from "@adjoint/backend-cpu-js";
import * as core from "@adjoint/core";
import { ArgumentError, DTypeError, ones, setDefaultDevice, ShapeError, tensor, type Tensor } from "@adjoint/core";
import { beforeAll, expect, test } from "vitest";

beforeAll(() => setDefaultDevice(cpu()));
const ints = (...shape: readonly number[]): Tensor => ones(shape, { dtype: "int32" }), bools = (...shape: readonly number[]): Tensor => ones(shape, { dtype: "bool" });
const lengths = (...values: readonly number[]): Tensor => tensor(Int32Array.from(values));
const notForInt = (kernel: string): string => `"${kernel}" not implemented for 'Int'`, notForBool = (kernel: string): string => `"${kernel}" not implemented for 'Bool'`, into = "result type Float can't be cast to the desired output type Int";

test.each<readonly [string, () => unknown, string]>([
  ["abs", () => core.abs(bools(2)), notForBool("abs_cpu")],
  ["softsign", () => core.softsign(bools(2)), notForBool("abs_cpu")],
  ["relu", () => core.relu(bools(2)), "Boolean inputs not supported for relu"],
  ["relu6", () => core.relu6(bools(2)), "Bool inputs not supported for hardtanh"],
  ["hardtanh", () => core.hardtanh(ones([2], { dtype: "uint8" })), "cannot do hardtanh on an unsigned type with negative limits"],
  ["silu", () => core.silu(ints(2)), notForInt("silu_cpu")],
  ["gelu", () => core.gelu(ints(2)), notForInt("GeluKernelImpl")],
  ["gelu, by tanh", () => core.gelu(bools(2), { approximate: "tanh" }), notForBool("GeluKernelImpl")],
  ["leakyRelu", () => core.leakyRelu(ints(2)), notForInt("leaky_relu_cpu")],
  ["elu", () => core.elu(bools(2)), notForBool("elu_cpu")],
  ["selu", () => core.selu(ints(2)), notForInt("elu_cpu")],
  ["softplus", () => core.softplus(ints(2)), notForInt("softplus_cpu")],
  ["softshrink", () => core.softshrink(ints(2)), notForInt("softshrink_cpu")],
  ["hardshrink", () => core.hardshrink(bools(2)), notForBool("hardshrink_cpu")],
  ["hardsigmoid", () => core.hardsigmoid(ints(2)), notForInt("hardsigmoid_cpu")],
  ["hardswish", () => core.hardswish(ints(2)), notForInt("hardswish_cpu")],
  ["mish", () => core.mish(ints(2)), notForInt("mish_cpu")],
  ["logsigmoid", () => core.logsigmoid(bools(2)), notForBool("log_sigmoid_cpu")],
  ["tanhshrink", () => core.tanhshrink(bools(2)), "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead."],
  ["floorDivide", () => core.floorDivide(bools(2), bools(2)), notForBool("div_floor_cpu")],
  ["bitwiseLeftShift", () => core.bitwiseLeftShift(bools(2), bools(2)), notForBool("lshift_cpu")],
  ["gcd", () => core.gcd(bools(2), bools(2)), notForBool("gcd_cpu")],
  ["glu", () => core.glu(ints(2)), notForInt("glu_cpu")],
  ["prelu", () => core.prelu(ones([2]), ones([1], { dtype: "float64" })), "Found dtype Double but expected Float"],
  ["rrelu", () => core.rrelu(ints(2), { training: true }), notForInt("rrelu_with_noise_out_cpu")],
  ["dropout", () => core.dropout(ints(2)), into],
  ["dropout2d", () => core.dropout2d(ints(1, 2, 1, 1)), into],
  ["alphaDropout", () => core.alphaDropout(ints(2), 0.5, { training: true }), into],
  ["binaryCrossEntropy", () => core.binaryCrossEntropy(ints(2), ints(2)), notForInt("binary_cross_entropy")],
  ["binaryCrossEntropyWithLogits", () => core.binaryCrossEntropyWithLogits(ints(2), ints(2)), into],
  ["softMarginLoss", () => core.softMarginLoss(ints(2), ints(2)), into],
  ["mseLoss", () => core.mseLoss(ints(2), ints(2)), notForInt("mse_cpu")],
  ["smoothL1Loss", () => core.smoothL1Loss(ints(2), ints(2)), notForInt("smooth_l1_cpu")],
  ["huberLoss", () => core.huberLoss(ints(2), ints(2)), notForInt("huber_cpu")],
  ["klDiv", () => core.klDiv(ints(2), ones([2]), { reduction: "sum" }), "kl_div: Integral inputs not supported."],
  ["nllLoss", () => core.nllLoss(ints(2, 2), ints(2)), notForInt("nll_loss_out_frame")],
  ["multiMarginLoss", () => core.multiMarginLoss(ints(2, 2), ints(2)), notForInt("multi_margin_loss_cpu_kernel")],
  ["multilabelMarginLoss", () => core.multilabelMarginLoss(ints(2, 2), ints(2, 2)), notForInt("multilabel_margin_loss_forward_out_frame")],
  ["ctcLoss", () => core.ctcLoss(ints(4, 1, 3), ints(1, 2), [4], [2]), notForInt("ctc_loss_cpu")],
  ["layerNorm", () => core.layerNorm(ints(2, 2), [2]), notForInt("LayerNormKernelImpl")],
  ["groupNorm", () => core.groupNorm(ints(2, 2, 2), 2), notForInt("GroupNormKernelImpl")],
  ["batchNorm", () => core.batchNorm(ints(2, 2, 2), null, null, { training: true }), notForInt("batch_norm")],
  ["instanceNorm", () => core.instanceNorm(ints(2, 2, 2)), notForInt("batch_norm")],
  ["cosineSimilarity", () => core.cosineSimilarity(ints(2, 2), ints(2, 2)), "expected common dtype to be floating point, yet common dtype is Int"],
  ["hannWindow", () => core.hannWindow(3, { dtype: "int32" }), "hann_window expects floating point dtypes, got: int32"],
])("%s", (_, call, text) => {
  expect(call).toThrow(DTypeError);
  expect(call).toThrow(text);
});

test.each<readonly [string, () => unknown, new (text: string) => Error, string]>([
  ["a quantile beyond [0, 1] in a tensor", () => core.quantile(ones([3]), tensor([0.5, 2])), ArgumentError, "quantile() q values must be in the range [0, 1]"],
  ["lengths that do not sum up", () => core.segmentReduce(ones([3]), "sum", { lengths: lengths(1, 5) }), ShapeError, "segment_reduce(): Expected all rows of lengths along axis to sum to data.size(lengths.dim()-1) when !unsafe."],
  ["a negative length", () => core.segmentReduce(ones([3]), "sum", { lengths: lengths(4, -1) }), ArgumentError, "lengths contains negative value!"],
  ["half a diagonal", () => core.diag(ones([2]), { diagonal: 0.5 }), ArgumentError, "diag(): diagonal must be an integer, got 0.5"],
])("%s is refused", (_, call, kind, text) => {
  expect(call).toThrow(kind);
  expect(call).toThrow(text);
});

test("floats beside integers are promoted where PyTorch promotes", () => {
  expect(core.mseLoss(ones([2]), ints(2)).dtype).toBe("float32");
  expect(core.cosineSimilarity(ones([2, 2]), ints(2, 2)).dtype).toBe("float32");
  expect(core.addr(ints(2, 2), ones([2]), ones([2])).dtype).toBe("float32");
  expect(core.segmentReduce(ones([3]), "sum", { lengths: lengths(1, 5), unsafe: true }).toArraySync()).toEqual([1, 2]);
});
