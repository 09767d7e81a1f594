/** @file Memory, reads and writes, failure and disposal, through the backend alone. */
import { denseView, DeviceError, type DType, DTypeError, OutOfMemoryError, program, scalar } from "@adjoint/core/backend";
import { expect, test } from "vitest";
import { cpu } from "../src/index.ts";
import { createMemory } from "../src/memory.ts";

test("what is written is read, as a fresh array", async () => {
  const device = cpu(), buffer = device.allocate("int32", 5), given = Int32Array.of(1, 2, 3);
  device.write(buffer, 1, given);
  given.fill(9);
  const first = await device.read(buffer, 1, 3);
  expect(first).toEqual(Int32Array.of(1, 2, 3));
  first.fill(7);
  expect(device.readSync!(buffer, 2, 2)).toEqual(Int32Array.of(2, 3));
  expect(first.buffer.byteLength).toBe(12);
});

test("a read resolves in a new task, with what was there when it was called", async () => {
  const device = cpu(), buffer = device.allocate("float32", 1), order: string[] = [];
  device.write(buffer, 0, Float32Array.of(1));
  const reading = device.read(buffer, 0, 1).then((values) => { order.push("read"); return values; });
  device.write(buffer, 0, Float32Array.of(2));
  for (let i = 0; i < 20; i++) await Promise.resolve();
  order.push("microtasks");
  expect(await reading).toEqual(Float32Array.of(1));
  expect(order).toEqual(["microtasks", "read"]);
  await device.sync();
});

test("reads and writes outside a buffer are refused, also where the pool gave more", () => {
  const device = cpu(), buffer = device.allocate("float32", 5);
  expect(() => device.readSync!(buffer, 3, 3)).toThrow(RangeError);
  expect(() => device.write(buffer, 3, new Float32Array(3))).toThrow(RangeError);
});

test("a freed array is used again, by its dtype and size class", () => {
  const memory = createMemory(Infinity), a = memory.allocate("float32", 1000), { values } = a;
  memory.free(a);
  expect(memory.liveBytes()).toBe(0);
  expect(memory.allocate("int32", 1000).values).not.toBe(values);
  expect(memory.allocate("float32", 600).values).toBe(values);
  expect(memory.liveBytes()).toBe(8192);
  memory.free(a); // a second time: nothing
  expect(memory.liveBytes()).toBe(8192);
});

test("the pool keeps no more than was once in use, and some slack", () => {
  const memory = createMemory(Infinity);
  for (let i = 0; i < 300; i++) memory.free(memory.allocate("float64", 2 ** (10 + (i % 12))));
  expect(memory.pooledBytes()).toBeLessThanOrEqual(2 ** 24 + 2 ** 26);
  memory.clear();
  expect(memory.pooledBytes()).toBe(0);
});

test("above maxBytes: OutOfMemoryError, and the device works on", () => {
  const device = cpu({ maxBytes: 1000 }), a = device.allocate("float32", 150);
  expect(device.limits.maxBytes).toBe(1000);
  expect(() => device.allocate("float32", 101)).toThrow(OutOfMemoryError);
  expect(() => device.allocate("float32", 101)).toThrow("404 bytes (101 elements of float32) with 600 bytes live: the limit is 1000 bytes");
  expect(() => device.allocate("float32", 251)).toThrow("the limit of one buffer is 1000 bytes");
  expect(device.allocate("float32", 100).length).toBe(100); // exactly full
  device.free(a);
  expect(device.allocate("float64", 70).length).toBe(70); // what lay in the pool gave way
});

test("where the engine refuses: OutOfMemoryError, and the device works on", () => {
  const device = cpu();
  expect(() => device.allocate("float64", 2 ** 40)).toThrow(OutOfMemoryError);
  expect(device.allocate("float32", 4).length).toBe(4);
});

test("a dtype that does not exist", () => {
  const complex = "complex64" as DType;
  expect(() => cpu().allocate(complex, 1)).toThrow(DTypeError);
  expect(() => cpu().allocate(complex, 1)).toThrow("cpu: complex64 is not a dtype of this device (float32, float64, int32, bool, float16, bfloat16, int16, int8, uint8); cast to one of them");
});

test("after dispose everything is refused", async () => {
  const device = cpu(), buffer = device.allocate("float32", 1), view = denseView(buffer, "float32", [1]);
  device.dispose();
  expect(() => device.allocate("float32", 1)).toThrow(DeviceError);
  expect(() => device.write(buffer, 0, new Float32Array(1))).toThrow(DeviceError);
  await expect(device.read(buffer, 0, 1)).rejects.toThrow(DeviceError);
  await expect(device.sync()).rejects.toThrow(DeviceError);
  const p = program("plain", ["float32"], [], [scalar.neg(scalar.arg(0, "float32"))]);
  expect(() => device.kernels.map([view], [view], { program: p, params: [] })).toThrow(DeviceError);
});
