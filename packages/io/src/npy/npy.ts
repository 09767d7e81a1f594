/** @file Reading and writing npy files: one array each. */
import { ArgumentError, isTensor, type Shape, type Tensor, type TypedArray } from "@adjoint/core/functional";
import { decodeElements, type Place } from "../elements.ts";
import { FormatError } from "../errors.ts";
import { type LoadOptions, placed, placedDType, type Target, targetOf, type Waiting } from "../placing.ts";
import { joined, type Written, written } from "../saving.ts";
import { type Reader, readerOf, type Source } from "../source.ts";
import { bytesIn, npyHeader, readNpyHeader } from "./header.ts";

/** @internal An array of an npy file that makes up a whole source. */
export async function arrayIn(reader: Reader, what: string, target: Target): Promise<Waiting> {
  const header = await readNpyHeader(reader, what), place: Place = { file: reader.file, tensor: what };
  const { stored, shape, isBig, isFortran, from } = header;
  const dtype = placedDType(target, stored, place), needed = bytesIn(header), there = reader.size - from;
  if (needed !== there)
    throw new FormatError(reader.file, `${what}: shape [${shape.join(", ")}] takes ${needed} bytes, and ${there} follow the header; ${needed > there ? "the file is cut off" : "a file of several arrays is not read, save them by numpy.savez"}`);
  const values = decodeElements(await reader.read(from, reader.size), stored, place, isBig);
  return { values: isFortran && shape.length > 1 ? rowMajor(values, shape) : values, stored, dtype, shape };
}

/** Elements whose first index runs fastest, in the order in which the last one does. */
function rowMajor(values: TypedArray, shape: Shape): TypedArray {
  const out = values.slice(), index = shape.map(() => 0), strides: number[] = [];
  let step = 1;
  for (const size of shape) {
    strides.push(step);
    step *= size;
  }
  for (let i = 0, from = 0; i < out.length; i++) {
    out[i] = values[from]!;
    for (let d = shape.length - 1; d >= 0; d--) {
      from += strides[d]!;
      if (++index[d]! < shape[d]!) break;
      from -= strides[d]! * shape[d]!;
      index[d] = 0;
    }
  }
  return out;
}

/** @internal */
export const arrayBytes = ({ name, dtype, shape, bytes }: Written): Uint8Array<ArrayBuffer> => joined([npyHeader(dtype, shape, name), bytes]);

/**
 * Reads an npy file: `numpy.load`. Any byte order, C and Fortran order; int64 becomes int32, with a check.
 * @param source the bytes, or a Blob
 * @param options `device`: where the tensor is made; `dtype`: what floats are cast to
 * @returns a promise of the tensor
 * @throws FormatError for a damaged file, and for integers that int32 cannot hold
 * @throws UnsupportedFormatError for records, Python objects, text, dates, complex and unsigned numbers
 * @throws DTypeError for a dtype that the device does not take
 * @example (await loadNpy(await saveNpy(tensor([1, 2])))) // [1, 2]
 */
export async function loadNpy(source: Source, options: LoadOptions = {}): Promise<Tensor> {
  const target = targetOf(options), waiting = await arrayIn(readerOf("npy", source), "the array", target);
  return placed([waiting], target.device)[0]!;
}

/**
 * Writes a tensor as an npy file, of version 1.0, little-endian, in C order: `numpy.save`. The values are those at the call.
 * @param x of any shape, and any dtype but bfloat16
 * @returns a promise of the bytes
 * @throws UnsupportedFormatError for bfloat16
 * @example (await saveNpy(ones([2]))).length // 136
 */
export async function saveNpy(x: Tensor): Promise<Uint8Array<ArrayBuffer>> {
  if (!isTensor(x)) throw new ArgumentError("npy: expected a tensor; several go into one file by saveNpz({ x, y })");
  npyHeader(x.dtype, x.shape, "the tensor");
  const [one] = await written([["the tensor", x]]);
  return arrayBytes(one!);
}
