/** @file The flags of `npm start`, checked. A wrong one is a UsageError: one line, exit 2. */
import { readFileSync, statSync } from "node:fs";
import { parseArgs } from "node:util";
import { type DeviceName, deviceNames } from "../devices.ts";

export class UsageError extends Error {}

export type Arguments = { readonly text: string | undefined; readonly device: DeviceName | undefined; readonly steps: number; readonly seed: number; readonly compare: boolean; readonly help: boolean };

export const usage = `npm start -- [--text FILE] [--device ${deviceNames.join("|")}] [--steps N] [--seed N] [--compare]
  --text FILE  train on this text (default: this project's own Markdown and sources)
  --device     where to train (default: the best there is)
  --steps N    training steps (default 300)
  --seed N     of all random numbers (default 1)
  --compare    train the same few steps on every backend and compare them`;

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(value) || value < least) throw new UsageError(`--${name} takes a whole number of at least ${least}, got "${text}"`);
  return value;
}

export function parse(argv: readonly string[]): Arguments {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...argv], strict: true, allowPositionals: false,
      options: { text: { type: "string" }, device: { type: "string" }, steps: { type: "string" }, seed: { type: "string" }, compare: { type: "boolean" }, help: { type: "boolean", short: "h" } },
    }));
  } catch (error) {
    throw new UsageError((error as Error).message.split(". ")[0]!);
  }
  const { text, device, compare = false, help = false } = values;
  if (device !== undefined && !deviceNames.includes(device as DeviceName)) throw new UsageError(`--device takes one of ${deviceNames.join(", ")}, got "${device}"`);
  return {
    text, compare, help, device: device as DeviceName | undefined,
    steps: whole("steps", values.steps ?? (compare ? "20" : "300"), 1), seed: whole("seed", values.seed ?? "1", 0),
  };
}

/** The text of a file, refused if it is missing, empty, too short for the model or not text. */
export function readText(path: string, least: number): string {
  let bytes: Buffer;
  try {
    if (statSync(path).isDirectory()) throw new UsageError(`--text: ${path} is a folder`);
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`--text: cannot read ${path}: ${(error as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : (error as Error).message}`);
  }
  if (bytes.length === 0) throw new UsageError(`--text: ${path} is empty`);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`--text: ${path} is not UTF-8 text`);
  }
  if (text.includes("\0")) throw new UsageError(`--text: ${path} is a binary file`);
  if (text.length < least) throw new UsageError(`--text: ${path} has ${text.length} characters; at least ${least} are needed`);
  return text;
}
