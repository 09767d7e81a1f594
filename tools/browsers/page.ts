/** @file A page of our own in headless Chromium, asked by a program in Node. */
import { type Browser, chromium, type Page } from "playwright";
import { chromiumFlags, findChromium } from "./chromium.ts";
import { serve, type Served, type ServeOptions } from "./serve.ts";

export type PageOptions = ServeOptions & {
  /** The name of the global by which the page says that it is ready. */
  readonly ready: string;
};

export class ServedPage {
  readonly #served: Served;
  readonly #browser: Browser;
  readonly page: Page;
  readonly version: string;

  private constructor(served: Served, browser: Browser, page: Page) {
    this.#served = served;
    this.#browser = browser;
    this.page = page;
    this.version = browser.version();
  }

  static async start({ ready, ...options }: PageOptions): Promise<ServedPage> {
    const executablePath = findChromium();
    if (executablePath === undefined) throw new Error("--browser: no Chromium found: set CHROMIUM to its path, or install it (on Debian: apt-get install chromium)");
    const served = await serve(options);
    let browser: Browser | undefined;
    try {
      browser = await chromium.launch({ executablePath, args: [...chromiumFlags] });
      const page = await browser.newPage(), broken = new Promise<never>((_, reject) => { page.once("pageerror", reject); });
      broken.catch(() => {}); // once the page is ready, its errors are those of what it is asked
      page.setDefaultTimeout(0);
      await page.goto(served.url);
      await Promise.race([page.waitForFunction((name) => name in globalThis, ready), broken]);
      return new ServedPage(served, browser, page);
    } catch (error) {
      await browser?.close();
      await served.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#served.close();
  }
}
