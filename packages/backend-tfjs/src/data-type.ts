/** @file How tfjs holds each dtype, and arrays on the host. Knows no tensor. */
import { decodeHost, type DType, dtypes, DTypeError, encodeHost, type TypedArray } from "@adjoint/core/backend";

/** Named alike here and there. */
export type DataType = "float32" | "int32" | "bool";
export type DataArray = Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

export const supported: ReadonlySet<DType> = /*@__PURE__*/ new Set<DType>(["float32", "int32", "bool", "float16", "bfloat16", "int16", "int8", "uint8"]);

/** What is only stored is held as numbers of what it is computed in: a float32 that float16 has too, an int32 that uint8 has. */
export function dataTypeOf(dtype: DType): DataType {
  const { compute } = dtypes[dtype];
  if (compute === "float32" || compute === "int32" || compute === "bool") return compute;
  throw new DTypeError(`tfjs: ${dtype} is not a dtype of this device (${[...supported].join(", ")}); cast to float32`);
}

const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** A fresh array as tfjs takes it: of zeros, or of these numbers. */
export const dataArray = (dtype: DType, values: number | ArrayLike<number>): DataArray => {
  const DataArray = arrays[dataTypeOf(dtype)];
  return typeof values === "number" ? new DataArray(values) : new DataArray(values);
};

/** From the host layout to what tfjs takes, and back; always a fresh array. */
export const fromHost = (dtype: DType, values: TypedArray): DataArray => dataArray(dtype, decodeHost(dtype, values));
export const toHost = (dtype: DType, values: ArrayLike<number>): TypedArray => encodeHost(dtype, values);
