/** @file `webgpu({ deterministic: true })`: the same bits at every run, in Node and in browsers. */
import { cpu } from "@adjoint/backend-cpu-js";
import { webgpu } from "@adjoint/backend-webgpu";
import { type Backend, embedding, IndexError, indexAdd, manualSeed, maxPool2d, rand, randint, randn, scatter, scatterAdd, scope, type Tensor, tensor, zeros } from "@adjoint/core";
import { mismatch } from "./harness.ts";
import { assert, type Check, failure, list } from "./whole.ts";

/** From 1e-3 to 1e3, so that another order of additions is another sum. */
const uneven = (shape: readonly number[], device: Backend): Tensor => randn(shape, { device }).mul(rand(shape, { device }).mul(14).sub(7).exp());
const places = (n: number, shape: readonly number[], device: Backend): Tensor => randint(0, n, shape, { device });

/** What adds many elements to one place, or sets it many times. */
const calls: { readonly [name: string]: (device: Backend) => Tensor } = {
  "a long line into few places": (device) => scatterAdd(uneven([5], device), 0, places(5, [5000], device), uneven([5000], device)),
  "a long line into one place": (device) => scatterAdd(uneven([1], device), 0, places(1, [4097], device), uneven([4097], device)),
  "lanes with indices of their own": (device) => scatterAdd(uneven([3, 7, 6], device), 1, places(7, [3, 200, 6], device), uneven([3, 200, 6], device)),
  "the gradient of an embedding": (device) => {
    const weight = uneven([11, 12], device).requiresGrad_();
    embedding(places(11, [20, 30], device), weight).mul(uneven([20, 30, 12], device)).sum().backward();
    return weight.grad!;
  },
  "rows of a transposed tensor": (device) => indexAdd(uneven([6, 9], device), 0, places(6, [300], device), uneven([9, 300], device).t()),
  "the gradient of windows that overlap": (device) => {
    const x = places(4, [2, 3, 12, 12], device).float().requiresGrad_();
    maxPool2d(x, 3, { stride: 1 }).mul(uneven([2, 3, 10, 10], device)).sum().backward();
    return x.grad!;
  },
  "places that are set many times": (device) => scatter(places(1000, [7, 4], device).float(), 0, places(7, [300, 4], device), places(1000, [300, 4], device).float()),
  "whole numbers that are set many times": (device) => places(1000, [2, 10], device).scatter(1, places(10, [2, 500], device), places(1000, [2, 500], device)),
};

/** Its bits. */
async function bitsOf(device: Backend, call: (device: Backend) => Tensor): Promise<Int32Array> {
  const s = scope();
  manualSeed(7);
  const { buffer } = await s.run(() => call(device)).data();
  s.close();
  return new Int32Array(buffer);
}

export const orderedChecks: readonly Check[] = [
  ...Object.entries(calls).map(([name, call]): Check => ({
    name: `${name}: the same bits at each of 20 runs, and on another device`,
    run: async () => {
      const device = await webgpu({ deterministic: true }), other = await webgpu({ deterministic: true }), reference = cpu();
      const first = await bitsOf(device, call);
      for (let i = 1; i < 20; i++) mismatch(`run ${i + 1}`, Array.from(await bitsOf(device, call)), Array.from(first), 0);
      mismatch("another device", Array.from(await bitsOf(other, call)), Array.from(first), 0);
      const values = new Float32Array(first.buffer), wanted = new Float32Array((await bitsOf(reference, call)).buffer);
      if (name.includes("set")) mismatch("the last is set", Array.from(first), Array.from(new Int32Array(wanted.buffer)), 0);
      else wanted.forEach((x, i) => assert(Math.abs(values[i]! - x) <= 0.02 + 1e-4 * Math.abs(x), `element ${i} is ${values[i]}, and ${x} on the cpu`));
      for (const one of [device, other]) one.dispose();
    },
  })),
  {
    name: "of up to 64 elements a sum is that of one after the other, to the bit",
    run: async () => {
      const device = await webgpu({ deterministic: true }), host = cpu(), x = uneven([3, 64, 5], host), index = places(4, [3, 64, 5], host), base = uneven([3, 4, 5], host);
      const [a, b, c] = await Promise.all([base.to(device), index.to(device), x.to(device)]);
      mismatch("sums", await list(scatterAdd(a, 1, b, c)), await list(scatterAdd(base, 1, index, x)), 0);
      device.dispose();
    },
  },
  {
    name: "an index out of range is the IndexError that it is elsewhere, and touches nothing",
    run: async () => {
      const device = await webgpu({ deterministic: true });
      for (const [length, bad] of [[4, 9], [500, -1], [500, 9]] as const) {
        const index = tensor(Int32Array.from({ length }, (_, i) => (i % 3 === 0 ? bad : i % 2)), { device }), ones = zeros([length], { device }).add(1), counts = Array.from({ length }, (_, i) => (i % 3 === 0 ? -1 : i % 2));
        const sums = scatterAdd(zeros([2], { device }), 0, index, ones), error = await failure(() => sums.data());
        assert(error instanceof IndexError && error.message.includes(`index ${bad} is out of bounds for dimension 0 with size 2`), String(error));
        mismatch("the others", await list(sums), [0, 1].map((k) => counts.filter((at) => at === k).length), 0);
      }
      device.dispose();
    },
  },
];
