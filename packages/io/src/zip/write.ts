/** @file Writing ZIP files: stored or deflated, without a date, the same bytes for the same entries. */
import { type FileKind, UnsupportedFormatError } from "../errors.ts";
import { joined } from "../saving.ts";
import { shown } from "../source.ts";
import { crc32 } from "./crc32.ts";
import { deflate } from "./inflate.ts";

export type ZipInput = { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> };
export type ZipWriteOptions = {
  readonly compressed?: boolean;
  /** Stored bytes begin at multiples of it. */
  readonly alignment?: number;
};

/** 1980-01-01, the first day there is. */
const DAY = 0x21;
const LIMIT = 0xffff_fffe;

type Numbers = readonly (readonly [width: 2 | 4, value: number])[];
function record(numbers: Numbers, ...rest: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(numbers.reduce((size, [width]) => size + width, 0)), view = new DataView(bytes.buffer);
  let at = 0;
  for (const [width, value] of numbers) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += width;
  }
  return joined([bytes, ...rest]);
}

/** Filling, as PyTorch writes it: an extra field "FB". */
function filling(at: number, alignment: number): Uint8Array {
  const bare = (alignment - (at % alignment)) % alignment;
  if (bare === 0) return new Uint8Array();
  const size = bare < 4 ? bare + alignment : bare, bytes = new Uint8Array(size).fill(0x5a);
  bytes.set([0x46, 0x42, (size - 4) & 255, (size - 4) >> 8]);
  return bytes;
}

/** @throws UnsupportedFormatError for more than 4 GiB, or 65,534 entries */
export async function writeZip(file: FileKind, entries: readonly ZipInput[], { compressed = false, alignment = 1 }: ZipWriteOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [], directory: Uint8Array[] = [];
  let at = 0;
  const tooLarge = (): never => { throw new UnsupportedFormatError(file, "more than 4 GiB, or 65,534 entries, are not written into one ZIP file; use safetensors, or several files"); };
  if (entries.length > 0xfffe || entries.reduce((size, { bytes }) => size + bytes.length, 0) > LIMIT) return tooLarge();
  for (const { name, bytes } of entries) {
    const nameBytes = new TextEncoder().encode(name);
    if (nameBytes.length > 0xffff) throw new UnsupportedFormatError(file, `a name takes ${nameBytes.length} bytes, and a ZIP file has room for 65,535: ${shown(name)}`);
    const packed = compressed ? await deflate(bytes) : bytes, extra = filling(at + 30 + nameBytes.length, alignment);
    const common: Numbers = [[2, 20], [2, nameBytes.length === name.length ? 0 : 0x800], [2, compressed ? 8 : 0], [2, 0], [2, DAY], [4, crc32(bytes)], [4, packed.length], [4, bytes.length], [2, nameBytes.length]];
    const local = record([[4, 0x04034b50], ...common, [2, extra.length]], nameBytes, extra);
    directory.push(record([[4, 0x02014b50], [2, 20], ...common, [2, 0], [2, 0], [2, 0], [2, 0], [4, 0], [4, at]], nameBytes));
    pieces.push(local, packed);
    at += local.length + packed.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  if (at + size > LIMIT) return tooLarge();
  return joined([...pieces, ...directory, record([[4, 0x06054b50], [2, 0], [2, 0], [2, entries.length], [2, entries.length], [4, size], [4, at], [2, 0]])]);
}
