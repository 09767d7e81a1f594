/** @file PyTorch's names of tensor types, for its error texts. */
import type { DType } from "@adjoint/core/functional";

const names: Readonly<Record<string, string>> = {
  float32: "Float", float64: "Double", float16: "Half", bfloat16: "BFloat16", int32: "Int", int16: "Short", int8: "Char", uint8: "Byte", bool: "Bool",
};
export const dtypeName = (dtype: DType): string => `torch.${names[dtype] ?? dtype}Tensor`;
