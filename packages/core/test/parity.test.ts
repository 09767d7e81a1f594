/** @file Two devices that run every kernel together: the first that differs is named, with a program that makes its call again. */
import { cpu } from "@adjoint/backend-cpu-js";
import * as A from "@adjoint/core";
import type { Backend, Tensor } from "@adjoint/core";
import * as contract from "@adjoint/core/backend";
import { describe, expect, test } from "vitest";

type Kernels = Backend["kernels"];
/** A backend with one kernel that is wrong: it adds `wrong` to the first element of what programs of this name give. */
function broken(name: string, wrong: number): Backend {
  const backend: Backend = cpu();
  const spoilt = <K extends "map" | "reduce">(kernel: K): Kernels[K] => ((inputs: Parameters<Kernels[K]>[0], outputs: Parameters<Kernels[K]>[1], attrs: Parameters<Kernels[K]>[2]) => {
    (backend.kernels[kernel] as (...args: unknown[]) => void)(inputs, outputs, attrs);
    const { buffer, offset } = outputs[0]!;
    if (attrs.program.name === name) backend.write(buffer, offset, Float32Array.of(backend.readSync!(buffer, offset, 1)[0]! + wrong));
  }) as Kernels[K];
  return Object.assign(Object.create(backend) as Backend, { kernels: { ...backend.kernels, map: spoilt("map"), reduce: spoilt("reduce") } });
}
/** A backend that can be read later alone, as webgpu. */
const late = (backend: Backend): Backend => Object.assign(Object.create(backend) as Backend, { readSync: undefined });

function train(device: Backend): Tensor {
  A.manualSeed(3);
  const w = A.randn([4, 8], { device, requiresGrad: true }), x = A.randn([8, 4], { device }), y = A.randint(0, 8, [8], { device });
  for (let step = 0; step < 3; step++) {
    const loss = A.crossEntropy(A.layerNorm(A.gelu(x.matmul(w)).add(w.sin().mean(0)), [8]), y);
    w.grad = null;
    loss.backward();
    A.noGrad(() => w.sub_(w.grad!, { alpha: 0.1 }));
  }
  return w;
}

describe.each([["at once", (backend: Backend) => backend], ["later", late]])("a backend that is read %s", (_, seen) => {
  test("and agrees is as it is alone", async () => {
    const alone = train(cpu()), together = train(contract.parity(seen(cpu()), cpu()));
    expect(await together.toArray()).toEqual(await alone.toArray());
  });
  test("names the kernel that differs, once, and works on", async () => {
    const device = contract.parity(seen(broken("sin", 0.01)), cpu());
    const run = async (): Promise<unknown> => A.tensor([[1, 2], [3, 4]], { device }).t().mul(2).sin().exp().toArray();
    const error = await run().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(A.ParityError);
    expect(String(error)).toContain("map sin: element 0 of the output is 0.9192973971366882 on 'cpu' and 0.9092974066734314 on 'cpu'; inputs float32 [2, 2], outputs float32 [2, 2]");
    expect(await A.tensor([1, 2], { device }).cos().toArray()).toEqual(await A.tensor([1, 2], { device: cpu() }).cos().toArray());
  });
});

describe("how near is near enough", () => {
  const sumOf = (wrong: number, values: number[]) => () => A.tensor(values, { device: contract.parity(broken("sum", wrong), cpu()) }).sum();
  test("what a rounding of the inputs makes, and not more", () => {
    expect(sumOf(1, [3e7, 1, -3e7])).not.toThrow(); // the terms are known to 2 or so
    expect(sumOf(1, [3, 1, -3])).toThrow("reduce sum: element 0");
  });
  test("integers are equal", () => {
    const device = contract.parity(broken("add", 1), cpu());
    expect(() => A.tensor([1, 2], { device, dtype: "int32" }).add(1)).toThrow(A.ParityError);
  });
  test("NaN is NaN", () => {
    const device = contract.parity(cpu(), cpu());
    expect(A.tensor([-1, 0, Infinity], { device }).log().toArraySync()).toEqual([NaN, -Infinity, Infinity]);
  });
});

describe("the reproduction", () => {
  const found = (run: (device: Backend) => unknown, name: string): A.ParityError => {
    try {
      run(contract.parity(broken(name, 1), cpu()));
    } catch (error) {
      if (error instanceof A.ParityError) return error;
    }
    throw new Error("no difference was found");
  };
  const load = async (text: string): Promise<{ run(core: typeof contract, backend: Backend): Promise<ArrayLike<number>[]> }> => import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(text)}`);
  test.each<readonly [string, string, (device: Backend) => unknown, readonly number[], readonly number[]]>([
    ["of a map is its element", "gelu", (device) => A.gelu(A.tensor([[0.5, 1], [2, 3]], { device })), [1.3457], [0.3457]],
    ["of a map with a number of the call", "mul", (device) => A.tensor([1, 2], { device }).mul(3), [4], [3]],
    ["of a reduction of a transposed view", "sum", (device) => A.tensor([[1, 2], [3, 4], [5, 6]], { device }).t().sum(0), [4, 7, 11], [3, 7, 11]],
  ])("%s", async (_, name, run, wrong, right) => {
    const { reproduction } = found(run, name), again = await load(reproduction);
    const near = (values: ArrayLike<number>): number[] => Array.from(values, (x) => Number(x.toFixed(4)));
    expect(near((await again.run(contract, broken(name, 1)))[0]!)).toEqual(wrong);
    expect(near((await again.run(contract, cpu()))[0]!)).toEqual(right);
  });
});

test("the reference has to be read at once", () => {
  expect(() => contract.parity(cpu(), late(cpu()))).toThrow("parity: the reference 'cpu' cannot be read at once; take cpu()");
});
