/** @file Reading and writing npz files: arrays by name, as npy files in a ZIP file. */
import type { Tensor } from "@adjoint/core/functional";
import { FormatError } from "../errors.ts";
import { type LoadOptions, placed, targetOf, type Waiting } from "../placing.ts";
import { checkTensors, type Tensors, written } from "../saving.ts";
import { readerOf, shown, type Source } from "../source.ts";
import { openZip, type ZipOptions } from "../zip/read.ts";
import { writeZip } from "../zip/write.ts";
import { npyHeader } from "./header.ts";
import { arrayBytes, arrayIn } from "./npy.ts";

const ENDING = ".npy";

/**
 * Reads an npz file, compressed or not: `numpy.load`. All arrays are checked before the first tensor is made.
 * @param source the bytes, or a Blob
 * @param options `device`: where the tensors are made; `dtype`: what floats are cast to; `maxInflated`: how many bytes compressed arrays may become in all
 * @returns a promise of the tensors by name
 * @throws FormatError for a damaged file, one beyond the limit, and integers that int32 cannot hold
 * @throws UnsupportedFormatError for what `loadNpy` refuses
 * @throws DTypeError for a dtype that the device does not take
 * @example (await loadNpz(await saveNpz({ x: ones([2]) }))).x // [1, 1]
 */
export async function loadNpz(source: Source, options: LoadOptions & ZipOptions = {}): Promise<Record<string, Tensor>> {
  const target = targetOf(options), zip = await openZip(readerOf("npz", source), options), waiting: [name: string, Waiting][] = [];
  for (const entry of zip.names) {
    const name = entry.slice(0, -ENDING.length);
    if (!entry.endsWith(ENDING) || name === "__proto__") throw new FormatError("npz", `entry ${shown(entry)} is no array; every entry is called NAME.npy, and NAME is not __proto__`);
    waiting.push([name, await arrayIn(readerOf("npz", await zip.read(entry)), `array ${shown(name)}`, target)]);
  }
  const made = placed(waiting.map(([, one]) => one), target.device);
  return Object.fromEntries(waiting.map(([name], i) => [name, made[i]!]));
}

export type NpzOptions = {
  /** Deflated, as by `numpy.savez_compressed`: false by default. */
  readonly compressed?: boolean;
};
/**
 * Writes tensors by name as an npz file: `numpy.savez`. The values are those at the call.
 * @param tensors of any shapes, and any dtypes but bfloat16
 * @param options `compressed`
 * @returns a promise of the bytes
 * @throws UnsupportedFormatError for bfloat16, and for more than 4 GiB
 * @throws ArgumentError for what is no tensor
 * @example Object.keys(await loadNpz(await saveNpz({ x: ones([2]) }, { compressed: true }))) // ["x"]
 */
export async function saveNpz(tensors: Tensors, { compressed = false }: NpzOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const named = checkTensors("npz", tensors);
  for (const [name, { dtype, shape }] of named) npyHeader(dtype, shape, `tensor ${shown(name)}`);
  // One by one, so that the values alone may go as soon as an array is whole.
  const entries = await Promise.all(named.map(async (pair) => {
    const [one] = await written([pair]);
    return { name: `${pair[0]}${ENDING}`, bytes: arrayBytes(one!) };
  }));
  return writeZip("npz", entries, { compressed });
}
