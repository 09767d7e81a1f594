/** @file What became of a case: passed, failed, or not implemented with the reason. Never anything else, whatever is thrown. */
import { AdjointError, DeviceError, DTypeError, getDefaultDevice, NotSupportedError } from "@adjoint/core";
import type { GoldenError } from "../pack.ts";
import { Missing, Raised } from "../python/objects.ts";
import { Unsupported } from "../python/values.ts";
import { isExpected } from "./messages.ts";
import { Mismatch } from "./compare.ts";

export type GoldenRecord = {
  readonly id: string; readonly status: "passed" | "failed" | "not implemented";
  /** Largest error against what is allowed: above 1 fails. */
  readonly error?: number; readonly reason?: string;
  /** Of operators, where the device has float64 and the case passed: the largest error there against 1e-10, or how it differs. */
  readonly float64?: number | string;
  /** Of float32 results: the largest distance from the answer, in units of its last place. */
  readonly ulp?: number;
  /** Of what PyTorch refuses: the class of the error that is thrown here. */
  readonly refusal?: string;
};
/** What a check measured: the largest error against what is allowed, and that of the results in ulp. */
export type Measured = Pick<GoldenRecord, "ulp" | "refusal"> & { readonly error: number };

export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
/** A dtype, or a way to read, that the device does not have, wherever on the way it was asked for. */
const beyondDevice = (error: unknown): boolean => (error instanceof DTypeError && /device '.*' does not (take|compute in)/.test(error.message)) || (error instanceof DeviceError && /cannot (read synchronously|be read at once)/.test(error.message));
/** A device that answers later reports then, too, what it found wrong with values. */
export const settled = async (): Promise<void> => { const device = getDefaultDevice(); if (device.readSync === undefined) await device.sync(); };
const missing = (error: unknown): boolean => error instanceof Unsupported || error instanceof NotSupportedError || error instanceof Missing || beyondDevice(error);

/** The record of a case whose check gives its largest error, or throws. */
export async function verdict(id: string, check: () => Promise<number | Measured>): Promise<GoldenRecord> {
  try {
    const found = await check();
    return { id, status: "passed", ...(typeof found === "number" ? { error: found } : found) };
  } catch (error) {
    if (missing(error)) return { id, status: "not implemented", reason: error instanceof Missing ? `no operator ${error.wanted}` : textOf(error) };
    const name = error instanceof Raised ? error.type : error instanceof Error ? error.name : "";
    return { id, status: "failed", reason: error instanceof Mismatch ? error.message : `${name}: ${textOf(error)}` };
  }
}

/** Runs what PyTorch refuses: the text must say the same. */
export async function expectError(expected: GoldenError, run: () => unknown): Promise<Measured> {
  try {
    await run();
    await settled();
  } catch (error) {
    if (isExpected(textOf(error), expected)) return { error: 0, ...(error instanceof AdjointError ? { refusal: error.name } : {}) };
    if (missing(error)) throw error;
    throw new Mismatch(`raised "${textOf(error)}", expected "${expected.message}"`);
  }
  throw new Mismatch(`no error, expected "${expected.message}"`);
}
