/**
 * @file The QR factorisation by Householder reflections, which are applied 32 at a time: Golub and Van Loan, "Matrix Computations", 5.2; Schreiber and Van
 * Loan, "A storage-efficient WY representation", 1989. Matrices are row-major; knows no tensor.
 */
import { reflector, reflectLeft, unpack } from "./householder.ts";
import { dotRows, subtractRows } from "./rows.ts";

const BLOCK = 32;

/** A, m by n, becomes R on and above the diagonal, and below it the vectors of the reflections whose product is Q. @param tau one number each, min(m, n) */
export function factorQr(a: Float64Array, m: number, n: number, tau: Float64Array): void {
  const v = new Float64Array(m), work = new Float64Array(n), count = Math.min(m, n);
  for (let from = 0; from < count; from += BLOCK) {
    const width = Math.min(BLOCK, count - from), end = from + width;
    for (let k = from; k < end; k++) {
      const at = k * n + k;
      tau[k] = reflector(a, at, m - k, n);
      unpack(a, at, m - k, n, v);
      reflectLeft(a, at + 1, n, m - k, end - k - 1, v, tau[k]!, work);
    }
    if (end < n) applyBlock(blockOf(a, m, n, tau, from, width), a, from * n + end, n, n - end, "transposed");
  }
}

/** The first `columns` columns of Q from what `factorQr` left in `a`, m by n: m by `columns`, row-major, in `q`. */
export function formQ(a: Float64Array, m: number, n: number, tau: Float64Array, q: Float64Array, columns: number): void {
  const count = Math.min(m, n);
  q.fill(0);
  for (let k = 0; k < Math.min(m, columns); k++) q[k * columns + k] = 1;
  // Columns before a block are still those of the identity, 0 in its rows.
  for (let from = Math.floor(Math.max(0, count - 1) / BLOCK) * BLOCK; from >= 0; from -= BLOCK)
    applyBlock(blockOf(a, m, n, tau, from, Math.min(BLOCK, count - from)), q, from * columns + from, columns, columns - from, "plain");
}

/** `rows` by `width` numbers V and `width` by `width` numbers T, the product of the reflections being I - V T V'. */
type Block = { readonly V: Float64Array; readonly T: Float64Array; readonly rows: number; readonly width: number };

function blockOf(a: Float64Array, m: number, n: number, tau: Float64Array, from: number, width: number): Block {
  const rows = m - from, V = new Float64Array(rows * width), T = new Float64Array(width * width), columns = new Float64Array(width * rows);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < Math.min(i + 1, width); j++) columns[j * rows + i] = V[i * width + j] = i === j ? 1 : a[(from + i) * n + from + j]!;
  for (let j = 0; j < width; j++) {
    const t = tau[from + j]!;
    T[j * width + j] = t;
    for (let i = 0; i < j; i++) T[i * width + j] = -t * dotRows(columns, i * rows + j, columns, j * rows + j, rows - j);
    // The triangle before, times this column.
    for (let i = 0; i < j; i++) {
      let sum = 0;
      for (let k = i; k < j; k++) sum += T[i * width + k]! * T[k * width + j]!;
      T[i * width + j] = sum;
    }
  }
  return { V, T, rows, width };
}

/** C := (I - V T V') C, or with T' in the place of T, of `columns` columns from `at` on. */
function applyBlock({ V, T, rows, width }: Block, c: Float64Array, at: number, ld: number, columns: number, form: "plain" | "transposed"): void {
  const W = new Float64Array(width * columns), Y = new Float64Array(width * columns);
  for (let j = 0; j < width; j++) subtractRows(W, j * columns, c, at + j * ld, ld, V, j * width + j, width, rows - j, columns); // -V'C
  for (let j = 0; j < width; j++)
    if (form === "transposed") subtractRows(Y, j * columns, W, 0, columns, T, j, width, j + 1, columns);
    else subtractRows(Y, j * columns, W, j * columns, columns, T, j * width + j, 1, width - j, columns);
  for (let i = 0; i < rows; i++) subtractRows(c, at + i * ld, Y, 0, columns, V, i * width, 1, Math.min(i + 1, width), columns);
}

/** C := Q'C, of `columns` columns, with Q as `factorQr` left it. */
export function applyQt(a: Float64Array, m: number, n: number, tau: Float64Array, c: Float64Array, columns: number): void {
  const v = new Float64Array(m), work = new Float64Array(columns);
  for (let k = 0; k < Math.min(m, n); k++) {
    unpack(a, k * n + k, m - k, n, v);
    reflectLeft(c, k * columns, columns, m - k, columns, v, tau[k]!, work);
  }
}

/** C := QC. */
export function applyQ(a: Float64Array, m: number, n: number, tau: Float64Array, c: Float64Array, columns: number): void {
  const v = new Float64Array(m), work = new Float64Array(columns);
  for (let k = Math.min(m, n) - 1; k >= 0; k--) {
    unpack(a, k * n + k, m - k, n, v);
    reflectLeft(c, k * columns, columns, m - k, columns, v, tau[k]!, work);
  }
}
