/** @file Bytes from outside: in memory, or read piece by piece from a Blob. Knows no format. */
import { ArgumentError } from "@adjoint/core/functional";
import { isCount } from "./elements.ts";
import { type FileKind, FormatError } from "./errors.ts";

/** Bytes that are read when they are needed: a Blob or a File is one, and so is what `openAsBlob` of Node's `fs` gives. */
export interface ByteSource {
  /** In bytes. */
  readonly size: number;
  /** The bytes from `from` to before `to`. */
  slice(from: number, to: number): { arrayBuffer(): Promise<ArrayBuffer> };
}
/** What files are read from. */
export type Source = ArrayBuffer | ArrayBufferView | ByteSource;

/** A source of a known kind of file. */
export type Reader = {
  readonly file: FileKind;
  readonly size: number;
  /** The caller keeps within the size. Bytes in memory are not copied. */
  read(from: number, to: number): Promise<Uint8Array<ArrayBuffer>>;
};

const isSource = (value: unknown): value is ByteSource =>
  typeof value === "object" && value !== null && "size" in value && typeof value.size === "number" && "slice" in value && typeof value.slice === "function";
const bytesOf = (source: unknown): Uint8Array | undefined =>
  ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : source instanceof ArrayBuffer ? new Uint8Array(source) : undefined;
const isUnshared = (bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> => bytes.buffer instanceof ArrayBuffer;

/** @throws ArgumentError for what is no source */
export function readerOf(file: FileKind, source: Source): Reader {
  const bytes = bytesOf(source);
  // Decoders refuse memory that is shared, and another thread could change it after it was checked.
  if (bytes !== undefined) {
    const size = bytes.length;
    return {
      file, size,
      async read(from, to) {
        if (bytes.length !== size) throw new FormatError(file, `the bytes were transferred, or their buffer was resized, while they were read`);
        return isUnshared(bytes) ? bytes.subarray(from, to) : bytes.slice(from, to);
      },
    };
  }
  if (!isSource(source)) throw new ArgumentError(`${file}: expected the bytes of a file, as an ArrayBuffer, a Uint8Array or a Blob, got ${source === null ? "null" : typeof source}; in Node: await readFile(path), or await openAsBlob(path)`);
  const { size } = source;
  if (!isCount(size)) throw new ArgumentError(`${file}: expected a source with a size in bytes, got ${size}`);
  return {
    file, size,
    async read(from, to) {
      const read = new Uint8Array(await source.slice(from, to).arrayBuffer());
      if (read.length !== to - from) throw new FormatError(file, `${to - from} bytes from ${from} on were asked of the source, and ${read.length} came; was the file changed while it was read?`);
      return read;
    },
  };
}

/** UTF-8 that is valid from end to end; undefined for other bytes. */
export function utf8(bytes: Uint8Array<ArrayBuffer>): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
/** Little-endian, of whole numbers below 2^53; Infinity beyond, which no check lets pass. */
export function uint64(view: DataView, at: number): number {
  const value = view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
  return Number.isSafeInteger(value) ? value : Infinity;
}
/** A name in a message: short, and on one line. */
export const shown = (text: string): string => `'${(text.length > 80 ? `${text.slice(0, 77)}...` : text).replace(/[\p{Cc}'\\]/gu, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`)}'`;
