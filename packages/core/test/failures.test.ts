/** @file Calls that fail: the error says what is wrong, and the call leaves no memory behind. */
import { cpu } from "@adjoint/backend-cpu-js";
import { expect, test } from "vitest";
import { ArgumentError, autograd, type Backend, DeviceError, DTypeError, FreedError, gather, IndexError, memory, ones, scatter, scope, ShapeError, tensor, type Tensor, where } from "../src/index.ts";

/** An argument that the types refuse, from a program without types. */
const untyped = (value: unknown): never => value as never;

const freed = (x: Tensor): Tensor => {
  const y = x.mul(1);
  y.dispose();
  return y;
};

const { readSync: _, ...later } = cpu(), late: Backend = { ...later, name: "late" };
const index = (device: Backend): Tensor => tensor([5], { dtype: "int32", device });

const failures: readonly { readonly what: string; readonly type: new () => Error; readonly message: string; readonly call: (x: Tensor) => unknown }[] = [
  { what: "gather beyond the end", type: IndexError, message: "index 5 is out of bounds for dimension 0 with size 3", call: (x) => gather(x, 0, index(x.device)) },
  { what: "scatter beyond the end", type: IndexError, message: "index 5 is out of bounds for dimension 0 with size 3", call: (x) => scatter(x, 0, index(x.device), x) },
  { what: "split of a number", type: ShapeError, message: "split expects at least a 1-dimensional tensor", call: (x) => x.sum().split(1) },
  { what: "split of a number by sizes", type: ShapeError, message: "split expects at least a 1-dimensional tensor", call: (x) => x.sum().split([1]) },
  { what: "an integer divided by 0", type: ArgumentError, message: "ZeroDivisionError", call: (x) => x.int().floorDivide(0) },
  { what: "the remainder of an integer by 0", type: ArgumentError, message: "ZeroDivisionError", call: (x) => x.int().remainder(0) },
  { what: "an integer to a negative power", type: ArgumentError, message: "Integers to negative integer powers are not allowed.", call: (x) => x.int().pow(-1) },
  { what: "an integer to a negative power, in place", type: ArgumentError, message: "Integers to negative integer powers are not allowed.", call: (x) => x.int().pow_(-2) },
  { what: "an operand left out", type: ArgumentError, message: "gt(): expected 2 operands, got 1", call: (x) => (x.gt as () => unknown)() },
  { what: "null for an operand", type: ArgumentError, message: "add(): operands must be tensors or numbers, got null", call: (x) => x.add(untyped(null)) },
  { what: "an array for an operand", type: ArgumentError, message: "mul(): operands must be tensors or numbers, got 1,2", call: (x) => x.mul(untyped([1, 2])) },
  { what: "a side of where left out", type: ArgumentError, message: "a value must be a number or a boolean, got undefined", call: (x) => where(x.gt(0), x, untyped(undefined)) },
  { what: "nothing to fill with", type: ArgumentError, message: "a value must be a number or a boolean, got undefined", call: (x) => x.mul(1).fill_(untyped(undefined)) },
  { what: "a dtype that does not exist", type: DTypeError, message: "unknown dtype int64; expected one of float32,", call: (x) => tensor(1, { dtype: untyped("int64"), device: x.device }) },
  { what: "ones of such a dtype", type: DTypeError, message: "unknown dtype long; expected one of float32,", call: (x) => ones([1], { dtype: untyped("long"), device: x.device }) },
  { what: "a cast to such a dtype", type: DTypeError, message: "unknown dtype int64; expected one of float32,", call: (x) => x.to(untyped("int64")) },
  { what: "sizes one by one", type: ArgumentError, message: "ones(): expected an array, as in ones([2, 3]), got 2", call: (x) => ones(untyped(2), { device: x.device }) },
  { what: "a reshape to sizes one by one", type: ArgumentError, message: "reshape(): expected an array, as in reshape([2, 3]), got 3", call: (x) => x.reshape(untyped(3)) },
  { what: "a permutation one by one", type: ArgumentError, message: "permute(): expected an array, as in permute([2, 3]), got 0", call: (x) => x.permute(untyped(0)) },
  { what: "the size of a dim that is not there", type: IndexError, message: "Dimension out of range (expected to be in range of [-1, 0], but got 1)", call: (x) => x.size(1) },
  { what: "positions in an array", type: ArgumentError, message: "index: positions come as a tensor", call: (x) => x.index(untyped([0, 2])) },
  { what: "a range with another name of a bound", type: ArgumentError, message: 'index: expected a number, null, "...", a tensor, or a range', call: (x) => x.index(untyped({ start: 0, end: 2 })) },
  { what: "an index that is missing", type: ArgumentError, message: 'index: expected a number, null, "...", a tensor, or a range', call: (x) => x.index(untyped(undefined)) },
  { what: "a sum of a tensor that was freed", type: FreedError, message: "add: this tensor of shape [3] was freed by dispose()", call: (x) => x.add(freed(x)) },
  { what: "a total of one", type: FreedError, message: "sum: this tensor of shape [3] was freed by dispose()", call: (x) => freed(x).sum() },
  { what: "a change in place of one", type: FreedError, message: "mul: this tensor of shape [3] was freed by dispose()", call: (x) => freed(x).mul_(2) },
  { what: "two devices", type: DeviceError, message: "found at least two devices, cpu and cpu! (mul; move one with await x.to(device); each call that opens one makes another: keep it)", call: (x) => x.mul(tensor([1, 2, 3], { device: cpu() })) },
  { what: "the name of a device", type: DeviceError, message: 'wasm is no device: a device is a value, as cpu() or await wasm() gives it', call: () => ones([1], { device: untyped("wasm") }) },
  { what: "a device that was not awaited", type: DeviceError, message: "[object Promise] is no device", call: () => ones([1], { device: untyped(Promise.resolve(cpu())) }) },
  { what: "a move to a device that was not awaited", type: ArgumentError, message: "to(): a promise of a device", call: (x) => x.to(untyped(Promise.resolve(cpu()))) },
  { what: "a string for a number", type: ArgumentError, message: 'tensor(): elements must be numbers or booleans, got "1"', call: () => tensor(untyped(["1"])) },
  { what: "operators of JavaScript", type: ArgumentError, message: "a tensor is no number for JavaScript's operators", call: (x) => x > x.mul(2) },
  ...Object.entries({ "equal(x, y)": (x: Tensor) => x.equalSync(x), "allclose(x, y)": (x: Tensor) => x.allcloseSync(x), "isNonzero(x)": (x: Tensor) => x.isNonzeroSync(), "x.data()": (x: Tensor) => x.dataSync() }).map(([remedy, call]) =>
    ({ what: `${remedy} at once`, type: DeviceError, message: `device 'late' cannot read synchronously: use await ${remedy}`, call: () => call(ones([1], { device: late })) })),
  { what: "gradcheck where nothing can be read at once", type: DeviceError, message: "gradcheck: device 'late' cannot read synchronously: check on the cpu device, in float64", call: () => autograd.gradcheck((x) => x!.exp(), ones([1], { device: late, requiresGrad: true })) },
  ...(([["narrow", (x) => x.narrow(0, 0.5, 2)], ["narrow", (x) => x.narrow(0, 0, 1.5)], ["slice", (x) => x.slice(0, 0.5, 3)], ["slice", (x) => x.slice(0, 0, NaN)], ["split", (x) => x.split(1.5)], ["split", (x) => x.split([1.5, 1.5])], ["chunk", (x) => x.chunk(1.5)], ["unfold", (x) => x.unfold(0, 2, 0.5)]] as
    const satisfies readonly (readonly [string, (x: Tensor) => unknown])[]).map(([name, call]) => ({ what: `parts of an element: ${name}, ${call}`, type: ArgumentError, message: `${name}(): sizes must be integers, got [`, call }))),
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
