/** @file The fast erf against core's: the same float32, everywhere. */
import { erf } from "@adjoint/core/backend";
import { expect, test } from "vitest";
import { erfFloat32 } from "../src/loops/erf.ts";
import { chance } from "./lab.ts";

test("erf of float32 is core's erf rounded once", () => {
  const next = chance(1), n = 100_000;
  const x = Float32Array.from({ length: n }, (_, i) => (i % 3 === 0 ? (next() - 0.5) * 10 : i % 3 === 1 ? (next() - 0.5) / 2 : next() * 10 ** (-40 * next())));
  x.set([NaN, 0, -0, Infinity, -Infinity, 0.125, -0.125, 4, -4, 3.9999998]);
  const out = new Float32Array(n);
  erfFloat32(n, out, 0, 1, x, 0, 1);
  expect(out).toEqual(x.map(erf));
});
