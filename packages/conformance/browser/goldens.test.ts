/** @file PyTorch's answers in Chromium: the committed extract, on every device of a page. */
import { cpu } from "@adjoint/backend-cpu-js";
import { wasm } from "@adjoint/backend-wasm-simd";
import { webgpu } from "@adjoint/backend-webgpu";
import { type Backend, setDefaultDevice } from "@adjoint/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parsePack } from "../goldens/pack.ts";
import { complaintsOf } from "../goldens/run/groups.ts";

const texts = import.meta.glob<string>("../test/fixtures/goldens/*/*.json", { query: "?raw", import: "default", eager: true });
const bytes = import.meta.glob<string>("../test/fixtures/goldens/*/*.bin", { query: "?url", import: "default", eager: true });
const name = (path: string): string => path.split("/").slice(-2).join("/");

const devices: readonly (readonly [name: string, open: () => Promise<Backend>])[] = [["cpu", async () => cpu()], ["wasm", () => wasm()], ["webgpu", () => webgpu()]];
describe.each(devices)("the committed extract on %s", (_, open) => {
  let device: Backend;
  beforeAll(async () => setDefaultDevice((device = await open())));
  afterAll(() => device.dispose());
  test.each(Object.keys(texts).map((path) => [name(path), path] as const))("%s", async (__, path) => {
    const text = texts[path]!, url = bytes[path.replace(/json$/, "bin")], bin = url === undefined ? new Uint8Array() : new Uint8Array(await (await fetch(url)).arrayBuffer());
    expect(await complaintsOf(parsePack(path, text, () => bin), device)).toEqual([]);
  });
});
