/** @file Memory: what a write or a read promises, their order among kernels, freeing, running out, disposing. */
import { type Backend, type Buffer, denseView, type DType, dtypes, program, scalar } from "@adjoint/core/backend";
import { type Case, check } from "../case.ts";
import type { Device } from "../device.ts";
import { decode, encode } from "../host.ts";
import { edges, plain } from "../samples/numbers.ts";

const stored: readonly DType[] = ["float32", "float64", "int32", "bool", "float16", "bfloat16", "int16", "int8", "uint8"];
const doubled = program("doubled", ["float32"], [], [scalar.mul(scalar.arg(0, "float32"), 2)]);

function same(what: string, actual: ArrayLike<number>, expected: readonly number[]): void {
  check(actual.length === expected.length && expected.every((x, i) => Object.is(x, actual[i])), `${what}: [${Array.from(actual).join()}], expected [${expected.join()}]`);
}

function roundTrip(dtype: DType): Case {
  return {
    name: `memory of ${dtype}: parts written and read`, needs: [dtype],
    run: async ({ backend }) => {
      for (const length of [1, 2, 3, 4, 5, 8, 67]) {
        const buffer = backend.allocate(dtype, length), values = Array.from({ length }, (_, i) => plain(dtype)(i));
        backend.write(buffer, 0, encode(dtype, values));
        for (const [from, count] of [[0, 1], [length - 1, 1], [length >> 1, length - (length >> 1)], [1, length - 2]] as const) {
          if (from < 0 || count < 1 || from + count > length) continue;
          const part = Array.from({ length: count }, (_, i) => plain(dtype, 5)(i));
          // The source as a window of a larger array: only the window counts.
          const wider = encode(dtype, [...part, 0, 0, 0].map((_, i) => part[i - 1] ?? 0)), window = wider.subarray(1, 1 + count);
          backend.write(buffer, from, window);
          wider.fill(1); // the array is the caller's again
          part.forEach((x, i) => (values[from + i] = x));
          same(`read(${from}, ${count}) of ${length}`, decode(dtype, await backend.read(buffer, from, count)), values.slice(from, from + count));
        }
        same(`all ${length}`, decode(dtype, await backend.read(buffer, 0, length)), values);
        backend.free(buffer);
      }
    },
  };
}

function bitsSurvive(dtype: DType): Case {
  return {
    name: `memory of ${dtype}: every edge value comes back`, needs: [dtype],
    run: async ({ backend }) => {
      const values = edges(dtype), buffer = backend.allocate(dtype, values.length);
      backend.write(buffer, 0, encode(dtype, values));
      const read = await backend.read(buffer, 0, values.length);
      check(Object.prototype.toString.call(read) === Object.prototype.toString.call(dtypes[dtype].hostArray(0)), `a read of ${dtype} is a ${Object.prototype.toString.call(read)}`);
      same("edges", decode(dtype, read), values);
      backend.free(buffer);
    },
  };
}

/** A buffer of float32 with these values. */
function filled(backend: Backend, values: readonly number[]): Buffer {
  const buffer = backend.allocate("float32", values.length);
  backend.write(buffer, 0, Float32Array.from(values));
  return buffer;
}

function double(backend: Backend, from: Buffer, to: Buffer, length: number): void {
  backend.kernels.map([denseView(from, "float32", [length])], [denseView(to, "float32", [length])], { program: doubled, params: [] });
}

async function rejection(run: () => unknown): Promise<Error | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const isDeviceError = (error: Error | undefined): boolean => error?.name === "DeviceError" || error?.name === "DeviceLostError";

/** Cases of float32, each given the counted backend of its device. */
const promises: { readonly [name: string]: (backend: Backend, device: Device) => Promise<void> } = {
  "a read sees the values of when it was started": async (backend) => {
    const buffer = filled(backend, [1, 2, 3]), before = backend.read(buffer, 0, 3);
    backend.write(buffer, 0, Float32Array.of(4, 5, 6));
    const after = backend.read(buffer, 0, 3);
    double(backend, buffer, buffer, 3);
    const last = backend.read(buffer, 1, 2);
    same("before the write", await before, [1, 2, 3]);
    same("after it", await after, [4, 5, 6]);
    same("after a kernel in place", await last, [10, 12]);
    backend.free(buffer);
  },
  "writes and kernels run in the order of the calls": async (backend) => {
    const a = filled(backend, [1, 2, 3, 4]), b = filled(backend, [0, 0, 0, 0]);
    double(backend, a, b, 4);
    backend.write(a, 0, Float32Array.of(10, 20, 30, 40)); // b was dispatched before
    double(backend, b, b, 4);
    backend.write(b, 1, Float32Array.of(-1));
    double(backend, b, a, 4);
    same("b", await backend.read(b, 0, 4), [4, -1, 12, 16]);
    same("a", await backend.read(a, 0, 4), [8, -2, 24, 32]);
    backend.free(a);
    backend.free(b);
  },
  "freeing a buffer after its last use changes no result": async (backend) => {
    const results: Buffer[] = [];
    for (let i = 0; i < 40; i++) {
      const x = filled(backend, [i, i + 1, i + 2]), y = backend.allocate("float32", 3);
      double(backend, x, y, 3);
      backend.free(x); // the next allocation may take its place
      results.push(y);
    }
    const reading = results.map((buffer) => backend.read(buffer, 0, 3));
    results.forEach((buffer) => backend.free(buffer));
    const noise = Array.from({ length: 40 }, () => filled(backend, [-1, -1, -1]));
    (await Promise.all(reading)).forEach((values, i) => same(`result ${i}`, values, [2 * i, 2 * i + 2, 2 * i + 4]));
    noise.forEach((buffer) => backend.free(buffer));
  },
  "buffers of many sizes are apart": async (backend) => {
    const lengths = [1, 2, 3, 5, 15, 16, 17, 63, 64, 65, 255, 1025, 1, 2, 3], buffers = lengths.map((n, i) => filled(backend, new Array<number>(n).fill(i)));
    for (let i = 0; i < lengths.length; i += 2) backend.free(buffers[i]!);
    const again = lengths.map((n) => filled(backend, new Array<number>(n).fill(99)));
    for (let i = 1; i < lengths.length; i += 2) {
      same(`buffer ${i}`, await backend.read(buffers[i]!, 0, lengths[i]!), new Array<number>(lengths[i]!).fill(i));
      backend.free(buffers[i]!);
    }
    again.forEach((buffer) => backend.free(buffer));
  },
  "each read is a fresh array on an unshared buffer": async (backend) => {
    const buffer = filled(backend, [1, 2, 3, 4]), [first, second] = await Promise.all([backend.read(buffer, 0, 4), backend.read(buffer, 0, 4)]);
    check(Object.prototype.toString.call(first.buffer) === "[object ArrayBuffer]", `a read lies on ${Object.prototype.toString.call(first.buffer)}`);
    check(first.buffer !== second.buffer, "two reads share one ArrayBuffer");
    first.fill(7);
    same("after the first read was changed", await backend.read(buffer, 0, 4), [1, 2, 3, 4]);
    same("the second read", second, [1, 2, 3, 4]);
    backend.free(buffer);
  },
  "readSync gives what read gives, after what was dispatched": async (backend) => {
    const buffer = filled(backend, [1, 2, 3, 4]);
    if (backend.readSync !== undefined) {
      double(backend, buffer, buffer, 4);
      const now = backend.readSync(buffer, 1, 2);
      same("readSync", now, [4, 6]);
      check(Object.prototype.toString.call(now.buffer) === "[object ArrayBuffer]", `readSync lies on ${Object.prototype.toString.call(now.buffer)}`);
      now.fill(0);
      same("after it was changed", backend.readSync(buffer, 0, 4), [2, 4, 6, 8]);
    }
    backend.free(buffer);
  },
  "read and sync resolve in a new task": async (backend) => {
    const buffer = filled(backend, [1]);
    for (const wait of [() => backend.read(buffer, 0, 1), () => backend.sync()]) {
      let resolved = false;
      const waiting = wait().then(() => (resolved = true));
      for (let i = 0; i < 1000 && !resolved; i++) await Promise.resolve();
      check(!resolved, "resolved within the task that asked: finalizers cannot run");
      await waiting;
    }
    backend.free(buffer);
  },
  "a size beyond maxBytes is an OutOfMemoryError, and the device works on": async (backend) => {
    const { maxBytes } = backend.limits, length = Number.isFinite(maxBytes) ? Math.floor(maxBytes / 4) + 1 : 2 ** 50;
    const kept = filled(backend, [1, 2]);
    for (let i = 0; i < 3; i++) {
      const error = await rejection(() => backend.allocate("float32", length));
      check(error?.name === "OutOfMemoryError", `allocating ${length} float32 with maxBytes ${maxBytes}: ${error === undefined ? "no error" : `${error.name}: ${error.message}`}`);
    }
    double(backend, kept, kept, 2);
    same("what was there", await backend.read(kept, 0, 2), [2, 4]);
    await backend.sync();
    backend.free(kept);
  },
  "a dtype that it does not compute in is a DTypeError": async (backend) => {
    const missing = stored.find((dtype) => !backend.dtypes.has(dtype));
    if (missing === undefined) return;
    const error = await rejection(() => backend.allocate(missing, 4));
    check(error?.name === "DTypeError" && error.message.includes(missing), `allocate("${missing}"): ${error === undefined ? "no error" : `${error.name}: ${error.message}`}`);
  },
  "after dispose every call is a DeviceError": async (_, device) => {
    const backend = await device.another(), buffer = filled(backend, [1, 2]);
    double(backend, buffer, buffer, 2);
    await backend.sync();
    backend.dispose();
    const calls: { readonly [what: string]: () => unknown } = {
      allocate: () => backend.allocate("float32", 1), write: () => backend.write(buffer, 0, Float32Array.of(1)), read: () => backend.read(buffer, 0, 1),
      kernel: () => double(backend, buffer, buffer, 2), sync: () => backend.sync(),
    };
    for (const [what, call] of Object.entries(calls)) {
      const error = await rejection(call);
      check(isDeviceError(error), `${what} after dispose: ${error === undefined ? "no error" : `${error.name}: ${error.message}`}`);
    }
    backend.dispose(); // twice is as good as once
  },
  "two devices of one kind are independent": async (backend, device) => {
    const other = await device.another(), here = filled(backend, [1, 2, 3]), there = filled(other, [4, 5, 6]);
    double(other, there, there, 3);
    double(backend, here, here, 3);
    same("the other's", await other.read(there, 0, 3), [8, 10, 12]);
    other.dispose();
    same("this one's", await backend.read(here, 0, 3), [2, 4, 6]);
    backend.free(here);
  },
  "a thousand kernels without a read in between": async (backend) => {
    const [a, b] = [filled(backend, [2 ** -100, 1]), filled(backend, [0, 0])];
    const halved = program("halved", ["float32"], ["float32"], [scalar.mul(scalar.arg(0, "float32"), scalar.param(0, "float32"))]);
    for (let i = 0; i < 1000; i++) {
      const [from, to] = i % 2 === 0 ? [a, b] : [b, a];
      backend.kernels.map([denseView(from!, "float32", [2])], [denseView(to!, "float32", [2])], { program: halved, params: [i % 2 === 0 ? 2 : 0.5] });
    }
    same("there and back", await backend.read(a!, 0, 2), [2 ** -100, 1]);
    backend.free(a!);
    backend.free(b!);
  },
};

export const memoryCases: readonly Case[] = [
  ...stored.flatMap((dtype) => [roundTrip(dtype), bitsSurvive(dtype)]),
  ...Object.entries(promises).map(([name, run]): Case => ({ name: `memory: ${name}`, needs: ["float32"], run: (device) => run(device.backend, device) })),
];
