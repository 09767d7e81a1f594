/** @file `npm run bench`: the same workloads on Adjoint's backends and on its peers, side by side. */
import { writeFileSync } from "node:fs";
import { type Flags, type PeerName, readFlags } from "./flags.ts";
import { measure, method } from "./measure.ts";
import { type Absent, type Peer, reasonOf } from "./peer.ts";
import { adjoint } from "./peers/adjoint/index.ts";
import { jax } from "./peers/jax/index.ts";
import { ort } from "./peers/ort/index.ts";
import { torch } from "./peers/torch/index.ts";
import { tfjs } from "./peers/tfjs/index.ts";
import { page, picture } from "./plot.ts";
import { heading, machine, type Row, rowOf, summary, table, yardstick } from "./report.ts";

const others: { readonly [N in PeerName]: () => readonly Promise<Peer | Absent>[] } = { tfjs: () => [tfjs("cpu"), tfjs("wasm")], jax: () => [jax("eager"), jax("jit")], ort: () => [ort()], torch: () => [torch()] };

async function main(flags: Flags): Promise<number> {
  const peers: (Peer | Absent)[] = [];
  for (const opening of [...flags.devices.flatMap((name) => (name === "wasm" && flags.threads > 1 ? [adjoint(name), adjoint(name, flags.threads)] : [adjoint(name)])), ...flags.peers.flatMap((name) => others[name]())]) peers.push(await opening);
  const where = machine();
  console.log(`${heading(where, peers)}\n`);

  const rows: Row[] = [];
  for (const workload of flags.workloads) {
    if (process.stderr.isTTY) process.stderr.write(`${workload.name}: ${workload.what}\n`);
    rows.push(rowOf(workload, await measure(workload, peers)));
  }
  const text = table(rows, peers) + summary(rows, peers);
  console.log(text);
  if (flags.plot !== undefined) {
    const names = peers.map(({ name }) => name), svg = picture(rows, names, yardstick, `Time of a run over ${yardstick}'s on one thread, median; ${where.cpu}, Node ${where.node}`);
    writeFileSync(flags.plot, flags.plot.endsWith(".svg") ? svg : page(svg, `${heading(where, peers)}\n\n${text}`));
  }
  if (flags.json !== undefined) {
    const about = peers.map((peer) => ("reason" in peer ? { name: peer.name, reason: peer.reason } : { name: peer.name, note: peer.note }));
    writeFileSync(flags.json, `${JSON.stringify({ date: new Date().toISOString(), command: process.argv.slice(2), machine: where, method, peers: about, rows }, null, 2)}\n`);
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
