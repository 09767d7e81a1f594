/** @file Where cases run: in this process, or in a page of Chromium. */
import { setDefaultDevice } from "@adjoint/core";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { openers } from "../fuzz/devices.ts";
import { loadPack } from "./folder.ts";
import type { PageDevice, PageGoldens } from "./page/main.ts";
import { type GoldenRecord, runPack } from "./run/groups.ts";

declare const goldens: PageGoldens;

export type Place = { run(path: string): Promise<readonly GoldenRecord[]>; close(): Promise<void> };

const inPages: readonly string[] = ["cpu", "wasm", "webgpu"] satisfies readonly PageDevice[];

export const devicesIn = (browser: boolean): readonly string[] => (browser ? inPages : Object.keys(openers));

export async function here(name: string): Promise<Place> {
  const device = await openers[name]!();
  setDefaultDevice(device);
  return { run: (path) => runPack(loadPack(path), device), close: async () => device.dispose() };
}

/** @param folder all packs lie in it */
export async function inChromium(name: string, folder: string): Promise<Place> {
  const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
  const { ServedPage } = await import("@adjoint/tools-browsers"); // a second of loading, for this alone
  const served = await ServedPage.start({ root: at("./page"), outDir: at("../node_modules/.cache/goldens-page"), ready: "goldens", files: folder });
  const { page } = served, device = inPages.find((one): one is PageDevice => one === name)!;
  try {
    await page.evaluate((one) => goldens.open(one), device);
  } catch (error) {
    await served.close();
    throw error;
  }
  return {
    run: (path) => page.evaluate((one) => goldens.run(one), relative(folder, path)),
    close: () => served.close(),
  };
}
