/** @file Three suites, told apart by folder: `test` (Node), `gpu-node` (WebGPU in Node) and `browser` (Chromium). See docs/development.md. */
import { existsSync, mkdirSync } from "node:fs";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { playwright } from "@vitest/browser-playwright";
import { defaultClientConditions, defaultServerConditions } from "vite";
import { defineConfig, type TestProjectConfiguration } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { chromiumFlags, findChromium, isolation } from "./tools/browsers/chromium.ts";
import { askedTuning, softwareDriver } from "./tools/browsers/vulkan.ts";

const { env } = process;
const inContinuousIntegration = env["CI"] === "true" || env["CI"] === "1";
const remedy = "on Debian: apt-get install --no-install-recommends chromium libvulkan1";

/** A suite that this machine cannot run is left out with one line; in CI it is a failure. */
const missing = (suites: string, reason: string): undefined => {
  const message = `not run: ${suites}. ${reason} (${remedy})`;
  if (inContinuousIntegration) throw new Error(message);
  process.stderr.write(`${message}\n`);
  return undefined;
};

// The packages of this repository are read from their sources, never from a build.
const server = { resolve: { conditions: ["source", ...defaultServerConditions], externalConditions: ["source", "node"] } };
/** Milliseconds: a busy machine is no failure, a test that hangs is one. */
const testTimeout = 120_000;
const execArgv = ["--conditions=source", "--disable-warning=ExperimentalWarning"];

const node: TestProjectConfiguration = {
  ssr: server,
  test: { name: "node", testTimeout, include: ["packages/*/test/**/*.test.ts", "apps/*/test/**/*.test.ts"], execArgv },
};

/** Vulkan's loader finds a driver through this list; where it says nothing, Chromium's own software driver is the baseline. */
const vulkanDriver = (): string | undefined => {
  if (process.platform !== "linux") return ""; // Metal and Direct3D need no list.
  const given = env["VK_ICD_FILENAMES"];
  if (given !== undefined) return given.split(delimiter).every((path) => existsSync(path)) ? given : missing("gpu-node", `VK_ICD_FILENAMES names a file that is not there: ${given}`);
  return softwareDriver() ?? missing("gpu-node", "No Vulkan driver found: set VK_ICD_FILENAMES, or install Chromium, which brings one");
};

const gpuNode = (): TestProjectConfiguration | undefined => {
  const driver = vulkanDriver();
  if (driver === undefined) return undefined;
  // Vulkan's loader prints two lines of noise where this folder is not set.
  const runtime = env["XDG_RUNTIME_DIR"] ?? fileURLToPath(new URL("node_modules/.vite/runtime", import.meta.url));
  mkdirSync(runtime, { recursive: true, mode: 0o700 });
  return {
    ssr: server,
    // Only a forked process sees `env` early enough for the loader, which is not JavaScript.
    test: { name: "gpu-node", testTimeout, include: ["packages/*/gpu-node/**/*.test.ts"], pool: "forks", execArgv, ...(askedTuning().tuning && { setupFiles: fileURLToPath(new URL("packages/backend-webgpu/gpu-node/shared/tuned.ts", import.meta.url)) }), env: { XDG_RUNTIME_DIR: runtime, ...(driver === "" ? {} : { VK_ICD_FILENAMES: driver }) } },
  };
};

const chromium = (): string | undefined => {
  const given = env["CHROMIUM"];
  if (given !== undefined && !existsSync(given)) return missing("browser", `CHROMIUM names a file that is not there: ${given}`);
  return findChromium() ?? missing("browser", "No Chromium found: set CHROMIUM to its path, or install it");
};

const browser = (): TestProjectConfiguration | undefined => {
  const executablePath = chromium();
  if (executablePath === undefined) return undefined;
  return {
    resolve: { conditions: ["source", ...defaultClientConditions] },
    server: { headers: { ...isolation } },
    test: {
      name: "browser",
      testTimeout,
      include: ["packages/*/browser/**/*.test.ts", "apps/*/browser/**/*.test.ts"],
      browser: { enabled: true, headless: true, screenshotFailures: false, instances: [{ browser: "chromium" }], provider: playwright({ launchOptions: { executablePath, args: [...chromiumFlags] } }) },
    },
  };
};

/** What takes minutes begins first, so that it does not run alone at the end. Vitest goes by the sizes of files, and these are the shortest. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files), isLong = ({ moduleId }: TestSpecification): boolean => /\/(conformance|hosts)\.test\.ts$/.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  // Vitest leaves one core idle, which of two is half; at a desk that is right.
  test: { passWithNoTests: true, sequence: { sequencer: LongestFirst }, ...(inContinuousIntegration && { maxWorkers: "100%" }), projects: [node, gpuNode(), browser()].filter((project) => project !== undefined) },
});
