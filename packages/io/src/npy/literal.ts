/** @file The part of Python's literals that headers of NumPy files are made of: strings, whole numbers, booleans, tuples, lists, dicts. */

export type Literal = string | number | boolean | null | { readonly items: readonly Literal[] } | { readonly pairs: readonly (readonly [Literal, Literal])[] };

const MAX_DEPTH = 16;
const token = /\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|(-?\d+)L?|(True|False|None)\b|([{}()[\]:,]))\s*/y;

/** The value that a text stands for; undefined where it is something else. */
export function literalOf(text: string): Literal | undefined {
  const rule = new RegExp(token), tokens: RegExpExecArray[] = [];
  for (let match = rule.exec(text); match !== null; match = rule.exec(text)) tokens.push(match);
  if (tokens.reduce((length, [whole]) => length + whole.length, 0) !== text.length) return undefined;
  let at = 0;
  const isNext = (mark: string): boolean => tokens[at]?.[5] === mark && at++ >= 0;
  const listOf = <T>(close: string, item: () => T | undefined): T[] | undefined => {
    const items: T[] = [];
    while (!isNext(close)) {
      const value = item();
      if (value === undefined) return undefined;
      items.push(value);
      if (isNext(",")) continue;
      return isNext(close) ? items : undefined;
    }
    return items;
  };
  const value = (depth: number): Literal | undefined => {
    const found = tokens[at++];
    if (found === undefined || depth > MAX_DEPTH) return undefined;
    const [, single, double, number, word, mark] = found, string = single ?? double;
    if (string !== undefined) return string;
    if (number !== undefined) return Number(number);
    if (word !== undefined) return word === "None" ? null : word === "True";
    if (mark === "(" || mark === "[") {
      const items = listOf(mark === "(" ? ")" : "]", () => value(depth + 1));
      return items && { items };
    }
    const pairs = mark === "{" ? listOf("}", () => {
      const key = value(depth + 1), of = isNext(":") ? value(depth + 1) : undefined;
      return key === undefined || of === undefined ? undefined : [key, of] as const;
    }) : undefined;
    return pairs && { pairs };
  };
  const result = value(0);
  return at === tokens.length ? result : undefined;
}
