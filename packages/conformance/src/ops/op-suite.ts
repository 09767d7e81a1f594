/** @file The op half of the suite: values, gradients and second gradients against float64, leaks, through the public API. */
import { type Backend, type DType, grad, manualSeed, memory, noGrad, scope, tensor, type Tensor } from "@adjoint/core";
import { type Case, check } from "../case.ts";
import { stored } from "../host.ts";
import { referenceBackend } from "../reference-backend.ts";
import { opSamples } from "../samples/ops.ts";
import type { Draw, OpInput, OpSample } from "../samples/sample.ts";
import { gradcheck } from "./gradcheck.ts";

/** Numbers that look random, the same in each run and on each device; `held` says which dtype can hold them. */
function drawn(count: number, draw: Draw, salt: number, held: DType): Float64Array<ArrayBuffer> {
  const numbers = Float64Array.from({ length: count }, (_, i) => {
    const u = (((i + 1) * 0.6180339887498949 + salt * 0.7548776662466927) % 1) * 2 - 1, normal = 2 * u * Math.abs(u) + u * 0.3;
    switch (draw) {
      case "normal": return normal;
      case "positive": return 0.4 + Math.abs(u) * 2;
      case "unit": return u * 0.9;
      case "away": return Math.sign(u) * (0.3 + Math.abs(u));
      case "distinct": return u * 3 + i * 1e-3;
    }
  });
  return held === "float64" ? numbers : numbers.map((x) => stored(held, x));
}

export function makeInput(input: OpInput, salt: number, device: Backend, dtype: DType, held: DType): Tensor {
  if ("int" in input) return tensor(Int32Array.from(input.int), { shape: input.shape, device });
  const count = input.shape.reduce((a, b) => a * b, 1);
  return tensor(drawn(count, input.draw ?? "normal", salt, held), { shape: input.shape, dtype, device, requiresGrad: true });
}

/** The sum with fixed weights: a number that depends on every element in its own way. */
export const weigh = (t: Tensor, salt: number, dtype: DType, held: DType = dtype): Tensor =>
  t.mul(tensor(drawn(t.numel(), "normal", salt, held), { shape: t.shape, dtype, device: t.device })).sum();

/** The value, the gradient for a fixed cotangent, and the gradient of a fixed function of that gradient. Gradients have the dtype of what they are of. */
async function derivatives(sample: OpSample, device: Backend, dtype: DType, held: DType = "float64"): Promise<number[][]> {
  const s = scope(sample.name);
  let results: number[][];
  const before = memory(device).tensors;
  try {
    const parts = s.run(() => {
      manualSeed(7);
      const inputs = sample.inputs.map((input, i) => makeInput(input, i, device, dtype, held));
      const out = sample.run(...inputs);
      const parts: Tensor[] = [out];
      const leaves = inputs.filter((t) => t.requiresGrad);
      const weighed = (t: Tensor, salt: number): Tensor => weigh(t, salt, dtype, held);
      if (sample.order !== 0 && out.requiresGrad) {
        const first = grad(weighed(out, 10), leaves, { createGraph: true, allowUnused: true });
        const found = first.filter((g): g is Tensor => g !== null);
        parts.push(...found);
        const differentiable = found.filter((g) => g.requiresGrad);
        if (sample.order === 2 && differentiable.length > 0) {
          const total = differentiable.map((g, i) => weighed(g, 20 + i)).reduce((a, b) => a.add(b));
          parts.push(...grad(total, leaves, { allowUnused: true }).filter((g): g is Tensor => g !== null));
        }
      }
      return parts;
    });
    for (const part of parts) check(!isFloat(part) || part.dtype === dtype, `a result, or its derivative, is ${part.dtype}, expected ${dtype}`);
    // Together, since a device takes as long for one read as for all.
    results = await Promise.all(parts.map(async (part) => [await noGrad(() => part.detach()).toArray()].flat(9).map(Number)));
  } finally {
    s.close();
  }
  check(memory(device).tensors === before, `${memory(device).tensors - before} tensors were left behind`);
  return results;
}

const isFloat = ({ dtype }: Tensor): boolean => dtype.includes("float");

/** |got - want| <= tolerance * max(1, |want|), or both not finite and equal. */
function checkClose(got: readonly number[], want: readonly number[], tolerance: number, what: string): void {
  check(got.length === want.length, `${what}: ${got.length} elements, expected ${want.length}`);
  got.forEach((g, i) => {
    const w = want[i]!;
    const close = Number.isFinite(w) ? Math.abs(g - w) <= tolerance * Math.max(1, Math.abs(w)) : Object.is(g, w);
    if (!close) throw new Error(`${what}[${i}]: got ${g}, expected ${w} within ${tolerance}`);
  });
}

/** Largest errors of a value and of a derivative. float32: the rule of the goldens, and a little more where roundings chain. 16-bit floats: in roundings to them. */
const tolerances = { float32: [1e-5, 4e-5], float16: [4 * 2 ** -11, 16 * 2 ** -11], bfloat16: [4 * 2 ** -8, 16 * 2 ** -8] } as const;

const opCase = (sample: OpSample, dtype: keyof typeof tolerances, reference: Backend): Case => ({
  name: dtype === "float32" ? `ops: ${sample.name}` : `ops in ${dtype}: ${sample.name}`,
  needs: [dtype, "float32", "int32", "bool"],
  async run({ backend }) {
    const held = dtype === "float32" ? "float64" : dtype;
    const want = await derivatives(sample, reference, "float64", held), got = await derivatives(sample, backend, dtype, held);
    check(got.length === want.length, `${got.length} results, expected ${want.length}`);
    got.forEach((values, i) => checkClose(values, want[i]!, tolerances[dtype][i === 0 ? 0 : 1], i === 0 ? "value" : `derivative ${i}`));
  },
});

/** Every op sample, in float32 and float16, and the plain form of each in bfloat16: the device against float64 on the reference, value and derivatives. */
export function opSuite(): readonly Case[] {
  const reference = referenceBackend(), isPlain = ({ name }: OpSample): boolean => !name.includes(" ");
  return [
    ...opSamples.map((sample) => opCase(sample, "float32", reference)),
    ...opSamples.map((sample) => opCase(sample, "float16", reference)),
    ...opSamples.filter(isPlain).map((sample) => opCase(sample, "bfloat16", reference)),
  ];
}

/** Derivatives in float64 against finite differences, to second order: a check of core, on any device that computes in float64. */
export function gradcheckSuite(): readonly Case[] {
  return opSamples.filter(({ order }) => order !== 0).map((sample) => ({
    name: `gradcheck: ${sample.name}`,
    needs: ["float64", "int32", "bool"],
    run({ backend }) {
      const s = scope("gradcheck");
      try {
        const inputs = s.run(() => sample.inputs.map((input, i) => makeInput(input, i, backend, "float64", "float64")));
        gradcheck((...at) => { manualSeed(7); return sample.run(...at); }, inputs, { order: sample.order ?? 2, tolerance: 1e-5 });
      } finally {
        s.close();
      }
    },
  }));
}
