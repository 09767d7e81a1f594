/** @file Writing what `torch.load` reads, with `weights_only=True` too. */
import { ArgumentError, asStrided, data, detach, type DType, isParameter, isTensor, type Shape, type Tensor } from "@adjoint/core/functional";
import { encodeElements } from "../elements.ts";
import { UnsupportedFormatError } from "../errors.ts";
import { checkName, joined } from "../saving.ts";
import { writeZip } from "../zip/write.ts";
import { Pickle } from "./pickle.ts";
import { MAX_OPCODES } from "./pickled.ts";

const MAX_DEPTH = 100;
const classes = {
  float64: "DoubleStorage", float32: "FloatStorage", float16: "HalfStorage", bfloat16: "BFloat16Storage", int32: "IntStorage", int16: "ShortStorage", int8: "CharStorage", uint8: "ByteStorage", bool: "BoolStorage",
} as const satisfies Record<DType, string>;

/** The storages of one file, each once, with what is read of them. */
class Storages {
  readonly #keys: Map<object, number> = new Map();
  readonly reads: Promise<Uint8Array<ArrayBuffer>>[] = [];

  /** Where the elements of a tensor are: in its whole storage, as PyTorch saves it, so that tensors that share memory share it after loading. */
  of(x: Tensor): { readonly key: number; readonly length: number; readonly offset: number; readonly strides: Shape } {
    const { storage, window: { shape, strides, offset, dense } } = x;
    // Strides below 0 there are none in PyTorch.
    if (strides.some((step) => step < 0)) return { key: this.#add(x), length: shape.reduce((count, n) => count * n, 1), offset: 0, strides: rowStrides(shape) };
    const isWhole = dense && offset === 0 && x.window.size === storage.length;
    let key = this.#keys.get(storage.buffer);
    if (key === undefined) {
      const whole = isWhole ? x : wholeOf(x, storage.length);
      key = this.#add(whole);
      if (whole !== x) whole.dispose();
      this.#keys.set(storage.buffer, key);
    }
    return { key, length: storage.length, offset, strides: dense ? rowStrides(shape) : strides };
  }
  #add(x: Tensor): number {
    const read = data(x).then(encodeElements);
    read.catch(() => undefined); // Nobody waits for it where a value after it is refused.
    return this.reads.push(read) - 1;
  }
}
function wholeOf(x: Tensor, length: number): Tensor {
  const bare = detach(x), whole = asStrided(bare, [length], [1], { storageOffset: 0 });
  bare.dispose();
  return whole;
}
function rowStrides(shape: Shape): Shape {
  const strides = [...shape];
  for (let d = shape.length - 1, step = 1; d >= 0; step *= Math.max(shape[d]!, 1), d--) strides[d] = step;
  return strides;
}

function putTensor(to: Pickle, x: Tensor, storages: Storages): void {
  const { key, length, offset, strides } = storages.of(x);
  to.global("torch._utils", "_rebuild_tensor_v2").mark();
  to.mark().text("storage").global("torch", classes[x.dtype]).text(String(key)).text("cpu").number(length).tuple().code(0x51); // BINPERSID
  to.number(offset);
  for (const numbers of [x.shape, strides]) {
    to.mark();
    for (const n of numbers) to.number(n);
    to.tuple();
  }
  // A module's state dict holds its parameters themselves, where PyTorch's holds them detached.
  to.bool(x.requiresGrad && !isParameter(x)).global("collections", "OrderedDict").code(0x29).code(0x52); // EMPTY_TUPLE, REDUCE
  to.tuple().code(0x52);
}

const isPlain = (value: object): boolean => [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null);

/** A value, with the containers that it is in; `path` says where it is, for errors. */
function put(to: Pickle, value: unknown, storages: Storages, path: string, inside: readonly unknown[]): void {
  const refuse = (what: string): never => { throw new ArgumentError(`torch: ${path} is ${what}; tensors, arrays, plain objects, Maps, strings, numbers, booleans and null are saved`); };
  if (value === null) return void to.none();
  if (typeof value === "boolean") return void to.bool(value);
  if (typeof value === "number" || (typeof value === "bigint" && BigInt.asIntN(1024, value) === value)) return void to.number(value);
  if (typeof value === "string") return value.isWellFormed() ? void to.text(value) : refuse("a string with half of a surrogate pair, which UTF-8 cannot hold");
  if (isTensor(value)) return putTensor(to, value, storages);
  if (typeof value !== "object") return refuse(`of type ${typeof value}`);
  if (inside.includes(value)) return refuse("a value that contains itself");
  const height = to.fetched(value);
  if (inside.length + (height ?? 1) > MAX_DEPTH) return refuse(`nested deeper than ${MAX_DEPTH} levels`);
  if (height !== undefined) return;
  const within = [...inside, value];
  if (Array.isArray(value)) {
    to.code(0x5d).mark(); // EMPTY_LIST
    // Of every index, so that a hole is refused as undefined.
    for (const [i, item] of value.entries()) put(to, item, storages, `${path}[${i}]`, within);
    to.code(0x65); // APPENDS
    return to.store(value, value);
  }
  if (!(value instanceof Map) && !isPlain(value)) return refuse(`of class ${(value.constructor as { readonly name: string } | undefined)?.name ?? "unknown"}`);
  to.code(0x7d).mark(); // EMPTY_DICT
  for (const [key, item] of value instanceof Map ? value as Map<unknown, unknown> : Object.entries(value)) {
    if (typeof key === "number") to.number(key);
    else if (typeof key !== "string") return refuse(`a Map with a key of type ${typeof key}`);
    else {
      checkName("torch", key);
      to.text(key);
    }
    put(to, item, storages, `${path}.${String(key)}`, within);
  }
  to.code(0x75); // SETITEMS
  to.store(value, value instanceof Map ? (value as Map<unknown, unknown>).values() : Object.values(value));
}

/**
 * Writes a file that PyTorch's `torch.load` reads, with `weights_only=True` too: tensors, and arrays, objects, Maps, numbers and strings round them. The values are those at the call. Tensors that share
 * memory share it after loading; of a view the whole memory is saved, as in PyTorch, so `clone()` a small part of a large tensor.
 * @param value of objects, which become dicts with strings for keys, Maps, which become dicts with the keys that they have, arrays, which become lists, and plain values; whole numbers become ints
 * @returns a promise of the bytes
 * @throws ArgumentError for functions, undefined, and objects of other classes, naming where they are
 * @throws UnsupportedFormatError for more than 4 GiB, and for millions of values that are no tensors
 * @example (await load(await save([1, "two", null]))) // [1, "two", null]
 */
export async function save(value: unknown): Promise<Uint8Array<ArrayBuffer>> {
  const pickle = new Pickle().code(0x80, 2), storages = new Storages();
  put(pickle, value, storages, "value", []);
  if (pickle.opcodes > MAX_OPCODES) throw new UnsupportedFormatError("torch", `more than ${MAX_OPCODES} opcodes are not written, as they are not read; save long arrays of numbers as tensors`);
  const contents = await Promise.all(storages.reads), text = (line: string): Uint8Array<ArrayBuffer> => joined([new TextEncoder().encode(line)]);
  return writeZip("torch", [
    { name: "archive/data.pkl", bytes: pickle.code(0x2e).finished() }, // STOP
    { name: "archive/byteorder", bytes: text("little") },
    ...contents.map((bytes, key) => ({ name: `archive/data/${key}`, bytes })),
    { name: "archive/version", bytes: text("3\n") },
  ], { alignment: 64 });
}
