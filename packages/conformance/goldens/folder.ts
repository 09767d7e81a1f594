/** @file Packs of golden cases in a folder. Node only. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Pack, parsePack } from "./pack.ts";

export const loadPack = (path: string): Pack => parsePack(path, readFileSync(path, "utf8"), (file) => readFileSync(join(dirname(path), file)));

/** The packs directly in a folder, by name. */
export const packsIn = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith(".json")).sort().map((name) => join(folder, name));
