/** @file What checks through the public API share. */
import type { WebGpuBackend } from "@adjoint/backend-webgpu";
import { tensor, type Tensor } from "@adjoint/core";

export type Check = { readonly name: string; readonly run: () => Promise<void> };
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}
export async function failure(act: () => unknown): Promise<unknown> {
  try {
    await act();
  } catch (error) {
    return error;
  }
  return undefined;
}
export const list = async (x: Tensor): Promise<number[]> => Array.from(await x.data());

/** A weight and a loss of it: 78, and in the weight [6, 10, 14, 22]. */
export function model(device: WebGpuBackend): { readonly w: Tensor; readonly step: () => Tensor } {
  const w = tensor([[1, 2], [3, 4]], { device, requiresGrad: true });
  const step = (): Tensor => {
    const loss = w.matmul(tensor([[1, 0], [1, 1]], { device })).square().sum();
    loss.backward();
    return loss;
  };
  return { w, step };
}
