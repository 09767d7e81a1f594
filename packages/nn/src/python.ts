/** @file How Python writes what a module prints: floats, tuples, and the nesting of modules. */

/** 1e-05 where JavaScript writes 0.00001. */
export function float(x: number): string {
  if (x === 0 || !Number.isFinite(x)) return Number.isFinite(x) ? "0" : x > 0 ? "inf" : x < 0 ? "-inf" : "nan";
  const exponent = Math.floor(Math.log10(Math.abs(x)));
  if (exponent >= -4 && exponent < 16) return String(x);
  const [digits, power] = x.toExponential().split("e") as [string, string];
  return `${digits}e${power[0]}${power.slice(1).padStart(2, "0")}`;
}
export const bool = (x: boolean): string => (x ? "True" : "False");
export const tuple = (items: readonly number[]): string => `(${items.join(", ")}${items.length === 1 ? "," : ""})`;

/** `Name(extra)`, or one indented line for each child. */
export function describe(name: string, extra: string, children: readonly (readonly [name: string, text: string])[]): string {
  if (children.length === 0) return `${name}(${extra})`;
  const lines = [...(extra === "" ? [] : [extra]), ...children.map(([key, text]) => `(${key}): ${text.replaceAll("\n", "\n  ")}`)];
  return `${name}(\n  ${lines.join("\n  ")}\n)`;
}
