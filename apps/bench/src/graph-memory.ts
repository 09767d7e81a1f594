/**
 * @file What graphs hold: a graph that never runs backward, and a loop that keeps its losses. On the cpu, whose memory is JavaScript's, and on
 * wasm, whose memory only counts or finalizers free. Run: `node --expose-gc --conditions=source apps/bench/src/graph-memory.ts`
 */
import { cpu } from "@adjoint/backend-cpu-js";
import { wasm } from "@adjoint/backend-wasm-simd";
import { type Backend, memory, randn, scope, type Tensor } from "@adjoint/core";

const STEPS = 1000, WIDTH = 64, LAYERS = 4;
const collect = Reflect.get(globalThis, "gc") as (() => void) | undefined;
if (collect === undefined) throw new Error("run with --expose-gc: the heap is measured after a collection");

/** Finalizers run when the host reaches its event loop. */
async function settled(): Promise<void> {
  for (let i = 0; i < 4; i++) {
    collect!();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

type Step = (forward: () => Tensor, kept: unknown[]) => void | Promise<void>;
const inScope = (run: () => void): void => {
  const s = scope();
  try {
    s.run(run);
  } finally {
    s.close();
  }
};
const cases: readonly (readonly [string, Step])[] = [
  ["forward alone, handles dropped", (forward) => void forward()],
  ["forward alone, in a scope", (forward) => inScope(() => forward())],
  ["backward, handles dropped", (forward) => forward().backward()],
  ["backward, in a scope", (forward) => inScope(() => forward().backward())],
  ["losses.push(loss), no backward, no scope", (forward, losses) => void losses.push(forward())],
  ["losses.push(loss.keep()), no backward, in a scope", (forward, losses) => inScope(() => losses.push(forward().keep()))],
  ["losses.push(loss), backward, no scope", (forward, losses) => { const loss = forward(); loss.backward(); losses.push(loss); }],
  ["losses.push(loss.keep()), backward, in a scope", (forward, losses) => inScope(() => { const loss = forward(); loss.backward(); losses.push(loss.keep()); })],
  ["losses.push(loss.detach().keep()), backward, in a scope", (forward, losses) => inScope(() => { const loss = forward(); loss.backward(); losses.push(loss.detach().keep()); })],
  ["losses.push(loss.itemSync()), backward, in a scope", (forward, losses) => inScope(() => { const loss = forward(); loss.backward(); losses.push(loss.itemSync()); })],
];

async function measure(device: Backend, step: Step): Promise<readonly [tensors: number, bytes: number, heap: number, peak: number]> {
  const weights = Array.from({ length: LAYERS }, () => randn([WIDTH, WIDTH], { device, requiresGrad: true }));
  const x = randn([WIDTH, WIDTH], { device }), kept: unknown[] = [];
  const forward = (): Tensor => {
    let h = x;
    for (const w of weights) h = h.matmul(w).tanh();
    return h.square().mean();
  };
  const run = async (steps: number): Promise<number> => {
    let peak = 0;
    for (let i = 0; i < steps; i++) {
      await step(forward, kept);
      peak = Math.max(peak, memory(device).bytes);
      // As a training loop that reads or draws now and then.
      if (i % 50 === 49) await new Promise((resolve) => setTimeout(resolve, 0));
    }
    return peak;
  };
  await run(20);
  await settled();
  const before = memory(device), heap = process.memoryUsage().heapUsed;
  const peak = await run(STEPS);
  await settled();
  const after = memory(device), grown = process.memoryUsage().heapUsed - heap;
  const result = [(after.tensors - before.tensors) / STEPS, (after.bytes - before.bytes) / STEPS, grown / STEPS, peak] as const;
  kept.length = 0;
  for (const tensor of [x, ...weights]) tensor.dispose();
  await settled();
  return result;
}

for (const make of [cpu, wasm]) {
  const device = await make();
  console.log(`\n${device.name}: ${LAYERS} layers of ${WIDTH} x ${WIDTH}, ${STEPS} steps; what stays for each step after a collection, and the peak of the device's memory on the way`);
  console.log(["tensors", "device bytes", "heap bytes", "peak MiB", "loop"].join("\t"));
  for (const [name, step] of cases) {
    const [tensors, bytes, heap, peak] = await measure(device, step);
    console.log([tensors.toFixed(2), bytes.toFixed(0), heap.toFixed(0), (peak / 2 ** 20).toFixed(1), name].join("\t"));
  }
}
