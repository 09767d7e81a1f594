/** @file Calls that fail: the error says what is wrong, and the call leaves no memory behind. */
import { cpu } from "@adjoint/backend-cpu-js";
import { expect, test } from "vitest";
import { ArgumentError, type Backend, gather, IndexError, memory, scatter, scope, ShapeError, tensor, type Tensor } from "../src/index.ts";

const index = (device: Backend): Tensor => tensor([5], { dtype: "int32", device });

const failures: readonly { readonly what: string; readonly type: new () => Error; readonly message: string; readonly call: (x: Tensor) => unknown }[] = [
  { what: "gather beyond the end", type: IndexError, message: "index 5 is out of bounds for dimension 0 with size 3", call: (x) => gather(x, 0, index(x.device)) },
  { what: "scatter beyond the end", type: IndexError, message: "index 5 is out of bounds for dimension 0 with size 3", call: (x) => scatter(x, 0, index(x.device), x) },
  { what: "split of a number", type: ShapeError, message: "split expects at least a 1-dimensional tensor", call: (x) => x.sum().split(1) },
  { what: "split of a number by sizes", type: ShapeError, message: "split expects at least a 1-dimensional tensor", call: (x) => x.sum().split([1]) },
  { what: "an integer divided by 0", type: ArgumentError, message: "ZeroDivisionError", call: (x) => x.int().floorDivide(0) },
  { what: "the remainder of an integer by 0", type: ArgumentError, message: "ZeroDivisionError", call: (x) => x.int().remainder(0) },
  { what: "chunk of a number", type: ShapeError, message: "chunk expects at least a 1-dimensional tensor", call: (x) => x.sum().chunk(2) },
];

test.each(failures)("$what", ({ type, message, call }) => {
  const device = cpu(), s = scope();
  const x = s.tensor([1, 2, 3], { device });
  expect(() => s.run(() => call(x))).toThrow(type);
  expect(() => s.run(() => call(x))).toThrow(message);
  s.close();
  expect(memory(device)).toEqual({ tensors: 0, bytes: 0 });
});
