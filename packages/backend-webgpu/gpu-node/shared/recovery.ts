/** @file Through the public API: devices that are lost and come back, and memory shared with the page. Checks run in Node and in browsers. */
import { webgpu, type WebGpuBackend, webgpuStats } from "@adjoint/backend-webgpu";
import { DeviceError, DeviceLostError, DTypeError, fromBuffer, noGrad, OutOfMemoryError, scope, tensor, type Tensor, zeros } from "@adjoint/core";
import { mismatch } from "./harness.ts";
import { openDevice } from "./open.ts";

type Check = { readonly name: string; readonly run: () => Promise<void> };
function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}
async function failure(act: () => unknown): Promise<unknown> {
  try {
    await act();
  } catch (error) {
    return error;
  }
  return undefined;
}
const list = async (x: Tensor): Promise<number[]> => Array.from(await x.data());

/** A weight and a loss of it: 78, and in the weight [6, 10, 14, 22]. */
function model(device: WebGpuBackend): { readonly w: Tensor; readonly step: () => Tensor } {
  const w = tensor([[1, 2], [3, 4]], { device, requiresGrad: true });
  const step = (): Tensor => {
    const loss = w.matmul(tensor([[1, 0], [1, 1]], { device })).square().sum();
    loss.backward();
    return loss;
  };
  return { w, step };
}

/** GPUBufferUsage by value: Node has no such globals. */
const STORAGE = 128, COPY_SRC = 4, COPY_DST = 8, MAP_READ = 1;

export const recoveryChecks: readonly Check[] = [
  {
    name: "destroyed in mid-step 100 times: 100 typed errors, 100 restores, right results after each",
    run: async () => {
      const device = await webgpu(), { w, step } = model(device);
      await device.backup([w]);
      for (let round = 0; round < 100; round++) {
        const lost = scope();
        const pending = lost.run(step).item();
        device.gpu.destroy();
        const error = await failure(async () => {
          await pending;
          await device.sync();
        });
        assert(error instanceof DeviceLostError, `round ${round}: ${String(error)}`);
        lost.close();
        w.grad = null;
        await device.restore();
        const s = scope(), loss = s.run(step);
        mismatch(`round ${round}: loss`, [await loss.item()], [78], 0);
        mismatch(`round ${round}: gradient`, await list(w.grad!), [6, 10, 14, 22], 0);
        s.close();
        w.grad = null;
      }
      assert(webgpuStats(device).liveBuffers === 1, `only the weight is live, not ${webgpuStats(device).liveBuffers} buffers`);
      device.dispose();
    },
  },
  {
    name: "warmup compiles ahead, runs the function as it is, and keeps the order of what comes meanwhile",
    run: async () => {
      const device = await webgpu(), { w, step } = model(device), s = scope();
      const warm = device.warmup(() => noGrad(() => {
        s.adopt(tensor([1, 2], { device }).add(1));
        w.mul_(2);
      }));
      noGrad(() => w.sub_(1)); // after the change above, whose kernel is still being compiled
      const meanwhile = list(w);
      await warm;
      mismatch("meanwhile", await meanwhile, [1, 3, 5, 7], 0);
      noGrad(() => w.add_(1).div_(2));
      await device.warmup(() => { s.run(step); });
      const { pipelinesCompiled } = webgpuStats(device);
      w.grad = null;
      mismatch("loss", [await s.run(step).item()], [78], 0);
      mismatch("gradient", await list(w.grad!), [6, 10, 14, 22], 0);
      assert(webgpuStats(device).pipelinesCompiled === pipelinesCompiled, "all was compiled ahead");
      const error = await failure(() => device.warmup(async () => {}));
      assert(error instanceof DeviceError, String(error));
      mismatch("afterwards", await list(w), [1, 2, 3, 4], 0);
      device.dispose();
    },
  },
  {
    name: "the last backup comes back; what was in none is lost, may be freed, and the device works on",
    run: async () => {
      const device = await webgpu(), kept = tensor([1, 2, 3], { device }), view = kept.slice(0, 1), lost = tensor([4], { device });
      await device.backup([kept, view]);
      noGrad(() => kept.mul_(10));
      await device.backup([view]);
      noGrad(() => kept.mul_(10));
      device.gpu.destroy();
      await device.restore();
      mismatch("kept", await list(kept), [10, 20, 30], 0);
      mismatch("its view", await list(view), [20, 30], 0);
      for (const use of [() => lost.data(), () => lost.add(1), () => kept.add(lost)]) {
        const error = await failure(use);
        assert(error instanceof DeviceLostError, String(error));
      }
      lost.dispose();
      const { gpu } = device;
      await device.restore();
      assert(device.gpu === gpu, "a device that works is left alone");
      mismatch("new", await list(kept.add(1)), [11, 21, 31], 0);
      device.dispose();
      const error = await failure(() => device.restore());
      assert(error instanceof DeviceError && !(error instanceof DeviceLostError), `after dispose: ${String(error)}`);
    },
  },
  {
    name: "a device of the caller's own is restored with another one of the caller's",
    run: async () => {
      const first = await openDevice(), device = await webgpu({ device: first }), x = tensor([1, 2], { device });
      await device.backup([x]);
      first.destroy();
      const error = await failure(() => device.restore());
      assert(error instanceof DeviceError && error.message.includes("device.restore(another)"), String(error));
      const second = await openDevice();
      await device.restore(second);
      mismatch("x", await list(x.mul(2)), [2, 4], 0);
      assert(device.gpu === second, "it runs on the device that was given");
      device.dispose();
      second.destroy();
    },
  },
  {
    name: "a tensor over a buffer of the page: nothing is copied, changes in place show, and the page keeps it",
    run: async () => {
      const device = await webgpu(), { gpu } = device;
      const buffer = gpu.createBuffer({ size: 32, usage: STORAGE | COPY_SRC | COPY_DST });
      gpu.queue.writeBuffer(buffer, 0, new Float32Array([1, 2, 3, 4, 5, 6, 7, 8]));
      const before = webgpuStats(device).liveBytes, x = fromBuffer(device.importBuffer(buffer, "float32"), [2, 3], { device });
      assert(webgpuStats(device).liveBytes === before, "the page's memory is not counted");
      mismatch("sum", [await x.sum().item()], [21], 0);
      gpu.queue.writeBuffer(buffer, 0, new Float32Array([10]));
      noGrad(() => x.mul_(2));
      const slice = device.exportBuffer(x.select(0, 1));
      assert(slice.buffer === buffer && slice.offset === 12 && slice.bytes === 12, `${slice.offset}, ${slice.bytes}`);
      x.dispose();
      const staging = gpu.createBuffer({ size: 32, usage: MAP_READ | COPY_DST }), encoder = gpu.createCommandEncoder();
      encoder.copyBufferToBuffer(buffer, 0, staging, 0, 32);
      gpu.queue.submit([encoder.finish()]);
      await staging.mapAsync(1);
      mismatch("the page sees", Array.from(new Float32Array(staging.getMappedRange())), [20, 4, 6, 8, 10, 12, 7, 8], 0);
      const narrow = gpu.createBuffer({ size: 4, usage: STORAGE });
      const errors = [await failure(() => device.importBuffer(narrow, "float32")), await failure(() => device.exportBuffer(zeros([2, 3], { device }).t()))];
      for (const error of errors) assert(error instanceof DeviceError, String(error));
      assert((await failure(() => device.importBuffer(buffer, "float64"))) instanceof DTypeError, "float64 is refused");
      device.dispose();
    },
  },
  {
    name: "a tensor larger than the device takes is an OutOfMemoryError that says what is live, and work goes on",
    run: async () => {
      const device = await webgpu({ maxBytes: 2 ** 22 }), x = tensor([1, 2], { device });
      const error = await failure(() => zeros([2 ** 22], { device }));
      assert(error instanceof OutOfMemoryError && /16777216 bytes.*live/.test(error.message), String(error));
      mismatch("x", await list(x.add(1)), [2, 3], 0);
      device.dispose();
    },
  },
];
