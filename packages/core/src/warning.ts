/** @file Warnings: what PyTorch says and goes on. A program decides where they go; by default each is printed once. */

export type WarningHandler = (message: string) => void;

const seen = /*@__PURE__*/ new Set<string>();

/** To the console of the host, if it has one: this package names no host. */
function print(message: string): void {
  if (seen.has(message)) return;
  seen.add(message);
  const host: unknown = Reflect.get(globalThis, "console");
  if (typeof host !== "object" || host === null) return;
  const write: unknown = Reflect.get(host, "warn");
  if (typeof write === "function") write.call(host, message);
}

let handler: WarningHandler | null = print;

/**
 * Where warnings go from now on. By default each text goes to `console.warn` once.
 * @param next what is called with each text; null for nowhere
 * @returns the handler before, to put back
 * @example `const before = onWarning((message) => log.push(message)); ...; onWarning(before)`
 */
export function onWarning(next: WarningHandler | null): WarningHandler | null {
  const before = handler;
  handler = next;
  return before;
}

/**
 * Warns the user, in PyTorch's words, of what PyTorch warns of too; a backend, of what it was asked for and does without. What is wrong is an error, never a warning.
 * @param message the text
 * @returns nothing
 */
export const warn = (message: string): void => handler?.(message);
