/** @file Differentials of the determinant, which are defined for singular matrices too: by elimination with exchanges of rows and columns, nothing is divided by what may be 0. */
import { subtractRows, swapRows, transposed } from "./rows.ts";
import { solveTriangularLeft, solveTriangularRight } from "./triangular.ts";

/** A[rows[i], columns[j]] = (L D U)[i, j], L and U with ones on the diagonal, in one matrix; no element of them is larger than one. */
type Factors = { readonly lu: Float64Array; readonly d: Float64Array; readonly rows: Int32Array; readonly columns: Int32Array; readonly sign: number };

function factorCompletely(a: Float64Array, n: number): Factors {
  const lu = Float64Array.from(a), d = new Float64Array(n), rows = Int32Array.from({ length: n }, (_, i) => i), columns = Int32Array.from(rows);
  let sign = 1;
  for (let k = 0; k < n; k++) {
    let row = k, column = k, most = -1;
    for (let i = k; i < n; i++)
      for (let j = k; j < n; j++) {
        const size = Math.abs(lu[i * n + j]!);
        if (size > most || size !== size) [row, column, most] = [i, j, size];
      }
    if (row !== k) {
      swapRows(lu, row * n, k * n, n);
      [rows[row], rows[k], sign] = [rows[k]!, rows[row]!, -sign];
    }
    if (column !== k) {
      for (let i = 0; i < n; i++) swapRows(lu, i * n + column, i * n + k, 1);
      [columns[column], columns[k], sign] = [columns[k]!, columns[column]!, -sign];
    }
    const pivot = (d[k] = lu[k * n + k]!);
    if (pivot === 0) break; // All that is left is zero.
    for (let i = k + 1; i < n; i++) {
      const factor = (lu[i * n + k]! /= pivot);
      subtractRows(lu, i * n + k + 1, lu, k * n + k + 1, n, lu, i * n + k, 1, 1, n - k - 1);
      lu[i * n + k] = factor;
    }
    for (let j = k + 1; j < n; j++) lu[k * n + j]! /= pivot;
  }
  return { lu, d, rows, columns, sign };
}

/** The product of the numbers that are not at `without`. */
function productOf(d: Float64Array): (without: readonly number[]) => number {
  let rest = 1, zeros = 0;
  for (const x of d) if (x === 0) zeros++; else rest *= x;
  return (without) => {
    let product = rest, left = zeros;
    for (const at of without) if (d[at] === 0) left--; else product /= d[at]!;
    return left === 0 ? product : 0;
  };
}

/** All orders of 0 .. n - 1, each with its sign. */
function permutations(n: number): { readonly to: readonly number[]; readonly sign: number }[] {
  if (n === 0) return [{ to: [], sign: 1 }];
  return permutations(n - 1).flatMap(({ to, sign }) => Array.from({ length: n }, (_, at) => ({ to: [...to.slice(0, at), n - 1, ...to.slice(at)], sign: (n - 1 - at) % 2 === 0 ? sign : -sign })));
}

/**
 * The matrix G of the differential of order k, D^k det(A)[H1 .. Hk] = sum of G * Hk, from the k - 1 matrices before: of none, the cofactors of A.
 *
 * With A = L D U up to exchanges, det(A + sum t H) = det(D + sum t K) for K = L^-1 H U^-1, and of a diagonal D each coefficient is a sum of products of
 * elements of different rows and columns. It takes n^k steps.
 */
export function determinantForm(a: Float64Array, directions: readonly Float64Array[], n: number): Float64Array {
  const { lu, d, rows, columns, sign } = factorCompletely(a, n), lower = { upper: false, unitriangular: true } as const, upper = { upper: true, unitriangular: true } as const;
  const inner = directions.map((h) => {
    const k = new Float64Array(n * n);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) k[i * n + j] = h[rows[i]! * n + columns[j]!]!;
    solveTriangularLeft(lu, n, k, n, lower);
    solveTriangularRight(lu, n, k, n, upper);
    return k;
  });
  const form = diagonalForm(d, inner, n), turned = transposed(lu, n, n), out = new Float64Array(n * n);
  solveTriangularLeft(turned, n, form, n, upper);
  solveTriangularRight(turned, n, form, n, lower);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) out[rows[i]! * n + columns[j]!] = sign * form[i * n + j]!;
  return out;
}

/** The same of a diagonal matrix. */
function diagonalForm(d: Float64Array, directions: readonly Float64Array[], n: number): Float64Array {
  const out = new Float64Array(n * n), product = productOf(d), order = directions.length, all = permutations(order + 1), at: number[] = [];
  (function visit(): void {
    if (at.length > order) {
      const rest = product(at);
      if (rest === 0) return;
      for (const { to, sign } of all) {
        let term = sign * rest;
        for (let m = 0; m < order; m++) term *= directions[m]![at[m]! * n + at[to[m]!]!]!;
        out[at[order]! * n + at[to[order]!]!]! += term;
      }
      return;
    }
    for (let i = 0; i < n; i++) {
      if (at.includes(i)) continue;
      at.push(i);
      visit();
      at.pop();
    }
  })();
  return out;
}
