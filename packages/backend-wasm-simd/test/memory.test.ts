/** @file Memory: reuse, limits, growth, reads and writes, disposal. */
import { ones, scope, type Tensor } from "@adjoint/core";
import { DeviceError, OutOfMemoryError } from "@adjoint/core/backend";
import { expect, test } from "vitest";
import { wasm, wasmStats } from "../src/index.ts";
import { Memory } from "../src/memory.ts";
import { generator } from "./support.ts";
import { compare } from "./threads.ts";

test("blocks are aligned, never overlap, and are reused", () => {
  const memory = new Memory(2 ** 28), random = generator(1), live: { address: number; bytes: number }[] = [];
  let settled = 0;
  for (let round = 0; round < 6000; round++) {
    if (live.length > 60 || (live.length > 0 && random(2) === 0)) {
      const [block] = live.splice(random(live.length), 1);
      memory.give(block.address, block.bytes);
    } else {
      const bytes = 1 + random(random(2) ? 300 : 200_000), address = memory.take(bytes);
      expect(address % 16).toBe(0);
      expect(address + bytes).toBeLessThanOrEqual(memory.byteLength);
      for (const other of live) expect(address + bytes <= other.address || other.address + other.bytes <= address).toBe(true);
      live.push({ address, bytes });
    }
    if (round === 3000) settled = memory.byteLength;
  }
  expect(memory.byteLength).toBeLessThan(1.5 * settled);
  for (const { address, bytes } of live) memory.give(address, bytes);
  expect([memory.liveBuffers, memory.liveBytes]).toEqual([0, 0]);
});

test("a freed buffer is reused, and steady work does not grow memory", async () => {
  const device = await wasm();
  const round = (): void => {
    const buffers = [10, 1000, 100_000, 3_000_000].map((n) => device.allocate("float32", n));
    for (const buffer of buffers) device.free(buffer);
  };
  round();
  const before = wasmStats(device);
  for (let i = 0; i < 100; i++) round();
  expect(wasmStats(device)).toEqual(before);
});

test("above maxBytes it refuses, and goes on when something is freed", async () => {
  const device = await wasm({ maxBytes: 1 << 20 });
  const buffers = Array.from({ length: 4 }, () => device.allocate("float32", 65_536));
  expect(() => device.allocate("float32", 1)).toThrow(OutOfMemoryError);
  expect(() => device.allocate("float32", 1)).toThrow("wasm: cannot allocate 4 bytes: 1048576 of 1048576 bytes are in use by 4 buffers");
  for (const buffer of buffers) device.free(buffer);
  const whole = device.allocate("float32", 262_144); // the small blocks are merged
  expect(wasmStats(device)).toMatchObject({ liveBuffers: 1, liveBytes: 1 << 20 });
  expect(wasmStats(device).memoryBytes).toBeLessThan(3 << 20);
  device.free(whole);
});

test("more than there is room for at all", async () => {
  const device = await wasm();
  expect(() => device.allocate("float32", 2 ** 31)).toThrow(OutOfMemoryError);
  const buffer = device.allocate("int32", 3);
  device.write(buffer, 0, Int32Array.of(1, 2, 3));
  expect(device.readSync!(buffer, 1, 2)).toEqual(Int32Array.of(2, 3));
});

test("reads are fresh copies, taken when they are asked for, in a new task", async () => {
  const device = await wasm(), buffer = device.allocate("bool", 5);
  device.write(buffer, 1, Uint8Array.of(1, 0, 1));
  const reading = device.read(buffer, 1, 3);
  device.write(buffer, 1, Uint8Array.of(0, 0, 0));
  let microtasks = 0;
  const count = async (): Promise<void> => { for (;;) { await undefined; if (microtasks++ > 50) return; } };
  await count();
  const values = await reading;
  expect(values).toEqual(Uint8Array.of(1, 0, 1));
  expect(values.buffer).toBeInstanceOf(ArrayBuffer);
  const large = device.allocate("float32", 5_000_000); // memory grows under it
  device.write(large, 4_999_999, Float32Array.of(7));
  expect(device.readSync!(large, 4_999_999, 1)).toEqual(Float32Array.of(7));
  expect(device.readSync!(buffer, 1, 3)).toEqual(Uint8Array.of(0, 0, 0));
});

test("a disposed device refuses", async () => {
  const device = await wasm(), buffer = device.allocate("float32", 4);
  device.dispose();
  expect(() => device.allocate("float32", 1)).toThrow(DeviceError);
  expect(() => device.readSync!(buffer, 0, 1)).toThrow(DeviceError);
  await expect(device.read(buffer, 0, 1)).rejects.toThrow(DeviceError);
  await expect(device.sync()).rejects.toThrow(DeviceError);
  device.free(buffer); // harmless: handles are released after their device
});

test("every dtype but float64, in its own size", async () => {
  const device = await wasm();
  expect([...device.dtypes]).toEqual(["float32", "int32", "bool", "float16", "bfloat16", "int16", "int8", "uint8"]);
  expect(() => device.allocate("float64", 1)).toThrow("wasm: float64 is not supported, only float32, int32, bool, float16, bfloat16, int16, int8, uint8; cast, or use the cpu device");
  device.allocate("float16", 4096);
  device.allocate("uint8", 4096);
  expect(wasmStats(device).liveBytes).toBe(8192 + 4096);
});

test("a limit that is none", async () => {
  await expect(wasm({ maxBytes: NaN })).rejects.toThrow("wasm: maxBytes must be a positive number, got NaN");
});

/** Addresses there are negative as numbers of 32 bits with a sign. The memory below is never touched, so the system gives none for it. */
test("beyond 2 GiB everything is as below, to the bit", { timeout: 60_000 }, async () => {
  const low = await wasm(), high = await wasm();
  for (let i = 0; i < 3; i++) high.allocate("float32", 3 * 2 ** 26);
  expect(wasmStats(high).memoryBytes).toBeGreaterThan(2 ** 31);
  await compare(low, high);
  for (const device of [low, high]) device.dispose();
});

test("the whole of 4 GiB, then the error, then work", async () => {
  const device = await wasm(), buffers = Array.from({ length: 7 }, () => device.allocate("float32", 2 ** 27));
  expect(() => device.allocate("float32", 2 ** 27)).toThrow(OutOfMemoryError);
  device.write(buffers[6], 2 ** 27 - 2, Float32Array.of(5, 6));
  expect(device.readSync!(buffers[6], 2 ** 27 - 2, 2)).toEqual(Float32Array.of(5, 6));
  device.free(buffers[3]);
  device.free(device.allocate("float32", 2 ** 27));
  expect(wasmStats(device).liveBytes).toBe(6 * 2 ** 29);
  device.dispose();
});

test("a kernel that finds no room for what it packs says who holds the memory, once", async () => {
  const device = await wasm({ maxBytes: 2 ** 22 }), s = scope("hoard"), x = s.run(() => ones([256, 256], { device }));
  let told = "";
  try {
    for (const held: Tensor[] = []; ; ) held.push(x.matmul(x));
  } catch (error) {
    expect(error).toBeInstanceOf(OutOfMemoryError);
    told = (error as Error).message;
  }
  expect([told.split("largest owners in bytes").length, told]).toEqual([2, expect.stringContaining("hoard: ")]);
  s.close();
  device.dispose();
});
