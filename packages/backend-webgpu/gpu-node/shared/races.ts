/** @file What happens at once: reads, warmups, profiles and backups while a device ends, and devices beside each other. No promise is left that nobody hears. */
import { webgpu, type WebGpuBackend, webgpuStats } from "@adjoint/backend-webgpu";
import { DeviceError, DeviceLostError, fromBuffer, gather, IndexError, noGrad, ones, OutOfMemoryError, profile, tensor, type Tensor } from "@adjoint/core";
import { altered, tight } from "./altered.ts";
import { mismatch } from "./harness.ts";
import { openDevice } from "./open.ts";
import { assert, type Check, failure, list, model } from "./whole.ts";

const aTask = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 10); });

/** In Node, and in browsers. */
type Host = {
  readonly process?: { on(event: string, hear: (reason: unknown) => void): void; off(event: string, hear: (reason: unknown) => void): void };
  addEventListener?(event: string, hear: (event: { reason: unknown }) => void): void;
  removeEventListener?(event: string, hear: (event: { reason: unknown }) => void): void;
};

/** Runs; a rejection that nobody handles is a failure. */
const silent = (run: () => Promise<void>) => async (): Promise<void> => {
  const unheard: string[] = [], hear = (reason: unknown): void => void unheard.push(String(reason)), hearEvent = (event: { reason: unknown }): void => hear(event.reason), host = globalThis as Host;
  if (host.process === undefined) host.addEventListener?.("unhandledrejection", hearEvent);
  else host.process.on("unhandledRejection", hear);
  try {
    await run();
    for (let i = 0; i < 3; i++) await aTask();
  } finally {
    if (host.process === undefined) host.removeEventListener?.("unhandledrejection", hearEvent);
    else host.process.off("unhandledRejection", hear);
  }
  assert(unheard.length === 0, `nobody heard of: ${unheard.join("; ")}`);
};

/** All that waits for a device, under way. */
function underWay(device: WebGpuBackend, x: Tensor): { readonly [what: string]: Promise<unknown> } {
  const all = {
    "a read": x.add(1).data(),
    "a part of a tensor": x.slice(0, 1, 2).data(),
    sync: device.sync(),
    backup: device.backup([x]),
    "a profile": profile(() => x.mul(3)).then(({ result }) => result.data()),
    warmup: device.warmup(() => x.exp().sum()),
    "a read behind the warmup": x.add(2).data(),
    "another warmup": device.warmup(() => x.exp().mul(x).sum(0, { keepdim: true })),
  };
  for (const one of Object.values(all)) one.catch(() => {});
  return all;
}

/** @param lost or disposed */
async function assertAllEnd(all: { readonly [what: string]: Promise<unknown> }, lost: boolean): Promise<void> {
  for (const [what, promise] of Object.entries(all)) {
    const error = await failure(() => promise);
    assert(error instanceof DeviceError && error instanceof DeviceLostError === lost, `${what}: ${String(error)}`);
  }
}

const checks: readonly Check[] = [
  ...[true, false].map((given): Check => ({
    name: `dispose while all kinds of reads are under way, on a device of ${given ? "the page's" : "its own"}: each rejects`,
    run: async () => {
      const gpu = given ? await openDevice() : undefined, device = await webgpu(gpu === undefined ? {} : { device: gpu }), x = tensor([1, 2, 3], { device });
      await device.sync();
      const all = underWay(device, x);
      device.dispose();
      await assertAllEnd(all, false);
      gpu?.destroy();
    },
  })),
  {
    name: "a device lost while all kinds of reads are under way: each rejects, and restore brings back what an earlier backup has",
    run: async () => {
      const device = await webgpu(), x = tensor([1, 2, 3], { device });
      await device.backup([x]);
      const all = underWay(device, x);
      device.gpu.destroy();
      const restored = device.restore();
      await assertAllEnd(all, true);
      await restored;
      mismatch("x", await list(x.mul(2)), [2, 4, 6], 0);
      device.dispose();
    },
  },
  {
    name: "warmups at once: the commands of none are left out",
    run: async () => {
      const device = await webgpu(), x = tensor([1, 2, 3, 4], { device }), made: Tensor[] = [];
      const warm = [
        device.warmup(() => { made.push(x.add(1)); }),
        device.warmup(() => { made.push(x.reshape([2, 2]).matmul(x.reshape([2, 2])).reshape([4]).cumsum(0)); }),
        aTask().then(() => device.warmup(() => { made.push(x.sort(0, { descending: true }).values.mul(3)); })),
      ];
      await Promise.all(warm);
      for (const [k, wanted] of [[2, 3, 4, 5], [7, 17, 32, 54], [12, 9, 6, 3]].entries()) mismatch(`the ${k + 1}. warmup`, await list(made[k]!), wanted, 0);
      device.dispose();
    },
  },
  {
    name: "dispose while restore is under way: it rejects, and nothing is left open",
    run: async () => {
      for (const wait of [undefined, 0, 2, 5, 10]) {
        const device = await webgpu(), x = tensor([1], { device });
        await device.backup([x]);
        device.gpu.destroy();
        const restored = device.restore().catch((error: unknown) => error);
        if (wait !== undefined) await new Promise((resolve) => { setTimeout(resolve, wait); });
        device.dispose();
        const error = await restored; // It may be through.
        assert(wait !== undefined && error === undefined || error instanceof DeviceError && !(error instanceof DeviceLostError), `after ${wait} ms: ${String(error)}`);
        for (const use of [() => device.sync(), () => device.restore(), () => x.data()]) assert((await failure(use)) instanceof DeviceError, "disposed it stays");
        assert(webgpuStats(device).liveBuffers === 0, "nothing is held");
      }
    },
  },
  {
    name: "a restore for which the new device has no room leaves all as it was: another one succeeds",
    run: async () => {
      const first = await openDevice(), small = await openDevice(), third = await openDevice(), device = await webgpu({ device: first }), x = tensor([1, 2], { device }), y = ones([2 ** 17], { device });
      await device.backup([x, y]);
      first.destroy();
      const error = await failure(() => device.restore(tight(small, { maxBufferSize: 2 ** 18, maxStorageBufferBindingSize: 2 ** 18, maxStorageBuffersPerShaderStage: 8, maxComputeWorkgroupsPerDimension: 64 })));
      assert(error instanceof OutOfMemoryError, String(error));
      assert((await failure(() => x.data())) instanceof DeviceLostError, "it is lost still");
      await device.restore(third);
      mismatch("x", await list(x), [1, 2], 0);
      mismatch("y", [await y.sum().item()], [2 ** 17], 0);
      device.dispose();
      for (const gpu of [small, third]) gpu.destroy();
    },
  },
  {
    name: "devices beside each other, also two on one of the page's: what one is refused, or the page itself, is no other's error",
    run: async () => {
      const gpu = await openDevice(), a = await webgpu({ device: gpu }), b = await webgpu({ device: gpu }), c = await webgpu(), devices = [a, b, c], memory = gpu.createBuffer({ size: 16, usage: 128 | 8 | 4 });
      const [x, y, z] = devices.map((device) => tensor([1, 2, 3, 4], { device })) as [Tensor, Tensor, Tensor];
      gpu.addEventListener("uncapturederror", (event) => event.preventDefault());
      gpu.createBuffer({ size: 16, usage: 0 }); // The page's own mistake.
      const bad = gather(x, 0, tensor([7], { device: a, dtype: "int32" })), theirs = fromBuffer(b.importBuffer(memory, "float32"), [4], { device: b });
      memory.destroy();
      const results = await Promise.allSettled([bad.data(), theirs.add(1).data(), list(z.add(1))]);
      const [first, second] = results.map((result) => (result.status === "rejected" ? (result.reason as unknown) : undefined));
      assert(first instanceof IndexError, `a: ${String(first)}`);
      assert(second instanceof DeviceError && second.message.includes("add"), `b: ${String(second)}`);
      for (const [k, one] of [x, y, z].entries()) mismatch(`device ${k}`, await list(one.mul(2)), [2, 4, 6, 8], 0);
      a.dispose();
      mismatch("b, without a", await list(y.add(y)), [2, 4, 6, 8], 0);
      for (const device of [b, c]) device.dispose();
      gpu.destroy();
    },
  },
  {
    name: "what a refused submit leaves in a buffer for reading is no index error",
    run: async () => {
      const gpu = await openDevice(), device = await webgpu({ device: gpu }), memory = gpu.createBuffer({ size: 16, usage: 128 | 8 | 4 });
      const junk = ones([64], { device }).mul(7), index = tensor([1, 0], { device, dtype: "int32" }), x = tensor([5, 6], { device }), theirs = fromBuffer(device.importBuffer(memory, "float32"), [4], { device });
      for (let i = 0; i < 4; i++) await Promise.all([junk.slice(0, 0, 20).data(), junk.data()]); // Of all that are kept.
      memory.destroy();
      const both = [gather(x, 0, index), theirs.add(1)], error = await failure(() => both[0]!.data());
      assert(error instanceof DeviceError && error.message.includes("add"), String(error));
      mismatch("afterwards", await list(gather(x, 0, index)), [6, 5], 0);
      assert((await failure(() => gather(x, 0, tensor([2], { device, dtype: "int32" })).data())) instanceof IndexError, "and an index out of range is one");
      device.dispose();
      gpu.destroy();
    },
  },
  {
    name: "no room for what is read: the read says so, and what was computed before is there, also an index error",
    run: async () => {
      const gpu = await openDevice();
      let isFull = false;
      const device = await webgpu({ device: altered(gpu, {
        // A usage that cannot be: a buffer that is none.
        createBuffer: (told) => gpu.createBuffer(isFull && told.usage === 9 && told.size > 2 ** 20 ? { size: told.size, usage: 9 | 128 } : told),
      }) });
      const x = ones([2 ** 19], { device }), y = x.add(1), bad = gather(y, 0, tensor([-3], { device, dtype: "int32" }));
      isFull = true;
      const error = await failure(() => y.data());
      assert(error instanceof DeviceError && error.message.includes("bytes to read into"), String(error));
      isFull = false;
      const late = await failure(() => bad.data());
      assert(late instanceof IndexError, String(late));
      mismatch("what was computed", [await y.sum().item(), (await y.data()).length], [2 ** 20, 2 ** 19], 0);
      device.dispose();
      gpu.destroy();
    },
  },
  {
    name: "a profile whose function throws gives that error, and leaves no device measuring; one of a lost device says so",
    run: async () => {
      const devices = [await webgpu(), await webgpu()] as const, [x, y] = devices.map((device) => tensor([1, 2], { device })) as [Tensor, Tensor];
      const thrown = await failure(() => profile(() => {
        x.add(1);
        y.add(1);
        throw new RangeError("mine");
      }));
      assert(thrown instanceof RangeError, String(thrown));
      for (const { timeline } of devices) assert((timeline?.count ?? 0) === 0, "nothing is measured afterwards");
      if (devices[0].timeline !== undefined) {
        const lost = await failure(() => profile(() => {
          x.add(1);
          y.add(1);
          devices[0].gpu.destroy();
        }));
        assert(lost instanceof DeviceLostError, String(lost));
        assert(devices[1].timeline!.count === 0, "nor is there on the other");
      }
      const { result } = await profile(() => y.add(1));
      mismatch("afterwards", await list(result), [2, 3], 0);
      for (const device of devices) device.dispose();
    },
  },
  {
    name: "memory of the page's own destroyed while it is read, or before: what was submitted is right, the rest is an error",
    run: async () => {
      const gpu = await openDevice(), device = await webgpu({ device: gpu }), memory = gpu.createBuffer({ size: 16, usage: 128 | 8 | 4 }), { w, step } = model(device);
      gpu.queue.writeBuffer(memory, 0, new Float32Array([1, 2, 3, 4]));
      const theirs = fromBuffer(device.importBuffer(memory, "float32"), [4], { device }), early = list(theirs.mul(2));
      memory.destroy();
      mismatch("submitted before", await early, [2, 4, 6, 8], 0);
      for (const use of [() => theirs.data(), () => noGrad(() => theirs.add_(1)).data(), () => theirs.sum().item()]) {
        const error = await failure(use);
        assert(error instanceof DeviceError, String(error));
      }
      theirs.dispose();
      mismatch("loss", [await step().item()], [78], 0);
      mismatch("gradient", await list(w.grad!), [6, 10, 14, 22], 0);
      device.dispose();
      gpu.destroy();
    },
  },
];

export const raceChecks: readonly Check[] = checks.map(({ name, run }) => ({ name, run: silent(run) }));
