/** @file All parameters as one vector, and back. */
import { cat, copy_, isTensor, narrow, noGrad, python, reshape, ShapeError, type Tensor } from "@adjoint/core/functional";
import { ModuleError } from "../errors.ts";

/** The elements of all parameters, one after another. Recorded. */
export function parametersToVector(parameters: Iterable<Tensor>): Tensor {
  const all = [...parameters];
  if (all.some((x) => x.device !== all[0]!.device)) throw new ModuleError("Found two parameters on different devices, this is currently not supported.");
  return cat(all.map((x) => reshape(x, [-1])));
}

/** Copies the elements of a vector into the parameters, one after another. */
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
