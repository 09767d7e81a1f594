/** @file Builds a page of our own and serves it, isolated from other origins. Knows no browser. */
import { createReadStream, statSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join, sep } from "node:path";
import { build, defaultClientConditions, preview } from "vite";
import { isolation } from "./chromium.ts";

export type ServeOptions = {
  /** The folder of index.html. */
  readonly root: string;
  readonly outDir: string;
  /** A folder whose files the page finds under /files/. */
  readonly files?: string;
  /** What the page posts to /report. */
  readonly onReport?: (text: string) => void;
};
export type Served = { readonly url: string; close(): Promise<void> };

/** Of the packages what this process has of them: `dist`, or with `--conditions=source` the sources. */
const conditions = [...(process.execArgv.includes("--conditions=source") ? ["source"] : []), ...defaultClientConditions];

export async function serve({ root, outDir, files, onReport }: ServeOptions): Promise<Served> {
  // Names of classes are printed, so they stay.
  await build({ root, configFile: false, logLevel: "error", resolve: { conditions }, build: { outDir, emptyOutDir: true, target: "esnext", minify: false, chunkSizeWarningLimit: 1e6 } });
  const server = await preview({
    root, configFile: false, logLevel: "error", build: { outDir }, preview: { headers: { ...isolation }, port: 0, host: "127.0.0.1" },
    plugins: [{
      name: "files and reports",
      configurePreviewServer({ middlewares }) {
        middlewares.use("/files/", (request, response, next) => {
          const path = files === undefined ? undefined : join(files, decodeURIComponent((request.url ?? "").split("?")[0]!));
          if (path?.startsWith(`${files}${sep}`) === true && statSync(path, { throwIfNoEntry: false })?.isFile() === true) createReadStream(path).pipe(response);
          else next();
        });
        middlewares.use("/report", (request, response) => {
          const parts: Buffer[] = [];
          request.on("data", (part: Buffer) => parts.push(part));
          request.on("end", () => {
            response.end();
            onReport?.(Buffer.concat(parts).toString());
          });
        });
      },
    }],
  });
  const { port } = server.httpServer.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}
