/** @file Random draws: one seed gives the same numbers on the device as on the reference, whatever the distribution. */
import { type Backend, binomial, full, grad, linspace, manualSeed, noGrad, poisson, scope, standardGamma, type Tensor, zeros } from "@adjoint/core";
import { type Case, check } from "../case.ts";
import { referenceBackend } from "../reference-backend.ts";

type Draw = { readonly name: string; readonly run: (device: Backend) => Tensor };
const COUNT = 96;
const draws: readonly Draw[] = [
  { name: "standardGamma", run: (device) => standardGamma(linspace(0.05, 30, COUNT, { device })) },
  { name: "standardGamma's gradient", run: (device) => { const a = linspace(0.05, 30, COUNT, { device }).requiresGrad_(); return grad(standardGamma(a).sum(), [a])[0]!; } },
  { name: "poisson", run: (device) => poisson(linspace(0, 60, COUNT, { device })) },
  { name: "binomial", run: (device) => binomial(linspace(0, 200, COUNT, { device }).round(), linspace(0.01, 0.99, COUNT, { device })) },
  { name: "normal_", run: (device) => zeros([COUNT], { device }).normal_() },
  { name: "exponential_", run: (device) => zeros([COUNT], { device }).exponential_() },
  { name: "cauchy_", run: (device) => zeros([COUNT], { device }).cauchy_() },
  { name: "logNormal_", run: (device) => zeros([COUNT], { device }).logNormal_() },
  { name: "geometric_", run: (device) => full([COUNT], 0, { device }).geometric_(0.2) },
];

async function drawn({ run }: Draw, device: Backend): Promise<number[]> {
  const s = scope("draws");
  try {
    const out = s.run(() => { manualSeed(11); return run(device); });
    return [...await noGrad(() => out.detach()).data()].map(Number);
  } finally {
    s.close();
  }
}

/** Within 1e-4 of the larger of 1 and the number: a comparison that falls the other way would be far off. */
export function drawSuite(): readonly Case[] {
  const reference = referenceBackend();
  return draws.map((draw) => ({
    name: `draws: ${draw.name}`,
    needs: ["float32", "int32", "bool"],
    async run({ backend }) {
      const want = await drawn(draw, reference), got = await drawn(draw, backend);
      want.forEach((w, i) => check(Math.abs(got[i]! - w) <= 1e-4 * Math.max(1, Math.abs(w)), `element ${i}: got ${got[i]}, expected ${w}`));
    },
  }));
}
