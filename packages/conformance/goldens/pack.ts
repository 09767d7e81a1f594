/** @file Packs of golden cases: a JSON of cases beside a binary of values. The format is checked before anything is read; where the files come from is the caller's. */

/** A tensor of a case's table, as stored. */
export type StoredTensor = {
  readonly dt: string; readonly sh: readonly number[]; readonly o?: number; readonly enc?: "f64" | "c128"; readonly rg?: 1; readonly param?: 1;
  /** Strides and storage offset, where it is not laid out row by row; the earlier entry whose storage it shares. */
  readonly st?: readonly number[]; readonly so?: number; readonly al?: number;
  /** Results: a view of this input; that very tensor. */
  readonly vw?: number; readonly is?: 1;
  /** PyTorch's own float32 error; the largest allowed is ten times that. */
  readonly e?: number; readonly o32?: number; readonly r32?: 1; readonly meta?: 1;
};
type Pairs<T> = readonly (readonly [number, T])[];
export type GoldenError = { readonly type?: string; readonly message: string; readonly regex?: string };
/** What every case has; each group's runner says what else it reads. */
export type GoldenCase = { readonly id: string; readonly t: readonly StoredTensor[]; readonly out?: unknown; readonly error?: GoldenError };
export type OpCase = GoldenCase & {
  readonly args: readonly unknown[]; readonly kw?: { readonly [name: string]: unknown }; readonly check?: "meta"; readonly flag?: "unordered";
  readonly mut?: Pairs<number>; readonly ip?: 1; readonly ipe?: string; readonly cot?: Pairs<number>; readonly grad?: Pairs<number | null>;
  readonly gg?: { readonly cot: Pairs<number>; readonly grad: Pairs<number | null> };
};
export type Pack = {
  readonly kind: "op" | "modules" | "repr" | "errors" | "promotion" | "train" | "func"; readonly cases: readonly GoldenCase[]; readonly data: ArrayBuffer;
  readonly op?: string; readonly variant?: string; readonly priority?: string; readonly category?: string; readonly schemas?: readonly string[]; readonly gauge?: string;
  /** Python source of the callable, where it is a wrapper of the operator. */
  readonly src?: string;
};

/** @param bytes the content of the file that the pack names, if it names one */
export function parsePack(name: string, text: string, bytes: (file: string) => Uint8Array): Pack {
  const parsed = JSON.parse(text) as Pack & { readonly format: string; readonly bin: string | null; readonly bytes: number };
  if (parsed.format !== "torch-golden-1") throw new Error(`${name}: not a pack of golden cases (format ${String(parsed.format)})`);
  const bin = parsed.bin === null ? new Uint8Array() : bytes(parsed.bin);
  if (bin.length !== parsed.bytes) throw new Error(`${name}: ${bin.length} bytes of data, expected ${parsed.bytes}`);
  return { ...parsed, data: new Uint8Array(bin).buffer };
}

const readers: { readonly [dtype: string]: (data: ArrayBuffer, at: number, count: number) => ArrayLike<number> } = {
  float32: (d, at, n) => new Float32Array(d, at, n), float64: (d, at, n) => new Float64Array(d, at, n),
  int64: (d, at, n) => Float64Array.from(new BigInt64Array(d, at, n), Number), int32: (d, at, n) => new Int32Array(d, at, n),
  int16: (d, at, n) => new Int16Array(d, at, n), int8: (d, at, n) => new Int8Array(d, at, n), uint8: (d, at, n) => new Uint8Array(d, at, n), bool: (d, at, n) => new Uint8Array(d, at, n),
  complex64: (d, at, n) => new Float32Array(d, at, 2 * n), complex128: (d, at, n) => new Float64Array(d, at, 2 * n),
};

/** The values in row-major order, of complex numbers real and imaginary part in turn; `field` o32 is PyTorch's float32 result where it is stored beside the float64 one. */
export function valuesOf(pack: Pack, stored: StoredTensor, field: "o" | "o32" = "o"): ArrayLike<number> | undefined {
  const at = stored[field], count = stored.sh.reduce((a, b) => a * b, 1);
  if (at === undefined) return undefined;
  const read = readers[field === "o" && stored.enc !== undefined ? (stored.enc === "f64" ? "float64" : "complex128") : stored.dt];
  return read === undefined ? undefined : read(pack.data, count === 0 ? 0 : at, count);
}
