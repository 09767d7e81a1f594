/** @file A seeded stream of choices. One number says everything that follows from it. */

/** Draws that look random and are the same for the same seed, on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  unit(): number;
  /** A whole number from low to high, both included. */
  integer(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly [T, ...T[]]): T;
  /** undefined only if there is nothing to pick from. */
  pick<T>(from: readonly T[]): T | undefined;
  /** One of the rows, as likely as its weight (1 where it has none). */
  weighted<T extends { readonly weight?: number }>(from: readonly T[]): T;
  /** The numbers 0 ... count - 1 in some order. */
  order(count: number): number[];
}

/** mulberry32: 32 bits of state, good enough to choose by. */
export function randomFrom(seed: number): Random {
  let state = Math.imul(seed | 0, 0x9e3779b1) ^ 0x5bd1e995;
  const unit = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (low: number, high: number): number => low + Math.floor(unit() * (high - low + 1));
  function pick<T>(from: readonly [T, ...T[]]): T;
  function pick<T>(from: readonly T[]): T | undefined;
  function pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(unit() * from.length)];
  }
  return {
    unit, integer, pick,
    chance: (probability) => unit() < probability,
    weighted(from) {
      let left = unit() * from.reduce((sum, row) => sum + (row.weight ?? 1), 0);
      for (const row of from) if ((left -= row.weight ?? 1) < 0) return row;
      return from[from.length - 1]!;
    },
    order(count) {
      const all = Array.from({ length: count }, (_, i) => i);
      for (let i = count - 1; i > 0; i--) {
        const j = integer(0, i), other = all[j]!;
        all[j] = all[i]!;
        all[i] = other;
      }
      return all;
    },
  };
}
