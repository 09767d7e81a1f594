/** @file The committed extract of the golden cases, for tests in Node. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { packsIn } from "./folder.ts";
import { groups } from "./run/groups.ts";

const folders = Object.values(groups).flat().map((folder) => fileURLToPath(new URL(`../test/fixtures/goldens/${folder}`, import.meta.url))).filter((folder) => existsSync(folder));
/** Its packs, by name and path. */
export const committed: readonly (readonly [name: string, path: string])[] = folders.flatMap(packsIn).map((file) => [file.split("/").slice(-2).join("/"), file]);
