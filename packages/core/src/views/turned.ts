/** @file Views in place: `t_` and its kin, after which the handle itself shows its elements in another way. The memory and its version stay. */
import { AutogradError, NotSupportedError } from "../errors.ts";
import { alive, become, isGradEnabled, type Tensor } from "../op.ts";
import { permute, squeeze, t, transpose, unsqueeze } from "./views.ts";

/** @param node what the node of the form in place is called, which has a number of its own in PyTorch */
const inPlace = <A extends readonly unknown[]>(name: string, look: (x: Tensor, ...rest: A) => Tensor, node: (...rest: A) => string) => (x: Tensor, ...rest: A): Tensor => {
  alive(name, x);
  if (isGradEnabled() && x.requiresGrad && x.isLeaf) throw new AutogradError("a leaf Variable that requires grad is being used in an in-place operation.");
  if (x.traced !== null) throw new NotSupportedError(`${name}: a handle cannot be turned inside of a function transform; use the op that returns a new tensor`);
  const view = look(x, ...rest);
  become(x, view === x ? permute(x, [...x.shape.keys()]) : view);
  if (x.gradFn !== null) x.gradFn.label = node(...rest);
  return x;
};

const transposed = (): string => "TransposeBackward1";

/** Two dims exchanged, of the handle itself. */
export const transpose_: (x: Tensor, dim0: number, dim1: number) => Tensor = /*@__PURE__*/ inPlace("transpose_", transpose, transposed);
/** A matrix's transpose, of the handle itself. */
export const t_: (x: Tensor) => Tensor = /*@__PURE__*/ inPlace("t_", t, () => "TBackward1");
/** The handle without dims of size 1. */
export const squeeze_: (x: Tensor, dim?: number | readonly number[]) => Tensor = /*@__PURE__*/ inPlace("squeeze_", squeeze, (dim) => (dim === undefined ? "SqueezeBackward2" : "SqueezeBackward3"));
/** The handle with a dim of size 1 at `dim`. */
export const unsqueeze_: (x: Tensor, dim: number) => Tensor = /*@__PURE__*/ inPlace("unsqueeze_", unsqueeze, () => "UnsqueezeBackward1");
/** As `transpose_`. */
export const swapaxes_: (x: Tensor, axis0: number, axis1: number) => Tensor = /*@__PURE__*/ inPlace("swapaxes_", transpose, transposed);
/** As `transpose_`. */
export const swapdims_: (x: Tensor, dim0: number, dim1: number) => Tensor = /*@__PURE__*/ inPlace("swapdims_", transpose, transposed);
