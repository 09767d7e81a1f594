/** @file The literals of Python: numbers and the escapes of strings. */
import { Complex, Float, Unsupported } from "./values.ts";

export function numberLiteral(text: string): number | bigint | Float | Complex {
  const bare = text.replaceAll("_", "").toLowerCase();
  if (/^0[xob]/.test(bare)) return small(BigInt(bare));
  if (bare.endsWith("j")) return new Complex(0, Number(bare.slice(0, -1)));
  return /^\d+$/.test(bare) ? small(BigInt(bare)) : new Float(Number(bare));
}
/** An int as a number where it is exact. */
export const small = (x: bigint): number | bigint => (x >= -9007199254740991n && x <= 9007199254740991n ? Number(x) : x);

const escapes: { readonly [letter: string]: string } = { n: "\n", t: "\t", r: "\r", "\\": "\\", "'": "'", '"': '"', a: "\x07", b: "\b", f: "\f", v: "\v", "\n": "" };
export const unescape = (text: string): string => text.replace(/\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[0-7]{1,3}|[\s\S])/g, (whole, code: string) =>
  code.length > 1 && (code[0] === "u" || code[0] === "x") ? String.fromCharCode(parseInt(code.slice(1), 16)) : /^[0-7]/.test(code) ? String.fromCharCode(parseInt(code, 8)) : escapes[code] ?? whole);

/** The prefix, and where the text between the quotes begins and ends. */
export function quotes(text: string): { readonly raw: boolean; readonly from: number; readonly to: number } {
  const [, prefix = "", quote = ""] = /^([a-zA-Z]*)("""|'''|"|')/.exec(text) ?? [];
  if (quote === "") throw new Unsupported(`a string that is not understood: ${text}`);
  if (/b/i.test(prefix)) throw new Unsupported("bytes");
  return { raw: /r/i.test(prefix), from: prefix.length + quote.length, to: text.length - quote.length };
}
export function stringLiteral(text: string): string {
  const { raw, from, to } = quotes(text);
  return raw ? text.slice(from, to) : unescape(text.slice(from, to));
}
