/** @file The same in Chromium: builds the page, serves it, and asks it workload by workload. */
import { fileURLToPath } from "node:url";
import { ServedPage } from "@adjoint/tools-browsers";
import type { Bench, PagePeer } from "../page/main.ts";
import type { Result } from "./measure.ts";
import type { Absent, Peer } from "./peer.ts";

declare const bench: Bench;

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What stands for a peer of the page here: it is measured there. */
export type Listed = Absent | Pick<Peer, "name" | "note">;

export class PageBench {
  readonly #served: ServedPage;
  readonly version: string;

  private constructor(served: ServedPage) {
    this.#served = served;
    this.version = served.version;
  }

  static async start(): Promise<PageBench> {
    return new PageBench(await ServedPage.start({ root: at("../page"), outDir: at("../node_modules/.cache/page"), ready: "bench" }));
  }

  open(names: readonly PagePeer[]): Promise<readonly Listed[]> {
    return this.#served.page.evaluate((all) => bench.open(all), [...names]) as Promise<readonly Listed[]>;
  }
  measure(workload: string): Promise<readonly Result[]> {
    return this.#served.page.evaluate((name) => bench.measure(name), workload);
  }
  close(): Promise<void> {
    return this.#served.close();
  }
}
