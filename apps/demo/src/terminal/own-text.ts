/** @file The default text: the project's own Markdown and sources. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const skipped: ReadonlySet<string> = new Set(["node_modules", "dist", "test", "fixtures", "coverage"]);

function* files(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (skipped.has(entry.name) || entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (/\.(md|ts)$/.test(entry.name)) yield path;
  }
}

export function ownText(): string {
  return [...files(root)].map((path) => readFileSync(path, "utf8")).join("\n");
}
