/** @file NaN, infinities and zeros of both signs through every op sample: the device against the reference, in float32, value and gradient. */
import { type Backend, grad, manualSeed, noGrad, scope, tensor, type Tensor } from "@adjoint/core";
import { type Case, check } from "../case.ts";
import { referenceBackend } from "../reference-backend.ts";
import { fourierSamples } from "../samples/fourier.ts";
import { opSamples, pointwiseSamples } from "../samples/ops.ts";
import type { OpInput, OpSample } from "../samples/sample.ts";

const specials = [NaN, 1, -0, Infinity, -1, 0, -Infinity, 2.5, -0.5];
const finite = specials.filter(Number.isFinite);

/** Neighbours, and equal places of two inputs, meet in every pair before long. */
function makeInput(input: OpInput, salt: number, device: Backend, given: readonly number[]): Tensor {
  if ("int" in input) return tensor(Int32Array.from(input.int), { shape: input.shape, device });
  const count = input.shape.reduce((a, b) => a * b, 1), n = given.length;
  return tensor(Float32Array.from({ length: count }, (_, i) => given[(i * (1 + salt) + 2 * salt + Math.floor(i / n)) % n]!), { shape: input.shape, device, requiresGrad: true });
}

/** The value and the first gradients, or the error in place of them. */
async function outcome(sample: OpSample, device: Backend): Promise<readonly (readonly number[])[] | Error> {
  const s = scope(sample.name);
  try {
    const parts = s.run(() => {
      manualSeed(7);
      const inputs = sample.inputs.map((input, i) => makeInput(input, i, device, sample.isPadded === true && i > 0 ? finite : specials)), out = sample.run(...inputs);
      const leaves = inputs.filter((x) => x.requiresGrad);
      return sample.order === 0 || sample.isPadded === true || !out.requiresGrad ? [out] : [out, ...grad(out.sum(), leaves, { allowUnused: true }).filter((g) => g !== null)];
    });
    return await Promise.all(parts.map(async (part) => [await noGrad(() => part.detach()).toArray()].flat(9).map(Number)));
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    s.close();
  }
}

/** @param zeros whether zeros have a sign: in a sum they have that of where it begins, which is the device's choice */
function compare(got: readonly number[], want: readonly number[], zeros: boolean, what: string): void {
  check(got.length === want.length, `${what}: ${got.length} elements, expected ${want.length}`);
  got.forEach((g, i) => {
    const w = want[i]!, near = Math.abs(g - w) <= 1e-4 * Math.max(1, Math.abs(w)), alike = !Number.isFinite(w) || (w === 0 && zeros) ? Object.is(g, w) : near;
    if (!alike) throw new Error(`${what}[${i}]: got ${Object.is(g, -0) ? "-0" : g}, expected ${Object.is(w, -0) ? "-0" : w}`);
  });
}

export function specialSuite(): readonly Case[] {
  // A Fourier transform mixes all elements, by whatever algorithm: where an infinite one meets a root of unity that is 0, NaN is as good as infinity.
  const reference = referenceBackend(), pointwise = new Set(pointwiseSamples), fourier = new Set(fourierSamples);
  return opSamples.filter((sample) => !fourier.has(sample) && sample.inputs.some((input) => !("int" in input))).map((sample) => ({
    name: `special values: ${sample.name}`,
    needs: ["float32", "int32", "bool"],
    async run({ backend }) {
      const want = await outcome(sample, reference), got = await outcome(sample, backend);
      if (want instanceof Error || got instanceof Error) {
        check(want instanceof Error && got instanceof Error && want.name === got.name, `got ${String(got)}, expected ${String(want)}`);
        return;
      }
      check(got.length === want.length, `${got.length} results, expected ${want.length}`);
      got.forEach((values, i) => compare(values, want[i]!, pointwise.has(sample), i === 0 ? "value" : `gradient ${i}`));
    },
  }));
}
