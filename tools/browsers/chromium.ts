/** @file Where Chromium is, and how it is started so that it has WebGPU without a GPU. */
import { existsSync } from "node:fs";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"];

/** The path that the variable CHROMIUM names, or where it usually is. */
export const findChromium = (): string | undefined => [process.env["CHROMIUM"], ...places].find((path) => path !== undefined && existsSync(path));

export const chromiumFlags: readonly string[] = ["--no-sandbox", "--enable-unsafe-webgpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** Threads need shared memory, and so a page that is isolated from other origins. */
export const isolation: { readonly [header: string]: string } = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
