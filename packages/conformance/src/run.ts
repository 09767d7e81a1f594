/** @file Runs cases on one device, without a test framework: what the vitest suite, and any other runner, is made of. */
import type { Backend } from "@adjoint/core/backend";
import { type Case, check, type Expectation, matches } from "./case.ts";
import { Device } from "./device.ts";

export type CreateBackend = () => Backend | Promise<Backend>;

/** What became of a case. `expected`: it failed, as an expectation says that it does. */
export type Outcome =
  | { readonly status: "passed" }
  | { readonly status: "skipped" | "expected"; readonly reason: string }
  | { readonly status: "failed"; readonly error: Error };
export type Report = { readonly case: string; readonly outcome: Outcome };

/** Runs cases one after another on one device, which is replaced after a failure that is not expected, or leaves something behind. */
export type Runner = { run(item: Case): Promise<Outcome>; close(): Promise<void> };

export function runner(createBackend: CreateBackend, expectations: readonly Expectation[] = []): Runner {
  let current: Backend | undefined;
  const another = async (): Promise<Backend> => await createBackend();

  async function attempt(item: Case, backend: Backend): Promise<{ readonly error?: Error; readonly isClean: boolean }> {
    const device = new Device(backend, another);
    try {
      await item.run(device);
      await device.settle();
      device.release();
      const { buffers, bytes } = device.backend.live();
      check(buffers === 0, `${item.name}: ${buffers} buffers (${bytes} bytes) were not freed`);
      return { isClean: true };
    } catch (error) {
      await device.settle().catch(() => undefined);
      return { error: error instanceof Error ? error : new Error(String(error)), isClean: await isClean(device) };
    }
  }

  async function close(): Promise<void> {
    const backend = current;
    current = undefined;
    if (backend === undefined) return;
    await backend.sync().catch(() => undefined);
    backend.dispose();
  }

  async function run(item: Case): Promise<Outcome> {
    const backend = (current ??= await createBackend());
    const lacking = item.needs.find((dtype) => !backend.dtypes.has(dtype));
    if (lacking !== undefined) return { status: "skipped", reason: `${backend.name} does not compute in ${lacking}` };
    const { error, isClean: clean } = await attempt(item, backend), expectation = expectations.find((x) => matches(x, item.name));
    // A new device compiles all its kernels anew, so one that refused what it is known to refuse goes on.
    if (error !== undefined && (expectation === undefined || !clean)) await close().catch(() => undefined);
    if (expectation === undefined) return error === undefined ? { status: "passed" } : { status: "failed", error };
    if (error !== undefined) return { status: "expected", reason: expectation.reason };
    return { status: "failed", error: new Error(`${item.name} passes: the expectation is no longer needed (${expectation.reason})`) };
  }
  return { run, close };
}

/** Whether a case that failed left a device that works and holds nothing. */
async function isClean(device: Device): Promise<boolean> {
  try {
    device.release();
    await device.backend.sync();
    return device.backend.live().buffers === 0;
  } catch {
    return false;
  }
}

/** Expectations that name no case: misspelt, or of a case that is gone. */
export const unknownExpectations = (cases: readonly Case[], expectations: readonly Expectation[]): readonly Expectation[] =>
  expectations.filter((x) => !cases.some((item) => matches(x, item.name)));

/**
 * Runs cases and says what became of each: for runners other than vitest, and for reports.
 *
 * @example
 * const reports = await runCases(() => referenceBackend(), kernelSuite());
 */
export async function runCases(createBackend: CreateBackend, cases: readonly Case[], expectations: readonly Expectation[] = []): Promise<Report[]> {
  const device = runner(createBackend, expectations), reports: Report[] = [];
  for (const item of cases) reports.push({ case: item.name, outcome: await device.run(item) });
  await device.close();
  for (const { case: name } of unknownExpectations(cases, expectations))
    reports.push({ case: String(name), outcome: { status: "failed", error: new Error(`no case is called ${String(name)}: remove the expectation`) } });
  return reports;
}
