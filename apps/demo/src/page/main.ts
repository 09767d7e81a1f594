/** @file The page: a backend is chosen, the tour and the training run on it, and both say how far it is from the others. */
import { manualSeed } from "adjoint";
import type { DeviceName } from "../devices.ts";
import { largestDifference } from "../difference.ts";
import { runTour } from "../tour.ts";
import { chosen, element, numberIn, opening, sayWhatIsChosen } from "./elements.ts";
import { enableTraining } from "./training.ts";

const button = element<HTMLButtonElement>("run"), status = element<HTMLOutputElement>("status"), lines = element<HTMLOListElement>("lines");

function show(code: string, output: string): void {
  const item = document.createElement("li"), input = document.createElement("code"), result = document.createElement("pre");
  input.textContent = code;
  result.textContent = output;
  result.classList.toggle("refused", /^\w*Error: /.test(output));
  item.append(input, result);
  lines.append(item);
}

async function run(name: DeviceName): Promise<string> {
  const { device, note } = await opening(name);
  if (device === undefined) return `${name} is not available here: ${note}`;
  const seed = numberIn("seed", 0);
  manualSeed(seed);
  const from = performance.now();
  const tour = await runTour(device);
  const took = performance.now() - from;
  for (const { code, output } of tour.lines) show(code, output);
  const reference = (await opening("cpu")).device!;
  manualSeed(seed);
  const difference = largestDifference(tour.numbers, (await runTour(reference)).numbers);
  return `${name} (${note}): ${took.toFixed(0)} ms, ${tour.numbers.length} numbers, largest difference from cpu ${difference.toExponential(1)}`;
}

element("controls").addEventListener("submit", (event) => {
  event.preventDefault();
  button.disabled = true;
  lines.replaceChildren();
  status.value = "running";
  run(chosen())
    .catch((error: unknown) => `failed: ${String(error)}`)
    .then((text) => { status.value = text; button.disabled = false; }, () => {});
});
enableTraining();
void sayWhatIsChosen();
