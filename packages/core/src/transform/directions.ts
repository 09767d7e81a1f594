/** @file Forward mode as a function of functions: jvp. */
import { zerosOn } from "../calculus/map-reduce.ts";
import { ShapeError, TransformError } from "../errors.ts";
import { alias, type Tensor } from "../op.ts";
import { sameShape } from "../shape.ts";
import { call, type Fn, whole } from "./arguments.ts";
import { lowered, owned, raised } from "./batch.ts";
import { withTangents } from "./interpreter.ts";
import { batched, levelsOf, physicalOf, setTangent, tangentOf, withoutTangent } from "./traced.ts";
import { leavesOf, mapTree, type Tree } from "./tree.ts";

/** A tensor with a tangent at this level. */
function dual(x: Tensor, t: Tensor, level: number): Tensor {
  if (!sameShape(x.shape, t.shape) || x.dtype !== t.dtype)
    throw new ShapeError(`jvp: primals and tangents must agree: [${x.shape.join(", ")}] of ${x.dtype} and [${t.shape.join(", ")}] of ${t.dtype}`);
  const levels = levelsOf(x), physical = withoutTangent(physicalOf(x), level);
  setTangent(physical, level, owned(lowered(t, levels)));
  return batched(physical, levels, x.lifetime);
}

/**
 * The value of a function and its derivative in the direction of the tangents, by forward mode: [f(x), J t]. PyTorch's `torch.func.jvp`.
 * @param fn a function of tensors, or of trees of them, that is synchronous
 * @param primals its arguments, an array
 * @param tangents one for each, of the same shapes and dtypes
 * @returns the value and its derivative, of the value's shape and dtype
 * @throws TransformError where primals and tangents are not of one number, and for an op without forward mode
 * @throws ShapeError where a tangent has another shape than its primal
 * @example func.jvp(square, [tensor([3])], [tensor([1])]) // [[9], [6]]
 */
export function jvp<A extends readonly unknown[], R = Tree>(fn: (...args: A) => R, primals: A, tangents: A): [value: R, tangent: R] {
  if (primals.length === 0 || primals.length !== tangents.length) throw new TransformError(`jvp: expected as many tangents as primals, got ${tangents.length} and ${primals.length}`);
  return whole(() => withTangents((level) => {
    const duals = primals.map((primal, i) => {
      const directions = leavesOf(tangents[i]);
      let next = 0;
      return mapTree(primal, (x) => dual(x, directions[next++] ?? zerosOn(x.storage.device, x.dtype, x.shape), level));
    });
    const value = call("func.jvp", fn as Fn, duals);
    return [mapTree(value, (x) => primalOf(x, level)) as R, mapTree(value, (x) => directionOf(x, level)) as R];
  }));
}

const primalOf = (x: Tensor, level: number): Tensor => batched(withoutTangent(physicalOf(x), level), levelsOf(x), x.lifetime);
function directionOf(x: Tensor, level: number): Tensor {
  const t = tangentOf(physicalOf(x), level);
  return t === undefined ? zerosOn(x.storage.device, x.dtype, x.shape) : raised(batched(alias(physicalOf(t)), levelsOf(t), x.lifetime), levelsOf(x));
}
