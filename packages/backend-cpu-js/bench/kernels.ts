/**
 * @file Time of single kernels, in CPU time of this thread (so that a busy machine disturbs less), the least of many runs.
 * Not a comparison with peers: that is apps/bench. Run: node --conditions=source bench/kernels.ts [part of a name]
 */
import { denseView, type Expr, type PrimitiveAttrs, program, scalar, sizeOf, type Shape, View } from "@adjoint/core/backend";
import type { CpuView } from "../src/buffer.ts";
import { cpu } from "../src/index.ts";

const device = cpu(), { kernels } = device, wanted = process.argv[2] ?? "";
const x = scalar.arg(0, "float32"), y = scalar.arg(1, "float32");

function filled(shape: Shape): CpuView {
  const length = sizeOf(shape), buffer = device.allocate("float32", length);
  device.write(buffer, 0, Float32Array.from({ length }, (_, i) => Math.sin(i) * 3));
  return denseView(buffer, "float32", shape);
}
const show = (view: CpuView, shape: Shape, strides: Shape): CpuView => new View(view.buffer, view.dtype, shape, strides, view.offset, sizeOf(shape), false);

const unary = (result: Expr): PrimitiveAttrs["map"] => ({ program: program("bench", ["float32"], [], [result]), params: [] });
const binary = (result: Expr): PrimitiveAttrs["map"] => ({ program: program("bench", ["float32", "float32"], [], [result]), params: [] });
const used = (): number => process.threadCpuUsage().user;

/** @param count what one run computes: elements, calls or floating point operations */
function time(name: string, count: number, unit: "ns" | "GFLOP/s", run: () => void): void {
  if (!name.includes(wanted)) return;
  let best = Infinity;
  for (const end = performance.now() + 800; performance.now() < end;) {
    const start = used();
    let runs = 0;
    while (used() - start < 5000) {
      run();
      runs++;
    }
    best = Math.min(best, ((used() - start) * 1000) / runs);
  }
  const value = unit === "ns" ? best / count : count / best;
  console.log(`${name.padEnd(28)} ${value.toFixed(2).padStart(8)} ${unit}`);
}

const n = 1 << 20, square: Shape = [1024, 1024];
const a = filled(square), b = filled(square), out = filled(square), row = filled([1024]), total = filled([]);
const turned = show(a, square, [1, 1024]), repeatedRow = show(row, square, [0, 1]), repeatedColumn = show(row, square, [1, 0]);
const cubic = scalar.add(x, scalar.mul(scalar.mul(scalar.mul(x, x), x), 0.044715));
const gelu = unary(scalar.mul(scalar.mul(x, 0.5), scalar.add(scalar.erf(scalar.mul(x, Math.SQRT1_2)), 1)));
const geluTanh = unary(scalar.mul(scalar.mul(x, 0.5), scalar.add(scalar.tanh(scalar.mul(cubic, Math.sqrt(2 / Math.PI))), 1)));
const plain = unary(x), squares = unary(scalar.mul(x, x)), sum = binary(scalar.add(x, y)), product = binary(scalar.mul(x, y));

time("add 1M", n, "ns", () => kernels.map([a, b], [out], sum));
time("add 1M, a repeated row", n, "ns", () => kernels.map([a, repeatedRow], [out], sum));
time("add 1M, a repeated column", n, "ns", () => kernels.map([a, repeatedColumn], [out], sum));
time("add 1M, one transposed", n, "ns", () => kernels.map([turned, b], [out], sum));
for (const name of ["exp", "tanh", "erf", "log", "sqrt"] as const) {
  const attrs = unary(scalar[name](x));
  time(`${name} 1M`, n, "ns", () => kernels.map([a], [out], attrs));
}
const relu = unary(scalar.max(x, 0));
time("relu 1M", n, "ns", () => kernels.map([a], [out], relu));
time("gelu 1M", n, "ns", () => kernels.map([a], [out], gelu));
time("geluTanh 1M", n, "ns", () => kernels.map([a], [out], geluTanh));
time("sum of 1M", n, "ns", () => kernels.reduce([a], [total], { ...plain, op: "sum", reduced: 2 }));
time("sum of rows", n, "ns", () => kernels.reduce([a], [row], { ...plain, op: "sum", reduced: 1 }));
time("sum of columns", n, "ns", () => kernels.reduce([turned], [row], { ...plain, op: "sum", reduced: 1 }));
time("sum of squares of rows", n, "ns", () => kernels.reduce([a], [row], { ...squares, op: "sum", reduced: 1 }));
time("max of rows", n, "ns", () => kernels.reduce([a], [row], { ...plain, op: "max", reduced: 1 }));
time("copy transposed", n, "ns", () => kernels.copy([turned], [out], {}));

const picks = device.allocate("int32", 1024);
device.write(picks, 0, Int32Array.from({ length: 1024 }, (_, i) => (i * 37) & 1023));
const index = new View(picks, "int32", square, [1, 0], 0, n, false);
time("gather rows", n, "ns", () => kernels.gather([a, index], [out], { dim: 0 }));
time("scatter rows, add", n, "ns", () => kernels.scatter([index, b], [out], { dim: 0, mode: "add" }));

for (const [m, k, columns] of [[16, 16, 16], [64, 64, 64], [128, 128, 128], [512, 512, 512], [1, 1024, 1024]] as const) {
  const left = filled([1, 1, m, k]), right = filled([1, 1, k, columns]), result = filled([1, 1, m, columns]);
  time(`matmul ${m} ${k} ${columns}`, 2 * m * k * columns, "GFLOP/s", () => kernels.matmul([left, right], [result], {}));
}

const p = filled([4]), q = filled([4]), pair = [p, q], one = [p], small = [filled([4])], scalarOut = [total];
const shifted = { program: program("bench", ["float32"], ["float32"], [scalar.add(x, scalar.param(0, "float32"))]), params: [0.1] };
const sumAttrs = { ...plain, op: "sum", reduced: 1 } as const;
const calls = (name: string, run: () => void): void => time(name, 1000, "ns", () => { for (let i = 0; i < 1000; i++) run(); });
calls("call: add of 4", () => kernels.map(pair, small, sum));
calls("call: add, mul of 4", () => { kernels.map(pair, small, sum); kernels.map(pair, small, product); });
calls("call: add of 4 and a param", () => kernels.map(one, small, shifted));
calls("call: gelu of 4", () => kernels.map(one, small, gelu));
calls("call: sum of 4", () => kernels.reduce(one, scalarOut, sumAttrs));
calls("call: allocate and free", () => device.free(device.allocate("float32", 4)));
