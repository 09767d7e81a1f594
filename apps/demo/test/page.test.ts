/** @file The page in a real Chromium: every backend runs the tour, and the console stays free of errors. */
import { fileURLToPath } from "node:url";
import { chromiumFlags, findChromium } from "@adjoint/tools-browsers/chromium";
import { type Browser, chromium } from "playwright";
import { createServer, type ViteDevServer } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const executablePath = findChromium();
// Without a browser this cannot run; in continuous integration that is a failure, and launching says so.
describe.skipIf(executablePath === undefined && process.env["CI"] === undefined)("the page", () => {
  let server: ViteDevServer, browser: Browser;
  beforeAll(async () => {
    server = await createServer({ root: fileURLToPath(new URL("..", import.meta.url)), configFile: fileURLToPath(new URL("../vite.config.ts", import.meta.url)), server: { port: 0 }, logLevel: "error" });
    await server.listen();
    browser = await chromium.launch({
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [...chromiumFlags],
    });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test.each(["cpu", "wasm", "webgpu"])("runs the tour on %s", async (name) => {
    const page = await browser.newPage(), complaints: string[] = [];
    page.on("console", (message) => { if (message.type() === "error") complaints.push(message.text()); });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(server.resolvedUrls!.local[0]!);
    await page.selectOption("#backend", name);
    await page.click("#run");
    await page.waitForFunction(() => !["", "running"].includes((document.getElementById("status") as HTMLOutputElement).value), undefined, { timeout: 120_000 });
    const status = await page.locator("#status").textContent(), lines = await page.locator("#lines").textContent();
    expect(status).toMatch(/largest difference from cpu \d\.\de[-+]\d+$/);
    expect(Number(/cpu (\S+)$/.exec(status!)![1])).toBeLessThan(1e-5);
    expect(lines).toContain("tensor([1.8000e+00, 1.8000e+01, 1.8000e-02])");
    expect(complaints).toEqual([]);
    await page.close();
  }, 180_000);

  test("trains on every backend that is chosen, and compares the runs", async () => {
    const page = await browser.newPage(), complaints: string[] = [];
    page.on("console", (message) => { if (message.type() === "error") complaints.push(message.text()); });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(server.resolvedUrls!.local[0]!);
    await page.fill("#steps", "3");
    for (const [i, name] of ["cpu", "wasm"].entries()) {
      await page.selectOption("#backend", name);
      await page.click("#train");
      await page.waitForFunction((count) => document.querySelectorAll("#runs tbody tr").length === count && !(document.getElementById("train") as HTMLButtonElement).disabled, i + 1, { timeout: 120_000 });
    }
    const cells = await page.locator("#runs tbody tr").last().locator("td").allTextContents();
    expect(cells.slice(0, 2)).toEqual(["wasm", "3"]);
    expect(Number(cells.at(-1))).toBeLessThan(1e-4);
    expect(await page.locator("#chart polyline").count()).toBe(2);
    expect((await page.locator("#sample").textContent())!.length).toBeGreaterThan(200);
    // Other settings begin anew.
    await page.fill("#steps", "2");
    await page.click("#train");
    await page.waitForFunction(() => document.querySelector("#runs tbody tr:only-child td:nth-child(2)")?.textContent === "2", undefined, { timeout: 120_000 });
    expect(complaints).toEqual([]);
    await page.close();
  }, 240_000);
});
