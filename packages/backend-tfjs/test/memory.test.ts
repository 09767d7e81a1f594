/** @file Memory of this backend: no tensor of tfjs outlives its buffer, reads are copies, errors are typed. */
import { type Backend, type Buffer, DeviceError, denseView, DTypeError, OutOfMemoryError, program, scalar } from "@adjoint/core/backend";
import { memory, tensor1d, tidy } from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { describe, expect, it } from "vitest";
import { tfjs } from "../src/index.ts";

const device = await tfjs({ backend: "cpu" });
const increment = program("increment", ["float32"], ["float32"], [scalar.add(scalar.arg(0, "float32"), scalar.param(0, "float32"))]);
const addOne = (buffer: Buffer, length: number, on: Backend = device): void => {
  const view = denseView(buffer, "float32", [length]);
  on.kernels.map([view], [view], { program: increment, params: [1] });
};
const filled = (values: readonly number[], on: Backend = device): Buffer => {
  const buffer = on.allocate("float32", values.length);
  on.write(buffer, 0, Float32Array.from(values));
  return buffer;
};

describe("leaks", () => {
  it("every kernel leaves as many tensors as there are buffers", async () => {
    const before = memory().numTensors;
    const x = filled([3, 1, 2, NaN]), y = filled([0, 0, 0, 0]), z = device.allocate("int32", 4), index = device.allocate("int32", 4);
    device.write(z, 0, new Int32Array(4));
    device.write(index, 0, Int32Array.of(3, 2, 1, 0));
    const view = (buffer: Buffer, shape = [4]) => denseView(buffer, "float32", shape), at = denseView(index, "int32", [4]);
    const plain = program("plain", ["float32"], [], [scalar.arg(0, "float32")]);
    const several = program("several", ["float32"], [], [scalar.erf(scalar.arg(0, "float32")), scalar.cast(scalar.arg(0, "float32"), "int32")]);
    for (let i = 0; i < 3; i++) {
      device.kernels.map([view(x)], [view(y), denseView(z, "int32", [4])], { program: several, params: [] });
      device.kernels.copy([view(x)], [view(y)], {});
      for (const op of ["sum", "prod", "max", "min"] as const) device.kernels.reduce([view(x, [2, 2])], [view(y, [2])], { program: plain, params: [], op, reduced: 1 });
      device.kernels.argReduce([view(x, [4, 1])], [denseView(z, "int32", [4])], { op: "max", reduced: 1 });
      device.kernels.matmul([view(x, [1, 1, 2, 2]), view(x, [1, 1, 2, 2])], [view(y, [1, 1, 2, 2])], {});
      device.kernels.gather([view(x), at], [view(y)], { dim: 0 });
      device.kernels.scatter([at, view(x)], [view(y)], { dim: 0, mode: "add" });
      device.kernels.scatter([at, view(x)], [view(y)], { dim: 0, mode: "set" });
      device.write(y, 1, Float32Array.of(1, 2));
      await device.read(y, 1, 2);
      device.readSync!(x, 0, 4);
      await device.sync();
      expect(memory().numTensors).toBe(before + 4);
    }
    for (const buffer of [x, y, z, index]) device.free(buffer);
    expect(memory().numTensors).toBe(before);
  });

  it("a kernel that throws leaves nothing behind", () => {
    const x = filled([1, 2]), index = device.allocate("int32", 1);
    device.write(index, 0, Int32Array.of(7));
    const before = memory().numTensors;
    expect(() => device.kernels.gather([denseView(x, "float32", [2]), denseView(index, "int32", [1])], [denseView(x, "float32", [1])], { dim: 0 })).toThrow("index 7");
    expect(memory().numTensors).toBe(before);
    device.free(x);
    device.free(index);
  });

  it("a buffer survives the user's own tidy", () => {
    const x = device.allocate("float32", 2);
    tidy(() => device.write(x, 0, Float32Array.of(1, 2)));
    tidy(() => addOne(x, 2));
    expect([...device.readSync!(x, 0, 2)]).toEqual([2, 3]);
    device.free(x);
  });

  it("dispose frees every buffer, and the device refuses what follows", async () => {
    const before = memory().numTensors, own = await tfjs({ backend: "cpu" });
    const x = filled([1, 2], own), user = tensor1d([1]);
    own.dispose();
    expect(memory().numTensors).toBe(before + 1);
    user.dispose();
    for (const call of [() => own.allocate("int32", 1), () => own.write(x, 0, new Float32Array(1)), () => own.readSync!(x, 0, 1), () => addOne(x, 2, own)])
      expect(call).toThrow(DeviceError);
    await expect(own.read(x, 0, 1)).rejects.toThrow(DeviceError);
    await expect(own.sync()).rejects.toThrow(DeviceError);
    expect(() => own.free(x)).not.toThrow(); // finalizers come late
  });
});

describe("reads and writes", () => {
  it("a read sees what was there when it was asked for, and is a copy", async () => {
    const x = filled([1, 2, 3]), source = Float32Array.of(5, 6, 7);
    device.write(x, 0, source);
    source[0] = 99;
    const reading = device.read(x, 0, 3);
    addOne(x, 3);
    expect([...(await reading)]).toEqual([5, 6, 7]);
    const copy = device.readSync!(x, 0, 3);
    copy[0] = 99;
    expect([...device.readSync!(x, 0, 3)]).toEqual([6, 7, 8]);
    expect(copy.buffer).toBeInstanceOf(ArrayBuffer);
    device.free(x);
  });

  it("a read of a freed buffer that was asked for before it was freed is answered", async () => {
    const x = filled([4]), reading = device.read(x, 0, 1);
    device.free(x);
    expect([...(await reading)]).toEqual([4]);
  });

  it("a read resolves in a new task", async () => {
    const x = filled([1]);
    let ran = false;
    setImmediate(() => { ran = true; });
    await device.read(x, 0, 1);
    expect(ran).toBe(true);
    device.free(x);
  });

  it("refuses what lies outside a buffer", async () => {
    const x = filled([1, 2]);
    expect(() => device.write(x, 1, new Float32Array(2))).toThrow("write of elements 1 to 3 of a buffer of 2");
    await expect(device.read(x, -1, 1)).rejects.toThrow(RangeError);
    device.free(x);
  });
});

describe("errors", () => {
  it("names a dtype that it does not compute in", () => {
    expect(() => device.allocate("float64", 1)).toThrow(DTypeError);
    expect(() => device.allocate("float64", 1)).toThrow("float64 is not a dtype of this device (float32, int32, bool, float16, bfloat16, int16, int8, uint8); cast to float32");
  });
  it("has a limit, and stays usable", () => {
    expect(() => device.allocate("float32", 2 ** 40)).toThrow(OutOfMemoryError);
    device.free(filled([1]));
  });
  it("names a tfjs backend that is not registered", async () => {
    await expect(tfjs({ backend: "abacus" })).rejects.toThrow('tfjs: no backend "abacus"; register it first');
  });
});
