/** @file Special functions against values of mpmath's (tools/approximations/values.py), in float64 and float32, and at their poles. */
import { cpu } from "@adjoint/backend-cpu-js";
import * as A from "@adjoint/core";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";

beforeAll(() => A.setDefaultDevice(cpu()));

type Fn = (...x: A.Tensor[]) => A.Tensor;
const values = JSON.parse(readFileSync(new URL("./fixtures/special-values.json", import.meta.url), "utf8")) as { readonly [name: string]: readonly (readonly number[])[] };
const derived: { readonly [name: string]: Fn } = { trigamma: (x) => A.polygamma(1, x!), tetragamma: (x) => A.polygamma(2, x!) };
const functionOf = (name: string): Fn => derived[name] ?? (A.special as unknown as { readonly [name: string]: Fn })[name]!;

/** Relative to the value, but not below 1: beside their zeros functions are right absolutely. */
describe.each([["float64", 1e-13], ["float32", 2e-6]] as const)("in %s", (dtype, tolerance) => {
  test.each(Object.keys(values))("%s", (name) => {
    const rows = values[name]!, arity = rows[0]!.length - 1;
    const got = functionOf(name)(...Array.from({ length: arity }, (_, k) => A.tensor(rows.map((row) => row[k]!), { dtype }))).dataSync();
    rows.forEach((row, i) => {
      const want = row[arity]!;
      if (dtype === "float32" && Math.abs(want) > 3e38) return expect(Math.abs(Number(got[i]))).toBe(Infinity);
      return expect(Math.abs(Number(got[i]) - want) / Math.max(1, Math.abs(want)), `${name}(${row.slice(0, arity)}) = ${got[i]}, expected ${want}`).toBeLessThan(tolerance);
    });
  });
});

/** Where they have no zeros, or are written so that a zero keeps its digits: relatively too, in float64. */
test.each(["erfc", "erfcx", "ndtr", "logNdtr", "gammaln", "i0", "i1e", "modifiedBesselK0", "modifiedBesselK1", "scaledModifiedBesselK1", "trigamma"])("%s is right however small it is", (name) => {
  const rows = values[name]!.filter(([x]) => name !== "gammaln" || x! > 0), got = functionOf(name)(A.tensor(rows.map(([x]) => x!), { dtype: "float64" })).dataSync();
  rows.forEach(([x, want], i) => expect(want === 0 ? Math.abs(Number(got[i])) : Math.abs(Number(got[i]) / want! - 1), `${name}(${x}) = ${got[i]}, expected ${want}`).toBeLessThan(1e-13));
});

test("igammac of a small first operand keeps its digits", () => {
  const rows = [[1e-20, 1, 2.1938393439552025e-21], [1e-6, 2.5, 2.4914961331081236e-8], [0.3, 1.9, 0.0250084091399977], [0.49, 0.001, 0.96176594402644]] as const;
  const got = A.igammac(A.tensor(rows.map(([a]) => a), { dtype: "float64" }), A.tensor(rows.map(([, x]) => x), { dtype: "float64" })).dataSync();
  rows.forEach(([a, x, want], i) => expect(Math.abs(Number(got[i]) / want - 1), `igammac(${a}, ${x})`).toBeLessThan(1e-13));
});

test.each<readonly [string, (x: A.Tensor) => A.Tensor, readonly number[], readonly number[]]>([
  ["gammaln", A.special.gammaln, [0, -1, -Infinity, Infinity, NaN], [Infinity, Infinity, Infinity, Infinity, NaN]],
  ["digamma", A.digamma, [0, -0, -1, Infinity, NaN], [-Infinity, Infinity, NaN, Infinity, NaN]],
  ["erfinv", A.erfinv, [1, -1, 1.5, NaN], [Infinity, -Infinity, NaN, NaN]],
  ["ndtri", A.special.ndtri, [0, 1, -0.5, NaN, 0.5], [-Infinity, Infinity, NaN, NaN, 0]],
  ["besselY0", A.special.besselY0, [0, -1, NaN], [-Infinity, NaN, NaN]],
  ["besselY1", A.special.besselY1, [0, -1, NaN], [-Infinity, NaN, NaN]],
  ["modifiedBesselK0", A.special.modifiedBesselK0, [0, -1, Infinity, NaN], [Infinity, NaN, 0, NaN]],
  ["airyAi", A.special.airyAi, [Infinity, -Infinity, NaN], [NaN, NaN, NaN]],
  ["sphericalBesselJ0", A.special.sphericalBesselJ0, [0, Infinity, NaN], [1, 0, NaN]],
  ["zeta of 2", (q) => A.special.zeta(2, q), [0, -1, NaN], [Infinity, Infinity, NaN]],
  ["zeta of 2.5", (q) => A.special.zeta(2.5, q), [-1, -0.5], [Infinity, NaN]],
  ["igamma of 2", (x) => A.igamma(A.fullLike(x, 2), x), [0, -1, Infinity, NaN], [0, NaN, 1, NaN]],
  ["igammac of 0", (x) => A.igammac(A.fullLike(x, 0), x), [0, 1, Infinity], [NaN, 0, 0]],
  ["igammac of infinity", (x) => A.igammac(A.fullLike(x, Infinity), x), [0, 1, Infinity], [1, 1, NaN]],
])("corners of %s", (_, f, at, want) => {
  for (const dtype of ["float32", "float64"] as const) expect([...f(A.tensor([...at], { dtype })).dataSync()]).toEqual(want);
});

test("frexp of numbers at the ends of float64", () => {
  const x = [2 ** -1074, 2 ** -1022, Number.MAX_VALUE, 1 - 2 ** -53, -(2 ** 1023) * 1.5, 0.1], { mantissa, exponent } = A.tensor(x, { dtype: "float64" }).frexp();
  const m = [...mantissa.dataSync()].map(Number), e = [...exponent.dataSync()].map(Number);
  x.forEach((want, i) => {
    expect(Math.abs(m[i]!)).toBeGreaterThanOrEqual(0.5);
    expect(Math.abs(m[i]!)).toBeLessThan(1);
    expect(m[i]! * 2 ** Math.floor(e[i]! / 2) * 2 ** (e[i]! - Math.floor(e[i]! / 2))).toBe(want);
  });
});

test("a derivative that is not there is an error in backward, in PyTorch's words, and none for the other operand", () => {
  const a = A.tensor([1.5], { requiresGrad: true }), x = A.tensor([2], { requiresGrad: true });
  expect(() => A.igamma(a, x).sum().backward()).toThrow("the derivative for 'igamma: input' is not implemented.");
  A.igamma(a.detach(), x).sum().backward();
  expect(x.grad!.itemSync()).toBeCloseTo(Math.sqrt(2) * Math.exp(-2) / (Math.sqrt(Math.PI) / 2), 5);
  expect(() => A.special.zeta(a, x).sum().backward()).toThrow(A.NotSupportedError);
  expect(() => A.func.jvp((y: A.Tensor) => A.igamma(y, x.detach()), [a.detach()], [A.ones([1])])).toThrow("the derivative for 'igamma: input' is not implemented.");
});
