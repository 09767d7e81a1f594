/** @file The table that a run prints: a line a group and priority, and the reasons that are most frequent. */
import type { GoldenRecord } from "./verdict.ts";

type Count = { passed: number; failed: number; missing: number; worst: number };

/** @param keys the group of each record */
export function summary(records: readonly GoldenRecord[], keys: readonly string[]): string {
  const counts = new Map<string, Count>(), reasons = new Map<string, number>();
  records.forEach((record, i) => {
    const count = counts.get(keys[i]!) ?? { passed: 0, failed: 0, missing: 0, worst: 0 };
    counts.set(keys[i]!, count);
    if (record.status === "passed") { count.passed++; count.worst = Math.max(count.worst, record.error ?? 0); }
    else if (record.status === "failed") count.failed++;
    else { count.missing++; const reason = record.reason ?? ""; reasons.set(reason, (reasons.get(reason) ?? 0) + 1); }
  });
  if (counts.size === 0) return "";
  const rows = [["group", "passed", "failed", "not implemented", "largest error / allowed"], ...[...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, c]) => [key, String(c.passed), String(c.failed), String(c.missing), c.worst.toPrecision(2)])];
  const total = [...counts.values()].reduce((sum, c) => ({ passed: sum.passed + c.passed, failed: sum.failed + c.failed, missing: sum.missing + c.missing, worst: Math.max(sum.worst, c.worst) }), { passed: 0, failed: 0, missing: 0, worst: 0 });
  rows.push(["all", String(total.passed), String(total.failed), String(total.missing), total.worst.toPrecision(2)]);
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const table = rows.map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  ")).join("\n");
  const raised = records.filter(({ float64 }) => float64 !== undefined), beyond = raised.filter(({ float64 }) => typeof float64 === "string");
  const double = raised.length === 0 ? "" : `\nin float64: ${raised.length - beyond.length} of ${raised.length} within 1e-10 too\n`;
  const frequent = [...reasons].sort(([, a], [, b]) => b - a).slice(0, 12).map(([reason, n]) => `${String(n).padStart(6)}  ${reason.slice(0, 120)}`);
  return `${table}\n${double}${frequent.length === 0 ? "" : `\nnot implemented, most frequent reasons:\n${frequent.join("\n")}\n`}`;
}
