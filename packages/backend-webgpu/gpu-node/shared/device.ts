/** @file Memory, order, reads and failure of the device: checks run in Node and in browsers. */
import { adapterInfo, webgpu, webgpuStats } from "@adjoint/backend-webgpu";
import {
  type Backend, type Buffer, denseView, DeviceError, DeviceLostError, DTypeError, type DType, IndexError, OutOfMemoryError, type Program, program, scalar, type View,
} from "@adjoint/core/backend";
import { encode, mismatch, vector, viewOf } from "./harness.ts";

type Check = { readonly name: string; readonly run: () => Promise<void> };
const { arg, param } = scalar;
const double: Program = program("double", ["float32"], [], [scalar.mul(arg(0, "float32"), 2)]);
const scale: Program = program("scale", ["float32"], ["float32"], [scalar.mul(arg(0, "float32"), param(0, "float32"))]);
const empty = (device: Backend, length: number, dtype: DType = "float32"): View => denseView(device.allocate(dtype, length), dtype, [length]);
const values = async (device: Backend, { buffer, size }: View): Promise<number[]> => Array.from(await device.read(buffer, 0, size));

function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}
async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return undefined;
}
function thrown(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Runs with a device of its own and disposes of it. */
const withDevice = (run: (device: Backend) => Promise<void>, options: { readonly maxBytes?: number } = {}) => async (): Promise<void> => {
  const device = await webgpu(options);
  try {
    await run(device);
  } finally {
    device.dispose();
  }
};

export const deviceChecks: readonly Check[] = [
  {
    name: "write, read: every dtype, parts of a buffer, fresh unshared arrays",
    run: withDevice(async (device) => {
      for (const [dtype, given] of [["float32", [1.5, -0, NaN, 4]], ["int32", [1, -2, 2147483647, 0]], ["bool", [1, 0, 0, 1]]] as const) {
        const x = vector(device, dtype, given);
        device.write(x.buffer, 2, encode(dtype, [given[0]]));
        const part = await device.read(x.buffer, 1, 2);
        mismatch(dtype, Array.from(part), [given[1], given[0]], 0);
        assert(part.constructor === encode(dtype, []).constructor && part.buffer instanceof ArrayBuffer && part.buffer.byteLength === part.byteLength, `${dtype}: not a fresh array of the host's layout`);
      }
      mismatch("empty", Array.from(await device.read(empty(device, 3).buffer, 1, 0)), [], 0);
    }),
  },
  {
    name: "a write after a recorded kernel does not overtake it; a read sees what was dispatched before it only",
    run: withDevice(async (device) => {
      const x = vector(device, "float32", [1, 2]), y = empty(device, 2), z = empty(device, 2);
      device.kernels.map([x], [y], { program: double, params: [] });
      device.write(x.buffer, 0, encode("float32", [10, 20]));
      const first = values(device, y);
      device.kernels.map([x], [z], { program: double, params: [] });
      device.kernels.map([x], [y], { program: double, params: [] });
      const second = values(device, y);
      device.write(y.buffer, 0, encode("float32", [7, 7]));
      mismatch("first", await first, [2, 4], 0);
      mismatch("second", await second, [20, 40], 0);
      mismatch("z", await values(device, z), [20, 40], 0);
      mismatch("y", await values(device, y), [7, 7], 0);
    }),
  },
  {
    name: "a freed buffer's memory may be used at once: earlier commands still see its content",
    run: withDevice(async (device) => {
      const x = vector(device, "float32", [3, 4]), y = empty(device, 2);
      device.kernels.map([x], [y], { program: double, params: [] });
      device.free(x.buffer);
      const again = vector(device, "float32", [100, 100]);
      device.kernels.map([again], [again], { program: double, params: [] });
      mismatch("y", await values(device, y), [6, 8], 0);
      mismatch("again", await values(device, again), [200, 200], 0);
      assert(webgpuStats(device).liveBuffers === 2, "two buffers are live");
      assert(thrown(() => device.kernels.map([x], [y], { program: double, params: [] })) instanceof DeviceError, "a freed buffer is refused");
      for (const buffer of [again.buffer, y.buffer]) device.free(buffer);
      const { liveBuffers, liveBytes } = webgpuStats(device);
      assert(liveBuffers === 0 && liveBytes === 0, `${liveBuffers} buffers, ${liveBytes} bytes are live`);
    }),
  },
  {
    name: "a new size, offset, param or layout of a known class compiles nothing",
    run: withDevice(async (device) => {
      const run = (shape: readonly number[], strides: readonly number[], offset: number, by: number): Promise<unknown> => {
        const x = device.allocate("float32", 4000), y = device.allocate("float32", 4000);
        const input = viewOf(x, "float32", shape, strides, offset), output = denseView(y, "float32", shape);
        device.kernels.map([input], [output], { program: scale, params: [by] });
        return device.read(y, 0, 1);
      };
      await run([10], [1], 0, 2);
      await run([3, 4], [1, 3], 1, 2);
      await run([12], [1], 4, 2);
      await run([3, 4], [8, 1], 0, 2);
      await run([30, 7], [1, 30], 0, 2);
      const before = webgpuStats(device).pipelinesCompiled, classes = adapterInfo(device).isSoftware ? 5 : 4;
      assert(before === classes, `dense or not, by four or not, and on a software adapter one of them for many elements: ${classes} classes, ${before} pipelines`);
      for (let i = 1; i < 30; i++) {
        await run([i], [1], i, i);
        await run([i + 1, 7], [1, i + 1], i, Infinity);
        await run([i + 1, 7], [-7, 1], 7 * i, NaN);
        await run([4 * i], [1], 8, i);
        await run([i + 1, 8], [-8, 1], 8 * i, -0);
      }
      assert(webgpuStats(device).pipelinesCompiled === before, "nothing more is compiled");
    }),
  },
  {
    name: "a map of many elements, in place and apart, whole vectors or not: each once, with its number",
    run: withDevice(async (device) => {
      const numbered = program("numbered", ["float32"], [], [scalar.add(scalar.mul(arg(0, "float32"), 2), scalar.cast(scalar.index, "float32"))]);
      for (const size of [2 ** 16 - 4, 2 ** 16, 2 ** 16 + 4, 2 ** 16 + 12, 70_001]) {
        const x = vector(device, "float32", Array.from({ length: size }, (_, i) => i % 100)), y = empty(device, size), wanted = Array.from({ length: size }, (_, i) => 2 * (i % 100) + i);
        device.kernels.map([x], [y], { program: numbered, params: [] });
        device.kernels.map([x], [x], { program: numbered, params: [] });
        mismatch(`apart, ${size}`, await values(device, y), wanted, 0);
        mismatch(`in place, ${size}`, await values(device, x), wanted, 0);
      }
    }),
  },
  {
    name: "many dispatches share a submission, and work begins without a read",
    run: withDevice(async (device) => {
      const x = vector(device, "float32", [1]);
      const before = webgpuStats(device).submits;
      for (let i = 0; i < 50; i++) device.kernels.map([x], [x], { program: scale, params: [1] });
      assert(webgpuStats(device).submits === before, "50 dispatches are not submitted one by one");
      await Promise.resolve();
      await Promise.resolve();
      assert(webgpuStats(device).submits === before + 1, "the end of the task submits");
      for (let i = 0; i < 1000; i++) device.kernels.map([x], [x], { program: scale, params: [i % 2 === 0 ? 2 : 0.5] });
      mismatch("chain", await values(device, x), [1], 0);
    }),
  },
  {
    name: "an index out of range rejects the next read with IndexError, touches nothing, and the device works on",
    run: withDevice(async (device) => {
      const x = vector(device, "float32", [1, 2, 3]), index = vector(device, "int32", [0, 5, 2]), out = vector(device, "float32", [9, 9, 9]);
      device.kernels.gather([x, index], [out], { dim: 0 });
      const [first, second] = await Promise.all([rejection(values(device, out)), rejection(device.sync())]);
      assert(first instanceof IndexError && first.message === "index 5 is out of bounds for dimension 0 with size 3", `read: ${String(first)}`);
      assert(second instanceof IndexError, `a sync before the report rejects too: ${String(second)}`);
      await device.sync();
      mismatch("gathered", await values(device, out), [1, 9, 3], 0);
      device.kernels.scatter([vector(device, "int32", [-1, 1]), vector(device, "float32", [5, 5])], [x], { dim: 0, mode: "add" });
      const third = await rejection(device.sync());
      assert(third instanceof IndexError && third.message === "index -1 is out of bounds for dimension 0 with size 3", `sync: ${String(third)}`);
      mismatch("scattered", await values(device, x), [1, 7, 3], 0);
    }),
  },
  {
    name: "memory: a buffer or a budget too large throws at once, and the device works on",
    run: withDevice(async (device) => {
      assert(device.limits.maxBytes === 1 << 20, `the budget bounds one buffer: ${device.limits.maxBytes}`);
      const large = thrown(() => device.allocate("float32", 1 << 20));
      assert(large instanceof OutOfMemoryError, `too large: ${String(large)}`);
      const held: Buffer[] = [];
      const full = thrown(() => { for (let i = 0; i < 5; i++) held.push(device.allocate("float32", 1 << 16)); });
      assert(full instanceof OutOfMemoryError && held.length === 4, `the fifth of four: ${String(full)}`);
      for (const buffer of held) device.free(buffer);
      const x = vector(device, "float32", new Array<number>(1 << 17).fill(1)); // pooled memory of another size makes room
      device.kernels.map([x], [x], { program: double, params: [] });
      mismatch("x", (await values(device, x)).slice(-2), [2, 2], 0);
    }, { maxBytes: 1 << 20 }),
  },
  {
    name: "a dtype that the device has not is a DTypeError that names it",
    run: withDevice(async (device) => {
      const error = thrown(() => device.allocate("float64", 1));
      assert(error instanceof DTypeError && error.message.includes("float64"), String(error));
    }),
  },
  {
    name: "a command that the device refuses rejects the reads before its report with DeviceError, and no later one",
    run: withDevice(async (device) => {
      const x = vector(device, "float32", [1]), refused = vector(device, "float32", [1]);
      // No caller of the contract can do this: the chunk's GPU buffer is destroyed behind the backend's back.
      (refused.buffer as { readonly chunk: { readonly gpu: GPUBuffer } }).chunk.gpu.destroy();
      device.kernels.map([refused], [x], { program: double, params: [] });
      for (const error of await Promise.all([rejection(values(device, x)), rejection(device.sync())])) assert(error instanceof DeviceError, `not reported: ${String(error)}`);
      device.kernels.map([x], [x], { program: double, params: [] });
      mismatch("afterwards", await values(device, x), [2], 0);
    }),
  },
  {
    name: "a lost device rejects reads and sync with DeviceLostError and hangs nowhere",
    run: async () => {
      const gpu = await import("./open.ts");
      const device = await gpu.openDevice();
      const backend = await webgpu({ device });
      const x = vector(backend, "float32", [1]);
      const pending = [backend.read(x.buffer, 0, 1), backend.sync()];
      device.destroy();
      await Promise.allSettled(pending);
      for (const error of [await rejection(backend.read(x.buffer, 0, 1)), await rejection(backend.sync())])
        assert(error instanceof DeviceLostError, `lost: ${String(error)}`);
      assert(thrown(() => backend.allocate("float32", 1)) instanceof DeviceLostError, "allocate refuses");
      backend.dispose();
    },
  },
  {
    name: "a loop finds the memory of its last round, also where that is more than is live at once, and after other loops",
    run: async () => {
      const gpu = await (await import("./open.ts")).openDevice(), create = gpu.createBuffer.bind(gpu), device = await webgpu({ device: gpu });
      let made = 0;
      gpu.createBuffer = (descriptor) => {
        made++;
        return create(descriptor);
      };
      const madeBy = (round: () => void): number => {
        const before = made;
        round();
        return made - before;
      };
      const several = (count: number, bytes: number): void => {
        for (const buffer of Array.from({ length: count }, () => device.allocate("float32", bytes / 4))) device.free(buffer);
      };
      const MiB = 2 ** 20, alike = [0, 1, 2].map(() => madeBy(() => several(24, 4 * MiB)));
      mismatch("buffers of one size", alike, [24, 0, 0], 0);
      const byTurns = Array.from({ length: 12 }, () => madeBy(() => [16, 20, 24].forEach((size) => several(4, size * MiB)))).slice(-3);
      mismatch("buffers of several sizes, of which few are live at once", byTurns, [0, 0, 0], 0);
      await device.sync();
      device.dispose();
      gpu.destroy();
    },
  },
  {
    name: "emptyCache destroys all buffers but those that are live, and the device counts what it holds",
    run: async () => {
      const gpu = await (await import("./open.ts")).openDevice(), create = gpu.createBuffer.bind(gpu), device = await webgpu({ device: gpu });
      let there = 0;
      gpu.createBuffer = (descriptor) => {
        const buffer = create(descriptor), destroy = buffer.destroy.bind(buffer);
        there += descriptor.size;
        buffer.destroy = () => {
          there -= descriptor.size;
          destroy();
        };
        return buffer;
      };
      const x = vector(device, "float32", [1, 2]), large = empty(device, 2 ** 20);
      device.kernels.map([large], [large], { program: double, params: [] });
      mismatch("x", await values(device, x), [1, 2], 0);
      device.free(large.buffer);
      device.kernels.map([x], [x], { program: double, params: [] });
      assert(device.reservedBytes === there && there > 2 ** 22, `${device.reservedBytes} bytes are said to be held, ${there} are`);
      device.emptyCache!();
      assert(device.reservedBytes === there && there === webgpuStats(device).liveBytes, `${device.reservedBytes} bytes are said to be held, ${there} are, ${webgpuStats(device).liveBytes} are live`);
      mismatch("doubled", await values(device, x), [2, 4], 0);
      device.dispose();
      device.emptyCache!();
      gpu.destroy();
    },
  },
  {
    name: "dispose refuses further calls with DeviceError, and leaves a device of the caller's alone",
    run: async () => {
      const gpu = await import("./open.ts");
      const device = await gpu.openDevice();
      const backend = await webgpu({ device });
      const x = vector(backend, "float32", [1]);
      const pending = backend.read(x.buffer, 0, 1);
      pending.catch(() => {});
      backend.dispose();
      backend.dispose();
      const [error] = [await rejection(backend.sync())];
      assert(error instanceof DeviceError && !(error instanceof DeviceLostError), String(error));
      const again = await webgpu({ device });
      mismatch("another backend", await values(again, vector(again, "float32", [4])), [4], 0);
      again.dispose();
      device.destroy();
    },
  },
];
