/**
 * @file Factors of matrices of which vectors are unique up to sign, or whole subspaces up to their basis: what is compared is what they multiply to.
 * Eigenvalues in any order, and eigenvectors up to their phases: each is compared with the one that is nearest.
 */
import { type ComplexTensor, isTensor, type Tensor } from "@adjoint/core";
import { type OpCase, type Pack, valuesOf } from "../pack.ts";
import { type Value } from "../python/values.ts";
import { type Check, Mismatch, numbers } from "./compare.ts";

/** Whether a pack says that its results are such factors. */
export const isUpToSign = (pack: Pack): boolean => pack.gauge !== undefined && /unique up to sign/.test(pack.gauge);

/** A matrix of orthonormal columns, and how many of them. */
type Columns = { readonly at: (row: number, column: number) => number; readonly rows: number; readonly columns: number };

/**
 * The values (of singular values, eigenvalues) agree as they are; of the others shape and dtype do, their vectors are orthonormal, and
 * left diag(values) right' is the product that PyTorch's have, where of a symmetric matrix left is right.
 */
export async function sameFactors(pack: Pack, item: OpCase, check: Check, out: Value): Promise<void> {
  const { fields, v } = item.out as { readonly fields: readonly string[]; readonly v: readonly { readonly $t: number }[] }, outs = out as readonly Value[];
  const rank = Math.min(...v.map(({ $t }) => item.t[$t]!.sh.length)), found: { got: Tensor; data: ArrayLike<number>; want: ArrayLike<number>; isTransposed: boolean }[] = [];
  for (const [k, { $t }] of v.entries()) {
    const isVectors = item.t[$t]!.sh.length > rank, got = outs[k]!;
    await check.tensor(got, $t, `result[${k}]`, isVectors);
    if (isTensor(got)) found.push({ got, data: await numbers(got), want: valuesOf(pack, item.t[$t]!) ?? [], isTransposed: fields[k]!.endsWith("h") });
  }
  const [values] = found.filter(({ got }) => got.ndim === rank), matrices = found.filter(({ got }) => got.ndim > rank);
  if (values === undefined || matrices.length === 0) return;
  const size = values.got.shape[rank - 1] ?? 1, count = values.got.shape.slice(0, -1).reduce((a, b) => a * b, 1), tolerance = check.table.precision === 64 ? 1e-10 : 1e-5;
  for (let b = 0; b < count; b++) {
    const columnsOf = (which: "data" | "want") => matrices.map(({ got, [which]: x, isTransposed }): Columns => {
      const [m, n] = got.shape.slice(-2) as [number, number], from = b * m * n;
      return isTransposed ? { at: (i, j) => x[from + j * n + i]!, rows: n, columns: m } : { at: (i, j) => x[from + i * n + j]!, rows: m, columns: n };
    });
    const got = columnsOf("data"), want = columnsOf("want"), scales = (x: ArrayLike<number>) => (k: number): number => x[b * size + k]!;
    const allowed = tolerance * Array.from({ length: size }, (_, k) => Math.abs(values.want[b * size + k]!)).reduce((a, c) => Math.max(a, c), 1);
    for (const x of got) requireOrthonormal(x, tolerance);
    const product = (sides: readonly Columns[], scale: (k: number) => number, i: number, j: number): number => {
      const left = sides[0]!, right = sides[sides.length - 1]!;
      let sum = 0;
      for (let k = 0; k < size; k++) sum += left.at(i, k) * scale(k) * right.at(j, k);
      return sum;
    };
    for (let i = 0; i < got[0]!.rows; i++)
      for (let j = 0; j < got[got.length - 1]!.rows; j++) {
        const a = product(got, scales(values.data), i, j), c = product(want, scales(values.want), i, j), error = Math.abs(a - c) / allowed;
        if (!(error <= 1)) throw new Mismatch(`the product of the factors: element ${i}, ${j} is ${a}, expected ${c} (${error.toPrecision(3)} times what is allowed)`);
        check.worst = Math.max(check.worst, error);
      }
  }
}

function requireOrthonormal({ at, rows, columns }: Columns, tolerance: number): void {
  for (let i = 0; i < columns; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < rows; k++) sum += at(k, i) * at(k, j);
      if (!(Math.abs(sum - (i === j ? 1 : 0)) <= tolerance)) throw new Mismatch(`vectors ${i} and ${j} are not orthonormal: their product is ${sum}`);
    }
}

/** Whether a pack says that its results are eigenvalues, in any order, and their vectors, up to phases. */
export const isInAnyOrder = (pack: Pack): boolean => pack.gauge !== undefined && /order of eigenvalues/.test(pack.gauge);

/** The eigenvalues are PyTorch's in some order, and in that order each eigenvector is PyTorch's times a number of absolute value 1. */
export async function sameEigen(pack: Pack, item: OpCase, check: Check, out: Value): Promise<void> {
  const wanted = typeof item.out === "object" && item.out !== null && "v" in item.out ? (item.out.v as readonly { readonly $t: number }[]).map(({ $t }) => $t) : [(item.out as { readonly $t: number }).$t];
  const outs = (Array.isArray(out) ? out : [out]) as readonly Value[];
  for (const [k, at] of wanted.entries()) await check.tensor(outs[k]!, at, `result[${k}]`, true);
  const [L, V] = outs as readonly (ComplexTensor | undefined)[], n = L!.shape[L!.ndim - 1]!, count = L!.numel() / Math.max(1, n);
  const gotL = await numbers(L!), wantL = valuesOf(pack, item.t[wanted[0]!]!)!, gotV = V === undefined ? undefined : await numbers(V), wantV = V === undefined ? undefined : valuesOf(pack, item.t[wanted[1]!]!)!;
  const allowed = (at: number): number => (check.table.precision === 64 ? 1e-10 : Math.max(1e-5, 10 * (item.t[wanted[at]!]!.e ?? 0)));
  for (let b = 0; b < count; b++) {
    const free = new Set(Array.from({ length: n }, (_, k) => k));
    for (let k = 0; k < n; k++) {
      const re = gotL[2 * (b * n + k)]!, im = gotL[2 * (b * n + k) + 1]!, gap = (j: number): number => Math.hypot(re - wantL[2 * (b * n + j)]!, im - wantL[2 * (b * n + j) + 1]!);
      const nearest = [...free].reduce((best, j) => (gap(j) < gap(best) ? j : best)), error = gap(nearest) / (allowed(0) * Math.max(1, Math.hypot(re, im)));
      if (!(error <= 1)) throw new Mismatch(`eigenvalue ${k} is ${re} + ${im}i, which is none of PyTorch's`);
      check.worst = Math.max(check.worst, error);
      free.delete(nearest);
      if (gotV === undefined || wantV === undefined) continue;
      let dotRe = 0, dotIm = 0;
      const at = (i: number, column: number): number => 2 * ((b * n + i) * n + column);
      for (let i = 0; i < n; i++) {
        const [p, q, r, s] = [gotV[at(i, k)]!, gotV[at(i, k) + 1]!, wantV[at(i, nearest)]!, wantV[at(i, nearest) + 1]!];
        dotRe += p * r + q * s;
        dotIm += p * s - q * r;
      }
      const size = Math.hypot(dotRe, dotIm), [cos, sin] = [dotRe / size, dotIm / size];
      for (let i = 0; i < n; i++) {
        const p = gotV[at(i, k)]!, q = gotV[at(i, k) + 1]!, off = Math.hypot(p * cos - q * sin - wantV[at(i, nearest)]!, p * sin + q * cos - wantV[at(i, nearest) + 1]!) / allowed(1);
        if (!(off <= 1)) throw new Mismatch(`eigenvector ${k} is not PyTorch's, whatever its phase (${off.toPrecision(3)} times what is allowed)`);
        check.worst = Math.max(check.worst, off);
      }
    }
  }
}
