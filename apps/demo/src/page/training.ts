/** @file The page's training: a run is a curve, a row, and a sample; runs from one seed are compared. */
import { corpusOf, type Corpus } from "../corpus.ts";
import { type DeviceName, deviceNames } from "../devices.ts";
import { largestDifference } from "../difference.ts";
import { type ModelSize } from "../model.ts";
import { sample, train } from "../train.ts";
import { chart, type Curve } from "./chart.ts";
import { chosen, element, numberIn, opening } from "./elements.ts";

/** Small, so that plain JavaScript takes its steps while one watches. */
const size: ModelSize = { context: 32, width: 48, heads: 4, layers: 2 };
const least = 1000;
const pages = import.meta.glob<string>("../../../../docs/*.md", { query: "?raw", import: "default" });
const buttons = ["train", "train-all"].map((id) => element<HTMLButtonElement>(id)), stop = element<HTMLButtonElement>("stop");
const progress = element<HTMLOutputElement>("progress"), rows = element("runs").querySelector("tbody")!;

let runs: Curve[] = [];
/** What all runs that are shown have in common; a run with other settings begins anew. */
let settings = "";

async function textOfPage(): Promise<string> {
  const own = element<HTMLTextAreaElement>("text").value;
  return own.length >= least ? own : (await Promise.all(Object.values(pages).map((load) => load()))).join("\n");
}

function addRow(name: DeviceName, losses: readonly number[], seconds: number): void {
  // A run that was stopped is compared as far as it went.
  const first = runs[0]!.losses, shared = Math.min(losses.length, first.length), difference = largestDifference(losses.slice(0, shared), first.slice(0, shared));
  const cells = [String(losses.length), losses.at(-1)!.toFixed(4), ((seconds * 1000) / losses.length).toFixed(1), runs.length === 1 ? "-" : difference.toExponential(1)];
  const row = document.createElement("tr"), head = document.createElement("td"), dot = document.createElement("span");
  dot.className = "dot";
  dot.style.background = `var(--${name})`;
  head.append(dot, name);
  row.append(head, ...cells.map((text) => Object.assign(document.createElement("td"), { textContent: text })));
  rows.append(row);
  element("runs").hidden = false;
}

async function runOn(name: DeviceName, corpus: Corpus, steps: number, seed: number, signal: AbortSignal): Promise<void> {
  const { device, note } = await opening(name);
  if (device === undefined) return void (progress.value = `${name} is not available here: ${note}`);
  const losses: number[] = [];
  const before = runs.filter((run) => run.name !== name);
  const draw = (): void => element("chart").replaceChildren(chart([...before, { name, losses }], steps, corpus.unigramEntropy));
  const { model, seconds } = await train(device, corpus, { steps, seed, size, signal }, ({ step, loss, tokensPerSecond, liveBytes, dispatches, submits }) => {
    losses.push(loss);
    draw();
    const sent = dispatches === undefined ? "" : ` · ${dispatches} dispatches in ${submits} ${submits === 1 ? "submit" : "submits"}`;
    progress.value = `${name}: step ${step + 1} of ${steps}, loss ${loss.toFixed(3)} · ${tokensPerSecond.toFixed(0)} characters/s · ${(liveBytes / 2 ** 20).toFixed(1)} MB live${sent}`;
  });
  try {
    if (losses.length === 0) return;
    runs = [...before, { name, losses }];
    [...rows.rows].find((row) => row.cells[0]!.textContent === name)?.remove();
    addRow(name, losses, seconds);
    const written = element("sample");
    written.textContent = await sample(model, device, corpus, "A tensor ", 240, seed);
    written.hidden = false;
  } finally {
    for (const parameter of model.parameters()) parameter.dispose();
  }
}

async function runAll(names: readonly DeviceName[]): Promise<void> {
  const abort = new AbortController(), end = (): void => abort.abort();
  for (const button of buttons) button.disabled = true;
  stop.disabled = false;
  stop.addEventListener("click", end);
  try {
    progress.value = "opening";
    const text = await textOfPage(), steps = numberIn("steps", 1), seed = numberIn("seed", 0), asked = JSON.stringify([steps, seed, text.length]);
    if (asked !== settings) {
      runs = [];
      rows.replaceChildren();
      settings = asked;
    }
    const corpus = corpusOf(text);
    for (const name of names) if (!abort.signal.aborted) await runOn(name, corpus, steps, seed, abort.signal);
  } catch (error) {
    progress.value = `failed: ${String(error)}`;
  } finally {
    stop.removeEventListener("click", end);
    stop.disabled = true;
    for (const button of buttons) button.disabled = false;
  }
}

/** Makes the buttons work. */
export function enableTraining(): void {
  element("train").addEventListener("click", () => void runAll([chosen()]));
  element("train-all").addEventListener("click", () => void runAll(deviceNames));
}
