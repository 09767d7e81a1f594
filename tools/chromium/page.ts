/** @file A page of our own in headless Chromium: built, served, and asked by a program in Node. */
import { createReadStream, existsSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright";
import { build, defaultClientConditions, preview, type PreviewServer } from "vite";
import { chromiumFlags, findChromium, isolation } from "./chromium.ts";

export type PageOptions = {
  /** The folder of index.html. */
  readonly root: string;
  readonly outDir: string;
  /** The name of the global by which the page says that it is ready. */
  readonly ready: string;
  /** A folder whose files the page finds under /files/. */
  readonly files?: string;
};

/** Of the packages what this process has of them: `dist`, or with `--conditions=source` the sources. */
const conditions = [...(process.execArgv.includes("--conditions=source") ? ["source"] : []), ...defaultClientConditions];

export class ServedPage {
  readonly #server: PreviewServer;
  readonly #browser: Browser;
  readonly page: Page;
  readonly version: string;

  private constructor(server: PreviewServer, browser: Browser, page: Page) {
    this.#server = server;
    this.#browser = browser;
    this.page = page;
    this.version = browser.version();
  }

  static async start({ root, outDir, ready, files }: PageOptions): Promise<ServedPage> {
    const executablePath = findChromium();
    if (executablePath === undefined) throw new Error("--browser: no Chromium found: set CHROMIUM to its path, or install it (on Debian: apt-get install chromium)");
    // Names of classes are printed, so they stay.
    await build({ root, configFile: false, logLevel: "error", resolve: { conditions }, build: { outDir, emptyOutDir: true, target: "esnext", minify: false, chunkSizeWarningLimit: 1e6 } });
    const server = await preview({
      root, configFile: false, logLevel: "error", build: { outDir }, preview: { headers: { ...isolation }, port: 0, host: "127.0.0.1" },
      plugins: files === undefined ? [] : [{
        name: "files",
        configurePreviewServer({ middlewares }) {
          middlewares.use("/files/", (request, response, next) => {
            const path = join(files, decodeURIComponent((request.url ?? "").split("?")[0]!));
            if (path.startsWith(files) && existsSync(path)) createReadStream(path).pipe(response);
            else next();
          });
        },
      }],
    });
    const browser = await chromium.launch({ executablePath, args: [...chromiumFlags] }), page = await browser.newPage();
    page.setDefaultTimeout(0);
    const { port } = server.httpServer.address() as { readonly port: number };
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.waitForFunction((name) => name in globalThis, ready);
    return new ServedPage(server, browser, page);
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.close();
  }
}
