/** @file Backends around another: they ask it each time, whatever kind of object it is. */
import { cpu } from "@adjoint/backend-cpu-js";
import { type Backend, emptyCache, memoryReserved, profiled, tensor, unfused, watchGrowth, zeros } from "@adjoint/core";
import { expect, it } from "vitest";

/** As webgpu's: private state, and kernels that are others after a restore. */
class Restorable implements Backend {
  #now: Backend = cpu();
  readonly name = "restorable";
  get dtypes(): Backend["dtypes"] { return this.#now.dtypes; }
  get limits(): Backend["limits"] { return this.#now.limits; }
  get kernels(): Backend["kernels"] { return this.#now.kernels; }
  get reservedBytes(): number | undefined { return this.#now.reservedBytes; }
  emptyCache(): void { this.#now.emptyCache!(); }
  allocate(...call: Parameters<Backend["allocate"]>): ReturnType<Backend["allocate"]> { return this.#now.allocate(...call); }
  free(...call: Parameters<Backend["free"]>): void { this.#now.free(...call); }
  write(...call: Parameters<Backend["write"]>): void { this.#now.write(...call); }
  read(...call: Parameters<Backend["read"]>): ReturnType<Backend["read"]> { return this.#now.read(...call); }
  sync(): Promise<void> { return this.#now.sync(); }
  dispose(): void { this.#now.dispose(); }
  restore(): void {
    const { kernels } = this.#now, map: Backend["kernels"]["map"] = (inputs, outputs, attrs) => { this.maps++; kernels.map(inputs, outputs, attrs); };
    this.#now = { ...this.#now, kernels: { ...kernels, map } };
  }
  maps = 0;
}

it.each([["profiled", profiled], ["unfused", unfused], ["watchGrowth", watchGrowth]] as const)("%s", async (_, wrap) => {
  const inner = new Restorable(), device = wrap(inner), x = tensor([1, 2], { device });
  expect(await x.add(1).toArray()).toEqual([2, 3]);
  const before = memoryReserved(device), y = zeros([1000], { device });
  expect(memoryReserved(device)).toBeGreaterThanOrEqual(before + 4000);
  y.dispose();
  emptyCache(device);
  expect(memoryReserved(device)).toBeLessThanOrEqual(before);
  inner.restore();
  expect(await x.mul(3).toArray()).toEqual([3, 6]);
  expect(inner.maps).toBe(1);
  expect(device.readSync).toBeUndefined();
});
