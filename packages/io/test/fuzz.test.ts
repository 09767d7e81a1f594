/** @file Damaged files, thousands of each kind: a typed error or tensors, never another exception, nor much time or memory. */
import { cpu } from "@adjoint/backend-cpu-js";
import { AdjointError, isTensor, memory, setDefaultDevice, type Tensor } from "@adjoint/core";
import { load, loadNpy, loadNpz, loadSafetensors, saveSafetensors, type Source } from "@adjoint/io";
import { expect, it } from "vitest";
import { fixture } from "./files.ts";
import { unzipped, zipped } from "./making.ts";

/** A small generator with a seed, so that a failure can be made again. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) % below;
  };
}
/** What breaks readers: numbers at the edges of their ranges. */
const edges = [0, 1, 0x7f, 0x80, 0xfe, 0xff];
function damaged(file: Uint8Array<ArrayBuffer>, seed: number): Uint8Array<ArrayBuffer> {
  const below = random(seed);
  let out = file.slice();
  for (let i = below(4); i >= 0; i--) {
    const at = below(out.length), length = 1 + below(8);
    switch (below(7)) {
      case 0: out[at] ^= 1 << below(8); break;
      case 1: out[at] = edges[below(edges.length)]; break;
      case 2: out.fill(edges[below(edges.length)], at, at + length); break;
      case 3: out = out.slice(0, at + 1); break;
      case 4: out.copyWithin(at, below(out.length), below(out.length)); break;
      case 5: out = new Uint8Array([...out.subarray(0, at), ...out.subarray(Math.min(out.length - 1, at + length))]); break;
      default: out = new Uint8Array([...out.subarray(0, at), ...out.subarray(at, at + length), ...out.subarray(at)]);
    }
  }
  return out;
}
/** Frees the tensors in a value. */
function free(value: unknown): void {
  if (isTensor(value)) value.dispose();
  else if (value instanceof Map) [...value.values()].forEach(free);
  else if (typeof value === "object" && value !== null) Object.values(value).forEach(free);
}

const COUNT = 2000;
type Bytes = Uint8Array<ArrayBuffer>;
/** Of a ZIP file what is in an entry, with a right checksum, since most damage ends there otherwise. */
const within = (name: string) => (file: Bytes, seed: number): Bytes => {
  const { [name]: entry, ...rest } = unzipped(file);
  return zipped({ ...rest, [name]: damaged(entry, seed) });
};
it.each<[string, () => Promise<Bytes>, (file: Bytes, seed: number) => Bytes, (source: Source) => Promise<unknown>]>([
  ["safetensors", async () => saveSafetensors(await load<Record<string, Tensor>>(fixture("dtypes.pt")), { metadata: { a: "b" } }), damaged, loadSafetensors],
  ["npy", async () => fixture("fortran.npy"), damaged, loadNpy],
  ["npz, stored", async () => fixture("stored.npz"), damaged, loadNpz],
  ["npz, deflated", async () => fixture("deflated.npz"), damaged, loadNpz],
  ["npz, an array of it", async () => fixture("stored.npz"), within("fortran.npy"), loadNpz],
  ["torch", async () => fixture("training-Adam.pt"), damaged, load],
  ["torch, a pickle of tensors", async () => fixture("shared.pt"), within("shared/data.pkl"), load],
  ["torch, a pickle of values", async () => fixture("plain.pt"), within("plain/data.pkl"), load],
])("%s", async (_, make, damage, read) => {
  setDefaultDevice(cpu());
  const file = await make();
  setDefaultDevice(cpu());
  let refused = 0;
  for (let seed = 1; seed <= COUNT; seed++) {
    try {
      const value = await read(damage(file, seed)), { bytes } = memory();
      free(value);
      expect(bytes, `seed ${seed}`).toBeLessThan(10 * file.length + 100_000);
    } catch (error) {
      if (!(error instanceof AdjointError)) throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
      refused++;
    }
    expect(memory(), `seed ${seed}`).toEqual({ tensors: 0, bytes: 0 });
  }
  expect(refused).toBeGreaterThan(COUNT / 4);
  expect(refused).toBeLessThan(COUNT);
});
