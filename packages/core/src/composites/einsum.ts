/** @file `einsum`: an equation of dims, contracted from left to right, each pair by one batched matrix product. */
import { ArgumentError, ShapeError } from "../errors.ts";
import { mul } from "../elementwise/arithmetic.ts";
import { composite, type Tensor } from "../op.ts";
import { matmul } from "../primitives/matmul.ts";
import { diagonal } from "../views/diagonal.ts";
import { movedim, tensorsOf } from "../views/rearrange.ts";
import { expand, permute, reshape } from "../views/views.ts";
import { sum } from "./reductions.ts";

/** A tensor whose dims have names, each once. */
type Labelled = { readonly x: Tensor; readonly labels: readonly string[] };

/** The dims of an ellipsis, counted from the last: "...0" is the last of them. */
const ELLIPSIS = "...";

function termLabels(term: string, rank: number, at: number): string[] {
  const labels: string[] = [];
  const named = term.replace(ELLIPSIS, "").length, open = rank - named;
  for (let i = 0; i < term.length; i++) {
    if (term.startsWith(ELLIPSIS, i)) {
      if (open < 0) throw new ShapeError(`einsum(): the number of subscripts in the equation (${named}) is more than the number of dimensions (${rank}) for operand ${at}`);
      for (let k = open - 1; k >= 0; k--) labels.push(`${ELLIPSIS}${k}`);
      i += 2;
    } else if (/[a-zA-Z]/.test(term[i]!)) labels.push(term[i]!);
    else throw new ArgumentError(`einsum(): invalid subscript given at index ${i} in the equation string, subscripts must be in [a-zA-Z]`);
  }
  if (!term.includes(ELLIPSIS) && named !== rank)
    throw new ShapeError(`einsum(): the number of subscripts in the equation (${named}) does not match the number of dimensions (${rank}) for operand ${at} and no ellipsis was given`);
  return labels;
}

/** A label twice in one term is the diagonal of its two dims. */
function withoutRepeats({ x, labels }: Labelled): Labelled {
  for (let i = 0; i < labels.length; i++) {
    const j = labels.indexOf(labels[i]!, i + 1);
    if (j < 0) continue;
    if (x.shape[i] !== x.shape[j]) throw new ShapeError(`einsum(): subscript ${labels[i]} is repeated for operand but the sizes don't match, ${x.shape[j]} != ${x.shape[i]}`);
    const rest = labels.filter((_, d) => d !== j);
    return withoutRepeats({ x: movedim(diagonal(x, { dim1: i, dim2: j }), -1, i), labels: rest });
  }
  return { x, labels };
}

/** Sums over the labels that nobody needs any more. */
function summed({ x, labels }: Labelled, needed: ReadonlySet<string>): Labelled {
  const gone = labels.flatMap((label, d) => (needed.has(label) ? [] : [d]));
  return gone.length === 0 ? { x, labels } : { x: sum(x, gone), labels: labels.filter((label) => needed.has(label)) };
}
/** The dims in the order of `order`; a label that is missing has size 1. */
function aligned({ x, labels }: Labelled, order: readonly string[]): Tensor {
  const present = order.filter((label) => labels.includes(label));
  const moved = permute(x, present.map((label) => labels.indexOf(label)));
  return reshape(moved, order.map((label) => (labels.includes(label) ? x.shape[labels.indexOf(label)]! : 1)));
}

function contracted(left: Labelled, right: Labelled, needed: ReadonlySet<string>): Labelled {
  const a = summed(left, new Set([...needed, ...right.labels])), b = summed(right, new Set([...needed, ...left.labels]));
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const size = (label: string): number => {
    const p = a.x.shape[a.labels.indexOf(label)]!, q = b.x.shape[b.labels.indexOf(label)]!;
    if (p !== q && p !== 1 && q !== 1) throw new ShapeError(`einsum(): operands do not broadcast with remapped shapes [original->remapped]: subscript ${label} has sizes ${p} and ${q}`);
    return p === 1 ? q : p;
  };
  const batch = shared.filter((label) => needed.has(label)), gone = shared.filter((label) => !needed.has(label));
  const own = (t: Labelled): string[] => t.labels.filter((label) => !shared.includes(label));
  const rows = own(a), columns = own(b), order = [...batch, ...rows, ...columns];
  if (gone.length === 0) return { x: mul(aligned(a, order), aligned(b, order)), labels: order };
  const sizesOf = (t: Labelled, list: readonly string[]): number[] => list.map((label) => (shared.includes(label) ? size(label) : t.x.shape[t.labels.indexOf(label)]!));
  const volume = (sizes: readonly number[]): number => sizes.reduce((p, q) => p * q, 1);
  const operand = (t: Labelled, first: readonly string[], second: readonly string[]): Tensor => {
    const list = [...batch, ...first, ...second];
    return reshape(expand(aligned(t, list), sizesOf(t, list)), [volume(sizesOf(t, batch)), volume(sizesOf(t, first)), volume(sizesOf(t, second))]);
  };
  const product = matmul(operand(a, rows, gone), operand(b, gone, columns));
  return { x: reshape(product, [...sizesOf(a, batch), ...sizesOf(a, rows), ...sizesOf(b, columns)]), labels: order };
}

/** The output where the equation has none: the ellipsis, then the labels that occur once, in alphabetical order. */
function implied(inputs: readonly (readonly string[])[]): string[] {
  const all = inputs.flat(), ellipsis = [...new Set(all.filter((label) => label.startsWith(ELLIPSIS)))].sort((p, q) => Number(q.slice(3)) - Number(p.slice(3)));
  return [...ellipsis, ...all.filter((label) => !label.startsWith(ELLIPSIS) && all.indexOf(label) === all.lastIndexOf(label)).sort()];
}

/**
 * Sums of products over named dims (Einstein's notation): letters name the dims of each operand, those that the output lacks are summed over; `...` stands for further dims, which
 * broadcast; a letter twice in a term is a diagonal.
 * @param equation the terms, with commas between them, then `->` and the output; without it the letters that occur once, in order
 * @param operands a tensor for each term, of one dtype
 * @returns a tensor with the sizes of the output's letters as its shape, of their dtype
 * @throws ArgumentError for an equation that cannot be read, or another number of operands
 * @throws ShapeError where a letter has two sizes, or a term another number of dims than its operand
 * @throws DTypeError where dtypes differ
 * @example einsum("ij,j->i", tensor([[1, 2], [3, 4]]), ones([2])) // [3, 7]
 */
export const einsum: (equation: string, ...operands: readonly Tensor[]) => Tensor = /*@__PURE__*/ composite(undefined, (equation: string, ...given: readonly Tensor[]): Tensor => {
  const operands = tensorsOf(given), [left, right] = equation.replaceAll(" ", "").split("->") as [string, string?];
  const terms = left.split(",");
  if (operands.length === 0) throw new ArgumentError("einsum(): must provide at least one operand");
  if (terms.length !== operands.length)
    throw new ArgumentError(`einsum(): ${terms.length > operands.length ? "fewer" : "more"} operands were provided than specified in the equation`);
  const labels = terms.map((term, i) => termLabels(term, operands[i]!.ndim, i));
  const ellipses = new Set(labels.flat().filter((label) => label.startsWith(ELLIPSIS))).size;
  const output = right === undefined ? implied(labels) : termLabels(right, right.replace(ELLIPSIS, "").length + (right.includes(ELLIPSIS) ? ellipses : 0), 0);
  for (const label of output) {
    if (output.indexOf(label) !== output.lastIndexOf(label)) throw new ArgumentError(`einsum(): output subscript ${label} appears more than once in the output`);
    if (!labels.some((list) => list.includes(label))) throw new ArgumentError(`einsum(): output subscript ${label} does not appear in the equation for any input operand`);
  }
  const parts = labels.map((list, i) => withoutRepeats({ x: operands[i]!, labels: list }));
  const needed = (from: number): Set<string> => new Set([...output, ...parts.slice(from).flatMap((part) => part.labels)]);
  let whole = parts[0]!;
  for (let i = 1; i < parts.length; i++) whole = contracted(whole, parts[i]!, needed(i + 1));
  return aligned(summed(whole, new Set(output)), output);
});
