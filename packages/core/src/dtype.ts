/** @file Element types: their layout on the host, and PyTorch's promotion. Knows no tensor. */
import { DTypeError } from "./errors.ts";
import { bfloat16Bits, bfloat16Value, float16Bits, float16Value } from "./narrow-float.ts";

export type DType =
  | "float32" | "float64" | "float16" | "bfloat16"
  | "int32" | "int16" | "int8" | "uint8"
  | "bool";

/** How elements of each dtype cross to the host: bool as one byte, 16-bit floats as 16-bit words. */
export type TypedArray =
  | Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>
  | Int32Array<ArrayBuffer> | Int16Array<ArrayBuffer> | Int8Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;

export type DTypeKind = "bool" | "int" | "float";

export type DTypeInfo = {
  /** A small dense number: tables are indexed by it. */
  readonly code: number;
  readonly kind: DTypeKind;
  readonly bytes: number;
  readonly hostArray: (length: number) => TypedArray;
  /** What arithmetic on this dtype is done in, as backends see it. Where it is another one the dtype is only stored: programs cast at their leaves and results. */
  readonly compute: DType;
};

export const dtypes: { readonly [D in DType]: DTypeInfo } = {
  float32: { code: 0, kind: "float", bytes: 4, hostArray: (n) => new Float32Array(n), compute: "float32" },
  float64: { code: 1, kind: "float", bytes: 8, hostArray: (n) => new Float64Array(n), compute: "float64" },
  int32: { code: 2, kind: "int", bytes: 4, hostArray: (n) => new Int32Array(n), compute: "int32" },
  bool: { code: 3, kind: "bool", bytes: 1, hostArray: (n) => new Uint8Array(n), compute: "bool" },
  float16: { code: 4, kind: "float", bytes: 2, hostArray: (n) => new Uint16Array(n), compute: "float32" },
  bfloat16: { code: 5, kind: "float", bytes: 2, hostArray: (n) => new Uint16Array(n), compute: "float32" },
  int16: { code: 6, kind: "int", bytes: 2, hostArray: (n) => new Int16Array(n), compute: "int32" },
  int8: { code: 7, kind: "int", bytes: 1, hostArray: (n) => new Int8Array(n), compute: "int32" },
  uint8: { code: 8, kind: "int", bytes: 1, hostArray: (n) => new Uint8Array(n), compute: "int32" },
};

export const dtypeNames: readonly DType[] = /*@__PURE__*/ Object.keys(dtypes) as DType[];

/** What is known of a dtype. @throws DTypeError where a program without types names one that does not exist */
export function dtypeInfo(dtype: DType): DTypeInfo {
  const info: DTypeInfo | undefined = dtypes[dtype];
  if (info === undefined) throw new DTypeError(`unknown dtype ${String(dtype)}; expected one of ${dtypeNames.join(", ")}; what PyTorch keeps in int64 is int32 here; a device is a value: await x.to(await wasm())`);
  return info;
}

// The dtype of most tensors is told by comparing; a table is asked of the others.
export const isFloat = (dtype: DType): boolean => dtype === "float32" || dtypes[dtype].kind === "float";
/** Bytes of an element on the host. */
export const bytesOf = (dtype: DType): number => (dtype === "float32" ? 4 : dtypes[dtype].bytes);

const rank: { readonly [K in DTypeKind]: number } = { bool: 0, int: 1, float: 2 };

/** The wider kind: bool, then int, then float. */
export const widerKind = (a: DTypeKind, b: DTypeKind): DTypeKind => (rank[a] >= rank[b] ? a : b);

/**
 * PyTorch's `promote_types`: the smallest dtype that both can be cast to.
 * @example promoteTypes("int32", "float32") // "float32"
 */
export function promoteTypes(a: DType, b: DType): DType {
  if (a === b) return a;
  const x = dtypes[a], y = dtypes[b];
  if (x.kind !== y.kind) return rank[x.kind] > rank[y.kind] ? a : b;
  // Two 16-bit floats, or uint8 beside int8, fit only in the next wider type.
  if (x.bytes === y.bytes) return x.kind === "float" ? "float32" : "int16";
  return x.bytes > y.bytes ? a : b;
}

/** A JavaScript number in float32, int32 ... : one rounding of a value computed in float64; integers wrap. */
export function roundTo(dtype: DType, value: number): number {
  switch (dtype) {
    case "float32": return Math.fround(value);
    case "float64": return value;
    case "int32": return value | 0;
    case "int16": return (value << 16) >> 16;
    case "int8": return (value << 24) >> 24;
    case "uint8": return value & 255;
    case "bool": return value !== 0 ? 1 : 0;
    case "float16": return float16Value(float16Bits(value));
    case "bfloat16": return bfloat16Value(bfloat16Bits(value));
  }
}

/** Numbers, each one that `dtype` can hold or rounded to one, in the host layout. */
export function encodeHost(dtype: DType, values: ArrayLike<number>): TypedArray {
  const out = dtypes[dtype].hostArray(values.length);
  const word = dtype === "float16" ? float16Bits : dtype === "bfloat16" ? bfloat16Bits : undefined;
  for (let i = 0; i < values.length; i++) out[i] = word === undefined ? values[i]! : word(values[i]!);
  return out;
}

/** The numbers that the host layout stands for: the array itself, but for 16-bit floats. */
export function decodeHost(dtype: DType, words: TypedArray): ArrayLike<number> {
  const value = dtype === "float16" ? float16Value : dtype === "bfloat16" ? bfloat16Value : undefined;
  return value === undefined ? words : Float32Array.from(words, (word) => value(word));
}

/** Whether arithmetic is done in another dtype: float16 and bfloat16 in float32, small integers in int32. */
export const isStoredOnly = (dtype: DType): boolean => dtypes[dtype].compute !== dtype;

/** PyTorch's C++ name of a dtype, as its messages have it: 'Float', 'Int', 'Bool'. */
export const scalarTypeName: { readonly [D in DType]: string } = {
  float32: "Float", float64: "Double", float16: "Half", bfloat16: "BFloat16", int32: "Int", int16: "Short", int8: "Char", uint8: "Byte", bool: "Bool",
};
