/** @file The page: a backend is chosen, the tour runs on it, and says how far it is from the cpu. */
import { manualSeed } from "adjoint";
import { largestDifference } from "../difference.ts";
import { type DeviceName, deviceNames, open, type Opened } from "../devices.ts";
import { runTour } from "../tour.ts";

const element = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;
const form = element<HTMLFormElement>("controls"), backend = element<HTMLSelectElement>("backend"), seed = element<HTMLInputElement>("seed");
const button = element<HTMLButtonElement>("run"), status = element<HTMLOutputElement>("status"), lines = element<HTMLOListElement>("lines");

const opened = new Map<DeviceName, Promise<Opened>>();
function opening(name: DeviceName): Promise<Opened> {
  let device = opened.get(name);
  if (device === undefined) opened.set(name, (device = open(name)));
  return device;
}

for (const name of deviceNames) backend.append(new Option(name, name));

function show(code: string, output: string): void {
  const item = document.createElement("li"), input = document.createElement("code"), result = document.createElement("pre");
  input.textContent = code;
  result.textContent = output;
  item.append(input, result);
  lines.append(item);
}

async function run(name: DeviceName): Promise<string> {
  const { device, note } = await opening(name);
  if (device === undefined) return `${name} is not available here: ${note}`;
  const start = Math.max(0, Math.floor(Number(seed.value)) || 0);
  manualSeed(start);
  const from = performance.now();
  const tour = await runTour(device);
  const took = performance.now() - from;
  for (const { code, output } of tour.lines) show(code, output);
  const reference = (await opening("cpu")).device!;
  manualSeed(start);
  const difference = largestDifference(tour.numbers, (await runTour(reference)).numbers);
  return `${name} (${note}): ${took.toFixed(0)} ms, ${tour.numbers.length} numbers, largest difference from cpu ${difference.toExponential(1)}`;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  button.disabled = true;
  lines.replaceChildren();
  status.value = "running";
  run(backend.value as DeviceName)
    .catch((error: unknown) => `failed: ${String(error)}`)
    .then((text) => { status.value = text; button.disabled = false; }, () => {});
});
