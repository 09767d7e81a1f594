/** @file The same in Chromium: builds the page, serves it, and asks it workload by workload. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright";
import { build, defaultClientConditions, preview, type PreviewServer } from "vite";
import type { Bench, PagePeer } from "../page/main.ts";
import type { Result } from "./measure.ts";
import type { Absent, Peer } from "./peer.ts";

declare const bench: Bench;

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** Threads need shared memory, and so a page that is isolated from other origins. */
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
const flags = ["--no-sandbox", "--enable-unsafe-webgpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const places = [process.env["CHROMIUM"], "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

/** Of the packages what this process has of them: `dist`, or with `--conditions=source` the sources. */
const conditions = [...(process.execArgv.includes("--conditions=source") ? ["source"] : []), ...defaultClientConditions];

/** What stands for a peer of the page here: it is measured there. */
export type Listed = Absent | Pick<Peer, "name" | "note">;

export class PageBench {
  readonly #server: PreviewServer;
  readonly #browser: Browser;
  readonly #page: Page;
  readonly version: string;

  private constructor(server: PreviewServer, browser: Browser, page: Page) {
    this.#server = server;
    this.#browser = browser;
    this.#page = page;
    this.version = browser.version();
  }

  static async start(): Promise<PageBench> {
    const executablePath = places.find((path) => path !== undefined && existsSync(path));
    if (executablePath === undefined) throw new Error("--browser: no Chromium found: set CHROMIUM to its path, or install it (on Debian: apt-get install chromium)");
    const root = at("../page"), outDir = at("../node_modules/.cache/page");
    await build({ root, configFile: false, logLevel: "error", resolve: { conditions }, build: { outDir, emptyOutDir: true, target: "esnext", chunkSizeWarningLimit: 1e6 } });
    const server = await preview({ root, configFile: false, logLevel: "error", build: { outDir }, preview: { headers, port: 0, host: "127.0.0.1" } });
    const browser = await chromium.launch({ executablePath, args: flags }), page = await browser.newPage();
    page.setDefaultTimeout(0);
    const { port } = server.httpServer.address() as { readonly port: number };
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.waitForFunction(() => "bench" in globalThis);
    return new PageBench(server, browser, page);
  }

  open(names: readonly PagePeer[]): Promise<readonly Listed[]> {
    return this.#page.evaluate((all) => bench.open(all), [...names]) as Promise<readonly Listed[]>;
  }
  measure(workload: string): Promise<readonly Result[]> {
    return this.#page.evaluate((name) => bench.measure(name), workload);
  }
  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.close();
  }
}
