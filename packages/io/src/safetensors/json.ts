/** @file JSON from outside: objects, and keys that stand twice in one, which `JSON.parse` does not tell. */

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null && !Array.isArray(value);

/** The object that a text stands for; undefined for anything else. */
export function recordOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined; // SyntaxError, or in some engines RangeError for nesting
  }
}

/**
 * The first such key of the two outer levels.
 * @param text valid JSON
 */
export function repeatedKey(text: string): string | undefined {
  const keys: Set<string>[] = [];
  let depth = 0, isKey = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      const from = at;
      for (at++; text[at] !== '"'; at++) if (text[at] === "\\") at++;
      if (!isKey || depth > keys.length) continue;
      const key = JSON.parse(text.slice(from, at + 1)) as string, seen = keys[depth - 1]!;
      if (seen.has(key)) return key;
      seen.add(key);
      isKey = false;
    } else if (char === "{") {
      if (++depth <= 2) keys[depth - 1] = new Set();
      isKey = depth <= 2;
    } else if (char === "[") {
      depth++;
      isKey = false;
    } else if (char === "}" || char === "]") {
      depth--;
      if (depth < keys.length) keys.length = Math.max(depth, 0);
      isKey = false;
    } else if (char === ",") isKey = keys.length === depth;
    else if (char === ":") isKey = false;
  }
  return undefined;
}
