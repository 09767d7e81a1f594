/**
 * @file Numbers as C's printf writes them: the exact binary value, rounded half to even, in `%f` and `%e`.
 * Finite numbers only. (`toFixed` rounds ties away from zero and changes form at 1e21.)
 */

/** value = (-1)^negative * digits / 10^scale, exactly. */
type Decimal = { readonly negative: boolean; readonly digits: bigint; readonly scale: number };

function exactDecimal(value: number): Decimal {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const word = bits.getBigUint64(0);
  const negative = word >> 63n === 1n;
  const biased = Number((word >> 52n) & 0x7ffn);
  const fraction = word & ((1n << 52n) - 1n);
  // Subnormals have the exponent of the smallest normals, and no hidden bit.
  let significand = biased === 0 ? fraction : fraction | (1n << 52n);
  let exponent = Math.max(biased, 1) - 1075;
  while (exponent < 0 && significand !== 0n && (significand & 1n) === 0n) {
    significand >>= 1n;
    exponent++;
  }
  if (significand === 0n) return { negative, digits: 0n, scale: 0 };
  if (exponent >= 0) return { negative, digits: significand << BigInt(exponent), scale: 0 };
  // m / 2^k = m 5^k / 10^k
  return { negative, digits: significand * 5n ** BigInt(-exponent), scale: -exponent };
}

/** digits / 10^places as an integer, half to even; negative places append zeros. */
function roundedShift(digits: bigint, places: number): bigint {
  if (places <= 0) return digits * 10n ** BigInt(-places);
  const unit = 10n ** BigInt(places);
  const quotient = digits / unit;
  const twice = (digits % unit) * 2n;
  const up = twice > unit || (twice === unit && (quotient & 1n) === 1n);
  return up ? quotient + 1n : quotient;
}

/** The digits of an integer with a decimal point before the last `precision` of them. */
function pointed(digits: string, precision: number): string {
  if (precision === 0) return digits;
  const split = digits.length - precision;
  return `${digits.slice(0, split)}.${digits.slice(split)}`;
}

/** C's `%.{precision}f` of a finite number: `fixed(2.5, 0) === "2"`. */
export function fixed(value: number, precision: number): string {
  const { negative, digits, scale } = exactDecimal(value);
  const rounded = roundedShift(digits, scale - precision).toString().padStart(precision + 1, "0");
  return (negative ? "-" : "") + pointed(rounded, precision);
}

/** C's `%.{precision}e` of a finite number: `exponential(18, 4) === "1.8000e+01"`. */
export function exponential(value: number, precision: number): string {
  const { negative, digits, scale } = exactDecimal(value);
  let places = digits === 0n ? -precision : digits.toString().length - 1 - precision;
  let rounded = roundedShift(digits, places).toString().padEnd(precision + 1, "0");
  if (rounded.length > precision + 1) {
    // 9.9996 became 10.000: the last digit is a zero.
    rounded = rounded.slice(0, -1);
    places++;
  }
  const exponent = digits === 0n ? 0 : places + precision - scale;
  const magnitude = Math.abs(exponent).toString().padStart(2, "0");
  return `${negative ? "-" : ""}${pointed(rounded, precision)}e${exponent < 0 ? "-" : "+"}${magnitude}`;
}
