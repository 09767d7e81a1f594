/** @file Limits are obeyed by splitting, on a device with the lowest that the standard allows, and lower: checks run in Node and in browsers. */
import { webgpu, webgpuStats } from "@adjoint/backend-webgpu";
import { type Case, fusedSuite, kernelSuite, runCases } from "@adjoint/conformance";
import { arange, cat, conv1d, DeviceError, full, gather, IndexError, noGrad, ones, OutOfMemoryError, scope, tensor, type Tensor, zeros } from "@adjoint/core";
import { denseView, program, scalar, type View } from "@adjoint/core/backend";
import { tight } from "./altered.ts";
import { mismatch } from "./harness.ts";
import { openDevice } from "./open.ts";
import { assert, type Check, failure, list } from "./whole.ts";

/** More invocations than 65,535 workgroups of 64 have. */
const MANY = 65_535 * 64 + 100;
const last = async (x: Tensor): Promise<readonly number[]> => list(x.reshape([-1]).narrow(0, x.numel() - 2, 2));

/** An op whose result has more elements than one dimension of workgroups, and the last two of them. */
const large: { readonly [name: string]: (count: (size: number) => Tensor) => { readonly out: Tensor; readonly ends: readonly number[] } } = {
  map: (count) => ({ out: count(MANY).add(1), ends: [MANY - 1, MANY] }),
  "map of a transposed tensor": (count) => ({ out: count(2 * MANY).reshape([MANY, 2]).t().mul(-1), ends: [-(2 * MANY - 3), -(2 * MANY - 1)] }),
  "reduce to many": (count) => ({ out: count(2 * MANY).reshape([MANY, 2]).amax(1), ends: [2 * MANY - 3, 2 * MANY - 1] }),
  "reduce of many": (count) => ({ out: count(MANY).amax().reshape([1]).expand([2]), ends: [MANY - 1, MANY - 1] }),
  argmax: (count) => ({ out: count(2 * MANY).reshape([MANY, 2]).argmax(1), ends: [1, 1] }),
  scan: (count) => ({ out: count(2 * MANY).reshape([MANY, 2]).sub(2 * MANY - 2).cumsum(1), ends: [0, 1] }),
  gather: (count) => ({ out: gather(count(4), 0, zeros([MANY], { dtype: "int32", device: count(1).device }).add(3)), ends: [3, 3] }),
  "products of a long batch": (count) => ({ out: count(2 * 70_000).reshape([70_000, 1, 2]).matmul(ones([70_000, 2, 1], { device: count(1).device })), ends: [4 * 70_000 - 7 + 0, 4 * 70_000 - 3] }),
  "an outer product": (count) => ({ out: count(2100).reshape([2100, 1]).matmul(full([1, 2100], 2, { device: count(1).device })), ends: [4198, 4198] }),
  convolution: (count) => ({ out: conv1d(count(MANY + 1).reshape([1, 1, MANY + 1]), tensor([[[1, -1]]], { device: count(1).device })), ends: [-1, -1] }),
};

/** The cases whose kernels may ask for more than the lowest limits, by many operands or much memory; of the others, whose kernels are the same on every device, each eighth. */
const kernelsAtLimits = (): readonly Case[] => kernelSuite().filter(({ name }, i) => /^memory|^map (program|results|reads as many)|^(reduce|scan|sort|argReduce|matmul|conv) .*many|^matmul|^conv/.test(name) || i % 8 === 0);

export const limitChecks: readonly Check[] = [
  ...([["kernels", kernelsAtLimits], ["fused kernels", fusedSuite]] as const).map(([name, cases]: readonly [string, () => readonly Case[]]): Check => ({
    // Eight storage buffers are the lowest there is: what core makes of map and rows needs no more, and some of it no fewer.
    name: `${name}: the conformance suite passes with eight storage buffers, 64 workgroups to a dimension and bindings of 4 MiB`,
    run: async () => {
      const opened: GPUDevice[] = [];
      const reports = await runCases(async () => {
        const device = await openDevice();
        opened.push(device);
        return webgpu({ device: tight(device, { maxBufferSize: 2 ** 24, maxStorageBufferBindingSize: 2 ** 22, maxStorageBuffersPerShaderStage: 8, maxComputeWorkgroupsPerDimension: 64 }) });
      }, cases());
      assert(reports.length > 20, `${reports.length} cases`);
      const failed = reports.flatMap(({ case: title, outcome }) => (outcome.status === "failed" ? [`${title}: ${outcome.error.message}`] : []));
      for (const device of opened) device.destroy();
      assert(failed.length === 0, `${failed.length} failed:\n${failed.join("\n").slice(0, 4000)}`);
    },
  })),
  ...Object.entries(large).map(([name, make]): Check => ({
    name: `${name}: more workgroups than one dimension takes`,
    run: async () => {
      const gpu = await openDevice(), device = await webgpu({ device: gpu }), s = scope();
      const { out, ends } = s.run(() => noGrad(() => make((size) => arange(0, size, 1, { dtype: "float32", device }))));
      mismatch(name, await last(out), ends, 0);
      s.close();
      device.dispose();
      gpu.destroy();
    },
  })),
  {
    name: "memory that runs out within a kernel, of what it needs for itself, leaves none of that behind",
    run: async () => {
      // Of 64 KiB; attention is of the same elements as [1, 1, 256, 64].
      const size = 2 ** 14, seen = new Set<string>();
      // What is left: for nothing of attention's, for its line of numbers alone, for one buffer of sort, and for three.
      for (const left of [2 ** 8, 2 ** 10, 2 ** 16, 3 * 2 ** 16]) {
        const gpu = await openDevice(), device = await webgpu({ device: gpu, maxBytes: 12 * size + 2 ** 10 + left }), { kernels } = device;
        const [x, y, logs, order] = (["float32", "float32", "float32", "int32"] as const).map((dtype, k) => denseView(device.allocate(dtype, k === 2 ? 256 : size), dtype, k === 2 ? [1, 1, 256, 1] : [size]));
        const heads = (view: View): View => denseView(view.buffer, "float32", [1, 1, 256, 64]), queries = heads(x!), attrs = { scale: 1, causal: true };
        const calls: { readonly [name: string]: () => void } = {
          sort: () => kernels.sort([x!], [order!], { descending: false, from: 0 }),
          scan: () => kernels.scan([x!], [y!], { op: "sum", reverse: false }),
          reduce: () => kernels.reduce([x!], [denseView(logs!.buffer, "float32", [])], { program: program("identity", ["float32"], [], [scalar.arg(0, "float32")]), params: [], op: "sum", reduced: 1 }),
          attention: () => kernels.attention!([queries, queries, queries], [heads(y!), logs!], attrs),
        };
        for (const [name, call] of Object.entries(calls)) {
          const before = webgpuStats(device).liveBytes, error = await failure(call);
          if (error !== undefined) {
            assert(error instanceof OutOfMemoryError, `${name}: ${String(error)}`);
            seen.add(name);
          }
          assert(webgpuStats(device).liveBytes === before, `${name} with ${left} bytes left: ${webgpuStats(device).liveBytes - before} bytes more are live`);
        }
        device.dispose();
        gpu.destroy();
      }
      for (const name of ["sort", "attention"]) assert(seen.has(name), `no memory for ${[...seen].join()}, and not ${name}`);
    },
  },
  {
    name: "a tensor that fits a buffer and no binding: the typed error comes before anything is allocated, and work goes on",
    run: async () => {
      const gpu = await openDevice(), most = 2 ** 16;
      const device = await webgpu({ device: tight(gpu, { maxBufferSize: 4 * most, maxStorageBufferBindingSize: most, maxStorageBuffersPerShaderStage: 8, maxComputeWorkgroupsPerDimension: 64 }) });
      const whole = arange(0, most / 4, 1, { device, dtype: "float32" }), memory = gpu.createBuffer({ size: 2 * most, usage: 128 | 8 | 4 });
      const over: { readonly [name: string]: () => unknown } = {
        zeros: () => zeros([most / 4 + 1], { device }),
        cat: () => cat([whole, whole]),
        product: () => whole.reshape([-1, 1]).matmul(whole.reshape([1, -1])),
        broadcast: () => whole.reshape([-1, 1]).add(whole.narrow(0, 0, 2)),
        "to a wider layout": () => tensor(new Array<boolean>(most).fill(true), { device }),
      };
      for (const [name, make] of Object.entries(over)) {
        const before = webgpuStats(device), error = await failure(make), { liveBytes, dispatches } = webgpuStats(device);
        assert(error instanceof OutOfMemoryError && error.message.includes(`the largest buffer of this device is ${most} bytes`), `${name}: ${String(error)}`);
        assert(liveBytes === before.liveBytes && dispatches === before.dispatches, `${name}: ${liveBytes - before.liveBytes} bytes more are live, ${dispatches - before.dispatches} kernels ran`);
        mismatch(`after ${name}`, await last(whole.mul(2)), [most / 2 - 4, most / 2 - 2], 0);
      }
      const error = await failure(() => device.importBuffer(memory, "float32"));
      assert(error instanceof DeviceError && error.message.includes(`${most} at most`), String(error));
      for (const x of [memory, gpu]) x.destroy();
    },
  },
  {
    name: "a tensor as large as the largest buffer is read whole, and an index error along with it",
    run: async () => {
      const gpu = await openDevice(), most = 3 * 2 ** 16; // is not a size that the pool rounds up to
      const device = await webgpu({ device: tight(gpu, { maxBufferSize: most, maxStorageBufferBindingSize: most, maxStorageBuffersPerShaderStage: 8, maxComputeWorkgroupsPerDimension: 1024 }) });
      const x = arange(0, most / 4, 1, { device, dtype: "float32" }), index = (at: number): Tensor => tensor([at], { device, dtype: "int32" });
      for (const turn of [1, 2]) {
        const picked = gather(x, 0, index(turn)), values = await x.data();
        mismatch(`turn ${turn}`, [values.length, values[most / 4 - 1]!, ...(await list(picked))], [most / 4, most / 4 - 1, turn], 0);
      }
      gather(x, 0, index(most));
      const error = await failure(() => x.data());
      assert(error instanceof IndexError, String(error));
      device.dispose();
      gpu.destroy();
    },
  },
  {
    name: "a tensor over the limit: the typed error says what was asked, what is live and the largest owners, and work goes on",
    run: async () => {
      const gpu = await openDevice(), device = await webgpu({ device: gpu }), kept = tensor([1, 2], { device }), weights = zeros([1024, 1024], { device });
      assert(device.limits.maxBytes === gpu.limits.maxStorageBufferBindingSize, `${device.limits.maxBytes}`);
      const error = await failure(() => zeros([device.limits.maxBytes / 4 + 1], { device }));
      assert(error instanceof OutOfMemoryError, String(error));
      for (const part of [`${device.limits.maxBytes + 4} bytes`, "bytes are live", "tensors of 4194304: 4194304"]) assert(error.message.includes(part), `no "${part}" in: ${error.message}`);
      mismatch("afterwards", await list(kept.add(1)), [2, 3], 0);
      weights.dispose();
      device.dispose();
      gpu.destroy();
    },
  },
];
