/** @file Python's operators on its own values. Tensors are the host's business. */
import { Dict, exception, PySet } from "./objects.ts";
import { small } from "./literals.ts";
import { Complex, DTypeValue, Float, Label, Slice, Tuple, Unsupported, type Value } from "./values.ts";

export const isInteger = (x: Value): x is number | bigint | boolean => typeof x === "number" || typeof x === "bigint" || typeof x === "boolean";
export const isNumeric = (x: Value): x is number | bigint | boolean | Float => isInteger(x) || x instanceof Float;
export const asFloat = (x: Value): number => (x instanceof Float ? x.value : Number(x));

const integers: { readonly [operator: string]: (a: bigint, b: bigint) => bigint } = {
  "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "&": (a, b) => a & b, "|": (a, b) => a | b, "^": (a, b) => a ^ b, "<<": (a, b) => a << b, ">>": (a, b) => a >> b,
  "//": (a, b) => { const q = a / nonzero(b); return a % b !== 0n && (a < 0n) !== (b < 0n) ? q - 1n : q; },
  "%": (a, b) => { const r = a % nonzero(b, "integer modulo by zero"); return r !== 0n && (r < 0n) !== (b < 0n) ? r + b : r; },
  "**": (a, b) => a ** b,
};
const floats: { readonly [operator: string]: (a: number, b: number) => number } = {
  "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => a / nonzero(b, "float division by zero"), "**": (a, b) => a ** b,
  "//": (a, b) => Math.floor(a / nonzero(b, "float divmod()")),
  "%": (a, b) => { const r = a % nonzero(b, "float modulo"); return r !== 0 && (r < 0) !== (b < 0) ? r + b : r; },
};
function nonzero<N extends number | bigint>(x: N, text: string = "integer division or modulo by zero"): N {
  if (Number(x) === 0) throw exception("ZeroDivisionError", text);
  return x;
}
function repeated(items: readonly Value[], times: Value): Value[] {
  return Array.from({ length: Math.max(0, Number(times)) }, () => items).flat();
}

/** undefined: the two do not go together. */
export function binary(operator: string, a: Value, b: Value): Value {
  if (isNumeric(a) && isNumeric(b)) {
    if (operator === "/" && isInteger(a) && isInteger(b)) return new Float(Number(a) / nonzero(Number(b), "division by zero"));
    if (isInteger(a) && isInteger(b) && !(operator === "**" && Number(b) < 0)) {
      const logical = (operator === "&" || operator === "|" || operator === "^") && typeof a === "boolean" && typeof b === "boolean", result = integers[operator]?.(BigInt(a), BigInt(b));
      return result === undefined ? undefined : logical ? result !== 0n : small(result);
    }
    const result = floats[operator]?.(asFloat(a), asFloat(b));
    return result === undefined ? undefined : new Float(result);
  }
  if (a instanceof Complex || b instanceof Complex) return complexBinary(operator, a, b);
  if (operator === "+" && typeof a === "string" && typeof b === "string") return a + b;
  if (operator === "*" && typeof a === "string" && isInteger(b)) return a.repeat(Math.max(0, Number(b)));
  if (operator === "*" && typeof b === "string" && isInteger(a)) return b.repeat(Math.max(0, Number(a)));
  if (operator === "+" && a instanceof Tuple && b instanceof Tuple) return Tuple.make([...a, ...b]);
  if (operator === "+" && Array.isArray(a) && Array.isArray(b) && !(a instanceof Tuple) && !(b instanceof Tuple)) return [...(a as readonly Value[]), ...(b as readonly Value[])];
  if (operator === "*" && Array.isArray(a) && isInteger(b)) return a instanceof Tuple ? Tuple.make(repeated(a, b)) : repeated(a, b);
  if (operator === "*" && Array.isArray(b) && isInteger(a)) return b instanceof Tuple ? Tuple.make(repeated(b, a)) : repeated(b, a);
  return undefined;
}
function complexBinary(operator: string, a: Value, b: Value): Value {
  const x = a instanceof Complex ? a : isNumeric(a) ? new Complex(asFloat(a), 0) : undefined, y = b instanceof Complex ? b : isNumeric(b) ? new Complex(asFloat(b), 0) : undefined;
  if (x === undefined || y === undefined) return undefined;
  if (operator === "+") return new Complex(x.re + y.re, x.im + y.im);
  if (operator === "-") return new Complex(x.re - y.re, x.im - y.im);
  if (operator === "*") return new Complex(x.re * y.re - x.im * y.im, x.re * y.im + x.im * y.re);
  throw new Unsupported("arithmetic on complex numbers");
}

export function unary(operator: string, x: Value): Value {
  if (operator === "~" && isInteger(x)) return small(-BigInt(x) - 1n);
  if (x instanceof Complex && operator === "-") return new Complex(-x.re, -x.im);
  if (!isNumeric(x) || operator === "~") return undefined;
  if (operator === "+") return typeof x === "boolean" ? Number(x) : x;
  return x instanceof Float ? new Float(-x.value) : small(-BigInt(x));
}

/** Python's ==. */
export function equal(a: Value, b: Value): boolean {
  if (isNumeric(a) && isNumeric(b)) return isInteger(a) && isInteger(b) ? BigInt(a) === BigInt(b) : asFloat(a) === asFloat(b);
  if (Array.isArray(a) && Array.isArray(b)) return a instanceof Tuple === b instanceof Tuple && a.length === b.length && (a as readonly Value[]).every((x, i) => equal(x, b[i]));
  if (a instanceof Dict && b instanceof Dict) return a.size === b.size && a.entries().every(([key, value]) => b.has(key) && equal(value, b.get(key)));
  if (a instanceof PySet && b instanceof PySet) return equal(a.items, b.items);
  if (a instanceof Slice && b instanceof Slice) return equal(a.start, b.start) && equal(a.stop, b.stop) && equal(a.step, b.step);
  if (a instanceof DTypeValue && b instanceof DTypeValue) return a.own === b.own;
  if (a instanceof Label) return b instanceof Label ? a.kind === b.kind && a.name === b.name : a.name === b;
  return a === b;
}
/** Negative, zero or positive; undefined where there is no order. */
export function order(a: Value, b: Value): number | undefined {
  if (isNumeric(a) && isNumeric(b)) { const x = asFloat(a), y = asFloat(b); return x < y ? -1 : x > y ? 1 : x === y ? 0 : NaN; }
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : a > b ? 1 : 0;
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) if (!equal(a[i], b[i])) return order(a[i], b[i]);
    return a.length - b.length;
  }
  return undefined;
}
export const comparisons: { readonly [operator: string]: (order: number) => boolean } = { "<": (o) => o < 0, "<=": (o) => o <= 0, ">": (o) => o > 0, ">=": (o) => o >= 0 };
