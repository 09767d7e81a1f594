/** @file What every device has to do with files: each of its dtypes goes out and comes back, views share memory, and a file holds the moment of the call. */
import { arange, type Backend, type DType, ones, setDefaultDevice, tensor, type Tensor } from "@adjoint/core";
import { load, loadNpz, loadSafetensors, save, saveNpz, saveSafetensors } from "@adjoint/io";
import { expect } from "vitest";

const all: readonly DType[] = ["float64", "float32", "float16", "bfloat16", "int32", "int16", "int8", "uint8", "bool"];

export async function checkFiles(device: Backend): Promise<void> {
  setDefaultDevice(device);
  const dtypes = all.filter((dtype) => device.dtypes.has(dtype)), made = (dtype: DType): Tensor => tensor([[0, 1, 2], [3, 1, 0]], { dtype });
  const tensors: Record<string, Tensor> = Object.fromEntries(dtypes.flatMap((dtype) => [[dtype, made(dtype)], [`${dtype} turned`, made(dtype).t()], [`${dtype} in part`, made(dtype).slice(1, 1)]]));
  const { bfloat16: _, "bfloat16 turned": _turned, "bfloat16 in part": _part, ...numpy } = tensors;
  for (const [got, given] of [[await load<typeof tensors>(await save(tensors)), tensors], [(await loadSafetensors(await saveSafetensors(tensors))).tensors, tensors], [await loadNpz(await saveNpz(numpy, { compressed: true })), numpy]] as const)
    for (const [name, x] of Object.entries(given)) {
      expect([got[name].dtype, got[name].device === device], name).toEqual([x.dtype, true]);
      expect(await got[name].toArray(), name).toEqual(await x.toArray());
    }

  const base = arange(6).float(), shared = await load<Record<string, Tensor>>(await save({ base, turned: base.reshape([2, 3]).t(), tail: base.slice(0, 4) }));
  shared["base"].mul_(2);
  expect([await shared["turned"].toArray(), await shared["tail"].toArray()]).toEqual([[[0, 6], [2, 8], [4, 10]], [8, 10]]);

  const x = ones([3]), files = [save({ x }), saveSafetensors({ x }), saveNpz({ x })] as const;
  x.zero_();
  for (const got of [await load<Record<string, Tensor>>(await files[0]), (await loadSafetensors(await files[1])).tensors, await loadNpz(await files[2])]) expect(await got["x"].toArray()).toEqual([1, 1, 1]);
}
