/** @file Every format in Chromium: its streams inflate, its Blobs are read in part. */
import { cpu } from "@adjoint/backend-cpu-js";
import { ones, setDefaultDevice, tensor } from "@adjoint/core";
import { FormatError, load, loadNpy, loadNpz, openSafetensors, save, saveNpy, saveNpz, saveSafetensors } from "@adjoint/io";
import { beforeAll, expect, it } from "vitest";

beforeAll(() => setDefaultDevice(cpu()));
const tensors = () => ({ a: tensor([[1.5, -2], [3, 4]]), b: tensor([true, false]), c: ones([300, 100], { dtype: "float16" }) });

it.each<[string, (x: ReturnType<typeof tensors>) => Promise<Uint8Array<ArrayBuffer>>, (source: Blob) => Promise<Record<string, { toArraySync(): unknown }>>]>([
  ["torch", save, (source) => load(source)],
  ["safetensors", saveSafetensors, async (source) => (await openSafetensors(source)).tensors()],
  ["npz", saveNpz, loadNpz],
  ["npz, compressed", (x) => saveNpz(x, { compressed: true }), loadNpz],
])("%s", async (_, write, read) => {
  const all = tensors(), got = await read(new File([await write(all)], "x"));
  for (const [name, x] of Object.entries(all)) expect(got[name].toArraySync(), name).toEqual(x.toArraySync());
});
it("npy", async () => {
  expect((await loadNpy(new Blob([await saveNpy(tensor([[1, 2]]).t())]))).toArraySync()).toEqual([[1], [2]]);
});
it("deflated data that is damaged at any place is an error, and nothing else", async () => {
  const bytes = await saveNpz({ x: ones([100, 100]) }, { compressed: true });
  for (let at = 30; at < bytes.length; at += 3) {
    const damaged = bytes.slice();
    damaged[at] ^= 0xff;
    await loadNpz(damaged).catch((error: unknown) => expect(error).toBeInstanceOf(FormatError));
  }
});
