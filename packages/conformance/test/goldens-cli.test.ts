/** @file The command `npm run goldens`: its table, its records, and what it says to flags that it does not know. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";

const cli = fileURLToPath(new URL("../goldens/cli.ts", import.meta.url)), extract = fileURLToPath(new URL("./fixtures/goldens", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "goldens-"));
afterAll(() => rmSync(folder, { recursive: true }));

const command = (...args: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly error: string }> => new Promise((done) => {
  execFile(process.execPath, ["--conditions=source", "--disable-warning=ExperimentalWarning", cli, ...args], (failure, out, error) => done({ code: typeof failure?.code === "number" ? failure.code : 0, out, error }));
});

describe("npm run goldens", () => {
  test("a record a case, and a line a group and priority", async () => {
    const json = join(folder, "records.json"), { code, out } = await command("--dir", extract, "--json", json);
    expect(code).toBe(0);
    const records = JSON.parse(readFileSync(json, "utf8")) as { readonly id: string; readonly status: string; readonly error?: number }[];
    expect(records.length).toBeGreaterThan(50);
    for (const record of records) expect(record).toMatchObject({ id: expect.any(String), status: "passed", error: expect.any(Number) });
    expect(out).toMatch(/^ops A +\d+ +0 +0/m);
  });
  test("one operator, one group", async () => {
    expect((await command("--dir", extract, "--op", "tanh")).out).toMatch(/^all +\d+ +0 +0/m);
    expect((await command("--dir", extract, "--group", "func")).out).toContain("no cases");
  });
  test.each([
    ["an unknown flag", ["--colour"]], ["an unknown device", ["--device", "abacus"]], ["an unknown group", ["--group", "poems"]], ["a folder that is not there", ["--dir", join(folder, "nowhere")]], ["a flag without its value", ["--dir"]],
  ] as const)("%s: one line and exit code 2", async (_, args) => {
    const { code, out, error } = await command(...args);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(error.trim().split("\n")).toHaveLength(1);
  });
});
