/** @file What PyTorch refuses, and the `@throws` in the comment of the operator that refuses it here: the class is named there. */
import { cpu } from "@adjoint/backend-cpu-js";
import { setDefaultDevice } from "@adjoint/core";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { likeness } from "../examples/completeness.ts";
import { documentationOf } from "../examples/read.ts";
import { loadPack, packsIn } from "../goldens/folder.ts";
import type { OpCase } from "../goldens/pack.ts";
import { runGolden } from "../goldens/run/groups.ts";

const all = fileURLToPath(new URL("../../../../shared/goldens/dev/ops", import.meta.url));
const named = new Map(documentationOf("../../core/src/functional.ts", ["linalg", "special", "masked", "fft", "func"]).map((one) => [one.name, one]));
const nameOf = (op: string): string => op.replace("nn.functional.", "").replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase()).replace(/^var$/, "var_");
/** Arguments that the compiler refuses, `out`, which is a function of its own, and what every operator says of 65 dims. */
const isElsewhere = ({ error, kw }: OpCase): boolean => error!.type === "TypeError" || kw?.["out"] !== undefined || error!.message.includes("up to 64 dims");

describe.skipIf(!existsSync(all))("errors of the golden cases (skipped where they do not lie beside the repository)", () => {
  test("are named in comments", async () => {
    const device = cpu(), silent = new Set<string>();
    setDefaultDevice(device);
    let seen = 0;
    for (const pack of packsIn(all).map(loadPack)) {
      const one = named.get(nameOf(pack.op ?? ""));
      if (one === undefined) continue;
      const said = [one, likeness(one, named)].flatMap((comment) => comment?.throws ?? []);
      for (const item of pack.cases as readonly OpCase[]) {
        if (item.error === undefined || isElsewhere(item)) continue;
        const { refusal } = await runGolden(pack, item, device);
        if (refusal === undefined) continue;
        seen++;
        if (!said.some((text) => text.startsWith(refusal))) silent.add(`${one.name}: ${refusal}, "${item.error.message.slice(0, 80)}"`);
      }
    }
    expect([...silent]).toEqual([]);
    expect(seen).toBeGreaterThan(300);
  }, 120_000);
});
