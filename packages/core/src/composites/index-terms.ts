/** @file What stands between the brackets of `x[...]`: parsed, and the parts that only look at a tensor in another way done. */
import { ArgumentError, DTypeError, IndexError } from "../errors.ts";
import { isTensor, type Tensor } from "../op.ts";
import { showShape } from "../shape.ts";
import { select, slice, unsqueeze } from "../views/views.ts";

/** A range of a dim, as Python's slice: negative bounds count from the end, what is left out is the whole. */
export type Slice = { readonly start?: number | null; readonly stop?: number | null; readonly step?: number | null };
/**
 * One term of an index: a number takes one element and drops the dim; a slice, as an object or as Python's text `"1:-1"`, a range;
 * null makes a dim of size 1; `"..."` stands for as many whole dims as are left; an int32 tensor takes the elements it names; a bool
 * tensor, or a boolean, those where it is true.
 */
export type IndexTerm = number | null | boolean | string | Slice | Tensor;

const WHOLE: Slice = {};

/** `"1:5:2"`, with every part optional. */
function sliceOf(text: string): Slice {
  const parts = text.split(":").map((part) => part.trim());
  if (parts.length < 2 || parts.length > 3 || parts.some((part) => part !== "" && !/^[+-]?\d+$/.test(part)))
    throw new ArgumentError(`index: "${text}" is no range; expected "start:stop" or "start:stop:step", or "..."`);
  const [start, stop, step] = parts.map((part) => (part === "" ? null : Number(part)));
  return { start: start!, stop: stop!, step: step ?? null };
}

/** What a program without types may hand over is refused: an array or another object would otherwise mean the whole dim. */
function checkedSlice(term: Slice): Slice {
  if (Array.isArray(term)) throw new ArgumentError('index: positions come as a tensor: tensor([0, 2], { dtype: "int32" })');
  if (term === undefined || Object.keys(term).some((key) => key !== "start" && key !== "stop" && key !== "step"))
    throw new ArgumentError(`index: expected a number, null, "...", a tensor, or a range as "start:stop:step" or { start, stop, step }`);
  return term;
}

/** How many dims of the tensor a term stands for. */
const dimsOf = (term: IndexTerm): number => (term === null || term === "..." || typeof term === "boolean" ? 0 : isTensor(term) && term.dtype === "bool" ? term.ndim : 1);

/** What PyTorch says of more terms than dims: of a single one in a tensor without dims it has words of its own. */
function tooMany(x: Tensor, terms: readonly IndexTerm[]): string {
  const [only] = terms;
  if (x.ndim > 0 || terms.length > 1) return `too many indices for tensor of dimension ${x.ndim}`;
  if (only === 0) return "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor to a number";
  if (typeof only === "number") return `index ${only} is out of bounds for dimension 0 with size 0`;
  return isTensor(only) ? "too many indices for tensor of dimension 0" : "slice() cannot be applied to a 0-dim tensor.";
}

/** A view, and the tensors that still have to be looked up in it: `lookups[d]` along dim d. */
export type Indexed = { readonly view: Tensor; readonly lookups: readonly (Tensor | undefined)[]; /** Whether the result is the very same elements in the same shape. */ readonly whole: boolean };

/**
 * Numbers, slices, null and "..." done; masks as the positions that `positionsOf` gives, one tensor for each of their dims.
 * @throws IndexError for too many terms or a position out of range, DTypeError for a tensor that is no index
 */
export function lookAt(x: Tensor, terms: readonly IndexTerm[], positionsOf: (mask: Tensor | boolean) => readonly Tensor[]): Indexed {
  const used = terms.reduce<number>((sum, term) => sum + dimsOf(term), 0);
  if (used > x.ndim) throw new IndexError(tooMany(x, terms));
  if (terms.filter((term) => term === "...").length > 1) throw new IndexError("an index can only have a single ellipsis ('...')");
  const open = terms.includes("...") ? terms.indexOf("...") : terms.length;
  const all = [...terms.slice(0, open), ...new Array<Slice>(x.ndim - used).fill(WHOLE), ...terms.slice(open + 1)];

  let view = x, dim = 0, at = 0;
  const lookups: (Tensor | undefined)[] = [];
  for (const term of all) {
    if (term === null) {
      view = unsqueeze(view, dim);
      lookups[dim++] = undefined;
    } else if (typeof term === "boolean") {
      view = unsqueeze(view, dim);
      lookups[dim++] = positionsOf(term)[0]!;
    } else if (typeof term === "number") {
      view = pick(view, dim, at++, term);
    } else if (isTensor(term)) {
      if (term.dtype === "bool") {
        checkMask(x, term, at);
        if (term.ndim === 0) view = unsqueeze(view, dim);
        for (const positions of positionsOf(term)) lookups[dim++] = positions;
        at += term.ndim;
      } else {
        if (term.dtype !== "int32") throw new DTypeError("tensors used as indices must be long, byte or bool tensors");
        lookups[dim++] = term;
        at++;
      }
    } else {
      view = range(view, dim, typeof term === "string" ? sliceOf(term) : checkedSlice(term));
      lookups[dim++] = undefined;
      at++;
    }
  }
  return { view, lookups, whole: view === x };
}

function checkMask(x: Tensor, mask: Tensor, at: number): void {
  mask.shape.forEach((size, d) => {
    if (size !== x.shape[at + d])
      throw new IndexError(`The shape of the mask ${showShape(mask.shape)} at index ${d} does not match the shape of the indexed tensor ${showShape(x.shape)} at index ${at + d}`);
  });
}

function pick(x: Tensor, dim: number, at: number, index: number): Tensor {
  const size = x.shape[dim]!;
  if (!Number.isInteger(index)) throw new ArgumentError(`index: ${index} is no whole number`);
  if (index < -size || index >= size) throw new IndexError(`index ${index} is out of bounds for dimension ${at} with size ${size}`);
  return select(x, dim, index);
}

function range(x: Tensor, dim: number, { start, stop, step }: Slice): Tensor {
  if ((start ?? 0) === 0 && (stop ?? Infinity) >= x.shape[dim]! && (step ?? 1) === 1) return x;
  if (!((step ?? 1) > 0)) throw new ArgumentError("step must be greater than zero");
  return slice(x, dim, start ?? 0, stop ?? Infinity, step ?? 1);
}
