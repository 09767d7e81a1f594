/** @file Writing safetensors files, ordered and padded as by the reference implementation. */
import { ArgumentError, type DType } from "@adjoint/core/functional";
import { checkName, checkTensors, joined, type Tensors, written } from "../saving.ts";
import { shown } from "../source.ts";
import { isRecord } from "./json.ts";

/** The names of dtypes, in the order of the reference, the narrowest first: its files begin with the widest, so that all elements are aligned. */
const names = { bool: "BOOL", uint8: "U8", int8: "I8", int16: "I16", float16: "F16", bfloat16: "BF16", int32: "I32", float32: "F32", float64: "F64" } as const satisfies Record<DType, string>;
const order = /*@__PURE__*/ Object.keys(names);

export type SafetensorsOptions = {
  /** Strings that the file says of itself. */
  readonly metadata?: Readonly<Record<string, string>>;
};

/**
 * Writes tensors by name as a safetensors file: `save` of the Python package. The values are those at the call; views are written as tensors of their own.
 * @param tensors a state dict
 * @param options `metadata`
 * @returns a promise of the bytes
 * @throws ArgumentError for what is no tensor, and for metadata that is no string
 * @example (await saveSafetensors({ a: ones([2]) })).length // 72
 */
export async function saveSafetensors(tensors: Tensors, { metadata }: SafetensorsOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const named = checkTensors("safetensors", tensors);
  if (metadata !== undefined && !isRecord(metadata)) throw new ArgumentError("safetensors: metadata is no object of strings");
  for (const [key, value] of Object.entries(metadata ?? {})) if (typeof value !== "string") throw new ArgumentError(`safetensors: metadata may hold strings alone, and ${shown(key)} is none; write it as JSON`);
  for (const text of Object.entries(metadata ?? {}).flat()) checkName("safetensors", text);
  if (named.some(([name]) => name === "__metadata__")) throw new ArgumentError("safetensors: a tensor cannot be called '__metadata__'");
  const all = await written(named);
  all.sort((a, b) => order.indexOf(b.dtype) - order.indexOf(a.dtype) || (a.name < b.name ? -1 : 1));
  let end = 0;
  const entries = all.map(({ name, dtype, shape, bytes }) => [name, { dtype: names[dtype], shape, data_offsets: [end, (end += bytes.length)] }]);
  // Not by way of an object, which would put names that are numbers first.
  const fields = [...(metadata === undefined ? [] : [["__metadata__", metadata]]), ...entries].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  const text = new TextEncoder().encode(`{${fields.join(",")}}`);
  const start = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(0x20);
  new DataView(start.buffer).setBigUint64(0, BigInt(start.length - 8), true);
  start.set(text, 8);
  return joined([start, ...all.map(({ bytes }) => bytes)]);
}
