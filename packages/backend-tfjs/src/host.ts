/** @file Between host arrays and tfjs tensors, and scalar instructions computed on the host. Knows no buffer or view. */
import { type DType, evaluateInstruction, type InstructionName, roundTo } from "@adjoint/core/backend";
import { scalar, type Tensor, type Tensor1D, tensor1d } from "@tensorflow/tfjs-core";
import { type DataArray, dataArray, dataTypeOf } from "./data-type.ts";

/** tfjs keeps the array that it is given: hand over only what nobody writes to again. */
export const upload = (dtype: DType, values: DataArray): Tensor1D => tensor1d(values, dataTypeOf(dtype));

/** Row-major numbers of elements, as an index tensor. */
export const uploadPositions = (positions: Int32Array): Tensor1D => tensor1d(positions, "int32");

/** A number of a program, rounded to its dtype. */
export const constant = (dtype: DType, value: number): Tensor => scalar(roundTo(dtype, value), dataTypeOf(dtype));

/** One instruction of a program at all elements of a call. */
export type Site = {
  readonly name: InstructionName;
  /** Of the first operand. */
  readonly operand: DType;
  readonly result: DType;
  /** The number of elements; an operand of rank 0 is the same at each. */
  readonly size: number;
};

/** The reference semantics, element by element: waits for the operands. */
export function onHost(site: Site, operands: readonly Tensor[]): Tensor {
  const values = operands.map((x) => x.dataSync());
  const isConstant = operands.every((x) => x.rank === 0);
  const out = dataArray(site.result, isConstant ? 1 : site.size);
  const at = operands.map(() => 0);
  for (let i = 0; i < out.length; i++) {
    for (let k = 0; k < values.length; k++) at[k] = values[k]!.length === 1 ? values[k]![0]! : values[k]![i]!;
    out[i] = evaluateInstruction(site.name, site.operand, site.result, at);
  }
  return isConstant ? scalar(out[0]!, dataTypeOf(site.result)) : upload(site.result, out);
}
