/** @file `npm start`: the tour on every backend, then a character transformer trained on a real text. */
import { findGraphicsDriver } from "@adjoint/tools-browsers/vulkan";
import { type Corpus, corpusOf } from "../corpus.ts";
import { type Opened, deviceNames, open } from "../devices.ts";
import { defaultSize } from "../model.ts";
import { sample, train } from "../train.ts";
import { type Arguments, parse, readText, usage, UsageError } from "./arguments.ts";
import { compareTraining, parityTable, tourEverywhere } from "./compare.ts";
import { ownText } from "./own-text.ts";
import { bar, megabytes } from "./table.ts";

const print = (text: string = ""): void => void process.stdout.write(`${text}\n`);
const live = process.stdout.isTTY === true;
/** One line that is written over; where nobody watches, nothing. */
const status = (text: string): void => void (live && process.stdout.write(`\r\x1b[2K${text}`));

async function main(args: Arguments): Promise<void> {
  const least = defaultSize.context * 4;
  const corpus = corpusOf(args.text === undefined ? ownText() : readText(args.text, least));
  findGraphicsDriver();
  const all: Opened[] = [];
  for (const name of deviceNames) all.push(await open(name));
  const chosen = choose(all, args.device);

  print("# The autograd tour");
  const toured = await tourEverywhere(all, args.seed);
  for (const { code, output } of toured.find(({ tour }) => tour !== undefined)!.tour!.lines) print(`> ${code}\n${output}`);
  print("\n# The same on every backend");
  print(parityTable(toured));

  const { tokens, characters, unigramEntropy } = corpus;
  print(`\n# A character-level transformer on ${args.text ?? "this project's own text"}: ${tokens.length} characters, ${characters.length} kinds, unigram entropy ${unigramEntropy.toFixed(3)} nats`);
  if (args.compare) print(await compareTraining(all, corpus, args.steps, args.seed, status));
  else await trainAndSample(chosen, corpus, args);
  for (const { device } of all) device?.dispose();
}

/** The device asked for, or the best: a real GPU, wasm, cpu. */
function choose(all: readonly Opened[], wanted: string | undefined): Opened {
  const order = wanted === undefined ? ["webgpu", "wasm", "cpu"] : [wanted];
  const found = order.map((name) => all.find((opened) => opened.name === name)!)
    .find(({ device, software }) => device !== undefined && (wanted !== undefined || software !== true));
  if (found === undefined) throw new UsageError(`--device ${wanted}: ${all.find(({ name }) => name === wanted)?.note}`);
  return found;
}

async function trainAndSample(chosen: Opened, corpus: Corpus, { steps, seed }: Arguments): Promise<void> {
  const device = chosen.device!;
  print(`training on ${chosen.name} (${chosen.note})`);
  const every = Math.max(1, Math.floor(steps / 10));
  let sent = "";
  const { model, losses, seconds } = await train(device, corpus, { steps, seed }, ({ step, loss, tokensPerSecond, liveBytes, dispatches, submits }) => {
    if (dispatches !== undefined) sent = `; ${dispatches} dispatches, ${submits} ${submits === 1 ? "submit" : "submits"} a step`;
    const text = bar(step + 1, steps, `loss ${loss.toFixed(4)}  ${tokensPerSecond.toFixed(0)} tokens/s  ${megabytes(liveBytes)} live`);
    status(text);
    if (!live && (step === 0 || (step + 1) % every === 0)) print(text);
  });
  status("");
  const last = losses.slice(-10), mean = last.reduce((a, b) => a + b, 0) / last.length;
  print(`${model.count()} parameters, ${steps} steps in ${seconds.toFixed(1)} s; loss ${losses[0]!.toFixed(4)} -> ${mean.toFixed(4)} (mean of the last ${last.length}); unigram entropy ${corpus.unigramEntropy.toFixed(4)}${sent}`);
  print("\n# A sample");
  print(await sample(model, device, corpus, "export ", 200, seed));
}

try {
  const args = parse(process.argv.slice(2));
  if (args.help) print(usage);
  else await main(args);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
