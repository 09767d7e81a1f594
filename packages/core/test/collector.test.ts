/** @file The net below lifetimes: what nobody frees by hand the collector does, beside storages that are freed by hand and whose places are used again. */
import { cpu } from "@adjoint/backend-cpu-js";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { around } from "../src/around.ts";
import { type Backend, memory, ones, scope } from "../src/index.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** A device whose buffers the collector does not free by itself. */
function foreign(): { readonly device: Backend; readonly freed: () => number } {
  const backend: Backend = cpu();
  let freed = 0;
  const device = around(backend, { collected: false, free(buffer) { freed++; backend.free(buffer); } });
  return { device, freed: () => freed };
}
async function settled(): Promise<void> {
  for (let i = 0; i < 4; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

// 1,024 floats and more are registered one by one, smaller storages many together.
test.each([["small", 4], ["large", 2048]])("dropped beside freed, %s", async (_, size) => {
  const { device, freed } = foreign(), kept = [ones([size], { device })];
  const before = memory(device);
  for (let round = 0; round < 10; round++) {
    for (let i = 0; i < 100; i++) {
      const x = ones([size], { device });
      if (i % 3 !== 0) x.dispose();
    }
    const s = scope();
    s.run(() => { for (let i = 0; i < 600; i++) ones([size], { device }); });
    s.close();
  }
  expect(memory(device).tensors).toBe(before.tensors + 340);
  await settled();
  // The slab in use is the device's own: what was dropped in it goes when it is full. The last handle may be in a register still.
  const left = memory(device).tensors - before.tensors;
  expect(left).toBeLessThan(size < 1024 ? 256 : 2);
  expect(freed()).toBe(7000 - left);
  expect(memory(device).bytes).toBe(before.bytes + left * size * 4);
  expect(kept[0]!.sum().itemSync()).toBe(size);
});
