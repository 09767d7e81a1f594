/** @file Files made by hand, with the mistakes that a test wants: ZIP files without a library, pickles as text, safetensors by header. */
import { crc32, deflateRawSync } from "node:zlib";

const latin1 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (char) => char.charCodeAt(0));
const join = (pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.concat(pieces));
const numbers = (...pairs: readonly (readonly [width: number, value: number])[]): Uint8Array => join(pairs.map(([width, value]) => Uint8Array.from({ length: width }, (_, i) => Math.floor(value / 256 ** i) % 256)));

/** A pickle as latin-1 text, in which `X7:storage` stands for a string with its length, and `K12` for a number of one byte. */
export const pickled = (text: string): Uint8Array<ArrayBuffer> =>
  latin1(text.replace(/([XK])(\d+):?/g, (_, code: string, number: string) => code + String.fromCharCode(Number(number), ...(code === "X" ? [0, 0, 0] : []))));

/** What may be wrong with an entry. */
export type Wrong = { readonly deflated?: boolean; readonly size?: number; readonly packed?: number; readonly crc?: number; readonly at?: number; readonly method?: number; readonly flags?: number; readonly localName?: string };
/** A ZIP file of these entries. */
export function zipped(entries: Readonly<Record<string, Uint8Array>>, wrong: Readonly<Record<string, Wrong>> = {}): Uint8Array<ArrayBuffer> {
  const pieces: Uint8Array[] = [], directory: Uint8Array[] = [];
  let at = 0;
  for (const [name, bytes] of Object.entries(entries)) {
    const { deflated = false, localName = name, ...bad } = wrong[name] ?? {}, packed = deflated ? deflateRawSync(bytes) : bytes;
    const common = numbers([2, 20], [2, bad.flags ?? 0], [2, bad.method ?? (deflated ? 8 : 0)], [4, 0], [4, bad.crc ?? crc32(bytes)], [4, bad.packed ?? packed.length], [4, bad.size ?? bytes.length]);
    const local = join([numbers([4, 0x04034b50]), common, numbers([2, localName.length], [2, 0]), latin1(localName), packed]);
    directory.push(join([numbers([4, 0x02014b50], [2, 20]), common, numbers([2, name.length], [2, 0], [2, 0], [2, 0], [2, 0], [4, 0], [4, bad.at ?? at]), latin1(name)]));
    pieces.push(local);
    at += local.length;
  }
  const whole = join(directory), count = directory.length;
  return join([...pieces, whole, numbers([4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, whole.length], [4, at], [2, 0])]);
}

/** The same file with the sizes, places and counts of ZIP64, which files beyond 4 GiB have. */
export function asZip64(file: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const view = new DataView(file.buffer), start = view.getUint32(file.length - 6, true), directory: Uint8Array[] = [], NONE = 0xffffffff;
  let count = 0;
  for (let at = start; view.getUint32(at, true) === 0x02014b50; count++) {
    const [packed, size, nameBytes, local] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true), view.getUint16(at + 28, true), view.getUint32(at + 42, true)];
    const extra = numbers([2, 7], [2, 1], [1, 0], [2, 1], [2, 24], [8, size], [8, packed], [8, local]), name = file.subarray(at + 46, at + 46 + nameBytes);
    directory.push(join([file.subarray(at, at + 20), numbers([4, NONE], [4, NONE], [2, nameBytes], [2, extra.length], [2, 0], [2, 0], [2, 0], [4, 0], [4, NONE]), name, extra]));
    at += 46 + nameBytes;
  }
  const whole = join(directory), end = start + whole.length;
  return join([
    file.subarray(0, start), whole, numbers([4, 0x06064b50], [8, 44], [2, 45], [2, 45], [4, 0], [4, 0], [8, count], [8, count], [8, whole.length], [8, start]), numbers([4, 0x07064b50], [4, 0], [8, end], [4, 1]),
    numbers([4, 0x06054b50], [2, 0], [2, 0], [2, 0xffff], [2, 0xffff], [4, NONE], [4, NONE], [2, 0]),
  ]);
}

/** The entries of a ZIP file in which all are stored. */
export function unzipped(file: Uint8Array<ArrayBuffer>): Record<string, Uint8Array<ArrayBuffer>> {
  const view = new DataView(file.buffer, file.byteOffset), entries: Record<string, Uint8Array<ArrayBuffer>> = {};
  for (let at = view.getUint32(file.length - 6, true); view.getUint32(at, true) === 0x02014b50;) {
    const [size, nameBytes, extra, local] = [view.getUint32(at + 24, true), view.getUint16(at + 28, true), view.getUint16(at + 30, true), view.getUint32(at + 42, true)];
    const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    entries[Buffer.from(file.subarray(at + 46, at + 46 + nameBytes)).toString()] = file.slice(from, from + size);
    at += 46 + nameBytes + extra;
  }
  return entries;
}

/** A safetensors file of this header. */
export function safetensors(header: string | object, data: Uint8Array = new Uint8Array(), length?: number | bigint): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header)), start = new Uint8Array(8);
  new DataView(start.buffer).setBigUint64(0, BigInt(length ?? text.length), true);
  return join([start, text, data]);
}
