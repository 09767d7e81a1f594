/** @file PyTorch's answers: a committed extract always, and the whole set of operators that exist when it lies beside the repository. */
import { cpu } from "@adjoint/backend-cpu-js";
import { setDefaultDevice } from "@adjoint/core";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { loadPack, packsIn } from "../goldens/pack.ts";
import { runGolden } from "../goldens/run/groups.ts";

const device = cpu();
beforeAll(() => setDefaultDevice(device));
const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

describe("the committed extract", () => {
  test.each(packsIn(path("./fixtures/goldens")).map((file) => [file.split("/").at(-1)!, file] as const))("%s", async (_, file) => {
    const pack = loadPack(file);
    expect(pack.cases.length).toBeGreaterThan(0);
    for (const item of pack.cases) expect(await runGolden(pack, item, device)).toMatchObject({ id: item.id, status: "passed" });
  });
});

/** Known differences, each with its reason; a case that is listed and passes fails the test. */
const known: { readonly [id: string]: string } = JSON.parse(readFileSync(path("./fixtures/known-differences.json"), "utf8")) as { [id: string]: string };
const all = path("../../../../shared/goldens/dev");

describe.skipIf(!existsSync(all))("the whole set (skipped where it does not lie beside the repository)", () => {
  test("every case of an operator that exists passes, but for the known differences", async () => {
    const unexpected: string[] = [], seen = new Set<string>();
    let passed = 0;
    for (const file of ["ops", "extra"].flatMap((group) => packsIn(`${all}/${group}`))) {
      const pack = loadPack(file);
      for (const item of pack.cases) {
        const { id, status, reason } = await runGolden(pack, item, device);
        seen.add(id);
        if (status === "passed") passed++;
        if ((status === "failed") !== (id in known)) unexpected.push(`${id}: ${status} ${reason ?? ""}`);
      }
    }
    expect(unexpected).toEqual([]);
    expect(Object.keys(known).filter((id) => !seen.has(id))).toEqual([]);
    expect(passed).toBeGreaterThan(2300);
  }, 300_000);
});
