/** @file PyTorch's answers on webgpu: the committed extract. The whole set is `npm run goldens -- --device webgpu`. */
import { setDefaultDevice } from "@adjoint/core";
import { webgpu } from "@adjoint/backend-webgpu";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { loadPack, packsIn } from "../goldens/folder.ts";
import { groups, runPack } from "../goldens/run/groups.ts";

const device = await webgpu();
setDefaultDevice(device);
afterAll(() => device.dispose());

const folders = Object.values(groups).flat().map((folder) => fileURLToPath(new URL(`../test/fixtures/goldens/${folder}`, import.meta.url))).filter((folder) => existsSync(folder));
test.each(folders.flatMap(packsIn).map((file) => [file.split("/").slice(-2).join("/"), file] as const))("%s", async (_, file) => {
  const records = await runPack(loadPack(file), device);
  expect(records.length).toBeGreaterThan(0);
  for (const record of records)
    if (record.status === "not implemented") expect(record.reason).toContain("float64");
    else expect(record).toMatchObject({ status: "passed" });
});
