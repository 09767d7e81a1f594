/** @file Forward mode and vmap over every op sample: forward against reverse mode, a batch against a loop. A check of core, on any device that computes in float64. */
import { type Backend, func, grad, manualSeed, noGrad, scope, stack, type Tensor } from "@adjoint/core";
import { type Case, check } from "../case.ts";
import { opSamples } from "../samples/ops.ts";
import type { OpSample } from "../samples/sample.ts";
import { makeInput, weigh } from "./op-suite.ts";

const DTYPES = ["float64", "int32", "bool"] as const;
const isFloat = ({ dtype }: Tensor): boolean => dtype.includes("float");
const close = (a: number, b: number): boolean => Object.is(a, b) || Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));

/** The sample as a function of its float inputs alone; whatever it draws is drawn anew from one seed. */
function functionOf(sample: OpSample, backend: Backend, salt: number): { readonly fn: (...floats: Tensor[]) => Tensor; readonly floats: readonly Tensor[] } {
  const inputs = sample.inputs.map((input, i) => makeInput(input, i + salt, backend, "float64", "float64").detach());
  const fn = (...floats: Tensor[]): Tensor => {
    let next = 0;
    manualSeed(7);
    return sample.run(...inputs.map((x) => (isFloat(x) ? floats[next++]! : x)));
  };
  return { fn, floats: inputs.filter(isFloat) };
}

/** <u, J v> by forward mode is <J' u, v> by reverse mode. */
function checkForward(sample: OpSample, backend: Backend): void {
  const { fn, floats } = functionOf(sample, backend, 0);
  const directions = floats.map((x, i) => weighable(x, 30 + i));
  const [value, tangent] = func.jvp(fn, [...floats], directions) as [Tensor, Tensor];
  const plain = noGrad(() => fn(...floats));
  check(plain.shape.join() === value.shape.join(), `forward mode: shape [${value.shape.join(", ")}], expected [${plain.shape.join(", ")}]`);
  [...value.dataSync()].forEach((v, i) => check(close(v, plain.dataSync()[i]!), `forward mode: value ${i} is ${v}, expected ${plain.dataSync()[i]}`));
  if (sample.order === 0 || !isFloat(value) || value.numel() === 0) return;
  const leaves = floats.map((x) => x.detach().requiresGrad_());
  const out = fn(...leaves);
  const gradients = out.requiresGrad ? grad(weigh(out, 10, "float64"), leaves, { allowUnused: true }) : leaves.map(() => null);
  const reverse = gradients.reduce((sum, g, i) => sum + (g === null ? 0 : g.mul(directions[i]!).sum().itemSync()), 0);
  const forward = weigh(tangent, 10, "float64").itemSync();
  check(close(forward, reverse), `forward mode gives ${forward} along a direction, reverse mode ${reverse}`);
}
const weighable = (x: Tensor, salt: number): Tensor => makeInput({ shape: x.shape }, salt, x.device, "float64", "float64").detach();

/** A batch of two examples at once is the two one after the other; the first input batched alone too, which leaves the others the same for both. */
function checkVmap(sample: OpSample, backend: Backend): void {
  const one = functionOf(sample, backend, 0), two = functionOf(sample, backend, 5);
  const both = one.floats.map((x, i) => stack([x, two.floats[i]!]));
  const agree = (got: Tensor, wants: readonly Tensor[], how: string): void => {
    check(got.shape.join() === [2, ...wants[0]!.shape].join(), `vmap ${how}: shape [${got.shape.join(", ")}], expected [${[2, ...wants[0]!.shape].join(", ")}]`);
    const values = got.dataSync(), expected = wants.flatMap((want) => [...want.dataSync()]);
    expected.forEach((want, i) => check(close(values[i]!, want), `vmap ${how}: element ${i} is ${values[i]}, expected ${want}`));
  };
  agree(func.vmap(one.fn, { randomness: "same" })(...both) as Tensor, [one.fn(...one.floats), one.fn(...two.floats)], "over all inputs");
  if (one.floats.length > 1) {
    const [first, ...rest] = one.floats as [Tensor, ...Tensor[]];
    agree(func.vmap(one.fn, { inDims: [0, ...rest.map(() => null)], randomness: "same" })(both[0]!, ...rest) as Tensor, [one.fn(first, ...rest), one.fn(two.floats[0]!, ...rest)], "over the first input");
  }
}

/** Every op sample with a float input under `jvp` and under `vmap`. */
export function transformSuite(): readonly Case[] {
  const checks = { jvp: checkForward, vmap: checkVmap };
  const samples = opSamples.filter(({ inputs }) => inputs.some((input) => !("int" in input)));
  return (["jvp", "vmap"] as const).flatMap((name) => samples.map((sample): Case => ({
    name: `${name}: ${sample.name}`,
    needs: DTYPES,
    run({ backend }) {
      const s = scope(name);
      try {
        s.run(() => checks[name](sample, backend));
      } finally {
        s.close();
      }
    },
  })));
}
