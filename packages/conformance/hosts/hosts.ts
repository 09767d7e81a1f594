/** @file Runs the suite in other hosts: Deno and Bun as programs, Firefox by a page. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { firefoxPath, reported, serve } from "@adjoint/tools-browsers";
import type { HostDevice, HostReport, HostSuite } from "./suite.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const program = at("./program.ts"), runtimes = "../../../tools/runtimes/node_modules";

type Asked = {
  readonly devices: readonly HostDevice[];
  readonly suites: readonly HostSuite[];
  /** After so many seconds the host is stopped; without, it takes as long as it takes. */
  readonly seconds?: number;
};
type Host = { readonly path: () => string | undefined; readonly run: (path: string, asked: Asked) => Promise<readonly HostReport[]> };
const installed = (path: string) => (): string | undefined => (existsSync(at(path)) ? at(path) : undefined);

/** Runs the program under a runtime that takes these arguments before it. */
const runtime = (...args: readonly string[]): Host["run"] => async (path, { devices, suites, seconds = 0 }) => {
  const { stdout } = await promisify(execFile)(path, [...args, program, devices.join(), suites.join()], { cwd: at(".."), maxBuffer: 2 ** 24, timeout: 1000 * seconds });
  return stdout.trim().split("\n").map((line) => JSON.parse(line) as HostReport);
};

export const hosts = {
  deno: { path: installed(`${runtimes}/deno/deno`), run: runtime("run", "--conditions=source", "--no-config", "--no-check", "--no-lock", "--node-modules-dir=manual", "--unstable-webgpu", "--allow-all", "--quiet") },
  bun: { path: installed(`${runtimes}/bun/bin/bun`), run: runtime("run", "--conditions=source") },
  node: { path: () => process.execPath, run: runtime("--conditions=source", "--disable-warning=ExperimentalWarning") },
  firefox: { path: firefoxPath, run: inFirefox },
} satisfies { readonly [name: string]: Host };
export type HostName = keyof typeof hosts;

/** The page, for whoever opens it. */
export async function page(onReport: (report: HostReport | string) => void): Promise<{ readonly url: string; close(): Promise<void> }> {
  return await serve({ root: at("./page"), outDir: at("../node_modules/.cache/hosts-page"), onReport: (text) => onReport(JSON.parse(text) as HostReport | string) });
}

async function inFirefox(path: string, { devices, suites, seconds }: Asked): Promise<readonly HostReport[]> {
  const reports: HostReport[] = [], done = Promise.withResolvers<void>();
  const served = await page((report) => {
    if (typeof report !== "string") reports.push(report);
    else if (report === "done") done.resolve();
    else done.reject(new Error(report));
  });
  try {
    await reported({ path, url: `${served.url}?device=${devices.join()}&suite=${suites.join()}`, until: done.promise, ...(seconds !== undefined && { seconds }) });
  } finally {
    await served.close();
  }
  return reports;
}
