/** @file A page that breaks while it loads is an error, where it was waited for without end. */
import { ServedPage } from "@adjoint/tools-browsers";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

test("a page whose script throws is refused with its error", async () => {
  const root = mkdtempSync(join(tmpdir(), "page-"));
  try {
    writeFileSync(join(root, "index.html"), `<!doctype html><script type="module" src="./main.js"></script>`);
    writeFileSync(join(root, "main.js"), `throw new Error("this page is broken");`);
    await expect(ServedPage.start({ root, outDir: join(root, "out"), ready: "never" })).rejects.toThrow("this page is broken");
  } finally {
    rmSync(root, { recursive: true });
  }
}, 60_000);
