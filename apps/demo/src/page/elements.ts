/** @file The page's elements by their ids, and the backends, each opened once. */
import { type DeviceName, deviceNames, open, type Opened } from "../devices.ts";

export const element = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;
const backend = element<HTMLSelectElement>("backend");
for (const name of deviceNames) backend.append(new Option(name, name));

const opened = new Map<DeviceName, Promise<Opened>>();
export function opening(name: DeviceName): Promise<Opened> {
  let device = opened.get(name);
  if (device === undefined) opened.set(name, (device = open(name)));
  return device;
}
export const chosen = (): DeviceName => backend.value as DeviceName;
/** A whole number of at least `least`, whatever was typed. */
export const numberIn = (id: string, least: number): number => Math.max(least, Math.floor(element<HTMLInputElement>(id).valueAsNumber) || least);

/** Says beside the choice what it is, or why it cannot be had. */
export async function sayWhatIsChosen(): Promise<void> {
  const name = chosen(), { device, note } = await opening(name);
  if (name === chosen()) element("note").textContent = device === undefined ? `not available here: ${note}` : note;
}
backend.addEventListener("change", () => void sayWhatIsChosen());
