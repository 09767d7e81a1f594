/** @file Threads give what one thread gives, to the bit. Checks run in Node and in browsers. */
import { conv2d, grad, manualSeed, maxPool2d, OutOfMemoryError, randn, scope, softmax, tensor, type Backend, type Tensor } from "@adjoint/core";
import { backendOn } from "../src/backend.ts";
import { Engine } from "../src/engine.ts";
import { wasm, wasmStats } from "../src/index.ts";

type Check = { readonly name: string; readonly run: () => Promise<void> };
function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Numbers below a bound, many of them more than once. */
const places = (device: Backend, count: number, bound: number): Tensor => tensor(Int32Array.from({ length: count }, (_, i) => (i * i * 7 + 3 * i) % bound), { device });
function filterGradient(device: Backend, image: readonly number[], filter: readonly number[], groups: number): Tensor {
  const w = randn(filter, { device, requiresGrad: true });
  return (grad(conv2d(randn(image, { device }), w, { padding: 1, groups }).square().sum(), [w]) as [Tensor])[0];
}
/** Every kernel that threads share, at sizes with rests. */
const programs: Readonly<Record<string, (device: Backend) => Tensor>> = {
  "map, dense": (device) => randn([300, 517], { device }).mul(1.5).tanh(),
  "map, in place": (device) => randn([70_001], { device }).add_(1).mul_(2),
  "map, numbered": (device) => randn([131_077], { device }),
  "map, rows and columns": (device) => randn([259, 1], { device }).add(randn([1, 401], { device })),
  "map, turned": (device) => randn([401, 259], { device }).t().exp(),
  "map, four dims": (device) => randn([7, 1, 65, 67], { device }).mul(randn([5, 65, 1], { device })),
  "map, of more calls than a round holds": (device) => randn([263, 16_400], { device }).mul(randn([263, 1], { device })),
  "sum of all": (device) => randn([131_077], { device }).sum(),
  "sum of rows": (device) => randn([300, 517], { device }).sum(1),
  "sum of columns": (device) => randn([300, 517], { device }).sum(0),
  "sum of columns a power of two apart": (device) => randn([520, 1024], { device }).sum(0),
  "product of a middle dim": (device) => randn([20, 65, 67], { device }).amax(1),
  "sorted rows": (device) => randn([300, 257], { device }).sort(1).indices.to("float32"),
  "sorted columns": (device) => randn([257, 3, 130], { device }).sort(0, { descending: true }).values,
  "the largest few of rows": (device) => randn([300, 257], { device }).topk(9).values,
  "the middle of rows": (device) => randn([300, 1001], { device }).kthvalue(500).values,
  "running sums": (device) => randn([301, 259], { device }).cumsum(1).add(randn([301, 259], { device }).cumsum(0)),
  "places of extrema": (device) => randn([301, 259], { device }).argmax(1).add(randn([259, 301], { device }).argmin(0).sum()).to("float32"),
  "picked rows": (device) => randn([129, 517], { device }).indexSelect(0, places(device, 400, 129)),
  "picked elements": (device) => randn([70_001], { device }).indexSelect(0, places(device, 90_001, 70_001)),
  "picked columns": (device) => randn([301, 401], { device }).indexSelect(1, places(device, 257, 401)),
  "added rows": (device) => randn([129, 517], { device }).indexAdd(0, places(device, 400, 129), randn([400, 517], { device })),
  "added columns": (device) => randn([301, 401], { device }).indexAdd(1, places(device, 257, 401), randn([301, 257], { device })),
  "added in a middle dim": (device) => randn([5, 31, 401], { device }).indexAdd(1, places(device, 157, 31), randn([5, 157, 401], { device })),
  "scattered elements": (device) => randn([401, 259], { device }).scatterAdd(0, places(device, 300 * 259, 401).reshape([300, 259]), randn([300, 259], { device })),
  "softmax": (device) => softmax(randn([301, 257], { device }), -1),
  "softmax, of more calls than a round holds": (device) => softmax(randn([263, 16_400], { device }), -1),
  "matrices": (device) => randn([201, 333], { device }).matmul(randn([333, 177], { device })),
  "matrices, turned": (device) => randn([333, 201], { device }).t().matmul(randn([177, 333], { device }).t()),
  "matrices, tall": (device) => randn([2003, 350], { device }).matmul(randn([350, 129], { device })),
  "batches in blocks": (device) => randn([37, 100, 90], { device }).matmul(randn([37, 90, 100], { device })),
  "batches, turned": (device) => randn([12, 100, 90], { device }).matmul(randn([12, 100, 90], { device }).transpose(1, 2)),
  "batches of small ones, turned": (device) => randn([70, 33, 20], { device }).matmul(randn([70, 31, 20], { device }).transpose(1, 2)),
  "batches": (device) => randn([9, 100, 70], { device }).matmul(randn([9, 70, 100], { device })),
  "convolution": (device) => conv2d(randn([3, 17, 31, 29], { device }), randn([33, 17, 3, 3], { device }), { padding: 1 }),
  "convolution of few channels": (device) => conv2d(randn([9, 3, 33, 31], { device }), randn([19, 3, 3, 3], { device }), { padding: 1 }),
  "depthwise convolution": (device) => conv2d(randn([5, 19, 31, 29], { device }), randn([38, 1, 3, 3], { device }), { padding: 1, groups: 19 }),
  "depthwise convolution, its gradients"(device) {
    const x = randn([5, 19, 31, 29], { device, requiresGrad: true }), w = randn([38, 1, 3, 3], { device, requiresGrad: true });
    const [gx, gw] = grad(conv2d(x, w, { padding: 1, groups: 19 }).square().sum(), [x, w]) as [Tensor, Tensor];
    return gx.sum().add(gw.square().sum());
  },
  "one channel for each example": (device) => conv2d(randn([5, 7, 64, 65], { device }), randn([7, 1, 5, 5], { device }), { padding: 2, groups: 7 }),
  "gradient of a filter of few channels": (device) => filterGradient(device, [16, 3, 33, 31], [19, 3, 3, 3], 1),
  "gradient of a filter of one channel, many made": (device) => filterGradient(device, [5, 1, 64, 65], [19, 1, 3, 3], 1),
  "gradient of a large filter of one channel": (device) => filterGradient(device, [6, 7, 64, 65], [7, 1, 5, 5], 7),
  "a vector times a matrix": (device) => randn([1, 700], { device }).matmul(randn([700, 1003], { device })),
  "a vector times a turned matrix": (device) => randn([1, 700], { device }).matmul(randn([1003, 700], { device }).t()),
  "maxima of windows": (device) => maxPool2d(randn([5, 19, 64, 65], { device }), 3, { stride: 2, padding: 1 }),
  "their gradient"(device) {
    const x = randn([5, 19, 64, 65], { device, requiresGrad: true });
    return (grad(maxPool2d(x, 2).square().sum(), [x]) as [Tensor])[0];
  },
  "its gradients"(device) {
    const x = randn([3, 17, 31, 29], { device, requiresGrad: true }), w = randn([33, 17, 3, 3], { device, requiresGrad: true });
    const [gx, gw] = grad(conv2d(x, w, { padding: 1 }).square().sum(), [x, w]) as [Tensor, Tensor];
    return gx.sum().add(gw.sum());
  },
};

export async function compare(one: Backend, several: Backend): Promise<void> {
  for (const [name, program] of Object.entries(programs)) {
    const values: ArrayLike<number>[] = [];
    for (const device of [one, several]) {
      manualSeed(5);
      const s = scope();
      values.push(await s.run(() => program(device)).data());
      s.close();
    }
    const [a, b] = values as [Float32Array, Float32Array];
    assert(a.length === b.length && a.length > 0, `${name}: ${a.length} and ${b.length} values`);
    for (let i = 0; i < a.length; i++) assert(Object.is(a[i], b[i]), `${name}: element ${i} is ${a[i]} on one thread, ${b[i]} on several`);
  }
}

export const threadChecks: readonly Check[] = [
  {
    name: "three threads give what one gives, to the bit",
    run: async () => {
      const one = await wasm(), three = await wasm({ threads: 3 });
      assert(wasmStats(three).threads === 3 && wasmStats(one).threads === 1, "the number of threads is told");
      await compare(one, three);
      const { liveBytes } = wasmStats(three);
      await compare(one, three);
      assert(wasmStats(three).liveBytes <= liveBytes, "a second time takes no more memory");
      for (const device of [one, three]) device.dispose();
    },
  },
  {
    name: "so they do where everything is shared, however small",
    run: async () => {
      const one = await wasm(), engine = new Engine(2 ** 30, undefined, undefined, 2);
      await engine.start();
      engine.sharedFrom = 1;
      engine.pool!.rest = 0;
      const two = backendOn(engine);
      await compare(one, two);
      assert(engine.pool!.helped > 0, "the other thread took part");
      for (const device of [one, two]) device.dispose();
    },
  },
  {
    name: "thousands of rounds, with pauses in which workers fall asleep, lose no call",
    run: async () => {
      const engine = new Engine(2 ** 30, undefined, undefined, 4);
      await engine.start();
      engine.pool!.rest = 0;
      const device = backendOn(engine), x = tensor(new Float32Array(70_000).fill(1), { device });
      for (let pause = 0; pause < 5; pause++) {
        const s = scope();
        for (let i = 0; i < 400; i++) s.run(() => x.add_(1));
        s.close();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const values = await x.data();
      assert(values.every((value) => value === 2001), `an element is ${values.find((value) => value !== 2001)}, not 2001`);
      device.dispose();
    },
  },
  {
    name: "a kernel for which there is no room leaves nothing in the round",
    run: async () => {
      const engine = new Engine(2 ** 30, undefined, undefined, 2), { memory } = engine, take = memory.take.bind(memory);
      await engine.start();
      engine.sharedFrom = 1;
      engine.pool!.rest = 0;
      const device = backendOn(engine);
      let left = Infinity;
      Object.assign(memory, { take: (bytes: number) => (left-- > 0 ? take(bytes) : take(2 ** 31)) });
      for (const [name, program] of Object.entries(programs))
        for (let room = 1, failed = true; failed && room < 10; room++) {
          const s = scope();
          left = room;
          try {
            s.run(() => program(device));
            failed = false;
          } catch (error) {
            assert(error instanceof OutOfMemoryError, String(error));
          }
          left = Infinity;
          s.close();
          assert(engine.pool!.waiting === 0, `${name}: after ${room} buffers, ${engine.pool!.waiting} calls wait`);
        }
      device.dispose();
    },
  },
  {
    name: "more modules than are kept: they are compiled, and told of, again",
    run: async () => {
      const one = await wasm(), engine = new Engine(2 ** 30, undefined, undefined, 2);
      await engine.start();
      engine.sharedFrom = 1;
      engine.mostModules = 5;
      Object.assign(engine.pool!, { rest: 0, mostModules: 3 });
      const two = backendOn(engine);
      await compare(one, two);
      const { modulesCompiled, liveBytes } = wasmStats(two);
      await compare(one, two);
      assert(wasmStats(two).modulesCompiled > modulesCompiled, "programs were compiled again");
      assert(wasmStats(two).liveBytes < liveBytes + 65_536, "no module's bytes are left behind");
      assert(engine.pool!.helped > 0, "the other thread took part");
      for (const device of [one, two]) device.dispose();
    },
  },
  {
    name: "a memory that grows under the workers",
    run: async () => {
      const device = await wasm({ threads: 2 }), held: Tensor[] = [];
      for (let i = 0; i < 6; i++) held.push(tensor(new Float32Array(2 ** 20).fill(i), { device }).add(1));
      for (const [i, x] of held.entries()) assert((await x.sum().item()) === (i + 1) * 2 ** 20, `tensor ${i}`);
      device.dispose();
    },
  },
  {
    name: "a number of threads that is none is refused",
    run: async () => {
      for (const threads of [0, 1.5, -1, NaN, 1000]) {
        const error: unknown = await wasm({ threads }).then(() => undefined, (reason: unknown) => reason);
        assert(error instanceof Error && error.message.includes("threads must be a whole number"), `${threads}: ${String(error)}`);
      }
    },
  },
];
