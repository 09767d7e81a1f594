/** @file Distinct elements, or distinct slices. How many there are depends on values, so these are promises on every device. */
import { data } from "../api/reading.ts";
import { clone, filledWith, reshape } from "../calculus/map-reduce.ts";
import { fromHost, zeros } from "../creation/fill.ts";
import { decodeHost } from "../dtype.ts";
import { ne, to } from "../elementwise/index.ts";
import { IndexError, ShapeError } from "../errors.ts";
import { composite, join, noGrad, type Tensor } from "../op.ts";
import { gather, indexSelect, scatter, scatterAdd } from "../primitives/gather.ts";
import { scanSum } from "../primitives/scan.ts";
import { sortOrder } from "../primitives/sort.ts";
import { wrapDim } from "../shape.ts";
import { cat } from "../views/cat.ts";
import { movedim } from "../views/rearrange.ts";
import { expand, narrow } from "../views/views.ts";
import { nonzero } from "./indexing.ts";

export type UniqueConsecutiveOptions = { /** Also which of them each element is. */ readonly returnInverse?: boolean; /** Also how often each occurs. */ readonly returnCounts?: boolean };
export type UniqueOptions = UniqueConsecutiveOptions & { /** They are sorted anyway. */ readonly sorted?: boolean };
/** What was asked for, beside the distinct elements; inverse and counts are int32. */
export type Unique<O> = O extends { readonly returnInverse: true } | { readonly returnCounts: true }
  ? { readonly values: Tensor } & (O extends { readonly returnInverse: true } ? { readonly inverse: Tensor } : unknown) & (O extends { readonly returnCounts: true } ? { readonly counts: Tensor } : unknown)
  : Tensor;

/** Elements in some order, [n], and for each the number of its like, from 0 on, ascending. */
type Groups = { readonly order: Tensor | undefined; readonly numbers: Tensor };
type Results = { readonly values: Tensor; readonly inverse?: Tensor; readonly counts?: Tensor };

const grouped = /*@__PURE__*/ composite(undefined, (x: Tensor, isSorted: boolean): { readonly values: Tensor; readonly numbers: Tensor } & Partial<{ readonly order: Tensor }> => noGrad(() => {
  const flat = reshape(x, [x.window.size]), n = flat.window.size, order = isSorted ? sortOrder(flat, 0, false) : undefined;
  const values = order === undefined ? clone(flat) : gather(flat, 0, order);
  const changes = n === 0 ? to(values, "int32") : cat([filledWith(0, to(narrow(values, 0, 0, 1), "int32"), [1]), to(ne(narrow(values, 0, 1, n - 1), narrow(values, 0, 0, n - 1)), "int32")]);
  const numbers = scanSum(changes, 0, "");
  return order === undefined ? { values, numbers } : { values, numbers, order };
}));

const finished = /*@__PURE__*/ composite(undefined, (x: Tensor, pick: (count: number) => Tensor, { order, numbers }: Groups, shape: readonly number[], count: number, { returnInverse = false, returnCounts = false }: UniqueConsecutiveOptions): Results => noGrad(() => {
  const n = numbers.window.size, ofCount = (): Tensor => zeros([count], { dtype: "int32", device: x.device });
  return {
    values: pick(count),
    ...(returnInverse ? { inverse: reshape(order === undefined ? clone(numbers) : scatter(zeros([n], { dtype: "int32", device: x.device }), 0, order, numbers), shape) } : {}),
    ...(returnCounts ? { counts: scatterAdd(ofCount(), 0, numbers, expand(filledWith(1, numbers, [1]), [n])) } : {}),
  };
}));

/** All elements of a tensor. */
async function elements(x: Tensor, isSorted: boolean, options: UniqueConsecutiveOptions): Promise<Results> {
  const groups = grouped(x, isSorted), { values, numbers } = groups, n = numbers.window.size;
  try {
    const last = n === 0 ? -1 : (await dataOfLast(numbers));
    const pick = (count: number): Tensor => scatter(zeros([count], { dtype: values.dtype, device: x.device }), 0, numbers, values);
    return finished(x, pick, { order: groups.order, numbers }, x.shape, last + 1, options);
  } finally {
    for (const part of Object.values(groups)) part.dispose();
  }
}
async function dataOfLast(numbers: Tensor): Promise<number> {
  const { buffer, offset, size } = numbers.window;
  return (await numbers.device.read(buffer, offset + size - 1, 1))[0]!;
}

/** Slices along a dim: they are compared on the host, element for element. */
async function slices(x: Tensor, dim: number, isSorted: boolean, options: UniqueConsecutiveOptions): Promise<Results> {
  const d = wrapDim(dim, x.ndim);
  if (x.ndim === 0) throw new IndexError(`Dimension specified as ${dim} but tensor has no dimensions`);
  if (x.shape.some((size, k) => size === 0 && k !== d)) throw new ShapeError("There are 0 sized dimensions, and they aren't selected, so unique cannot be applied");
  const n = x.shape[d]!, width = n === 0 ? 0 : x.window.size / n, front = movedim(x, d, 0), words = await data(front);
  if (front !== x) front.dispose();
  const values = decodeHost(x.dtype, words);
  const compare = (i: number, j: number): number => {
    for (let k = 0; k < width; k++) {
      const a = values[i * width + k]!, b = values[j * width + k]!;
      if (a !== b) return a < b ? -1 : 1;
    }
    return 0;
  };
  const order = Array.from({ length: n }, (_, i) => i), numbers: number[] = [], firsts: number[] = [];
  if (isSorted) order.sort(compare);
  order.forEach((slice, k) => {
    if (k === 0 || compare(order[k - 1]!, slice) !== 0) firsts.push(slice);
    numbers.push(firsts.length - 1);
  });
  const upload = (list: readonly number[]): Tensor => {
    const table = fromHost(Int32Array.from(list), [list.length], "int32", { device: x.device });
    join(table, x.lifetime);
    return table;
  };
  const tables = [upload(order), upload(numbers), upload(firsts)] as const;
  try {
    return finished(x, () => indexSelect(x, d, tables[2]), { order: tables[0], numbers: tables[1] }, [n], firsts.length, options);
  } finally {
    for (const table of tables) table.dispose();
  }
}

async function distinct<O extends UniqueConsecutiveOptions>(x: Tensor, dim: number | undefined, isSorted: boolean, options: O): Promise<Unique<O>> {
  const results = await (dim === undefined ? elements(x, isSorted, options) : slices(x, dim, isSorted, options));
  return (options.returnInverse === true || options.returnCounts === true ? results : results.values) as Unique<O>;
}

/**
 * The distinct elements in ascending order, or the distinct slices along a dim. NaN is never the same as another. Without gradients. PyTorch's `unique`.
 * @param x of any shape and dtype
 * @param dim along which; the elements by default
 * @param options `returnInverse`, `returnCounts`: also which of them each element is, and how often each occurs
 * @returns a promise of a vector of x's dtype, or of x's shape with as many as there are along the dim; with options `{ values, inverse, counts }`, the last two int32
 * @throws IndexError for a dim out of range, or of a tensor without dims
 * @throws ShapeError where slices have no elements
 * @example await unique(tensor([2, 1, 2])) // [1, 2]
 */
export const unique = <O extends UniqueOptions>(x: Tensor, dim?: number, options?: O): Promise<Unique<O>> => distinct(x, dim, true, options ?? ({} as O));
/**
 * As `unique`, of what follows on its like only, in the order of x. PyTorch's `unique_consecutive`.
 * @returns a promise of a vector of x's dtype, or of x's shape with as many as there are along the dim; with options `{ values, inverse, counts }`, the last two int32
 * @example await uniqueConsecutive(tensor([1, 1, 2, 1])) // [1, 2, 1]
 */
export const uniqueConsecutive = <O extends UniqueConsecutiveOptions>(x: Tensor, dim?: number, options?: O): Promise<Unique<O>> => distinct(x, dim, false, options ?? ({} as O));

/**
 * As `nonzero`: where x is not zero. PyTorch's `argwhere`.
 * @returns a promise of int32 [n, dims]: the places, one in each row
 * @example await argwhere(tensor([0, 1, 1])) // [[1], [2]]
 */
export const argwhere = (x: Tensor): Promise<Tensor> => nonzero(x);
