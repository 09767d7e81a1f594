/** @file The nesting of printed modules, as PyTorch indents it. */

/** `Name(extra)`, or one indented line for each line of `extra` and each child. */
export function describe(name: string, extra: string, children: readonly (readonly [name: string, text: string])[]): string {
  const extraLines = extra === "" ? [] : extra.split("\n");
  if (children.length === 0 && extraLines.length <= 1) return `${name}(${extra})`;
  const lines = [...extraLines, ...children.map(([key, text]) => `(${key}): ${text.replaceAll("\n", "\n  ")}`)];
  return `${name}(\n  ${lines.join("\n  ")}\n)`;
}

/** The fields of a printed module, `a, name=value`: an undefined one is left out, a bare text stands as it is. */
export const fields = (...items: readonly (string | undefined | false)[]): string => items.filter((item) => typeof item === "string").join(", ");
