/**
 * @file A page of our own in headless Firefox, as a distribution ships it: it is opened with a profile of its own, and the page posts what it finds. No
 * protocol to drive it: those that are at hand (Playwright 1.65) know other versions.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const firefoxPath = (): string | undefined =>
  [process.env["FIREFOX"], "/usr/bin/firefox-esr", "/usr/bin/firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"].find((path) => path !== undefined && existsSync(path));

/** WebGPU is behind a preference on Linux; its adapter is then whatever Vulkan gives. */
const preferences = {
  "dom.webgpu.enabled": true, "gfx.webgpu.ignore-blocklist": true, "browser.shell.checkDefaultBrowser": false, "browser.aboutwelcome.enabled": false, "app.update.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false, "toolkit.telemetry.enabled": false, "network.captive-portal-service.enabled": false, "network.connectivity-service.enabled": false,
  "devtools.console.stdout.content": true,
};

export type Visit = {
  readonly path: string;
  readonly url: string;
  /** Resolves with what is waited for. */
  readonly until: Promise<unknown>;
  /** How long it may take; without, as long as it takes. */
  readonly seconds?: number;
};

/** Opens a page until `until` resolves; throws if Firefox ends before, or takes longer than it may. */
export async function reported({ path, url, until, seconds }: Visit): Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), "firefox-"));
  writeFileSync(join(profile, "user.js"), Object.entries(preferences).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join(""));
  const child = spawn(path, ["--headless", "--no-remote", "--profile", profile, url], { stdio: ["ignore", "pipe", "ignore"], env: { ...process.env, HOME: profile, MOZ_HEADLESS: "1" } });
  let timer: NodeJS.Timeout | undefined, said = "";
  child.stdout.on("data", (part: Buffer) => { said = (said + part.toString()).slice(-2000); });
  const over = new Promise<never>((_, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`Firefox ended (${code}) before the page had reported: ${said}`)));
    if (seconds !== undefined) timer = setTimeout(() => reject(new Error(`Firefox: the page has not reported within ${seconds} s: ${said}`)), 1000 * seconds);
  });
  try {
    await Promise.race([until, over]);
  } finally {
    clearTimeout(timer);
    over.catch(() => {});
    const ended = new Promise((done) => child.on("exit", done));
    if (child.kill()) await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
