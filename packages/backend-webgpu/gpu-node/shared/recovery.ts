/** @file Through the public API: devices that are lost and come back, and memory that is not there. Checks run in Node and in browsers. */
import { webgpu, webgpuStats } from "@adjoint/backend-webgpu";
import { DeviceError, DeviceLostError, noGrad, OutOfMemoryError, scope, tensor, zeros } from "@adjoint/core";
import { mismatch } from "./harness.ts";
import { openDevice } from "./open.ts";
import { assert, type Check, failure, list, model } from "./whole.ts";

/** @param rounds how often a device is destroyed in mid-step */
export const recoveryChecks = (rounds: number): readonly Check[] => [
  {
    name: `destroyed in mid-step ${rounds} times: as many typed errors, as many restores, right results after each`,
    run: async () => {
      const device = await webgpu(), { w, step } = model(device);
      await device.backup([w]);
      for (let round = 0; round < rounds; round++) {
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
