/** @file Memory: training loops run flat with one scope a step, and loops that interleave never disturb one another. */
import { type Backend, crossEntropy, empty, emptyCache, FreedError, keep, linear, memory, memoryReserved, noGrad, OutOfMemoryError, randn, relu, scope, tensor, type Tensor } from "@adjoint/core";
import { type Case, check } from "../case.ts";

/** An 8-16-8 network and plain gradient descent: nothing but ops, so that no package hides a leak. */
class TinyNetwork {
  readonly parameters: readonly [Tensor, Tensor, Tensor, Tensor];
  readonly device: Backend;
  constructor(device: Backend) {
    this.device = device;
    const leaf = (shape: readonly number[]): Tensor => noGrad(() => randn(shape, { device }).mul_(0.3)).requiresGrad_();
    this.parameters = [leaf([16, 8]), leaf([16]), leaf([8, 16]), leaf([8])];
  }
  loss(x: Tensor, y: Tensor): Tensor {
    const [w1, b1, w2, b2] = this.parameters;
    return crossEntropy(linear(relu(linear(x, w1, b1)), w2, b2), y);
  }
  step(): void {
    noGrad(() => {
      for (const p of this.parameters) {
        p.sub_(p.grad!, { alpha: 0.1 });
        p.grad!.zero_();
      }
    });
  }
  dispose(): void {
    for (const p of this.parameters) p.dispose();
  }
}

/** The task: which of eight inputs is the one that is set. */
function batch(step: number): { inputs: Float32Array<ArrayBuffer>; targets: Int32Array<ArrayBuffer> } {
  const inputs = new Float32Array(4 * 8), targets = new Int32Array(4);
  for (let i = 0; i < 4; i++) {
    targets[i] = (step * 3 + i * 5) % 8;
    inputs[i * 8 + targets[i]!] = 1;
  }
  return { inputs, targets };
}

function trainStep(network: TinyNetwork, step: number): { close(): void; loss: Tensor } {
  const s = scope(`step ${step}`);
  const { inputs, targets } = batch(step);
  const x = s.tensor(inputs, { shape: [4, 8], device: network.device }), y = s.tensor(targets, { device: network.device });
  const loss = network.loss(x, y);
  loss.backward();
  network.step();
  return { close: () => s.close(), loss };
}

async function interleavedLoop(network: TinyNetwork, steps: number): Promise<number> {
  let last = NaN;
  for (let i = 0; i < steps; i++) {
    const step = trainStep(network, i);
    last = await step.loss.item();
    step.close();
  }
  return last;
}

/** Without a scope: what it makes lives until it is collected, and nobody else may free it. */
async function unscopedLoop(device: Backend, steps: number): Promise<void> {
  for (let i = 0; i < steps; i++) {
    const x = tensor([i, i + 1], { device }), y = x.mul(2).add_(1);
    await Promise.resolve();
    const [a, b] = await y.data();
    check(a === 2 * i + 1 && b === 2 * i + 3, `an unscoped tensor changed: got ${a}, ${b} in step ${i}`);
    x.dispose();
    y.dispose();
  }
}

/** @param steps of the long loop */
export function memorySuite(steps: number): readonly Case[] {
  const needs = ["float32", "int32", "bool"] as const;
  return [
    {
      name: `memory: ${steps} training steps are flat`, needs,
      async run({ backend }) {
        const network = new TinyNetwork(backend);
        let first = NaN, level = 0;
        for (let i = 0; i < steps; i++) {
          const step = trainStep(network, i);
          if (i === 0) first = await step.loss.item();
          const read = i === steps - 1 ? step.loss.item() : undefined;
          step.close();
          if (i === 0) level = memory(backend).bytes;
          check(memory(backend).bytes === level, `step ${i}: ${memory(backend).bytes} bytes are live, ${level} after the first step`);
          if (i % 1000 === 999) await backend.sync();
          if (read !== undefined) {
            const last = await read;
            check(last < first / 2, `the loss fell from ${first} to ${last} only`);
          }
        }
        network.dispose();
      },
    },
    {
      name: "memory: two interleaved loops and an unscoped one", needs,
      async run({ backend }) {
        const networks = [new TinyNetwork(backend), new TinyNetwork(backend)];
        const [a, b] = await Promise.all([...networks.map((network) => interleavedLoop(network, 60)), unscopedLoop(backend, 60)]);
        check(Number.isFinite(a) && Number.isFinite(b), `losses ${String(a)}, ${String(b)}`);
        for (const network of networks) network.dispose();
      },
    },
    {
      name: "memory: running out of it names what was asked, what is live and the largest owners", needs,
      run({ backend }) {
        const { maxBytes } = backend.limits, length = Number.isFinite(maxBytes) ? Math.floor(maxBytes / 4) + 1 : 2 ** 50;
        const s = scope("hoard"), held = s.run(() => [randn([64, 64], { device: backend }), randn([64, 64], { device: backend }), tensor([1], { device: backend })]);
        const kept = keep(s.run(() => randn([32, 32], { device: backend }))); // Not the scope's any more.
        try {
          empty([length], { device: backend });
        } catch (error) {
          check(error instanceof OutOfMemoryError, `got ${String(error)}`);
          for (const part of [`${4 * length} bytes`, "largest owners", "hoard: 32772", "tensors of 16384: 32768"])
            check(error.message.includes(part), `no "${part}" in: ${error.message}`);
          check(held.every((x) => x.numel() > 0), "they are alive");
          s.close();
          kept.dispose();
          return;
        }
        check(false, "no error");
      },
    },
    {
      name: "memory: what is kept for later tensors can be given back, and work goes on", needs,
      async run({ backend }) {
        const s = scope(), x = s.tensor([1, 2], { device: backend }), y = s.run(() => x.mul(2));
        s.run(() => randn([256, 1024], { device: backend })).dispose();
        const before = memoryReserved(backend);
        check(before >= memory(backend).bytes, `${before} bytes are reserved, ${memory(backend).bytes} are live`);
        emptyCache(backend); // also of what a call that was not submitted yet has used
        const after = memoryReserved(backend), given = backend.emptyCache === undefined ? 0 : 2 ** 20;
        check(after >= memory(backend).bytes && after <= before - given, `${before} bytes were reserved, then ${after}; ${memory(backend).bytes} are live`);
        const [a, b] = await s.run(() => y.add(randn([256, 1024], { device: backend }).sum().mul(0))).data();
        check(a === 2 && b === 4, `afterwards 2 and 4 are ${a} and ${b}`);
        s.close();
      },
    },
    {
      name: "memory: a freed tensor is a typed error that names its scope", needs,
      run({ backend }) {
        const s = scope("mine"), x = s.tensor([1, 2], { device: backend }), kept = keep(x.mul(3)), y = x.add(1);
        s.close();
        try {
          y.add(1);
        } catch (error) {
          check(error instanceof FreedError && error.message.includes("mine"), `got ${String(error)}`);
          check(kept.numel() === 2, "the kept tensor is alive");
          kept.add(0).dispose();
          kept.dispose();
          return;
        }
        check(false, "no error");
      },
    },
  ];
}
