/** @file The directory at the end of a ZIP file: which entries there are, and where. Checks that they lie apart; reads no entry. */
import { FormatError, UnsupportedFormatError } from "../errors.ts";
import { type Reader, shown, uint64, utf8 } from "../source.ts";

/** An entry as the directory has it. */
export type ZipEntry = { readonly name: string; readonly nameBytes: number; readonly isDeflated: boolean; readonly size: number; readonly packed: number; readonly crc: number; readonly at: number };
export type Directory = { readonly entries: ReadonlyMap<string, ZipEntry>; /** Where entries end. */ readonly from: number };

const EOCD = 22, LOCATOR = 20, EOCD64 = 56, HEADER = 46;
/** What is at the end of a file at most: a comment has two bytes for its length. */
const MAX_TAIL = EOCD + LOCATOR + EOCD64 + 0xffff;
/** Some 200,000 entries. */
const MAX_DIRECTORY = 16 * 1024 * 1024;
/** What deflate can make of a byte. */
const MAX_RATIO = 1032;

type End = { readonly count: number; readonly size: number; readonly from: number; readonly at: number };
type Fail = (message: string) => never;

export async function readDirectory(reader: Reader): Promise<Directory> {
  const fail: Fail = (message) => { throw new FormatError(reader.file, `${message}; the file is damaged or cut off`); };
  const start = Math.max(0, reader.size - MAX_TAIL), tail = await reader.read(start, reader.size);
  const { count, size, from, at } = endOf(tail, start, fail, reader);
  if (size > MAX_DIRECTORY || count * HEADER > size) return fail(`its directory has ${size} bytes for ${count} entries`);
  if (from + size > at) return fail("its directory does not lie before its end");
  const bytes = await reader.read(from, from + size), entries = entriesOf(bytes, count, reader, fail);
  apart(entries, from, fail);
  return { entries, from };
}

function endOf(tail: Uint8Array<ArrayBuffer>, start: number, fail: Fail, { file }: Reader): End {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.length);
  let at = tail.length - EOCD;
  while (at >= 0 && !(view.getUint32(at, true) === 0x06054b50 && at + EOCD + view.getUint16(at + 20, true) === tail.length)) at--;
  if (at < 0) return fail("it is no ZIP file: the record at its end is missing");
  const [disk, first, here, count] = [4, 6, 8, 10].map((field) => view.getUint16(at + field, true)) as [number, number, number, number], size = view.getUint32(at + 12, true), from = view.getUint32(at + 16, true);
  const locator = at - LOCATOR;
  if (locator >= 0 && view.getUint32(locator, true) === 0x07064b50) {
    const end = uint64(view, locator + 8), place = end - start;
    if (view.getUint32(locator + 4, true) !== 0 || !(place >= 0 && place + EOCD64 <= locator) || view.getUint32(place, true) !== 0x06064b50) return fail("its ZIP64 record is not where it is said to be");
    return { count: uint64(view, place + 32), size: uint64(view, place + 40), from: uint64(view, place + 48), at: end };
  }
  if (disk !== 0 || first !== 0 || here !== count) throw new UnsupportedFormatError(file, "a ZIP file in several parts is not read; join them first");
  return { count, size, from, at: start + at };
}

function entriesOf(bytes: Uint8Array<ArrayBuffer>, count: number, { file }: Reader, fail: Fail): Map<string, ZipEntry> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length), entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + HEADER > bytes.length || view.getUint32(at, true) !== 0x02014b50) return fail(`entry ${i} of its directory is missing`);
    const [flags, method, nameBytes, extraBytes, commentBytes] = [8, 10, 28, 30, 32].map((field) => view.getUint16(at + field, true)) as [number, number, number, number, number], crc = view.getUint32(at + 16, true);
    const extra = at + HEADER + nameBytes, end = extra + extraBytes + commentBytes;
    if (end > bytes.length) return fail(`entry ${i} of its directory is cut off`);
    const name = utf8(bytes.subarray(at + HEADER, extra));
    if (name === undefined) return fail(`the name of entry ${i} is not valid UTF-8`);
    const short = [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)] as const;
    const [size, packed, place] = short.includes(0xffffffff) ? longOf(view, extra, extra + extraBytes, short, fail, name) : short;
    if (entries.has(name)) return fail(`entry ${shown(name)} is there twice`);
    if ((flags & 1) !== 0) throw new UnsupportedFormatError(file, `entry ${shown(name)} is encrypted; decrypt the file first`);
    if (method !== 0 && method !== 8) throw new UnsupportedFormatError(file, `entry ${shown(name)} is compressed by method ${method}; stored and deflated ones are read`);
    if (method === 0 ? size !== packed : size > packed * MAX_RATIO) return fail(`entry ${shown(name)} claims ${size} bytes, which ${packed} cannot hold`);
    entries.set(name, { name, nameBytes, isDeflated: method === 8, size, packed, crc, at: place });
    at = end;
  }
  return entries;
}

/** The extra field of ZIP64 has, in this order, those numbers for which there was no room. */
function longOf(view: DataView, from: number, to: number, short: readonly [number, number, number], fail: Fail, name: string): [number, number, number] {
  for (let at = from; at + 4 <= to;) {
    const id = view.getUint16(at, true), end = at + 4 + view.getUint16(at + 2, true);
    if (end > to) break;
    if (id === 1) {
      let place = at + 4;
      const long = short.map((value) => {
        if (value !== 0xffffffff) return value;
        place += 8;
        return place <= end ? uint64(view, place - 8) : Infinity;
      });
      if (long.every(Number.isSafeInteger)) return long as [number, number, number];
      break;
    }
    at = end;
  }
  return fail(`entry ${shown(name)} lacks its sizes`);
}

/** Entries that share bytes make a small file a large one. */
function apart(entries: ReadonlyMap<string, ZipEntry>, end: number, fail: Fail): void {
  let before = 0;
  for (const { name, at, nameBytes, packed } of [...entries.values()].sort((a, b) => a.at - b.at)) {
    if (at < before) fail(`entry ${shown(name)} lies over the one before it`);
    before = at + 30 + nameBytes + packed;
    if (before > end) fail(`entry ${shown(name)} reaches beyond the entries`);
  }
}
