/** @file Whether an error or a warning says what PyTorch's says. */
import type { GoldenError } from "../pack.ts";

/** Letters and digits alone, in small letters; Long and int64 are Int and int32 here; the words of Python that JavaScript writes in its own way. */
const gist = (text: string): string => text.toLowerCase().replace(/long int|int64|int32|\blong\b/g, "int").replace(/longtensor/g, "inttensor").replace(/[^a-z0-9]+/g, "");

/** The same text but for quotes, spaces and case; or one holds the other, if it is a third of it or more: PyTorch ends many messages with hints about its own internals. */
export function saysTheSame(text: string, message: string): boolean {
  const a = gist(text), b = gist(message);
  if (a === b) return true;
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a];
  return shorter.length >= 20 && shorter.length * 3 >= longer.length && longer.includes(shorter);
}
/** What PyTorch's own tests demand, or what it raised. */
export const isExpected = (text: string, { message, regex }: GoldenError): boolean => saysTheSame(text, message) || (regex !== undefined && matches(regex, text));

function matches(regex: string, text: string): boolean {
  try {
    return new RegExp(regex).test(text) || new RegExp(regex.replace(/Long|int64/g, "(Int|int32)")).test(text);
  } catch {
    return false; // Python's syntax, which JavaScript does not read
  }
}
