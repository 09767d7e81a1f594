/** @file The Python globals that state dicts need, and what calling them means. Every other is refused by name; nothing is ever looked up anywhere else. */
import { countOf, isCount, isShape } from "../elements.ts";
import { FormatError, UnsupportedFormatError } from "../errors.ts";
import { shown } from "../source.ts";
import { type Dict, isTuple, type GlobalRef, type Pickled, type Sequence, type StorageRef, storages, type TensorRef } from "./pickled.ts";

const fail = (message: string): never => { throw new FormatError("torch", `data.pkl: ${message}; the file is damaged`); };

const isKind = <K extends "storage" | "tensor" | "dict" | "global">(kind: K, value: Pickled | undefined): value is Extract<Pickled, { readonly is: K }> => typeof value === "object" && value !== null && value.is === kind;
const isEmpty = (value: Pickled | undefined): boolean => value === undefined || value === null || (isKind("dict", value) && value.entries.size === 0);

function shapeOf(value: Pickled | undefined, what: string): readonly number[] {
  if (!isTuple(value) || !isShape(value.items)) return fail(`a tensor has ${what} that are no tuple of whole numbers`);
  return value.items;
}

/** _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks, metadata) */
function tensorOf([storage, offset, size, stride, requiresGrad, hooks, metadata, ...more]: readonly Pickled[]): TensorRef {
  if (!isKind("storage", storage) || !isCount(offset) || typeof requiresGrad !== "boolean" || more.length > 0) return fail("a tensor is not rebuilt of storage, offset, size and stride");
  const shape = shapeOf(size, "sizes"), strides = shapeOf(stride, "strides"), count = countOf(shape);
  if (count === undefined || strides.length !== shape.length) return fail(`a tensor has ${shape.length} sizes and ${strides.length} strides, or too many elements`);
  if (!isEmpty(hooks)) throw new UnsupportedFormatError("torch", "a tensor has backward hooks, which are code; save x.detach()");
  if (!isEmpty(metadata)) throw new UnsupportedFormatError("torch", "a tensor is a lazy conjugate or negative; save x.resolve_conj().resolve_neg()");
  const end = count === 0 ? 0 : offset + shape.reduce((reach, n, d) => reach + (n - 1) * strides[d]!, 0) + 1;
  if (end > storage.length) return fail(`a tensor of shape [${shape.join(", ")}] and strides [${strides.join(", ")}] from ${offset} on reaches beyond its storage of ${storage.length} elements`);
  if (requiresGrad && !storage.stored.includes("float")) return fail("a tensor of integers requires a gradient");
  return { is: "tensor", storage, offset, shape, strides, requiresGrad, isParameter: false };
}

type Call = (args: readonly Pickled[]) => Pickled;
const calls: ReadonlyMap<string, Call> = /*@__PURE__*/ new Map<string, Call>([
  ["collections.OrderedDict", (args) => (args.length === 0 ? { is: "dict", entries: new Map() } : fail("an OrderedDict with arguments"))],
  // The milestones of MultiStepLR.
  ["collections.Counter", ([dict, ...more]) => (isKind("dict", dict) && more.length === 0 ? dict : fail("a Counter of other than a dict"))],
  ["torch._utils._rebuild_tensor_v2", tensorOf],
  ["torch._utils._rebuild_parameter", ([x, requiresGrad, hooks, ...more]) => {
    if (!isKind("tensor", x) || typeof requiresGrad !== "boolean" || !isEmpty(hooks) || more.length > 0) return fail("a parameter is not rebuilt of a tensor");
    if (requiresGrad && !x.storage.stored.includes("float")) return fail("a parameter of integers requires a gradient");
    return { ...x, requiresGrad, isParameter: true };
  }],
  ["torch.Size", ([sizes, ...more]) => (isTuple(sizes) && more.length === 0 ? sizes : fail("a Size of other than a tuple"))],
]);

/** A known global. @throws UnsupportedFormatError, naming it, for any other */
export function globalOf(module: string, name: string): GlobalRef {
  const full = `${module}.${name}`;
  if (!calls.has(full) && !(module === "torch" && storages.has(name)))
    throw new UnsupportedFormatError("torch", /^torch\.\w*Storage$/.test(full)
      ? `its tensors are of ${shown(full)}, which is not read here: ${[...storages.keys()].join(", ")} are; convert them before torch.save`
      : `it asks for the Python object ${shown(full)}; tensors, dicts, lists, tuples, numbers and strings are read, and no code is run. Save a state dict: torch.save(model.state_dict(), path)`);
  return { is: "global", name: full };
}

/** What a call of it gives. */
export function called(global: Pickled | undefined, args: Pickled | undefined): Pickled {
  if (!isKind("global", global) || !isTuple(args)) return fail("a call of what is no function, or without a tuple of arguments");
  const call = calls.get(global.name);
  return call === undefined ? fail(`a call of ${shown(global.name)}, which is no function`) : call(args.items);
}

/** What comes with `BUILD`: attributes. An OrderedDict of a module has `_metadata`, versions of its layers that nothing here needs. */
export function built(value: Pickled | undefined, state: Pickled | undefined): Dict {
  return isKind("dict", value) && isKind("dict", state) ? value : fail("attributes of other than a dict");
}

/** ("storage", torch.FloatStorage, key, location, number of elements) */
export function storageOf(id: Pickled | undefined, known: Map<string, StorageRef>): StorageRef {
  const [tag, kind, key, location, length, ...more]: Sequence["items"] = isTuple(id) ? id.items : [];
  const stored = isKind("global", kind) ? storages.get(kind.name.replace("torch.", "")) : undefined;
  if (tag !== "storage" || stored === undefined || typeof key !== "string" || typeof location !== "string" || !isCount(length) || more.length > 0) return fail("a persistent id that is not of a storage");
  const before = known.get(key);
  if (before !== undefined && (before.stored !== stored || before.length !== length)) return fail(`storage ${shown(key)} has two dtypes or lengths`);
  const storage: StorageRef = before ?? { is: "storage", key, stored, length };
  known.set(key, storage);
  return storage;
}
