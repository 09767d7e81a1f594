/** @file The header of a safetensors file: what is where. Checks every rule of the format before anything else is read; knows no device. */
import type { Shape } from "@adjoint/core/functional";
import { countOf, isCount, isShape, type Stored, storedBytes } from "../elements.ts";
import { FormatError, UnsupportedFormatError } from "../errors.ts";
import { type Reader, shown, uint64, utf8 } from "../source.ts";
import { isRecord, recordOf, repeatedKey } from "./json.ts";

/** As in the reference implementation. */
const MAX_HEADER = 100_000_000;
const damaged = "; the file is damaged, or not a safetensors file";

/** The names of element types in safetensors files. */
export const storedByName: ReadonlyMap<string, Stored> = /*@__PURE__*/ new Map<string, Stored>([
  ["F64", "float64"], ["F32", "float32"], ["F16", "float16"], ["BF16", "bfloat16"], ["I64", "int64"], ["I32", "int32"], ["I16", "int16"], ["I8", "int8"], ["U8", "uint8"], ["BOOL", "bool"],
]);

/** What a safetensors file says of a tensor. */
export type SafetensorInfo = {
  /** The name of the format: "F32", "I64". */
  readonly dtype: string;
  readonly shape: Shape;
};
/** Where it lies, from the beginning of the file. */
export type Entry = SafetensorInfo & { readonly stored: Stored; readonly from: number; readonly to: number };
export type Header = { readonly metadata: Readonly<Record<string, string>>; readonly entries: ReadonlyMap<string, Entry> };

const fail = (message: string): never => { throw new FormatError("safetensors", message); };

export async function readHeader(reader: Reader): Promise<Header> {
  if (reader.size < 8) return fail(`${reader.size} bytes are too short for a header${damaged}`);
  const start = await reader.read(0, 8), length = uint64(new DataView(start.buffer, start.byteOffset, 8), 0);
  if (length > MAX_HEADER) return fail(`the header claims ${length === Infinity ? "more than 2^53" : length} bytes, more than the ${MAX_HEADER} that the format allows${damaged}`);
  if (length > reader.size - 8) return fail(`the header claims ${length} bytes, and ${reader.size - 8} follow; the file is cut off, or not a safetensors file`);
  const text = utf8(await reader.read(8, 8 + length));
  if (text === undefined) return fail(`the header is not valid UTF-8${damaged}`);
  return headerOf(text, 8 + length, reader.size);
}

function headerOf(text: string, base: number, size: number): Header {
  const parsed = text.startsWith("{") ? recordOf(text) : undefined;
  if (parsed === undefined) return fail(`the header is no JSON object${damaged}`);
  const repeated = repeatedKey(text);
  if (repeated !== undefined) return fail(`the header has the key ${shown(repeated)} twice${damaged}`);
  const { __metadata__: metadata = {}, ...tensors } = parsed;
  if (!isRecord(metadata)) return fail(`__metadata__ is no object`);
  checkNames([...Object.keys(metadata), ...Object.keys(tensors)]);
  for (const [key, value] of Object.entries(metadata)) if (typeof value !== "string") return fail(`__metadata__ may hold strings alone, and ${shown(key)} is none`);
  const entries = new Map(Object.entries(tensors).map(([name, info]) => [name, entryOf(name, info, base)]));
  checkLayout(entries, base, size);
  return { metadata: metadata as Readonly<Record<string, string>>, entries };
}

/** A record with this key would change its prototype where it is copied by assignment. */
function checkNames(names: readonly string[]): void {
  if (names.includes("__proto__")) fail("the name '__proto__' is not taken, since records with it are not safe to copy; rename it");
}

function entryOf(name: string, info: unknown, base: number): Entry {
  const what = `tensor ${shown(name)}`;
  if (!isRecord(info)) return fail(`${what} is no object of dtype, shape and data_offsets${damaged}`);
  const { dtype, shape, data_offsets: offsets } = info;
  if (typeof dtype !== "string") return fail(`${what} has no dtype${damaged}`);
  if (!Array.isArray(shape) || !isShape(shape)) return fail(`${what} has no shape of whole numbers${damaged}`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !isCount(offsets[0]) || !isCount(offsets[1])) return fail(`${what} has no data_offsets of two whole numbers${damaged}`);
  const stored = storedByName.get(dtype), count = countOf(shape), [from, to] = offsets as [number, number];
  if (stored === undefined) throw new UnsupportedFormatError("safetensors", `${what} is of ${shown(dtype)}, which is not read here: ${[...storedByName.keys()].join(", ")} are; convert it where the file was made`);
  if (count === undefined) return fail(`${what} has a shape of too many dims or elements: [${shape.slice(0, 8).join(", ")}${shape.length > 8 ? ", ..." : ""}]`);
  const bytes = count * storedBytes[stored];
  if (to - from !== bytes) return fail(`${what}: data_offsets [${from}, ${to}] hold ${to - from} bytes, and shape [${shape.join(", ")}] of ${dtype} takes ${bytes}${damaged}`);
  return { dtype, shape, stored, from: base + from, to: base + to };
}

/** One after the other from the end of the header to the end of the file: no holes, no overlaps. */
function checkLayout(entries: ReadonlyMap<string, Entry>, base: number, size: number): void {
  let end = base;
  for (const [name, { from, to }] of [...entries].sort(([, a], [, b]) => a.from - b.from || a.to - b.to)) {
    if (from !== end) fail(`tensor ${shown(name)} begins at byte ${from - base} of the data, and the one before it ends at ${end - base}: ${from > end ? "a hole is" : "overlaps are"} not allowed${damaged}`);
    end = to;
  }
  if (end !== size) fail(end > size ? `the tensors need ${end - base} bytes, and ${size - base} are there; the file is cut off` : `${size - end} bytes after the last tensor belong to none${damaged}`);
}
