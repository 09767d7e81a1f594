/** @file Host time of a dispatch, and times of a few kernels. Run: `node --conditions=source gpu-node/bench.ts` (VK_ICD_FILENAMES set). */
import { adapterInfo, webgpu, webgpuStats } from "@adjoint/backend-webgpu";
import { type Backend, denseView, program, scalar, type View } from "@adjoint/core/backend";

const device: Backend = await webgpu();
console.log(adapterInfo(device).description);
const { arg } = scalar;
const add = program("add", ["float32", "float32"], [], [scalar.add(arg(0, "float32"), arg(1, "float32"))]);
const identity = program("identity", ["float32"], [], [arg(0, "float32")]);
const empty = (...shape: number[]): View => denseView(device.allocate("float32", shape.reduce((x, y) => x * y, 1)), "float32", shape);

/** Microseconds for each call, the least of several rounds, with and without waiting for the device. */
async function measure(name: string, count: number, act: () => void): Promise<void> {
  let host = Infinity, all = Infinity;
  for (let round = 0; round < 8; round++) {
    await device.sync();
    const start = performance.now();
    for (let i = 0; i < count; i++) act();
    host = Math.min(host, performance.now() - start);
    await device.sync();
    all = Math.min(all, performance.now() - start);
  }
  console.log(`${name}: host ${((1000 * host) / count).toFixed(2)} us, with the device ${((1000 * all) / count).toFixed(1)} us`);
}

const x = empty(64), y = empty(64);
await measure("add 64", 1000, () => device.kernels.map([x, y], [y], { program: add, params: [] }));
await measure("allocate, add 64, free", 1000, () => {
  const out = empty(64);
  device.kernels.map([x, y], [out], { program: add, params: [] });
  device.free(out.buffer);
});
const big = empty(1 << 20), other = empty(1 << 20), scalarOut = empty();
await measure("add 1M", 10, () => device.kernels.map([big, other], [other], { program: add, params: [] }));
await measure("sum 1M", 10, () => device.kernels.reduce([big], [scalarOut], { program: identity, params: [], op: "sum", reduced: 1 }));
const rows = denseView(big.buffer, "float32", [1024, 1024]), column = empty(1024);
await measure("sum rows 1024 x 1024", 10, () => device.kernels.reduce([rows], [column], { program: identity, params: [], op: "sum", reduced: 1 }));
for (const n of [64, 256, 512]) {
  const a = empty(1, 1, n, n), b = empty(1, 1, n, n), c = empty(1, 1, n, n);
  await measure(`matmul ${n}`, 4, () => device.kernels.matmul([a, b], [c], {}));
}
console.log(webgpuStats(device));
device.dispose();
