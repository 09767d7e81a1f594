/** @file All parameters as one vector, and back. */
import { cat, copy_, isTensor, narrow, noGrad, python, reshape, ShapeError, type Tensor } from "@adjoint/core/functional";
import { ModuleError } from "../errors.ts";

/**
 * The elements of all parameters, one after another. Recorded. PyTorch's `parameters_to_vector`.
 * @param parameters of one device
 * @returns a vector of their promoted dtype
 * @throws ModuleError for parameters on several devices
 * @example nn.utils.parametersToVector([tensor([[1, 2]]), tensor([3])]) // [1, 2, 3]
 */
export function parametersToVector(parameters: Iterable<Tensor>): Tensor {
  const all = [...parameters];
  if (all.some((x) => x.device !== all[0]!.device)) throw new ModuleError("Found two parameters on different devices, this is currently not supported.");
  return cat(all.map((x) => reshape(x, [-1])));
}

/**
 * Copies the elements of a vector into the parameters, one after another. PyTorch's `vector_to_parameters`.
 * @param vector of as many elements as the parameters at least
 * @param parameters whose values are replaced
 * @returns nothing
 * @throws ShapeError for too few elements
 * @throws ModuleError for what is no tensor
 * @example const p = zeros([2]); nn.utils.vectorToParameters(tensor([1, 2]), [p]); p // [1, 2]
 */
export function vectorToParameters(vector: Tensor, parameters: Iterable<Tensor>): void {
  if (!isTensor(vector)) throw new ModuleError(`expected torch.Tensor, but got: ${python.typeName(vector)}`);
  const all = [...parameters], sizes = all.map((x) => x.shape.reduce((product, n) => product * n, 1)), needed = sizes.reduce((sum, n) => sum + n, 0);
  if (vector.shape[0]! < needed) throw new ShapeError(`vector_to_parameters: the vector has ${vector.shape[0]} elements, the parameters have ${needed}`);
  noGrad(() => {
    let from = 0;
    all.forEach((x, i) => {
      const part = narrow(vector, 0, from, sizes[i]!), shaped = reshape(part, x.shape);
      copy_(x, shaped);
      for (const view of new Set([part, shaped])) view.dispose();
      from += sizes[i]!;
    });
  });
}
