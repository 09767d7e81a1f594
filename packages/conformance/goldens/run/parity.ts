/** @file The parity page: operator by device, how many of PyTorch's cases pass, how far the results are from its answers, and what is not there. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Pack } from "../pack.ts";
import { operator } from "../torch/host.ts";
import { readKnown } from "./known.ts";
import type { GoldenRecord } from "./verdict.ts";

/** What became of an operator's cases on a device. Cases that the device cannot be asked are not among them. */
export type Column = {
  readonly passed: number; readonly run: number;
  /** The largest distance of a float32 result from PyTorch's answer, in units of the last place of that answer. */
  readonly ulp?: number;
  /** Why the others do not pass: the reason, and of how many cases. */
  readonly differs?: { readonly [reason: string]: number };
};
export type ParityRow = { readonly category: string; readonly priority: string; readonly exported: boolean; readonly devices: { readonly [device: string]: Column } };
/** By operator and priority ("norm A"): variants of one operator are not all as likely. */
export type Parity = { readonly [operator: string]: ParityRow };
/** The operator of a row. */
export const operatorOf = (key: string): string => key.split(" ")[0]!;
/** Programs are packed as operators are, and are none. */
export const isOperator = ({ op = "" }: Pack): boolean => !op.startsWith("program.");

/** Why a case asks what a device, or JavaScript, does not have: said once, at the head of the page, and not counted. */
const uncounted = /^dtype |^a complex number|^an int64 beyond|^an integer beyond|^int32 where int64|^a whole float beside|device '.*' does not (take|compute in)|^a result of dtype complex/;
/** One reason for what differs in detail. */
const summarised = (reason: string): string => reason.replace(/^[\w.]+: it runs on the host.*$/s, "runs on the host, which a device that is read later cannot: a typed error says to move the tensors")
  .replace(/^\w+: device '.*' cannot read synchronously.*$/s, "asks for values of a tensor, which a device that is read later cannot tell: a typed error says to pass numbers")
  .replace(/^(in place|result.*|gradient of input .*|second gradient .*): .*$/s, "$1 differs").replace(/^(raised|no error).*$/s, "another error").slice(0, 160);

const isExported = (name: string): boolean => {
  try {
    return operator(name) !== undefined;
  } catch {
    return false;
  }
};

/** The rows of a run on one device. @param known lists of differences whose reasons are known, the more special last */
export function columnsOf(packs: readonly Pack[], records: readonly GoldenRecord[], known: readonly string[]): Map<string, { readonly pack: Pack; readonly column: Column }> {
  const reasons = new Map(known.flatMap((path) => Object.entries(readKnown(path))).flatMap(([reason, lines]) => lines.map((line) => [line, reason] as const)));
  const rows = new Map<string, { pack: Pack; column: { passed: number; run: number; ulp?: number; differs?: { [reason: string]: number } } }>();
  records.forEach((record, i) => {
    const pack = packs[i]!, name = [pack.op, pack.priority].join(" ").trim();
    if (!isOperator(pack)) return;
    const row = rows.get(name) ?? { pack, column: { passed: 0, run: 0 } }, { column } = row;
    rows.set(name, row);
    if (record.status === "not implemented" && uncounted.test(record.reason ?? "")) return;
    column.run++;
    if (record.status === "passed") {
      column.passed++;
      if (record.ulp !== undefined) column.ulp = Math.max(column.ulp ?? 0, Number(record.ulp.toPrecision(2)));
    } else {
      const reason = reasons.get(record.id) ?? summarised(record.reason ?? "");
      column.differs = { ...column.differs, [reason]: (column.differs?.[reason] ?? 0) + 1 };
    }
  });
  return rows;
}

/** The file with the columns of one device replaced, for the operators that ran. */
export function updateParity(path: string, device: string, rows: ReturnType<typeof columnsOf>): Parity {
  const before: Parity = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) as Parity : {}, after: { [operator: string]: ParityRow } = { ...before };
  for (const [name, { pack, column }] of rows)
    after[name] = { category: pack.category ?? "other", priority: pack.priority ?? "", exported: isExported(operatorOf(name)), devices: { ...before[name]?.devices, [device]: column } };
  const sorted: Parity = Object.fromEntries(Object.entries(after).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(path, `{\n${Object.entries(sorted).map(([name, row]) => `${JSON.stringify(name)}: ${JSON.stringify(row)}`).join(",\n")}\n}\n`);
  return sorted;
}

const order = ["cpu", "wasm", "webgpu", "tfjs"];
const count = (n: number): string => (n === 0 ? "0" : n < 9.95 ? n.toFixed(1) : n < 9995 ? String(Math.round(n)) : n.toExponential(0).replace("e+", "e"));
function cell(column: Column | undefined): string {
  if (column === undefined) return "";
  const { passed, run, ulp } = column;
  return run === 0 ? "–" : `${passed === run ? run : `**${passed}/${run}**`}${ulp === undefined ? "" : ` · ${count(ulp)}`}`;
}
const escaped = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ").replaceAll("<", "&lt;");
function remarks({ devices }: ParityRow, columns: readonly string[]): string {
  const where = new Map<string, string[]>();
  for (const name of columns) for (const [reason, n] of Object.entries(devices[name]?.differs ?? {})) where.set(reason, [...(where.get(reason) ?? []), `${name} ${n}`]);
  return [...where].map(([reason, places]) => `${escaped(reason)} (${places.join(", ")})`).join("; ");
}

/** The page. */
export function renderParity(parity: Parity): string {
  const rows = Object.entries(parity), columns = order.filter((name) => rows.some(([, row]) => name in row.devices));
  const total = (priority: string, device: string): string => {
    const of = rows.filter(([, row]) => row.priority === priority).flatMap(([, row]) => row.devices[device] ?? []);
    const passed = of.reduce((sum, c) => sum + c.passed, 0), run = of.reduce((sum, c) => sum + c.run, 0);
    return `${passed} of ${run} (${(Math.floor((1000 * passed) / Math.max(1, run)) / 10).toFixed(1)} %)`;
  };
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const head = [
    "# Parity with PyTorch", "",
    "Operator by device: how many of PyTorch 1.13's own test cases pass (value, gradient, second gradient, form in place, errors), and after the dot the largest distance of a float32",
    "result from PyTorch's float64 answer, in units in the last place of that answer. It is large where terms cancel, and where PyTorch's own float32 is as far away: a case is judged by",
    "the rule in [goldens](goldens.md), not by it. `**28/30**` means that two cases do not pass, and the last column says why. Cases in a dtype that a device does not compute in,",
    "complex64 beside complex128 on devices without float64, integers beyond 32 bits, int64 beside int32 and whole floats beside ints (one number in JavaScript) are not counted, as",
    "`npm run goldens` calls them not implemented; `–` is an operator of which no others are left, and one stands twice whose variants are not as likely. Our names are PyTorch's in",
    "camelCase. A, B and C are how likely a program needs it: any tutorial; a common model; the rest.", "",
    "Written by `npm run parity` into this page and [parity.json](parity.json); `npm run parity -- --device wasm --op add` brings a part of it up to date.", "",
    line(["priority", ...columns]), line(["-", ...columns.map(() => "-")]),
    ...["A", "B", "C"].map((priority) => line([priority, ...columns.map((device) => total(priority, device))])), "",
  ];
  const categories = [...new Set(rows.map(([, row]) => row.category))].sort();
  const tables = categories.flatMap((category) => [
    `## ${category}`, "", line(["operator", "", ...columns, "what differs"]), line(["-", "-", ...columns.map(() => "-:"), "-"]),
    ...rows.filter(([, row]) => row.category === category).map(([name, row]) =>
      line([`\`${operatorOf(name)}\``, row.priority, ...columns.map((device) => cell(row.devices[device])), row.exported ? remarks(row, columns) : "not there"])), "",
  ]);
  return [...head, ...tables].join("\n");
}
