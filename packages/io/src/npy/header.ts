/** @file The header of an npy file, of versions 1 to 3: NumPy's `numpy.lib.format`. */
import type { DType, Shape } from "@adjoint/core/functional";
import { countOf, isShape, type Stored, storedBytes } from "../elements.ts";
import { FormatError, UnsupportedFormatError } from "../errors.ts";
import { type Reader, shown, utf8 } from "../source.ts";
import { type Literal, literalOf } from "./literal.ts";

/** NumPy itself reads 10,000 characters unless it is told to trust the file. */
const MAX_HEADER = 65_536;
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

const storedByCode: ReadonlyMap<string, Stored> = /*@__PURE__*/ new Map<string, Stored>([
  ["f8", "float64"], ["f4", "float32"], ["f2", "float16"], ["i8", "int64"], ["i4", "int32"], ["i2", "int16"], ["i1", "int8"], ["u1", "uint8"], ["b1", "bool"], ["?", "bool"],
]);
/** NumPy's names of dtypes; it has none for bfloat16. */
const codes = { float64: "<f8", float32: "<f4", float16: "<f2", bfloat16: undefined, int32: "<i4", int16: "<i2", int8: "|i1", uint8: "|u1", bool: "|b1" } as const satisfies Record<DType, string | undefined>;
/** What other letters stand for, and what to do. */
const refused: ReadonlyMap<string, string> = /*@__PURE__*/ new Map([
  ["O", "of Python objects, which are code; save the numbers in it as arrays of their own"],
  ["V", "of raw bytes or records; save each field as an array of its own"], ["U", "of text; keep it beside the arrays, as JSON"],
  ["S", "of bytes as text; keep it beside the arrays, as JSON"],
  ["c", "of complex numbers; save its real and imaginary part"],
  ["u", "of unsigned integers that no dtype here holds; save it by astype(numpy.int32), or numpy.float64"],
  ["M", "of dates; save it by astype(numpy.int64)"], ["m", "of durations; save it by astype(numpy.int64)"],
  ["f", "of floats wider than 8 bytes; save it by astype(numpy.float64)"],
]);

/** What an npy file says; `from` is where the elements begin. */
export type NpyHeader = { readonly stored: Stored; readonly isBig: boolean; readonly isFortran: boolean; readonly shape: Shape; readonly from: number };

export async function readNpyHeader(reader: Reader, what: string): Promise<NpyHeader> {
  const fail = (message: string): never => { throw new FormatError(reader.file, `${what} ${message}; the file is damaged, or no npy file`); };
  const start = await reader.read(0, Math.min(12, reader.size));
  if (start.length < 10 || MAGIC.some((byte, i) => start[i] !== byte)) return fail("does not begin as an npy file does");
  const [major, minor] = [start[6]!, start[7]!], view = new DataView(start.buffer, start.byteOffset, start.length);
  if (major < 1 || major > 3 || minor !== 0) throw new UnsupportedFormatError(reader.file, `${what} is of version ${major}.${minor}, and 1.0, 2.0 and 3.0 are read; save it again by numpy.save`);
  if (major > 1 && start.length < 12) return fail("is cut off in its header");
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true), begin = major === 1 ? 10 : 12, from = begin + length;
  if (length > MAX_HEADER) return fail(`has a header of ${length} bytes, more than ${MAX_HEADER}`);
  if (from > reader.size) return fail("is cut off in its header");
  const bytes = await reader.read(begin, from), text = major === 3 ? utf8(bytes) : Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  const fields = fieldsOf(text === undefined ? undefined : literalOf(text));
  if (fields === undefined) return fail("has a header that is not of descr, fortran_order and shape");
  const { descr, fortran, shape } = fields;
  if (countOf(shape) === undefined || !isShape(shape)) return fail(`has no shape: [${shape.slice(0, 8).map((size) => JSON.stringify(size)).join(", ")}${shape.length > 8 ? ", ..." : ""}]`);
  const { stored, isBig } = elementOf(descr, reader, what, fail);
  return { stored, isBig, isFortran: fortran, shape, from };
}

type Fields = { readonly descr: Literal; readonly fortran: boolean; readonly shape: readonly Literal[] };
function fieldsOf(header: Literal | undefined): Fields | undefined {
  if (typeof header !== "object" || header === null || !("pairs" in header) || header.pairs.length !== 3) return undefined;
  const found = new Map(header.pairs), descr = found.get("descr"), fortran = found.get("fortran_order"), shape = found.get("shape");
  if (descr === undefined || typeof fortran !== "boolean" || typeof shape !== "object" || shape === null || !("items" in shape)) return undefined;
  return { descr, fortran, shape: shape.items };
}

function elementOf(descr: Literal, { file }: Reader, what: string, fail: (message: string) => never): { stored: Stored; isBig: boolean } {
  if (typeof descr === "object" && descr !== null) throw new UnsupportedFormatError(file, `${what} is ${refused.get("V")!}`);
  const [, order, code] = (typeof descr === "string" ? /^([<>=|]?)([A-Za-z?]\w*)(?:\[\w+\])?$/.exec(descr) : null) ?? [];
  if (order === undefined || code === undefined) return fail(`has no dtype: ${shown(String(descr))}`);
  const stored = storedByCode.get(code);
  if (stored === undefined) throw new UnsupportedFormatError(file, `${what} is ${refused.get(code[0]!) ?? "of a dtype that is not read here"} (${shown(String(descr))})`);
  return { stored, isBig: order === ">" };
}

/** The header of a new file, so long that the elements begin at a multiple of 64. */
export function npyHeader(dtype: DType, shape: Shape, what: string): Uint8Array<ArrayBuffer> {
  const descr = codes[dtype];
  if (descr === undefined) throw new UnsupportedFormatError("npy", `${what} is of ${dtype}, for which NumPy has no name; save x.float()`);
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(", ")}${shape.length === 1 ? "," : ""}), }`;
  const out = new Uint8Array(Math.ceil((10 + text.length + 1) / 64) * 64).fill(0x20);
  out.set(MAGIC);
  out.set([1, 0, (out.length - 10) & 255, (out.length - 10) >> 8], 6);
  out.set(new TextEncoder().encode(text), 10);
  out[out.length - 1] = 0x0a;
  return out;
}
export const bytesIn = ({ shape, stored }: NpyHeader): number => countOf(shape)! * storedBytes[stored];
