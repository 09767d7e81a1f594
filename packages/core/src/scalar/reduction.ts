/** @file Huge float32 angles modulo 2 pi, for lowering.ts: from the binary digits of 1/pi that count (M. Payne and R. Hanek, 1983). Knows no backend. */
import { abs, add, and, bitcast, cast, type Expr, floor, le, lit, mul, or, select, shl, sub } from "./expr.ts";

/**
 * 88 digits of 1/pi in five windows: window j begins 8 places before digit 24 j, and is 32 bits as an int32, then 16, 16 and 24 bits as whole numbers.
 * Worked out from pi to 120 decimal places.
 */
const WINDOWS: readonly (readonly [number, number, number, number])[] = [
  [2670176, 56211, 37125, 4882185],
  [1625002897, 1354, 32521, 14021757],
  [-1861924225, 2517, 62589, 5060464],
  [2131351028, 32077, 14192, 3594405],
  [-193114825, 28726, 55461, 6704912],
];

/** From here on the digits are taken; below, lowering.ts subtracts multiples of pi, which is right in relative terms too. */
export const HUGE: number = 2 ** 15;

/** |x| / pi modulo 2 in units of 2^-31, as an int32 that is read without sign, for a finite |x| >= 2^15: within 4 units, that is, an angle within 6e-9. */
export function halfTurns(x: Expr): Expr {
  const a = abs(x), bits = bitcast(a);
  // |x| = m 2^(s + 24 j - 8) with a whole m of 24 bits and 0 <= s < 24
  const later = [1, 2, 3, 4].map((j) => le(HUGE * 2 ** (24 * j), a));
  const pick = (dtype: "int32" | "float32", of: (window: readonly [number, number, number, number], j: number) => number): Expr =>
    WINDOWS.slice(1).reduce<Expr>((found, window, j) => select(later[j]!, lit(of(window, j + 1), dtype), found), lit(of(WINDOWS[0]!, 0), dtype));
  const m = or(and(bits, 0x7fffff), 0x800000), power = mul(bitcast(and(bits, 0x7f800000)), pick("float32", (_, j) => 2 ** (-15 - 24 * j)));
  // 2^s times the digits behind the first 32, as a whole number and the rest; each part has few bits, so that all but the last sum is exact
  const parts = [pick("float32", (w) => w[1] * 2 ** -16), pick("float32", (w) => w[2] * 2 ** -32)].map((part) => mul(part, power)), wholes = parts.map((part) => floor(part));
  const rest = add(add(sub(parts[0]!, wholes[0]!), sub(parts[1]!, wholes[1]!)), mul(pick("float32", (w) => w[3] * 2 ** -56), power));
  const whole = add(mul(mul(m, cast(power, "int32")), pick("int32", (w) => w[0])), mul(m, cast(add(wholes[0]!, wholes[1]!), "int32")));
  return add(whole, cast(mul(cast(m, "float32"), rest), "int32"));
}
/** What `turns` is away from a whole multiple of `unit` half turns (1, or 2 for quarter turns), in radians: an angle of at most pi / 2 (or pi / 4). */
export const angleOf = (turns: Expr, unit: 1 | 2): Expr => mul(cast(shl(turns, unit), "float32"), (Math.PI / unit) * 2 ** -32);
