/** @file PyTorch's answers: a committed extract always, and the whole set of what exists when it lies beside the repository. */
import { cpu } from "@adjoint/backend-cpu-js";
import { wasm } from "@adjoint/backend-wasm-simd";
import { type Backend, setDefaultDevice } from "@adjoint/core";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { committed } from "../goldens/committed.ts";
import { loadPack, packsIn } from "../goldens/folder.ts";
import { complaintsOf, type Group, groups, runGolden } from "../goldens/run/groups.ts";
import { differencesOf, readKnown } from "../goldens/run/known.ts";

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

describe.each([["cpu", async () => cpu()], ["wasm", wasm]] as const)("the committed extract on %s", (_, open) => {
  let device: Backend;
  beforeAll(async () => setDefaultDevice((device = await open())));
  test.each(committed)("%s", async (__, file) => expect(await complaintsOf(loadPack(file), device)).toEqual([]));
});

/** Cases that fail, under the reason why. One that is listed and does not fail, or fails and is not listed, fails the test. */
const known = new Set(Object.values(readKnown(path("./fixtures/known-differences.json"))).flat());
const all = path("../../../../shared/goldens/dev");

describe.skipIf(!existsSync(all)).each([["cpu", async () => cpu()], ["wasm", wasm]] as const)("the whole set on %s (skipped where it does not lie beside the repository)", (name, open) => {
  const update = "bring it up to date: npm run goldens -- --known packages/conformance/test/fixtures/known-differences.json";
  let device: Backend;
  beforeAll(async () => setDefaultDevice((device = await open())));
  test.each(Object.keys(groups) as Group[])("%s: what exists passes, but for the known differences", async (group) => {
    const unexpected: string[] = [], recovered: string[] = [];
    let passed = 0;
    for (const file of groups[group].flatMap((folder) => packsIn(`${all}/${folder}`))) {
      const pack = loadPack(file);
      for (const item of pack.cases) {
        const record = await runGolden(pack, item, device), differences = differencesOf(record);
        if (record.status === "passed") passed++;
        for (const line of differences) if (!known.has(line)) unexpected.push(`${line}: ${record.reason ?? record.float64 ?? ""}`);
        // What a device has no dtype for is no recovery, and what differs on cpu may be right elsewhere.
        if (name === "cpu") for (const line of [item.id, `${item.id} in float64`]) if (known.has(line) && !differences.includes(line)) recovered.push(line);
      }
    }
    expect(unexpected, `failures that are not listed; ${update}`).toEqual([]);
    expect(recovered, `listed, and no longer failing; ${update}`).toEqual([]);
    expect(passed).toBeGreaterThan(0);
  }, 300_000);
});
