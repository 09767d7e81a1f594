/** @file The dtypes that tfjs computes in, and their arrays on the host. Knows no tensor. */
import { type DType, dtypes, DTypeError } from "@adjoint/core/backend";

/** Named alike here and there. */
export type DataType = "float32" | "int32" | "bool";
export type HostArray = Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

export const supported: ReadonlySet<DType> = /*@__PURE__*/ new Set<DType>(["float32", "int32", "bool"]);

export function dataTypeOf(dtype: DType): DataType {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return dtype;
  const remedy = dtype === "float64" ? "float32" : dtypes[dtype].compute;
  throw new DTypeError(`tfjs: ${dtype} is not a dtype of this device (${[...supported].join(", ")}); cast to ${remedy}`);
}

const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** A fresh array in the host layout: of zeros, or of these values. */
export const hostArray = (dtype: DType, values: number | ArrayLike<number>): HostArray => {
  const HostArray = arrays[dataTypeOf(dtype)];
  return typeof values === "number" ? new HostArray(values) : new HostArray(values);
};
