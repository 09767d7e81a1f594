/** @file The parity page says of every operator whether it is there; numbers are as old as the last run. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { operator } from "../goldens/torch/host.ts";
import { operatorOf, type Parity, renderParity } from "../goldens/run/parity.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const parity = JSON.parse(readFileSync(at("../../../docs/parity.json"), "utf8")) as Parity;
const isThere = (name: string): boolean => {
  try {
    operator(name);
    return true;
  } catch {
    return false;
  }
};

describe("docs/parity", () => {
  it("lists as there what is exported, and nothing else; `npm run parity -- --device cpu --op NAME` brings it up to date", () => {
    const wrong = Object.entries(parity).filter(([name, { exported }]) => exported !== isThere(operatorOf(name))).map(([name]) => name);
    expect(wrong).toEqual([]);
  });
  it("is the page of its JSON", () => {
    expect(readFileSync(at("../../../docs/parity.md"), "utf8")).toBe(renderParity(parity));
  });
  it("takes over a run, and leaves the rest as it was", () => {
    const folder = mkdtempSync(join(tmpdir(), "parity-")), path = join(folder, "parity.json");
    const run = (...args: readonly string[]): string => execFileSync(process.execPath, ["--conditions=source", "--disable-warning=ExperimentalWarning", at("../goldens/cli.ts"), "--dir", at("./fixtures/goldens"), "--group", "ops", "--parity", path, ...args], { encoding: "utf8" });
    try {
      run();
      run("--device", "wasm", "--op", "tanh");
      const rows = JSON.parse(readFileSync(path, "utf8")) as Parity;
      expect(Object.keys(rows["tanh A"]!.devices)).toEqual(["cpu", "wasm"]);
      expect(rows["tanh A"]!.devices["wasm"]).toMatchObject({ ulp: expect.any(Number) });
      expect(Object.values(rows).filter(({ devices }) => "wasm" in devices)).toHaveLength(1);
      expect(existsSync(path.replace("json", "md"))).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
