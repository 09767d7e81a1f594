/** @file The list of cases that are known to fail, each under the reason why; brought up to date by `npm run goldens -- --known FILE`. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { GoldenRecord } from "./verdict.ts";

/** Reason to cases. */
export type Known = { readonly [reason: string]: readonly string[] };
/** What a new failure is listed under until somebody has looked at it. */
export const UNSEEN = "not looked at yet";

export const readKnown = (path: string): Known => JSON.parse(readFileSync(path, "utf8")) as Known;

/** What differs in a record: the case, or its run in float64. */
export const differencesOf = ({ id, status, float64 }: GoldenRecord): readonly string[] => (status === "failed" ? [id] : typeof float64 === "string" ? [`${id} in float64`] : []);
/** The case that a line of the list speaks of. */
const caseOf = (line: string): string => line.replace(/ in float64$/, "");

/** Drops what no longer differs in this run, and adds what is new as not looked at. Cases that did not run stay. @param elsewhere a list that is for all devices */
export function updateKnown(path: string, records: readonly GoldenRecord[], elsewhere: string = path): void {
  const known = existsSync(path) ? readKnown(path) : {}, listed = new Set(Object.values(known).flat()), general = elsewhere === path ? [] : Object.values(readKnown(elsewhere)).flat();
  const ran = new Set(records.map(({ id }) => id)), differ = new Set(records.flatMap(differencesOf));
  for (const line of general) differ.delete(line);
  const lists = new Map(Object.entries(known).map(([reason, lines]) => [reason, lines.filter((line) => differ.has(line) || !ran.has(caseOf(line)))]));
  lists.set(UNSEEN, [...(lists.get(UNSEEN) ?? []), ...[...differ].filter((line) => !listed.has(line))]);
  const sorted = [...lists].filter(([, lines]) => lines.length > 0).sort(([a], [b]) => (a < b ? -1 : 1)).map(([reason, lines]) => [reason, [...lines].sort()] as const);
  writeFileSync(path, `${JSON.stringify(Object.fromEntries(sorted), null, 1)}\n`);
}
