/** @file `x[...]`, read and written: numbers, slices, null, "..." and lists of positions. */
import * as A from "@adjoint/core";
import { type NaiveView, naiveReshape, naiveSelect, naiveSlice } from "../naive-view.ts";
import type { Random } from "../random.ts";
import { type Host, row, type Row, type Variable } from "../row.ts";

/** As in `IndexTerm`, but for a tensor its positions. */
type Term = number | string | null | readonly number[];
type Terms = { readonly terms: readonly Term[] };
type Put = Terms & { readonly number?: number; readonly accumulate: boolean };

const bound = (random: Random, size: number): string => (random.chance(0.35) ? "" : String(random.integer(-size - 1, size + 1)));
function someSlice(random: Random, size: number): string {
  const range = `${bound(random, size)}:${bound(random, size)}`;
  return random.chance(0.3) ? `${range}:${random.integer(1, 3)}` : range;
}

/** Terms for a tensor of this shape; `lists`: how many of them may name positions, which are distinct. */
function someTerms(random: Random, shape: readonly number[], lists: number): Term[] {
  const terms: Term[] = [];
  let left = lists;
  const used = random.integer(lists > 0 ? Math.min(1, shape.length) : 0, shape.length);
  const length = random.integer(1, 3);
  for (const size of shape.slice(0, used)) {
    if (left > 0 && size >= length && random.chance(0.7)) {
      left--;
      terms.push(random.order(size).slice(0, length).map((i) => (random.chance(0.2) ? i - size : i)));
    } else terms.push(size > 0 && random.chance(0.35) ? random.integer(-size, size - 1) : someSlice(random, size));
  }
  if (random.chance(0.15)) terms.splice(random.integer(0, terms.length), 0, null);
  if (used === shape.length || random.chance(0.3)) { if (random.chance(0.2)) terms.push("..."); }
  return terms;
}

const isList = (term: Term): term is readonly number[] => Array.isArray(term);
const termsOf = (terms: readonly Term[], host: Host): A.IndexTerm[] => terms.map((term) => (isList(term) ? host.leaf(term, [term.length], "int32", false) : term));

/** What the model makes of terms without lists. */
function look(v: NaiveView, terms: readonly Term[]): NaiveView {
  let view = v, dim = 0;
  for (const term of terms) {
    if (term === "...") continue; // stands last, for what is left
    if (term === null) view = naiveReshape(view, [...view.shape.slice(0, dim), 1, ...view.shape.slice(dim++)]);
    else if (typeof term === "number") view = naiveSelect(view, dim, term < 0 ? term + view.shape[dim]! : term);
    else {
      const [start, stop, step] = (term as string).split(":").map((text) => (text === "" ? undefined : Number(text))), size = view.shape[dim]!;
      const kept = Array.from({ length: size }, (_, i) => i).slice(start, stop).filter((_, i) => i % (step ?? 1) === 0);
      view = naiveSlice(view, dim++, kept[0] ?? 0, step ?? 1, kept.length);
    }
  }
  return view;
}

const target = (x: Variable): boolean => !(x.isLeaf && x.requiresGrad);

export const bracketRows: readonly Row[] = [
  row<Terms>({
    op: "index", weight: 3,
    draw(d) { const x = d.variable({}); return { inputs: [x], attrs: { terms: someTerms(d.random, x.shape, 0) } }; },
    run: ([x], { terms }, host) => A.index(x!, ...termsOf(terms, host)),
    views: (v, { terms }) => [look(v, terms)],
  }),
  row<Terms>({
    op: "indexAt", weight: 2, exact: true,
    draw(d) {
      const x = d.variable({}), terms = someTerms(d.random, x.shape, 2);
      return terms.some(isList) ? { inputs: [x], attrs: { terms } } : undefined;
    },
    run: ([x], { terms }, host) => A.index(x!, ...termsOf(terms, host)),
  }),
  row<Put>({
    op: "indexPut_", weight: 2, changes: "values", exact: true,
    draw(d) {
      const x = d.variable({ accepts: target }), terms = someTerms(d.random, x.shape, d.random.integer(0, 1)), accumulate = x.dtype !== "bool" && d.random.chance(0.4);
      if (d.random.chance(0.4)) return { inputs: [x], attrs: { terms, accumulate, number: d.random.integer(0, 2) } };
      return { inputs: [x, d.variable({ dtype: x.dtype }, [])], attrs: { terms, accumulate } };
    },
    run: ([x, value], { terms, accumulate, number }, host) => A.indexPut_(x!, termsOf(terms, host), number ?? value!, { accumulate }),
  }),
];
