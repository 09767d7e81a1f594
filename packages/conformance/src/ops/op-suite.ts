/** @file The op half of the suite: values, gradients and second gradients against float64, leaks, through the public API. */
import { type Backend, type DType, grad, manualSeed, memory, noGrad, scope, tensor, type Tensor } from "@adjoint/core";
import { expect } from "vitest";
import { referenceBackend } from "../reference-backend.ts";
import { type Draw, type OpInput, type OpSample, opSamples } from "../samples/ops.ts";
import { gradcheck } from "./gradcheck.ts";

/** Numbers that look random, the same in each run and on each device. */
function drawn(count: number, draw: Draw, salt: number): Float64Array<ArrayBuffer> {
  return Float64Array.from({ length: count }, (_, i) => {
    const u = (((i + 1) * 0.6180339887498949 + salt * 0.7548776662466927) % 1) * 2 - 1, normal = 2 * u * Math.abs(u) + u * 0.3;
    switch (draw) {
      case "normal": return normal;
      case "positive": return 0.4 + Math.abs(u) * 2;
      case "unit": return u * 0.9;
      case "away": return Math.sign(u) * (0.3 + Math.abs(u));
      case "distinct": return u * 3 + i * 1e-3;
    }
  });
}

function makeInput(input: OpInput, salt: number, device: Backend, dtype: DType): Tensor {
  if ("int" in input) return tensor(Int32Array.from(input.int), { shape: input.shape, device });
  const count = input.shape.reduce((a, b) => a * b, 1);
  return tensor(drawn(count, input.draw ?? "normal", salt), { shape: input.shape, dtype, device, requiresGrad: true });
}

/** The value, the gradient for a fixed cotangent, and the gradient of a fixed function of that gradient. */
async function derivatives(sample: OpSample, device: Backend, dtype: DType): Promise<number[][]> {
  const s = scope(sample.name), results: number[][] = [];
  const before = memory(device).tensors;
  try {
    const parts = s.run(() => {
      manualSeed(7);
      const inputs = sample.inputs.map((input, i) => makeInput(input, i, device, dtype));
      const out = sample.run(...inputs);
      const parts: Tensor[] = [out];
      const leaves = inputs.filter((t) => t.requiresGrad);
      const weigh = (t: Tensor, salt: number): Tensor => t.mul(tensor(drawn(t.numel(), "normal", salt), { shape: t.shape, dtype, device })).sum();
      if (sample.order !== 0 && out.requiresGrad) {
        const first = grad(weigh(out, 10), leaves, { createGraph: true, allowUnused: true });
        const found = first.filter((g): g is Tensor => g !== null);
        parts.push(...found);
        const differentiable = found.filter((g) => g.requiresGrad);
        if (sample.order === 2 && differentiable.length > 0) {
          const total = differentiable.map((g, i) => weigh(g, 20 + i)).reduce((a, b) => a.add(b));
          parts.push(...grad(total, leaves, { allowUnused: true }).filter((g): g is Tensor => g !== null));
        }
      }
      return parts;
    });
    for (const part of parts) results.push(Array.from(await noGrad(() => part.detach()).data()));
  } finally {
    s.close();
  }
  expect(memory(device).tensors, "tensors left behind").toBe(before);
  return results;
}

/** |got - want| <= tolerance * max(1, |want|), or both not finite and equal. */
function expectClose(got: readonly number[], want: readonly number[], tolerance: number, what: string): void {
  expect(got.length, `${what}: number of elements`).toBe(want.length);
  got.forEach((g, i) => {
    const w = want[i]!;
    if (!Number.isFinite(w)) expect(g, `${what}[${i}]`).toBe(w);
    else if (!(Math.abs(g - w) <= tolerance * Math.max(1, Math.abs(w)))) expect.fail(`${what}[${i}]: got ${g}, expected ${w} within ${tolerance}`);
  });
}

/** One test for each sample. `declare` turns a name and a body into a test, minding expectations. */
export function opSuite(getBackend: () => Backend, declare: (name: string, run: () => Promise<void> | void) => void): void {
  const reference = referenceBackend();
  for (const sample of opSamples)
    declare(`ops: ${sample.name}`, async () => {
      const want = await derivatives(sample, reference, "float64");
      const got = await derivatives(sample, getBackend(), "float32");
      expect(got.length, "number of results").toBe(want.length);
      // The rule of the goldens: 1e-5, a little more for each derivative, which chains roundings.
      got.forEach((values, i) => expectClose(values, want[i]!, i === 0 ? 1e-5 : 4e-5, i === 0 ? "value" : `derivative ${i}`));
    });
}

/** Derivatives in float64 against finite differences, to second order: of core, so on any device that computes in float64. */
export function gradcheckSuite(getBackend: () => Backend, declare: (name: string, run: () => Promise<void> | void) => void): void {
  for (const sample of opSamples)
    if (sample.order !== 0)
      declare(`gradcheck: ${sample.name}`, () => {
        const s = scope("gradcheck");
        try {
          const inputs = s.run(() => sample.inputs.map((input, i) => makeInput(input, i, getBackend(), "float64")));
          gradcheck((...at) => { manualSeed(7); return sample.run(...at); }, inputs, { order: sample.order ?? 2, tolerance: 1e-5 });
        } finally {
          s.close();
        }
      });
}
