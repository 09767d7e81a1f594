/** @file Programs are interned: one object for one meaning, so that backends key what they compiled by the object. */
import { program, scalar as s } from "@adjoint/core/backend";
import { expect, test } from "vitest";

const x = s.arg(0, "float32"), square = (...override: Parameters<typeof program>[4][]): ReturnType<typeof program> => program("square", ["float32"], [], [s.mul(x, x)], ...override);

test("the same results are one program", () => expect(square()).toBe(square()));
test("a gradient of its own makes another", () => {
  const one = square((grad) => [grad]), two = square((grad) => [s.mul(grad, x)]);
  expect(new Set([square(), one, two]).size).toBe(3);
  expect(two.override!(x, x, [x])).toEqual([s.mul(x, x)]);
});
