/** @file `npm run bench`: the same workloads on Adjoint's backends and on its peers, side by side. */
import { writeFileSync } from "node:fs";
import { type Flags, readFlags } from "./flags.ts";
import { method } from "./measure.ts";
import { reasonOf, yardsticks } from "./peer.ts";
import { chromium, node } from "./place.ts";
import { page, picture } from "./plot.ts";
import { heading, machine, type Row, rowOf, summary, table } from "./report.ts";

async function main(flags: Flags): Promise<number> {
  const place = await (flags.browser ? chromium : node)(flags), { peers } = place;
  const where = machine(place.host);
  console.log(`${heading(where, peers, flags.dry)}\n`);

  const rows: Row[] = [];
  const about = peers.map((peer) => ("reason" in peer ? { name: peer.name, reason: peer.reason } : { name: peer.name, note: peer.note }));
  for (const workload of flags.workloads) {
    if (process.stderr.isTTY) process.stderr.write(`${workload.name}: ${workload.what}\n`);
    rows.push(rowOf(workload, await place.measure(workload)));
    // Each time, so that what was measured is there if the rest is cut off.
    if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify({ date: new Date().toISOString(), command: process.argv.slice(2), machine: where, method, peers: about, rows }, null, 2)}\n`);
  }
  await place.close();
  const text = table(rows, peers) + yardsticks.map((yardstick) => summary(rows, peers, yardstick)).join("");
  console.log(text);
  if (flags.plot !== undefined) {
    const names = peers.map(({ name }) => name), yardstick = yardsticks.find((name) => names.includes(name)) ?? yardsticks[0];
    const unit = names.includes(yardstick) ? `${yardstick}'s on one thread` : "the fastest";
    const svg = picture(rows, names, yardstick, `Time of a run over ${unit}, median; ${where.cpu}, ${where.host}`);
    writeFileSync(flags.plot, flags.plot.endsWith(".svg") ? svg : page(svg, `${heading(where, peers, flags.dry)}\n\n${text}`));
  }
  return rows.some(({ results }) => results.some(({ status }) => status === "wrong")) ? 1 : 0;
}

let flags: Flags;
try {
  flags = readFlags(process.argv.slice(2));
} catch (error) {
  console.error(`bench: ${reasonOf(error)}`);
  process.exit(2);
}
process.exit(await main(flags)); // A device may hold the process open.
