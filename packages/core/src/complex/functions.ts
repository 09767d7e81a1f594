/** @file Making complex tensors, and what PyTorch asks of tensors that may be complex. */
import { cos, sin } from "../elementwise/functions.ts";
import { decomposed } from "../composites/decomposed.ts";
import { sum } from "../composites/reductions.ts";
import { add, mul } from "../elementwise/arithmetic.ts";
import { isFloat, scalarTypeName } from "../dtype.ts";
import { ArgumentError, DTypeError, NotSupportedError, ShapeError } from "../errors.ts";
import { composite, dispatch, dispatchView, isTensor, type Op, savedTensors, type Tensor } from "../op.ts";
import * as python from "../python.ts";
import { broadcastTensors } from "../views/rearrange.ts";
import { stack } from "../views/cat.ts";
import { permuteOp, unsqueeze } from "../views/views.ts";
import { ComplexTensor } from "./complex-tensor.ts";
import { isComplex } from "./kind.ts";
import { sgnPair, timesI } from "./pairs.ts";

function checkParts(name: string, x: Tensor, y: Tensor, names: readonly [string, string]): void {
  [x, y].forEach((part, i) => { if (!isTensor(part)) throw new ArgumentError(`${name}(): argument '${names[i]}' (position ${i + 1}) must be Tensor, not ${python.typeName(part)}`); });
  if (!isFloat(x.dtype) || !isFloat(y.dtype)) throw new DTypeError(`Expected both inputs to be Half, Float or Double tensors but got ${scalarTypeName[x.dtype]} and ${scalarTypeName[y.dtype]}`);
  if (x.dtype !== y.dtype) throw new DTypeError(`Expected object of scalar type ${scalarTypeName[x.dtype]} but got scalar type ${scalarTypeName[y.dtype]} for second argument`);
  if (x.dtype !== "float32" && x.dtype !== "float64") throw new NotSupportedError(`${name}: there is no complex32 here; cast the parts to float32`);
}
const joined = /*@__PURE__*/ composite("ComplexBackward0", (x: Tensor, y: Tensor): Tensor => stack(broadcastTensors(x, y), -1));
/**
 * real + i imag.
 * @param real the real part, float32 or float64
 * @param imag the imaginary part, of one dtype with `real`
 * @returns their broadcast shape, complex64 of float32 and complex128 of float64
 * @throws DTypeError for integers and bools, and for two dtypes
 * @throws NotSupportedError for 16-bit floats
 * @throws ShapeError where shapes do not broadcast
 * @throws ArgumentError for a number
 * @example viewAsReal(complex(tensor([1]), tensor([2]))) // [[1, 2]]
 */
export function complex(real: Tensor, imag: Tensor): ComplexTensor {
  checkParts("complex", real, imag, ["real", "imag"]);
  return new ComplexTensor(joined(real, imag));
}
/** The gradient is PyTorch's, by the sign of the result: of a length of 0 it is 0, and of a negative one that of its absolute value. */
const polarOp: Op<null> = {
  name: "polar",
  gradName: () => "PolarBackward0",
  run: (_, [abs, angle]) => decomposed([abs!, angle!], (length, direction) => stack([mul(length, cos(direction)), mul(length, sin(direction))], -1)),
  saves: () => ({ savedInputs: [], savedResults: [0] }),
  vjp([grad], node) {
    const out = savedTensors(node)[0]!, along = (direction: Tensor): Tensor => sum(mul(grad!, direction), -1);
    return [node.needs(0) ? along(sgnPair(out)) : undefined, node.needs(1) ? along(timesI(out)) : undefined];
  },
  jvp([length, angle], _, [out]) {
    const parts = [length && mul(unsqueeze(length, -1), sgnPair(out!)), angle && mul(unsqueeze(angle, -1), timesI(out!))].filter((part) => part !== undefined);
    return [parts.length === 2 ? add(parts[0]!, parts[1]!) : parts[0]];
  },
  batched: () => null,
};
const turned = /*@__PURE__*/ composite(undefined, (abs: Tensor, angle: Tensor): Tensor => dispatch(polarOp, broadcastTensors(abs, angle), null));
/**
 * abs (cos angle + i sin angle). Of a negative length the gradient is PyTorch's: that of |abs|.
 * @param abs the length, float32 or float64
 * @param angle in radians, of one dtype with `abs`
 * @returns their broadcast shape, complex64 of float32 and complex128 of float64
 * @throws DTypeError for integers and bools, and for two dtypes
 * @throws NotSupportedError for 16-bit floats
 * @throws ShapeError where shapes do not broadcast
 * @throws ArgumentError for a number
 * @example polar(tensor([2]), tensor([Math.PI / 2])).imag() // [2]
 */
export function polar(abs: Tensor, angle: Tensor): ComplexTensor {
  checkParts("polar", abs, angle, ["abs", "angle"]);
  return new ComplexTensor(turned(abs, angle));
}

const seenAs = (x: Tensor, name: string): Tensor => dispatchView(permuteOp, x, { dims: [...x.shape.keys()], name });
/**
 * Pairs of real numbers as complex ones: x[..., 0] + i x[..., 1].
 * @param x [..., 2], float32 or float64
 * @returns a view [...], complex64 of float32 and complex128 of float64
 * @throws ShapeError where the last dim has not size 2
 * @throws DTypeError for anything but floats
 * @throws NotSupportedError for float16
 * @example viewAsComplex(tensor([[1, 2]])).imag() // [2]
 */
export function viewAsComplex(x: Tensor): ComplexTensor {
  if (isComplex(x)) throw new DTypeError("view_as_complex is only supported for half, float and double tensors, but got a tensor of scalar type: ComplexFloat");
  if (x.dtype === "float16") throw new NotSupportedError("view_as_complex: there is no complex32 here; cast to float32");
  if (x.dtype !== "float32" && x.dtype !== "float64") throw new DTypeError(`view_as_complex is only supported for half, float and double tensors, but got a tensor of scalar type: ${scalarTypeName[x.dtype]}`);
  if (x.ndim === 0) throw new ShapeError("Input tensor must have one or more dimensions");
  if (x.shape.at(-1) !== 2) throw new ShapeError("Tensor must have a last dimension of size 2");
  return new ComplexTensor(seenAs(x, "ViewAsComplexBackward0"));
}
/**
 * Complex numbers as pairs of real ones.
 * @param z a complex tensor of any shape
 * @returns a view [..., 2], float32 of complex64 and float64 of complex128
 * @throws DTypeError for a real tensor
 * @example viewAsReal(complex(tensor([1]), tensor([2]))) // [[1, 2]]
 */
export function viewAsReal(z: ComplexTensor): Tensor {
  if (!isComplex(z)) throw new DTypeError("view_as_real is only supported for complex tensors");
  return seenAs(z.pair, "ViewAsRealBackward0");
}
/**
 * The imaginary part.
 * @param z a complex tensor of any shape
 * @returns a view of its shape, float32 of complex64 and float64 of complex128
 * @throws NotSupportedError for a real tensor
 * @example imag(complex(tensor([1]), tensor([2]))) // [2]
 */
export function imag(z: ComplexTensor): Tensor {
  if (!isComplex(z)) throw new NotSupportedError("imag is not implemented for tensors with non-complex dtypes.");
  return z.imag();
}
