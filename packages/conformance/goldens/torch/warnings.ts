/** @file Collects the warnings that our packages give while something runs. */
import * as core from "@adjoint/core";

/** What was said: by our packages, and by `warnings.warn` of a Python program. */
export const warnings: string[] = [];
/** Who listens: `warnings.catch_warnings(record=True)`. */
export const listeners: ((message: string) => void)[] = [];
export function say(message: string): void {
  warnings.push(message);
  for (const listener of listeners) listener(message);
}
type Handler = ((message: string) => void) | null;

/** Runs with every warning of ours added to `warnings`. */
export async function listening<R>(run: () => Promise<R>): Promise<R> {
  const onWarning: unknown = Reflect.get(core, "onWarning");
  if (typeof onWarning !== "function") return await run();
  const redirect = onWarning as (next: Handler) => Handler, before = redirect(say);
  try {
    return await run();
  } finally {
    redirect(before);
  }
}
