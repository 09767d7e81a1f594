/** @file Checks a workload's results against each other, then times it in rounds in which the peers take turns. */
import { type Absent, type Peer, type Prepared, reasonOf, type Sent } from "./peer.ts";
import type { Workload } from "./workloads.ts";

export type Timed = { readonly medianMs: number; readonly minMs: number; readonly rounds: number; readonly runsPerRound: number; readonly sent: Sent | undefined };
/** `checked`: how many other peers agree with its result. `wrong`: the result differs, so it was not timed. */
export type Result = { readonly peer: string } & (({ readonly status: "timed"; readonly checked: number } & Timed) | { readonly status: "absent" | "wrong"; readonly reason: string });

/** A round repeats a run until it takes this long, a peer is warmed up for as long as `warmMs`, and stops when its rounds took `budgetMs`; a run of more than `patienceMs` is timed once. */
export const method = { rounds: 15, leastRounds: 3, roundMs: 20, warmMs: 200, budgetMs: 3000, patienceMs: 4000 } as const;

/** The largest difference over the largest number, for the worst of the results; NaN and results of another size differ infinitely. */
function distance(left: readonly ArrayLike<number>[], right: readonly ArrayLike<number>[]): number {
  if (left.length !== right.length) return Infinity;
  let worst = 0;
  for (const [at, x] of left.entries()) {
    const y = right[at]!;
    if (x.length !== y.length) return Infinity;
    let difference = 0, size = Number.MIN_VALUE;
    for (let i = 0; i < x.length; i++) {
      const gap = Math.abs(x[i]! - y[i]!);
      if (!(gap < Infinity)) return Infinity;
      difference = Math.max(difference, gap);
      size = Math.max(size, Math.abs(x[i]!), Math.abs(y[i]!));
    }
    worst = Math.max(worst, difference / size);
  }
  return worst;
}

/** Warms up, and finds how many runs make a round. */
async function runsPerRound(prepared: Prepared): Promise<number> {
  const from = performance.now();
  let last = await prepared.run(1), runs = 1;
  while (performance.now() - from < method.warmMs) {
    last = (await prepared.run(runs)) / runs;
    runs = Math.max(1, Math.min(2 * runs, Math.ceil(method.roundMs / last)));
  }
  return Math.max(1, Math.ceil(method.roundMs / last));
}

const median = (sorted: readonly number[]): number => {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
};

type Entry = { readonly peer: Peer; readonly prepared: Prepared; readonly results: readonly ArrayLike<number>[]; /** The first run, with compilation and reading. */ readonly firstMs: number };

/** Measures one workload on every peer. The order of the results is that of the peers. @param isDry whether devices compute nothing, so that results say nothing */
export async function measure(workload: Workload, peers: readonly (Peer | Absent)[], isDry = false): Promise<readonly Result[]> {
  const results = new Map<string, Result>();
  const entries: Entry[] = [];
  const inputs = workload.inputs();
  for (const peer of peers) {
    if ("reason" in peer) {
      results.set(peer.name, { peer: peer.name, status: "absent", reason: peer.reason });
      continue;
    }
    try {
      await peer.enter();
      const prepared = await peer.prepare(workload.kind, inputs);
      if (typeof prepared === "string") results.set(peer.name, { peer: peer.name, status: "absent", reason: prepared });
      else {
        const from = performance.now();
        const computed = await prepared.results();
        entries.push({ peer, prepared, results: computed, firstMs: performance.now() - from });
      }
    } catch (error) {
      results.set(peer.name, { peer: peer.name, status: "absent", reason: `fails: ${reasonOf(error)}` });
    }
  }

  // Right is what at least half of the others agree with: no peer is the judge, and of two that disagree neither is timed.
  const right = entries.flatMap((entry) => {
    const gaps = entries.filter((other) => other !== entry).map((other) => ({ name: other.peer.name, gap: distance(entry.results, other.results) }));
    const agreeing = gaps.filter(({ gap }) => gap <= workload.tolerance).length;
    if (isDry || 2 * agreeing >= gaps.length) return [{ ...entry, agreeing, times: [] as number[], runs: 1, spent: 0 }];
    const reason = `differs by ${gaps.map(({ name, gap }) => `${gap.toPrecision(2)} from ${name}`).join(", ")}; ${workload.tolerance} is allowed`;
    results.set(entry.peer.name, { peer: entry.peer.name, status: "wrong", reason });
    return [];
  });

  for (const turn of right) {
    await turn.peer.enter();
    if (turn.firstMs < method.patienceMs) turn.runs = await runsPerRound(turn.prepared);
  }
  for (let round = 0; round < method.rounds; round++) {
    for (const turn of right) {
      if (round >= (turn.firstMs < method.patienceMs ? method.leastRounds : 1) && turn.spent > method.budgetMs) continue;
      await turn.peer.enter();
      const took = await turn.prepared.run(turn.runs);
      turn.spent += took;
      turn.times.push(took / turn.runs);
    }
  }
  for (const { peer, prepared, times, runs, agreeing } of right) {
    const sorted = times.toSorted((a, b) => a - b);
    results.set(peer.name, { peer: peer.name, status: "timed", checked: agreeing, medianMs: median(sorted), minMs: sorted[0]!, rounds: sorted.length, runsPerRound: runs, sent: prepared.sent?.() });
  }
  for (const { prepared } of entries) prepared.close();
  return peers.map(({ name }) => results.get(name)!);
}
