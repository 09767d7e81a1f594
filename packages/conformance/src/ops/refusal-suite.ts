/** @file Values and positions that ops refuse: the same typed error on every device, by the call or by the next read. */
import * as A from "@adjoint/core";
import type { Backend, Tensor } from "@adjoint/core";
import { type Case, check } from "../case.ts";

type Refusal = readonly [name: string, type: new () => Error, message: string, call: (x: Tensor, at: (...positions: number[]) => Tensor) => unknown];

/** x is [[0.5, 2, -1], [1, 0, 3]]. */
const refusals: readonly Refusal[] = [
  ["gather", A.IndexError, "index 3 is out of bounds for dimension 1 with size 3", (x, at) => x.gather(1, at(0, 3).reshape([2, 1]))],
  ["gather among merged dims", A.IndexError, "index 2 is out of bounds for dimension 2 with size 1", (x, at) => x.reshape([2, 3, 1]).gather(2, at(0, 0, 0, 0, 0, 2).reshape([2, 3, 1]))],
  ["scatterAdd", A.IndexError, "index -1 is out of bounds for dimension 0 with size 2", (x, at) => x.scatterAdd(0, at(0, -1, 1).reshape([1, 3]), x)],
  ["indexSelect", A.IndexError, "index out of range in self", (x, at) => x.indexSelect(1, at(0, 5))],
  ["indexAdd", A.IndexError, "index out of range in self", (x, at) => x.indexAdd(0, at(0, 2), x)],
  ["indexCopy", A.IndexError, "index_copy_(): index 2 is out of bounds for dimension 0 with size 2", (x, at) => x.indexCopy(0, at(0, 2), x)],
  ["take", A.IndexError, "out of range: tried to access index -7 on a tensor of 6 elements.", (x, at) => x.take(at(1, -7))],
  ["put", A.IndexError, "out of range: tried to access index 6 on a tensor of 6 elements.", (x, at) => x.put(at(6), x.index(0, "0:1"))],
  ["embedding", A.IndexError, "index out of range in self", (x, at) => A.embedding(at(2), x)],
  ["brackets", A.IndexError, "index -4 is out of bounds for dimension 1 with size 3", (x, at) => x.index(":", at(0, -4))],
  ["brackets with several tables", A.IndexError, "index 3 is out of bounds for dimension 1 with size 3", (x, at) => x.index(at(0, 1), at(3, 1))],
  ["brackets with several tables, from the end", A.IndexError, "index -3 is out of bounds for dimension 0 with size 2", (x, at) => x.index(at(1, -3), at(0, 1))],
  ["brackets that are written", A.IndexError, "index 2 is out of bounds for dimension 0 with size 2", (x, at) => x.clone().indexPut_([at(2)], 1)],
  ["crossEntropy", A.IndexError, "Target 3 is out of bounds.", (x, at) => A.crossEntropy(x, at(0, 3))],
  ["multiMarginLoss", A.ArgumentError, "target out of range", (x, at) => A.multiMarginLoss(x, at(0, 3))],
  ["binaryCrossEntropy", A.ArgumentError, "all elements of input should be between 0 and 1", (x) => A.binaryCrossEntropy(x, x)],
  ["bernoulli", A.ArgumentError, "Expected p_in >= 0 && p_in <= 1 to be true, but got false.", (x) => x.bernoulli()],
  ["bernoulli of NaN", A.ArgumentError, "Expected p_in >= 0 && p_in <= 1 to be true, but got false.", (x) => x.log().bernoulli()],
  ["multinomial", A.ArgumentError, "probability tensor contains either `inf`, `nan` or element < 0", (x) => x.multinomial(1)],
  ["multinomial of an infinity", A.ArgumentError, "probability tensor contains either `inf`, `nan` or element < 0", (x) => x.abs().reciprocal().multinomial(1)],
  ["multinomial with replacement", A.ArgumentError, "invalid multinomial distribution (encountering probability entry < 0)", (x) => x.multinomial(1, { replacement: true })],
  ["multinomial of zeros", A.ArgumentError, "invalid multinomial distribution (sum of probabilities <= 0)", (x) => x.mul(0).abs().multinomial(1, { replacement: true })],
  ["oneHot", A.ArgumentError, "Class values must be smaller than num_classes.", (_, at) => A.oneHot(at(0, 3), { numClasses: 3 })],
  ["oneHot of a negative", A.ArgumentError, "Class values must be non-negative.", (_, at) => A.oneHot(at(0, -1), { numClasses: 3 })],
  ["maskedScatter", A.ShapeError, "masked_scatter: expected self and source to have same dtypes and number of elements in source >= number of ones in mask", (x) => x.maskedScatter(x.gt(0), x.index(0, "0:2"))],
  ["floorDivide by zeros", A.ArgumentError, "ZeroDivisionError", (x) => x.int().floorDivide(x.int())],
  ["remainder by zeros", A.ArgumentError, "ZeroDivisionError", (x) => x.int().remainder(x.int())],
  ["remainder by zeros in place", A.ArgumentError, "ZeroDivisionError", (x) => x.int().remainder_(x.int())],
  ["div by zeros", A.ArgumentError, "ZeroDivisionError", (x) => A.div(x.int(), x.int(), { roundingMode: "trunc" })],
  ["a check in vmap", A.ArgumentError, "ZeroDivisionError", (x) => A.func.vmap((row: Tensor) => row.fmod(row))(x.int())],
];

async function refusal(backend: Backend, call: Refusal[3]): Promise<unknown> {
  const s = A.scope("refused");
  const x = s.tensor([[0.5, 2, -1], [1, 0, 3]], { device: backend });
  try {
    s.run(() => { call(x, (...positions) => A.tensor(positions, { dtype: "int32", device: backend })); });
    await backend.sync();
    return undefined;
  } catch (error) {
    return error;
  } finally {
    s.close();
  }
}

export const refusalSuite = (): readonly Case[] => refusals.map(([name, type, message, call]) => ({
  name: `refused: ${name}`, needs: ["float32", "int32", "bool"],
  async run({ backend }) {
    const error = await refusal(backend, call);
    check(error instanceof type && error.message.startsWith(message), `got ${String(error)}, expected ${new type().name}: ${message}`);
    await backend.sync();
    check(A.memory(backend).tensors === 0, "nothing is left behind, and the device works on");
  },
}));
