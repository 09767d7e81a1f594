/** @file Reading what `torch.save` wrote: state dicts and what is nested round them. */
import { asStrided, type Backend, detach, markParameter, setRequiresGrad, type Tensor } from "@adjoint/core/functional";
import { decodeElements, type Place, storedBytes } from "../elements.ts";
import { FormatError } from "../errors.ts";
import { type LoadOptions, placed, placedDType, type Target, targetOf, type Waiting } from "../placing.ts";
import { readerOf, shown, type Source } from "../source.ts";
import type { ZipOptions } from "../zip/read.ts";
import { type Archive, openArchive } from "./archive.ts";
import { isNode, type Pickled, type Sequence, type StorageRef, type TensorRef } from "./pickled.ts";
import { unpickle } from "./unpickle.ts";

/** What a file of `torch.save` may hold: None is null, a tuple an array, a dict with keys that are not all strings a Map, an int beyond 2^53 a bigint. */
export type Loaded = null | boolean | number | bigint | string | Tensor | Loaded[] | { [key: string]: Loaded } | Map<string | number, Loaded>;

const MAX_DEPTH = 100;
const fail = (message: string): never => { throw new FormatError("torch", message); };
/** What a path of keys leads to. */
const at = (path: string): string => (path === "" ? "the value" : shown(path));

/** Messages show the beginning alone; of long keys, nested, a whole path would be longer than all memory. */
const further = (path: string, key: string | number): string => (path.length > 80 ? path : `${path === "" ? "" : `${path}.`}${String(key).slice(0, 81)}`);

/** The tensors in a value, in its order, with the way to each; refuses cycles and great depth. A shared part is walked once. */
function tensorsIn(value: Pickled): Map<TensorRef, string> {
  const tensors = new Map<TensorRef, string>(), heights = new Map<Pickled, number>(), open = new Set<Pickled>();
  const heightOf = (node: Pickled, path: string): number => {
    if (!isNode(node)) return 0;
    if (node.is === "global" || node.is === "storage") return fail(`${at(path)} is a bare ${node.is === "global" ? `class, ${shown(node.name)}` : "storage"}; save tensors and plain values`);
    if (node.is === "tensor") {
      if (!tensors.has(node)) tensors.set(node, path);
      return 0;
    }
    const known = heights.get(node);
    if (known !== undefined) return known;
    if (open.has(node)) return fail(`${at(path)} is a value that contains itself; save it without`);
    open.add(node);
    let height = 0;
    for (const [key, item] of (node.is === "dict" ? node.entries : node.items).entries())
      height = open.size > MAX_DEPTH ? Infinity : Math.max(height, heightOf(item, further(path, key)));
    if (height + 1 > MAX_DEPTH) return fail(`${at(path)} is nested deeper than ${MAX_DEPTH} levels; save it flatter`);
    open.delete(node);
    heights.set(node, height + 1);
    return height + 1;
  };
  heightOf(value, "");
  return tensors;
}

/** The values of the storages that tensors look at. Everything that can be refused is refused here. */
async function contentsOf(archive: Archive, tensors: ReadonlyMap<TensorRef, string>, target: Target): Promise<Map<StorageRef, Waiting>> {
  const places = new Map<StorageRef, Place>(), contents = new Map<StorageRef, Waiting>();
  for (const [{ storage }, path] of tensors) if (!places.has(storage)) places.set(storage, { file: "torch", tensor: path === "" ? "the tensor" : `tensor ${shown(path)}` });
  for (const [{ key, stored, length }, place] of places) {
    const bytes = length * storedBytes[stored], there = archive.has(`data/${key}`) ? archive.sizeOf(`data/${key}`) : undefined;
    if (there === undefined) return fail(`the entry data/${key} of ${place.tensor} is missing; the file is damaged`);
    if (there !== bytes) return fail(`${place.tensor}: ${length} elements of ${stored} take ${bytes} bytes, and the entry data/${key} has ${there}; the file is damaged`);
    placedDType(target, stored, place);
  }
  for (const [storage, place] of places) {
    const { stored, length, key } = storage, values = decodeElements(await archive.read(`data/${key}`), stored, place);
    contents.set(storage, { values, stored, dtype: placedDType(target, stored, place), shape: [length] });
  }
  return contents;
}

/** Whether a tensor is its whole storage, row by row. */
function isWhole({ shape, strides, offset, storage }: TensorRef): boolean {
  let step = 1;
  for (let d = shape.length - 1; d >= 0; step *= shape[d]!, d--) if (shape[d] !== 1 && strides[d] !== step) return false;
  return offset === 0 && step === storage.length;
}

/** Windows onto one storage that share its memory; each is a leaf of its own, as in PyTorch. */
function windows(base: Tensor, refs: readonly TensorRef[]): Tensor[] {
  const [first] = refs;
  if (refs.length === 1 && isWhole(first!)) return [base];
  const made: Tensor[] = [];
  try {
    for (const { shape, strides, offset } of refs) {
      const view = asStrided(base, shape, strides, { storageOffset: offset });
      made.push(detach(view));
      view.dispose();
    }
  } catch (error) {
    for (const x of made) x.dispose();
    throw error;
  }
  base.dispose();
  return made;
}

/** A tensor for each. */
function tensorsOf(refs: Iterable<TensorRef>, contents: ReadonlyMap<StorageRef, Waiting>, device: Backend): Map<TensorRef, Tensor> {
  const users = [...Map.groupBy(refs, ({ storage }) => storage)], out = new Map<TensorRef, Tensor>();
  const bases = placed(users.map(([storage, [first, ...more]]) => ({ ...contents.get(storage)!, shape: more.length === 0 && isWhole(first!) ? first!.shape : [storage.length] })), device);
  try {
    users.forEach(([, all], i) => windows(bases[i]!, all).forEach((x, k) => out.set(all[k]!, x)));
  } catch (error) {
    for (const x of [...bases, ...out.values()]) x.dispose();
    throw error;
  }
  for (const [{ isParameter, requiresGrad }, x] of out) {
    if (isParameter) markParameter(x);
    if (requiresGrad) setRequiresGrad(x, true);
  }
  return out;
}

/** The value itself; what was one object in Python is one here. */
function valueOf(value: Pickled, tensors: ReadonlyMap<TensorRef, Tensor>): Loaded {
  const known = new Map<Pickled, Loaded>();
  const convert = (node: Pickled): Loaded => {
    if (!isNode(node)) return node;
    const before = known.get(node);
    if (before !== undefined) return before;
    const out = node.is === "tensor" ? tensors.get(node)! : node.is === "dict" ? dict(node.entries) : (node as Sequence).items.map(convert);
    known.set(node, out);
    return out;
  };
  const dict = (entries: ReadonlyMap<string | number, Pickled>): Loaded => {
    const pairs = [...entries].map(([key, item]) => [key, convert(item)] as const);
    return pairs.every(([key]) => typeof key === "string") ? Object.fromEntries(pairs) : new Map(pairs);
  };
  return convert(value);
}

/**
 * Reads a file of PyTorch's `torch.save`, of 1.6 or later: tensors, and dicts, lists, tuples, numbers and strings round them. No code in it is run: any Python object beside these is refused by
 * name. Tensors of one storage share memory. int64 becomes int32, with a check; all tensors come to one device.
 * @param source the bytes, or a Blob: in Node `await openAsBlob(path)`
 * @param options `device`: where the tensors are made; `dtype`: what floats are cast to
 * @returns a promise of the value: of a state dict, tensors by name. `T` says what is expected, and is not checked
 * @throws FormatError for a damaged or hostile file, and for integers that int32 cannot hold
 * @throws UnsupportedFormatError for other Python objects, other dtypes, and files of torch.jit.save or of PyTorch before 1.6
 * @throws DTypeError for a dtype that the device does not take
 * @example await load(await save({ weight: ones([2]), epoch: 3 })) // { weight: [1, 1], epoch: 3 }
 */
export async function load<T = Loaded>(source: Source, options: LoadOptions & ZipOptions = {}): Promise<T> {
  const target = targetOf(options), archive = await openArchive(readerOf("torch", source), options);
  const { value } = unpickle(await archive.read("data.pkl")), refs = tensorsIn(value);
  const tensors = tensorsOf(refs.keys(), await contentsOf(archive, refs, target), target.device);
  return valueOf(value, tensors) as T;
}
