/** @file Elements as files store them, and as core takes them: widths, byte order, what of int64 fits. Knows no format and no device. */
import type { DType, Shape, TypedArray } from "@adjoint/core/functional";
import { type FileKind, FormatError } from "./errors.ts";

/** Element types that files may have: those of tensors, and int64, which becomes int32. */
export type Stored = DType | "int64";
export const storedBytes: { readonly [S in Stored]: number } = { float64: 8, int64: 8, float32: 4, int32: 4, float16: 2, bfloat16: 2, int16: 2, int8: 1, uint8: 1, bool: 1 };
export const dtypeOf = (stored: Stored): DType => (stored === "int64" ? "int32" : stored);
export const isFloatStored = (stored: Stored): boolean => stored.includes("float");

/** As many dims as NumPy and PyTorch allow. */
const MAX_RANK = 64;
/** The number of elements of a shape that a file claims; undefined where it is no shape, or of more elements than can be counted. */
export function countOf(shape: readonly unknown[]): number | undefined {
  if (shape.length > MAX_RANK || !isShape(shape)) return undefined;
  // Strides count past a size of 0 as if it were 1.
  const reach = shape.reduce((product, size) => product * Math.max(size, 1), 1);
  return !Number.isSafeInteger(reach) ? undefined : shape.includes(0) ? 0 : reach;
}
export const isShape = (shape: readonly unknown[]): shape is Shape => shape.every(isCount);
export const isCount = (value: unknown): value is number => typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0);

const hostIsBig = /*@__PURE__*/ new Uint8Array(/*@__PURE__*/ Uint16Array.of(1).buffer)[0] === 0;
function turned(bytes: Uint8Array<ArrayBuffer>, width: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i < out.length; i++) out[i] = bytes[i - (i % width) + width - 1 - (i % width)]!;
  return out;
}

/** Where the elements stand, for messages. */
export type Place = { readonly file: FileKind; readonly tensor: string };

/**
 * The elements in the host layout; bytes that lie as the host wants them are not copied.
 * @throws FormatError for an int64 that int32 cannot hold
 */
export function decodeElements(bytes: Uint8Array<ArrayBuffer>, stored: Stored, place: Place, isBig: boolean = false): TypedArray {
  const width = storedBytes[stored];
  const ordered = width > 1 && isBig !== hostIsBig ? turned(bytes, width) : bytes;
  const { buffer, byteOffset, length } = ordered.byteOffset % width === 0 ? ordered : ordered.slice();
  const count = length / width;
  switch (stored) {
    case "float64": return new Float64Array(buffer, byteOffset, count);
    case "float32": return new Float32Array(buffer, byteOffset, count);
    case "float16": case "bfloat16": return new Uint16Array(buffer, byteOffset, count);
    case "int64": return narrowed(new Int32Array(buffer, byteOffset, 2 * count), place);
    case "int32": return new Int32Array(buffer, byteOffset, count);
    case "int16": return new Int16Array(buffer, byteOffset, count);
    case "int8": return new Int8Array(buffer, byteOffset, count);
    case "uint8": return new Uint8Array(buffer, byteOffset, count);
    case "bool": return new Uint8Array(buffer, byteOffset, count).map((byte) => (byte === 0 ? 0 : 1));
  }
}

/** int64 as int32, by halves: of a number that fits, the upper half is the sign of the lower. */
function narrowed(halves: Int32Array<ArrayBuffer>, { file, tensor }: Place): Int32Array<ArrayBuffer> {
  const low = hostIsBig ? 1 : 0, out = new Int32Array(halves.length / 2);
  for (let i = 0; i < out.length; i++) {
    const value = halves[2 * i + low]!, upper = halves[2 * i + 1 - low]!;
    if (upper !== value >> 31)
      throw new FormatError(file, `${tensor} is of int64, and its element ${i}, ${(BigInt(upper) << 32n) | BigInt(value >>> 0)}, does not fit in int32, which stands for int64 here; convert it to float64 where the file is made`);
    out[i] = value;
  }
  return out;
}

/** The bytes of host values, little-endian. */
export function encodeElements(values: TypedArray): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return hostIsBig && values.BYTES_PER_ELEMENT > 1 ? turned(bytes, values.BYTES_PER_ELEMENT) : bytes;
}
