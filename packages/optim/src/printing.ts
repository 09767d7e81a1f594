/** @file Optimizers as PyTorch prints them. */
import { python } from "@adjoint/core/functional";

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The options of each group, sorted. `floats` are the options that are no whole numbers by nature: 1.0, not 1. */
export function describe(name: string, groups: readonly object[], floats: ReadonlySet<string>): string {
  const text = groups.map((group, i) => {
    const options = Object.entries(group).filter(([key]) => key !== "params").map(([key, value]): [string, string] =>
      [snake(key), typeof value === "number" && floats.has(key) ? python.float(value) : python.repr(value)]);
    const lines = options.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => `    ${key}: ${value}\n`);
    return `\nParameter Group ${i}\n${lines.join("")}`;
  });
  return `${name} (${text.join("")})`;
}
