/** @file What the device refuses is an error that names the op, its shapes and its dtypes, and work goes on: checks run in Node and in browsers. */
import { webgpu, type WebGpuBackend } from "@adjoint/backend-webgpu";
import { DeviceError, fromBuffer, ones, tensor, type Tensor } from "@adjoint/core";
import { altered } from "./altered.ts";
import { mismatch } from "./harness.ts";
import { openDevice } from "./open.ts";
import { assert, type Check, failure, list } from "./whole.ts";

/** Three ops in one submit, of which the device refuses the second: an error of the read that says so, and right results of what comes after. */
async function refused(name: string, device: WebGpuBackend, wrong: (x: Tensor) => Tensor, parts: readonly string[]): Promise<void> {
  const x = ones([2, 3], { device }), kept = tensor([1, 2, 3], { device });
  const results = [kept.mul(2), wrong(x), kept.sub(1)], error = await failure(() => Promise.all(results.map(list)));
  assert(error instanceof DeviceError, `${name}: ${String(error)}`);
  for (const part of parts) assert(error.message.includes(part), `${name}: no "${part}" in: ${error.message}`);
  mismatch(`${name}, afterwards`, await list(kept.mul(2).sub(1)), [1, 3, 5], 0);
}

export const refusedChecks: readonly Check[] = [
  {
    name: "a kernel that does not compile",
    run: async () => {
      const gpu = await openDevice(), wrong = (code: string): string => (code.startsWith("// add\n") ? `${code} nonsense` : code);
      const device = await webgpu({ device: altered(gpu, { createShaderModule: (told) => gpu.createShaderModule({ ...told, code: wrong(told.code) }) }) });
      await refused("compiling", device, (x) => x.add(tensor([1, 2, 3], { device })), ["webgpu: compiling add (kernel map) of float32 [2, 3], float32 [2, 3] to float32 [2, 3]: ", "nonsense"]);
      const ahead = await failure(() => device.warmup(() => { ones([4], { device }).add(ones([4], { device })); }));
      assert(ahead instanceof DeviceError && ahead.message.includes("add (kernel map) of float32 [4], float32 [4] to float32 [4]"), `warmup: ${String(ahead)}`);
      device.dispose();
      gpu.destroy();
    },
  },
  {
    name: "a binding that does not fit",
    run: async () => {
      // The kernel of `matmul` alone has both operands and the output in three buffers here.
      const gpu = await openDevice(), wrong = (entries: GPUBindGroupEntry[]): GPUBindGroupEntry[] => (entries.length === 4 ? entries.slice(1) : entries);
      const device = await webgpu({ device: altered(gpu, { createBindGroup: (told) => gpu.createBindGroup({ ...told, entries: wrong([...told.entries]) }) }) });
      await refused("binding", device, (x) => x.matmul(ones([3, 4], { device })), ["(kernel matmul) of float32 [1, 1, 2, 3], float32 [1, 1, 3, 4] to float32 [1, 1, 2, 4]: "]);
      device.dispose();
      gpu.destroy();
    },
  },
  {
    name: "memory of the page's own that is gone",
    run: async () => {
      const gpu = await openDevice(), device = await webgpu({ device: gpu }), memory = gpu.createBuffer({ size: 64, usage: 128 | 8 | 4 });
      const theirs = fromBuffer(device.importBuffer(memory, "int32"), [4, 4], { device, dtype: "int32" });
      memory.destroy();
      await refused("destroyed", device, () => theirs.sum(1), ["sum(sum) (kernel reduce) of int32 [4, 4] to int32 [4]: "]);
      await refused("read", device, () => theirs, ["copying what is read: "]);
      device.dispose();
      gpu.destroy();
    },
  },
  {
    name: "memory of the page's own that goes after the submit is not blamed for what was refused",
    run: async () => {
      const gpu = await openDevice(), device = await webgpu({ device: gpu });
      const theirs = (): { readonly memory: GPUBuffer; readonly x: Tensor } => {
        const memory = gpu.createBuffer({ size: 64, usage: 128 | 8 | 4 });
        return { memory, x: fromBuffer(device.importBuffer(memory, "int32"), [4, 4], { device, dtype: "int32" }) };
      };
      const [first, second] = [theirs(), theirs()];
      second.memory.destroy();
      await refused("one before, one after", device, (x) => {
        first.x.amax(1);
        const y = second.x.sum(1);
        queueMicrotask(() => { first.memory.destroy(); }); // The read below has submitted by then.
        return y.add(x.sum());
      }, ["submitting commands: "]);
      const [third, fourth] = [theirs(), theirs()];
      fourth.memory.destroy();
      await refused("both of one kernel", device, () => {
        queueMicrotask(() => { third.memory.destroy(); });
        return third.x.mul(fourth.x);
      }, ["mul (kernel map) of int32 [4, 4], int32 [4, 4] to int32 [4, 4]: "]);
      device.dispose();
      gpu.destroy();
    },
  },
  {
    name: "commands that the device refuses are named, also where memory of the page's own goes meanwhile",
    run: async () => {
      // No kernel asks for too many workgroups: this device is told of more for one of them.
      const gpu = await openDevice(), memory = gpu.createBuffer({ size: 64, usage: 128 | 8 | 4 });
      const device = await webgpu({ device: altered(gpu, {
        createCommandEncoder() {
          const encoder = gpu.createCommandEncoder();
          return altered(encoder, {
            beginComputePass() {
              const pass = encoder.beginComputePass();
              let wrong = false;
              return altered(pass, {
                setPipeline(pipeline) {
                  wrong = pipeline.label === "exp";
                  pass.setPipeline(pipeline);
                },
                dispatchWorkgroups(x, y) { pass.dispatchWorkgroups(wrong ? 2 ** 20 : x, y); },
              });
            },
          });
        },
      }) });
      const theirs = fromBuffer(device.importBuffer(memory, "float32"), [4, 4], { device });
      await refused("workgroups", device, (x) => {
        const sum = theirs.sum(1);
        queueMicrotask(() => { memory.destroy(); });
        return x.exp().add(sum.sum());
      }, ["exp (kernel map) of float32 [2, 3] to float32 [2, 3]: "]);
      device.dispose();
      gpu.destroy();
    },
  },
];
