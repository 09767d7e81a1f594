/** @file What a check of a backend is: a name, what it needs, and something to run. Knows no test framework. */
import type { DType } from "@adjoint/core/backend";
import type { Device } from "./device.ts";

/** One check. It passes by returning; whatever it throws is its failure. */
export type Case = {
  /** Unique and stable: expectations name it. */
  readonly name: string;
  /** The case is skipped, with this as its reason, on a backend that lacks one of them. */
  readonly needs: readonly DType[];
  readonly run: (device: Device) => void | Promise<void>;
};

/** A known failure. A case that passes in spite of it fails, so that no expectation outlives its reason. */
export type Expectation = {
  /** The full name of a case, or a pattern: then every case that it matches must fail. */
  readonly case: string | RegExp;
  readonly reason: string;
};

export const matches = (expectation: Expectation, name: string): boolean =>
  typeof expectation.case === "string" ? expectation.case === name : name.search(expectation.case) >= 0;

/** An assertion without a framework. */
export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}
