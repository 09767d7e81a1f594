/** @file The memory of this backend as kernels see it: one typed array a buffer. Who allocates and pools is memory.ts. */
import type { DType, TypedArray, View } from "@adjoint/core/backend";

/** Elements of one dtype. `values` may be longer than `length`: pools round up. */
export class CpuBuffer {
  values: TypedArray;
  readonly dtype: DType;
  readonly length: number;

  constructor(values: TypedArray, dtype: DType, length: number) {
    this.values = values;
    this.dtype = dtype;
    this.length = length;
  }
}

export type CpuView = View<CpuBuffer>;

/** What a freed buffer and an idle slot hold. */
export const noValues: TypedArray = /*@__PURE__*/ new Float32Array(0);
