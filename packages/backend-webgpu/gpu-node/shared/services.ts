/** @file Through the public API: compiling ahead, memory shared with the page, kernels measured. Checks run in Node and in browsers. */
import { webgpu, webgpuStats } from "@adjoint/backend-webgpu";
import { DeviceError, DTypeError, fromBuffer, noGrad, profile, scope, tensor, zeros } from "@adjoint/core";
import { mismatch } from "./harness.ts";
import { assert, type Check, failure, list, model } from "./whole.ts";

/** GPUBufferUsage by value: Node has no such globals. */
const STORAGE = 128, COPY_SRC = 4, COPY_DST = 8, MAP_READ = 1;

export const serviceChecks: readonly Check[] = [
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
    name: "a profile has the device's time of every kernel, and measuring changes no result",
    run: async () => {
      const device = await webgpu(), { w, step } = model(device);
      const { result, calls, trace } = await profile(step);
      mismatch("loss", [await result.item()], [78], 0);
      mismatch("gradient", await list(w.grad!), [6, 10, 14, 22], 0);
      const products = calls.filter(({ name }) => name === "matmul"), kernels = (JSON.parse(trace()) as { traceEvents: { cat?: string }[] }).traceEvents.filter(({ cat }) => cat === "kernel").length;
      assert(products.length === 2, `${products.length} products`);
      if (device.gpu.features.has("timestamp-query")) {
        assert(calls.every(({ deviceMs }) => deviceMs !== undefined && deviceMs >= 0) && kernels >= calls.filter(({ name }) => name === "matmul").length, `${kernels} kernels`);
        assert(device.timeline?.count === 0, "nothing is measured afterwards");
      } else assert(calls.every(({ deviceMs }) => deviceMs === undefined) && kernels === 0, "no timestamps, no times");
      device.dispose();
    },
  },
  {
    name: "a step whose loss is read is one submit, steps are alike, and nothing is submitted beside them",
    run: async () => {
      const device = await webgpu(), { w, step } = model(device), counts: { readonly dispatches: number; readonly submits: number }[] = [];
      await device.sync();
      for (let i = 0; i < 3; i++) {
        const before = webgpuStats(device), s = scope();
        w.grad = null;
        mismatch("loss", [await s.run(step).item()], [78], 0);
        s.close();
        await new Promise((resolve) => { setTimeout(resolve, 5); });
        const { dispatches, submits } = webgpuStats(device);
        counts.push({ dispatches: dispatches - before.dispatches, submits: submits - before.submits });
      }
      assert(counts.every(({ dispatches, submits }) => submits === 1 && dispatches === counts[0]!.dispatches && dispatches > 0), JSON.stringify(counts));
      w.grad = null;
      const { sent, table, result } = await profile(step);
      assert(sent.length === 1 && sent[0]!.device === "webgpu" && sent[0]!.dispatches === counts[0]!.dispatches && sent[0]!.submits === 1, JSON.stringify(sent));
      assert(table().endsWith(`\nwebgpu: ${counts[0]!.dispatches} dispatches, 1 submit`), table());
      mismatch("loss", [await result.item()], [78], 0);
      device.dispose();
    },
  },
];
