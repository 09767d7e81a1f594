/** @file The list of cases that are known to fail, each under the reason why; brought up to date by `npm run goldens -- --known FILE`. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { GoldenRecord } from "./verdict.ts";

/** Reason to cases. */
export type Known = { readonly [reason: string]: readonly string[] };
/** What a new failure is listed under until somebody has looked at it. */
export const UNSEEN = "not looked at yet";

export const readKnown = (path: string): Known => JSON.parse(readFileSync(path, "utf8")) as Known;

/** Drops the cases of this run that no longer fail, and adds the new failures as not looked at. Cases that did not run stay. */
export function updateKnown(path: string, records: readonly GoldenRecord[]): void {
  const known = existsSync(path) ? readKnown(path) : {}, listed = new Set(Object.values(known).flat());
  const ran = new Map(records.map(({ id, status }) => [id, status])), lists = new Map(Object.entries(known).map(([reason, ids]) => [reason, ids.filter((id) => (ran.get(id) ?? "failed") === "failed")]));
  lists.set(UNSEEN, [...(lists.get(UNSEEN) ?? []), ...records.filter(({ id, status }) => status === "failed" && !listed.has(id)).map(({ id }) => id)]);
  const sorted = [...lists].filter(([, ids]) => ids.length > 0).sort(([a], [b]) => (a < b ? -1 : 1)).map(([reason, ids]) => [reason, [...ids].sort()] as const);
  writeFileSync(path, `${JSON.stringify(Object.fromEntries(sorted), null, 1)}\n`);
}
