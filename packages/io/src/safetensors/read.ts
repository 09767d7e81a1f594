/** @file Reading safetensors files: whole ones, or some tensors of one, without the rest. */
import { ArgumentError, type Tensor } from "@adjoint/core/functional";
import { decodeElements } from "../elements.ts";
import { type LoadOptions, placed, placedDType, type Target, targetOf, type Waiting } from "../placing.ts";
import { type Reader, readerOf, shown, type Source } from "../source.ts";
import { type Entry, type Header, readHeader, type SafetensorInfo } from "./header.ts";

/** A safetensors file, or several that belong together, of which the headers were read and checked. Tensors are read when they are asked for. */
export interface SafetensorsFile {
  /** The names of all tensors. */
  readonly names: readonly string[];
  /** What the file says of itself. */
  readonly metadata: Readonly<Record<string, string>>;
  /** What the file says of a tensor. @throws ArgumentError for a name that is not there */
  info(name: string): SafetensorInfo;
  /** Reads one tensor. @throws ArgumentError for a name that is not there, FormatError for an int64 beyond int32, DTypeError for a dtype that the device does not take */
  tensor(name: string): Promise<Tensor>;
  /** Reads some tensors, or all. All are checked before the first is made. */
  tensors(names?: readonly string[]): Promise<Record<string, Tensor>>;
}

/** A tensor in a file. */
export type Located = { readonly reader: Reader; readonly entry: Entry };

const placeOf = (name: string): { readonly file: "safetensors"; readonly tensor: string } => ({ file: "safetensors", tensor: `tensor ${shown(name)}` });
const waiting = async (name: string, { reader, entry }: Located, target: Target): Promise<Waiting> => {
  const { stored, shape, from, to } = entry, place = placeOf(name), dtype = placedDType(target, stored, place);
  return { values: decodeElements(await reader.read(from, to), stored, place), stored, dtype, shape };
};

/** @internal One file, or several, as one record of tensors. */
export function fileOf(located: ReadonlyMap<string, Located>, metadata: Readonly<Record<string, string>>, target: Target): SafetensorsFile {
  const at = (name: string): Located => {
    const found = located.get(name);
    if (found === undefined) throw new ArgumentError(`safetensors: there is no tensor ${shown(String(name))}; \`names\` lists those that are there`);
    return found;
  };
  const names = [...located.keys()];
  const read = async (wanted: readonly string[]): Promise<Tensor[]> => {
    const places = wanted.map((name) => [name, at(name)] as const);
    for (const [name, { entry }] of places) placedDType(target, entry.stored, placeOf(name));
    return placed(await Promise.all(places.map(([name, where]) => waiting(name, where, target))), target.device);
  };
  return {
    names, metadata,
    info(name) {
      const { dtype, shape } = at(name).entry;
      return { dtype, shape };
    },
    tensor: async (name) => (await read([name]))[0]!,
    async tensors(wanted = names) {
      const made = await read(wanted);
      return Object.fromEntries(wanted.map((name, i) => [name, made[i]!]));
    },
  };
}

/** @internal */
export const locatedIn = (reader: Reader, { entries }: Header): Map<string, Located> => new Map([...entries].map(([name, entry]) => [name, { reader, entry }]));

/**
 * Opens a safetensors file: the header is read and checked, tensors when they are asked for. Of a Blob the rest stays where it is.
 * @param source the bytes, or a Blob: in Node `await openAsBlob(path)`
 * @param options `device` and `dtype` of what is read from it
 * @returns a promise of the file
 * @throws FormatError for a file that breaks a rule of the format
 * @throws UnsupportedFormatError for a dtype that is not read here
 * @example (await openSafetensors(await saveSafetensors({ weight: ones([2]) }))).names // ["weight"]
 */
export async function openSafetensors(source: Source, options: LoadOptions = {}): Promise<SafetensorsFile> {
  const target = targetOf(options), reader = readerOf("safetensors", source), header = await readHeader(reader);
  return fileOf(locatedIn(reader, header), header.metadata, target);
}

/** What a safetensors file holds. */
export type Safetensors = { readonly tensors: Record<string, Tensor>; readonly metadata: Readonly<Record<string, string>> };
/**
 * Reads a safetensors file: `load` of the Python package. I64 becomes int32, with a check.
 * @param source the bytes, or a Blob
 * @param options `device`: where the tensors are made; `dtype`: what floats are cast to
 * @returns a promise of the tensors by name, and of the metadata
 * @throws FormatError for a file that breaks a rule of the format, and for integers that int32 cannot hold
 * @throws UnsupportedFormatError for a dtype that is not read here
 * @throws DTypeError for a dtype that the device does not take
 * @example (await loadSafetensors(await saveSafetensors({ weight: ones([2]) }))).tensors.weight // [1, 1]
 */
export async function loadSafetensors(source: Source, options: LoadOptions = {}): Promise<Safetensors> {
  const file = await openSafetensors(source, options);
  return { tensors: await file.tensors(), metadata: file.metadata };
}
