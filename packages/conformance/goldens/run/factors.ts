/** @file Factors of matrices of which vectors are unique up to sign, or whole subspaces up to their basis: what is compared is what they multiply to. */
import { isTensor, type Tensor } from "@adjoint/core";
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
