/** @file The same work on every backend, and the largest difference between them. */
import { manualSeed } from "adjoint";
import type { Corpus } from "../corpus.ts";
import type { Opened } from "../devices.ts";
import { largestDifference } from "../difference.ts";
import { runTour, type Tour } from "../tour.ts";
import { train } from "../train.ts";
import { table } from "./table.ts";

export type Toured = { readonly opened: Opened; readonly tour: Tour | undefined };

export async function tourEverywhere(all: readonly Opened[], seed: number): Promise<Toured[]> {
  const toured: Toured[] = [];
  for (const opened of all) {
    manualSeed(seed);
    toured.push({ opened, tour: opened.device === undefined ? undefined : await runTour(opened.device) });
  }
  return toured;
}

/** Every backend against the first, on the numbers that the tour printed. */
export function parityTable(toured: readonly Toured[]): string {
  const reference = toured.find(({ tour }) => tour !== undefined)!;
  return table([
    ["backend", "numbers", `largest difference from ${reference.opened.name}`],
    ...toured.map(({ opened, tour }) => tour === undefined
      ? [opened.name, "-", "not available"]
      : [opened.name, String(tour.numbers.length), tour === reference.tour ? "the reference" : largestDifference(tour.numbers, reference.tour!.numbers).toExponential(1)]),
  ]) + toured.map(({ opened }) => `\n${opened.name}: ${opened.note}`).join("");
}

/** Trains the same steps from one seed everywhere. */
export async function compareTraining(all: readonly Opened[], corpus: Corpus, steps: number, seed: number, progress: (text: string) => void): Promise<string> {
  const rows: string[][] = [["backend", "first loss", "last loss", "seconds", "ms/step", "largest difference of losses"]];
  let reference: readonly number[] | undefined;
  for (const { name, device } of all) {
    if (device === undefined) {
      rows.push([name, "-", "-", "-", "-", "not available"]);
      continue;
    }
    const { losses, seconds } = await train(device, corpus, { steps, seed }, ({ step, loss }) => progress(`${name}: step ${step + 1} of ${steps}, loss ${loss.toFixed(4)}`));
    rows.push([name, losses[0]!.toFixed(6), losses[losses.length - 1]!.toFixed(6), seconds.toFixed(2), ((seconds * 1000) / steps).toFixed(1),
      reference === undefined ? "the reference" : largestDifference(losses, reference).toExponential(1)]);
    reference ??= losses;
  }
  progress("");
  return table(rows);
}
