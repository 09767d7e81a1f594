/** @file What must not compile: the same work with another learning rate, seed, scalar or shape of a known layout. */
import { type Backend, crossEntropy, dropout, layerNorm, manualSeed, noGrad, randn, scope, tensor } from "@adjoint/core";
import { check } from "../case.ts";

/** A piece of training that uses every kind of number a user passes. */
async function work(device: Backend, rows: number, columns: number, seed: number, lr: number, scalar: number): Promise<void> {
  manualSeed(seed);
  const s = scope("work");
  try {
    const loss = s.run(() => {
      const x = randn([rows, 8], { device }), w = noGrad(() => randn([8, columns], { device }).mul(0.1)).requiresGrad_();
      const hidden = dropout(layerNorm(x.matmul(w).add(scalar).pow(scalar), [columns]), 0.1 + seed / 100).clamp(-scalar, scalar);
      const out = crossEntropy(hidden.softmax(-1).add(hidden.t().contiguous().t()), tensor(new Int32Array(rows), { device }));
      out.backward();
      noGrad(() => w.sub_(w.grad!, { alpha: lr }));
      return out.add(w.sum());
    });
    await loss.data();
  } finally {
    s.close();
  }
}

/** Fails if the second round compiles anything. @param compiled how many kernels the device has compiled so far */
export async function checkCompilesNothing(device: Backend, compiled: () => number): Promise<void> {
  await work(device, 6, 12, 1, 0.1, 1.5);
  await work(device, 7, 13, 2, 0.2, 1.25); // sizes of every class: multiples of a vector, and not;
  await work(device, 6, 61, 2, 0.2, 1.25); // rows that are long for their number, which devices reduce in stages
  const before = compiled();
  check(before > 0, "nothing was compiled at all: the count is wrong");
  await work(device, 10, 20, 3, 0.003, 1.75);
  await work(device, 5, 31, 4, 0.5, 1.125);
  check(compiled() === before, `${compiled() - before} kernels were compiled for another shape, learning rate, seed or scalar`);
}
