/** @file Reading entries of ZIP files, bounded: no entry gives more than the file says, and all together no more than a limit. */
import { ArgumentError } from "@adjoint/core/functional";
import { FormatError } from "../errors.ts";
import { type Reader, shown, utf8 } from "../source.ts";
import { crc32 } from "./crc32.ts";
import { readDirectory, type ZipEntry } from "./directory.ts";
import { inflate } from "./inflate.ts";

export type ZipOptions = {
  /** How many bytes what is compressed may become in all: 2^30 by default. What is not compressed is no larger than its file. */
  readonly maxInflated?: number;
};
export type Zip = { readonly names: readonly string[]; has(name: string): boolean; sizeOf(name: string): number; read(name: string): Promise<Uint8Array<ArrayBuffer>> };

export async function openZip(reader: Reader, { maxInflated = 2 ** 30 }: ZipOptions): Promise<Zip> {
  if (!(maxInflated >= 0)) throw new ArgumentError(`maxInflated: expected a number of bytes, got ${maxInflated}`);
  const { entries, from } = await readDirectory(reader);
  const inflated = [...entries.values()].reduce((sum, { isDeflated, size }) => sum + (isDeflated ? size : 0), 0);
  if (inflated > maxInflated) throw new FormatError(reader.file, `it would become ${inflated} bytes, more than the limit of ${maxInflated}; raise maxInflated if the file is to be trusted`);
  const entry = (name: string): ZipEntry => entries.get(name) ?? missing(reader, name);
  return { names: [...entries.keys()], has: (name) => entries.has(name), sizeOf: (name) => entry(name).size, read: (name) => extracted(reader, entry(name), from) };
}

function missing({ file }: Reader, name: string): never {
  throw new FormatError(file, `entry ${shown(name)} is missing; the file is damaged`);
}

async function extracted(reader: Reader, entry: ZipEntry, end: number): Promise<Uint8Array<ArrayBuffer>> {
  const { name, at, nameBytes, packed, size, isDeflated, crc } = entry;
  const fail = (message: string): never => { throw new FormatError(reader.file, `entry ${shown(name)} ${message}; the file is damaged`); };
  // That these bytes are there was checked: they are a part of the entry.
  const header = await reader.read(at, at + 30 + nameBytes), view = new DataView(header.buffer, header.byteOffset, 30);
  if (view.getUint32(0, true) !== 0x04034b50 || view.getUint16(26, true) !== nameBytes || utf8(header.subarray(30)) !== name) return fail("has no header of its own");
  const from = at + 30 + nameBytes + view.getUint16(28, true);
  if (from + packed > end) return fail("reaches beyond the entries");
  const bytes = await reader.read(from, from + packed), out = isDeflated ? await inflate(bytes, size) : bytes;
  if (out === undefined) return fail(`does not inflate to the ${size} bytes that it claims`);
  return crc32(out) === crc ? out : fail("has another checksum than the file says");
}
