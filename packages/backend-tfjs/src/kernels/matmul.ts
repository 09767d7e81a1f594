/** @file `matmul`: batches of matrix products. */
import { DTypeError, type Kernel, type PrimitiveAttrs } from "@adjoint/core/backend";
import { matMul, reshape, type Tensor, type Tensor3D } from "@tensorflow/tfjs-core";
import { load, store, type TfjsBuffer, type TfjsView } from "../buffer.ts";
import { upload } from "../host.ts";

export const matmul: Kernel<PrimitiveAttrs["matmul"], TfjsBuffer> = ([x, y], [output]) => {
  if (output!.dtype === "bool") throw new DTypeError("tfjs: matmul of bool; cast to int32 or float32");
  store(output!, multiply(matrices(x!), matrices(y!)));
};

const matrices = (view: TfjsView): Tensor3D => reshape(load(view), [view.shape[0]! * view.shape[1]!, view.shape[2]!, view.shape[3]!]);

/** `[b, m, k] x [b, k, n]` of float32 or int32; the latter on the host: tfjs multiplies int32 in floating point, which loses the low bits before it wraps. */
export function multiply(x: Tensor3D, y: Tensor3D): Tensor {
  if (x.dtype !== "int32") return matMul(x, y);
  const [batches, m, k] = x.shape, n = y.shape[2];
  const a = x.dataSync(), b = y.dataSync(), out = new Int32Array(batches * m * n);
  for (let row = 0; row < batches * m; row++) {
    const matrix = Math.floor(row / m) * k * n;
    for (let column = 0; column < n; column++) {
      let sum = 0;
      for (let p = 0; p < k; p++) sum = (sum + Math.imul(a[row * k + p]!, b[matrix + p * n + column]!)) | 0;
      out[row * n + column] = sum;
    }
  }
  return upload("int32", out);
}
