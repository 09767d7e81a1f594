/** @file A call of a round, which threads share if there are any. */
import type { Linked, Pool } from "../threads/pool.ts";

/** Calls a kernel, or adds it to the round of calls that threads share. */
export function call(pool: Pool | undefined, run: Linked, ...args: readonly number[]): void {
  if (pool === undefined) run(...args);
  else pool.add(run, ...args);
}
