/** @file PyTorch's `x[...]`, read and written. What has a size that depends on values returns a promise. */
import { data } from "../api/reading.ts";
import { clone, zerosOn } from "../calculus/map-reduce.ts";
import type { Complaint } from "../complaint.ts";
import { add, copy_, fill_, lt, mul, to, where } from "../elementwise/index.ts";
import { fromHost, tensor } from "../creation/fill.ts";
import { ArgumentError, IndexError, ShapeError } from "../errors.ts";
import { composite, deviceOf, isTensor, join, type Tensor } from "../op.ts";
import { gather, gatherSaying, scatterSaying } from "../primitives/gather.ts";
import { broadcastShapes, sameShape, type Shape, showShape, sizeOf } from "../shape.ts";
import { expand, permute, reshape } from "../views/views.ts";
import { type IndexTerm, type Indexed, lookAt } from "./index-terms.ts";

const isMask = (term: IndexTerm): term is Tensor | boolean => typeof term === "boolean" || (isTensor(term) && term.dtype === "bool");

/** Where a mask is true: for each of its dims an int32 vector. The values have to be at hand. */
function positions(mask: Tensor, values: ArrayLike<number>): Tensor[] {
  const { shape } = mask, at: number[] = [];
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) at.push(i);
  let step = sizeOf(shape);
  const columns = shape.length === 0 ? [at] : shape.map((size) => {
    step /= size;
    const stride = step;
    return at.map((i) => Math.floor(i / stride) % size);
  });
  return columns.map((column) => fromHost(Int32Array.from(column), [column.length], "int32", { device: mask.device }));
}

const refuseMask = (): never => {
  throw new ArgumentError("index: how many elements a mask takes depends on values: await x.indexAsync(mask); where only elements are to be changed, maskedFill_ or where need no promise");
};

/** The dims that are looked up brought to the front, and where the looked-up part goes in the result. */
type Plan = { readonly front: Tensor; readonly tables: readonly Tensor[]; readonly lookedUp: Shape; readonly rest: Shape; readonly place: number; readonly dims: readonly number[] };

function plan({ view, lookups }: Indexed): Plan {
  const dims = lookups.flatMap((table, d) => (table === undefined ? [] : [d])), tables = dims.map((d) => lookups[d]!);
  const others = [...view.shape.keys()].filter((d) => !dims.includes(d));
  let lookedUp: Shape = [];
  try {
    lookedUp = tables.reduce<Shape>((shape, table) => broadcastShapes(shape, table.shape), []);
  } catch {
    throw new IndexError(`shape mismatch: indexing tensors could not be broadcast together with shapes ${tables.map((table) => showShape(table.shape)).join(", ")}`);
  }
  dims.forEach((d) => { if (view.shape[d] === 0 && sizeOf(lookedUp) !== 0) throw new IndexError(`index is out of bounds for dimension ${d} with size 0`); });
  // Dims side by side stay where they are; others come first, as in NumPy.
  const together = dims.every((d, i) => i === 0 || d === dims[i - 1]! + 1);
  return { front: permute(view, [...dims, ...others]), tables, lookedUp, rest: others.map((d) => view.shape[d]!), place: together ? dims[0]! : 0, dims };
}

/** What PyTorch says of a position: which it was, as it was written, and of which dim. */
const complaints = /*@__PURE__*/ new Map<number, Complaint>();
function complaintOf(dim: number): Complaint {
  let known = complaints.get(dim);
  if (known === undefined) complaints.set(dim, (known = { error: "index", text: `index {position} is out of bounds for dimension ${dim} with size {size}` }));
  return known;
}

/** The number of the row, among the looked-up dims made one, for each element of the tables: [n]. */
function rowNumbers({ tables, lookedUp, front, dims }: Plan): Tensor {
  let rows: Tensor | undefined;
  tables.forEach((table, k) => {
    const size = front.shape[k]!, wrapped = where(lt(table, 0), add(table, size), table);
    // A number out of range among rows of several dims might be another row: each table is looked at by itself.
    if (tables.length > 1) gatherSaying(complaintOf(dims[k]!))(expand(zerosOn(deviceOf(table.device), "int32", [1]), [size]), 0, reshape(wrapped, [wrapped.window.size]));
    rows = rows === undefined ? wrapped : add(mul(rows, size), wrapped);
  });
  return reshape(expand(rows!, lookedUp), [sizeOf(lookedUp)]);
}

/** The looked-up part [lookedUp, ...rest] with its dims where they belong. */
function placed(x: Tensor, { lookedUp, rest, place }: Plan): Tensor {
  const n = lookedUp.length;
  return place === 0 ? x : permute(x, [...Array.from({ length: place }, (_, d) => n + d), ...Array.from({ length: n }, (_, d) => d), ...Array.from({ length: rest.length - place }, (_, d) => n + place + d)]);
}
/** The other way round. */
function unplaced(x: Tensor, { lookedUp, rest, place }: Plan): Tensor {
  const n = lookedUp.length;
  return place === 0 ? x : permute(x, [...Array.from({ length: n }, (_, d) => place + d), ...Array.from({ length: place }, (_, d) => d), ...Array.from({ length: rest.length - place }, (_, d) => place + n + d)]);
}

const lookUp: (indexed: Indexed) => Tensor = /*@__PURE__*/ composite("IndexBackward0", (indexed: Indexed): Tensor => {
  const all = plan(indexed), { front, lookedUp, rest, tables, dims } = all, width = sizeOf(rest), count = sizeOf(lookedUp);
  const table = reshape(front, [sizeOf(front.shape.slice(0, tables.length)), width]), rows = expand(reshape(rowNumbers(all), [count, 1]), [count, width]);
  return placed(reshape(gatherSaying(complaintOf(dims[0]!))(table, 0, rows), [...lookedUp, ...rest]), all);
});

/**
 * PyTorch's `x[...]`. What holds no tensor is a view.
 * @param x of any shape and dtype
 * @param terms one for each dim: a number, a slice ("1:", "::2" or `{ start, stop, step }`), null for a new dim, "..." for all dims between, or an int32 tensor of positions,
 * which may be negative; tensors broadcast together
 * @returns a tensor of the shape that NumPy's rules give, of x's dtype
 * @throws IndexError for a position out of range, too many terms, tensors that do not broadcast together, or a mask that does not fit
 * @throws DTypeError for a tensor that is neither int32 nor bool
 * @throws ArgumentError for a mask, of which `indexAsync` knows, and for what is no term
 * @example index(tensor([[1, 2], [3, 4]]), ":", 0) // [1, 3]
 */
export const index: (x: Tensor, ...terms: IndexTerm[]) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, ...terms: IndexTerm[]): Tensor => {
  const indexed = lookAt(x, terms, refuseMask);
  if (indexed.lookups.some((table) => table !== undefined)) return lookUp(indexed);
  return indexed.whole ? handleOf(x) : indexed.view;
});

/** `x[:]` and `x[...]` are new handles on the same memory: views, as in PyTorch. */
const handleOf = (x: Tensor): Tensor => permute(x, [...x.shape.keys()]);

async function positionsOf(terms: readonly IndexTerm[], device: Tensor["device"]): Promise<Map<Tensor | boolean, readonly Tensor[]>> {
  const known = new Map<Tensor | boolean, readonly Tensor[]>();
  for (const term of terms)
    if (typeof term === "boolean") known.set(term, [tensor(term ? [0] : [], { dtype: "int32", device })]);
    else if (isMask(term)) known.set(term, positions(term as Tensor, await data(term as Tensor)));
  return known;
}
const free = (known: Map<unknown, readonly Tensor[]>): void => {
  for (const tables of known.values()) for (const table of tables) table.dispose();
};

/**
 * As `index`, with masks too: bool tensors of the shape of the dims they stand for, whose values are read first.
 * @returns a promise of a tensor of the shape that NumPy's rules give, of x's dtype
 * @example await indexAsync(tensor([1, 2, 3]), tensor([true, false, true])) // [1, 3]
 */
export async function indexAsync(x: Tensor, ...terms: IndexTerm[]): Promise<Tensor> {
  const known = await positionsOf(terms, x.device);
  try {
    return indexWith(x, terms, known);
  } finally {
    free(known);
  }
}
const indexWith = /*@__PURE__*/ composite(undefined, (x: Tensor, terms: readonly IndexTerm[], known: Map<Tensor | boolean, readonly Tensor[]>): Tensor => {
  const indexed = lookAt(x, terms, (mask) => known.get(mask)!);
  if (indexed.lookups.some((table) => table !== undefined)) return lookUp(indexed);
  return indexed.whole ? handleOf(x) : indexed.view;
});

export type IndexPutOptions = {
  /** Add to what is there; equal positions all count. */
  readonly accumulate?: boolean;
};

/** Writes into the elements that the terms name; the value broadcasts to their shape. PyTorch's `x[...] = value` and `index_put_`. */
const write: (x: Tensor, terms: readonly IndexTerm[], value: Tensor | number | boolean, accumulate: boolean, known: (mask: Tensor | boolean) => readonly Tensor[]) => Tensor = /*@__PURE__*/ composite(undefined, (x: Tensor, terms: readonly IndexTerm[], value: Tensor | number | boolean, accumulate: boolean, known: (mask: Tensor | boolean) => readonly Tensor[]): Tensor => {
  const indexed = lookAt(x, terms, known), target = indexed.view;
  if (!indexed.lookups.some((table) => table !== undefined)) {
    if (!isTensor(value)) fill_(target, value);
    else copy_(target, expand(fitted(value, target.shape), target.shape));
    return x;
  }
  const all = plan(indexed), { lookedUp, rest, place, front, tables, dims } = all, width = sizeOf(rest), count = sizeOf(lookedUp);
  const shape = [...rest.slice(0, place), ...lookedUp, ...rest.slice(place)];
  const source = reshape(unplaced(valueOf(value, x, shape), all), [count, width]);
  const rows = expand(reshape(rowNumbers(all), [count, 1]), [count, width]);
  const table = reshape(front, [sizeOf(front.shape.slice(0, tables.length)), width]);
  copy_(front, reshape(scatterSaying(complaintOf(dims[0]!), accumulate ? "add" : "set", "index_put_")(table, 0, rows, source), front.shape));
  return x;
});

/** A value's leading dims of size 1 may go, as in PyTorch. */
function fitted(value: Tensor, shape: Shape): Tensor {
  let dims = value.shape;
  while (dims.length > shape.length && dims[0] === 1) dims = dims.slice(1);
  return sameShape(dims, value.shape) ? value : reshape(value, dims);
}

function valueOf(value: Tensor | number | boolean, x: Tensor, shape: Shape): Tensor {
  const source = to(isTensor(value) ? value : tensor(Number(value), { dtype: x.dtype, device: x.device }), x.dtype), fits = fitted(source, shape);
  const joint = fits.ndim <= shape.length && fits.shape.every((size, d) => size === 1 || size === shape[d + shape.length - fits.ndim]);
  if (!joint) throw new ShapeError(`shape mismatch: value tensor of shape ${showShape(source.shape)} cannot be broadcast to indexing result of shape ${showShape(shape)}`);
  return expand(fits, shape);
}

/**
 * Changes in place what `x.index(...terms)` names. PyTorch's `x[terms] = value` and `index_put_`. A mask alone with a value of one element needs no promise.
 * @param x of any shape and dtype
 * @param terms as of `index`, in an array
 * @param value a number, or a tensor that broadcasts to the shape of the places
 * @returns x itself, of its shape and dtype
 * @throws IndexError for an index out of range, or too many terms
 * @throws ShapeError for a value that does not broadcast to the places
 * @throws ArgumentError for a mask among others, of which `indexPutAsync_` knows
 * @throws AutogradError for a leaf that requires a gradient
 * @example `x.indexPut_([0, "1:3"], 7)`, `x.indexPut_([rows, columns], values, { accumulate: true })`
 */
export function indexPut_(x: Tensor, terms: readonly IndexTerm[], value: Tensor | number | boolean, options: IndexPutOptions = {}): Tensor {
  const { accumulate = false } = options, [mask] = terms;
  if (terms.length === 1 && isTensor(mask) && mask.dtype === "bool" && (!isTensor(value) || value.window.size === 1)) return writeMasked(x, mask, value, accumulate);
  return write(x, terms, value, accumulate, refuseMask);
}
/**
 * As `indexPut_`, out of place.
 * @returns a copy of x's shape and dtype
 * @example indexPut(zeros([3]), [tensor(Int32Array.of(0, 2))], tensor([5, 6])) // [5, 0, 6]
 */
export const indexPut: (x: Tensor, terms: readonly IndexTerm[], value: Tensor | number | boolean, options?: IndexPutOptions) => Tensor = /*@__PURE__*/ composite("IndexPutBackward0", (x: Tensor, terms: readonly IndexTerm[], value: Tensor | number | boolean, options: IndexPutOptions = {}): Tensor => indexPut_(clone(x), terms, value, options));
/**
 * As `indexPut_`, with masks of any kind, whose values are read first.
 * @returns a promise of x itself, of its shape and dtype
 * @example await indexPutAsync_(tensor([1, 2]), [tensor([true, false])], 9) // [9, 2]
 */
export async function indexPutAsync_(x: Tensor, terms: readonly IndexTerm[], value: Tensor | number | boolean, options: IndexPutOptions = {}): Promise<Tensor> {
  const known = await positionsOf(terms, x.device);
  try {
    return write(x, terms, value, options.accumulate ?? false, (mask) => known.get(mask)!);
  } finally {
    free(known);
  }
}

const writeMasked = /*@__PURE__*/ composite(undefined, (x: Tensor, mask: Tensor, value: Tensor | number | boolean, accumulate: boolean): Tensor => {
  lookAt(x, [mask], () => mask.shape.map(() => mask));
  const wide = reshape(mask, [...mask.shape, ...new Array<number>(x.ndim - mask.ndim).fill(1)]);
  const one = isTensor(value) ? to(reshape(value, []), x.dtype) : value;
  copy_(x, to(where(wide, accumulate ? add(x, one) : one, x), x.dtype));
  return x;
});

/**
 * Where x is not zero, in row-major order. Its size depends on values, so it is a promise on every device.
 * @param x of any shape and dtype
 * @returns a promise of int32 [n, dims]: the places, one in each row
 * @example await nonzero(tensor([0, 1, 1])) // [[1], [2]]
 */
export async function nonzero(x: Tensor): Promise<Tensor> {
  const { shape, device } = x, values = await data(x), rows: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (values[i] === 0) continue;
    let step = values.length, rest = i;
    for (const dim of shape) {
      step /= dim;
      rows.push(Math.floor(rest / step));
      rest %= step;
    }
  }
  const count = shape.length === 0 ? Number(values[0] !== 0) : rows.length / shape.length;
  const found = fromHost(Int32Array.from(rows), [count, shape.length], "int32", { device });
  join(found, x.lifetime);
  return found;
}

/**
 * The elements of x where a mask is true, in row-major order; they broadcast together. Its size depends on values, so it is a promise on every device.
 * @param x of any shape and dtype
 * @param mask bool
 * @returns a promise of a vector of x's dtype
 * @throws ArgumentError for a mask that is not bool
 * @throws ShapeError where shapes do not broadcast
 * @example await maskedSelect(tensor([1, 2, 3]), tensor([true, false, true])) // [1, 3]
 */
export async function maskedSelect(x: Tensor, mask: Tensor): Promise<Tensor> {
  if (mask.dtype !== "bool") throw new ArgumentError("masked_select: expected BoolTensor for mask");
  const shape = broadcastShapes(mask.shape, x.shape), wide = expand(mask, shape), values = await data(wide);
  if (wide !== mask) wide.dispose();
  const at: number[] = [];
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) at.push(i);
  const table = fromHost(Int32Array.from(at), [at.length], "int32", { device: x.device });
  try {
    return pickFlat(x, shape, table);
  } finally {
    table.dispose();
  }
}
const pickFlat = /*@__PURE__*/ composite("MaskedSelectBackward0", (x: Tensor, shape: Shape, table: Tensor): Tensor => gather(reshape(expand(x, shape), [sizeOf(shape)]), 0, table));
