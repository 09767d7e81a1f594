/** @file `profile`: what it counts, and that it leaves nothing behind. */
import { cpu } from "@adjoint/backend-cpu-js";
import { AutogradError, profile, setDefaultDevice, softmax, tensor } from "@adjoint/core";
import { expect, test } from "vitest";

setDefaultDevice(cpu());

test("every call is counted, with its bytes, in the order in which it ran, backward's too", async () => {
  const x = tensor([[1, 2], [3, 4]], { requiresGrad: true });
  const { calls, rows, result } = await profile(() => {
    const y = x.mul(x).mul(x);
    y.sum().backward();
    return y;
  });
  expect(await result.toArray()).toEqual([[1, 8], [27, 64]]);
  expect(calls.filter(({ depth, phase }) => depth === 0 && phase === "op").slice(0, 3).map(({ name }) => name)).toEqual(["mul", "mul", "sum"]);
  expect(calls.filter(({ phase }) => phase === "backward").map(({ name }) => name)).toEqual(["SumBackward0", "MulBackward0", "MulBackward0"]);
  expect(calls[0]).toMatchObject({ name: "mul", device: "cpu", bytes: 3 * 16, deviceMs: undefined });
  expect(rows.find(({ name }) => name === "MulBackward0")).toMatchObject({ calls: 2 });
  expect((await profile(() => x.add(1))).calls).toHaveLength(1);
});

test("what runs inside of an op is nested in it: self times add up to the whole", async () => {
  const { calls } = await profile(() => softmax(tensor([[1, 2, 3]]), -1));
  const [whole, ...parts] = calls.filter(({ name }) => name !== "tensor");
  expect(whole).toMatchObject({ name: "softmax", depth: 0 });
  expect(parts.length).toBeGreaterThan(0);
  expect(parts.every(({ depth, start }) => depth === 1 && start >= whole!.start)).toBe(true);
  expect(calls.reduce((sum, { selfMs }) => sum + selfMs, 0)).toBeCloseTo(whole!.hostMs, 6);
});

test("a change in place is its op with an underscore", async () => {
  const x = tensor([1, 2]);
  expect((await profile(() => x.add_(1))).calls.map(({ name }) => name)).toEqual(["add_"]);
});

test("the table and the trace name every op", async () => {
  const report = await profile(() => tensor([1, 2]).exp().sum());
  expect(String(report)).toBe(report.table());
  expect(report.table().split("\n").map((line) => line.split(" ")[0])).toEqual(expect.arrayContaining(["op", "exp", "sum"]));
  const { traceEvents } = JSON.parse(report.trace()) as { traceEvents: readonly { name: string; ph: string; dur?: number }[] };
  expect(traceEvents.filter(({ ph }) => ph === "X").map(({ name }) => name)).toEqual(["exp", "sum"]);
});

test("it takes synchronous functions, one at a time, and an error ends it", async () => {
  await expect(profile(async () => {})).rejects.toThrow("profile");
  await expect(profile(() => { throw new RangeError("mine"); })).rejects.toThrow("mine");
  let inner: Promise<unknown> = Promise.resolve();
  await profile(() => { inner = profile(() => {}); inner.catch(() => {}); });
  await expect(inner).rejects.toThrow(AutogradError);
  expect((await profile(() => tensor([1]).add(1))).rows.map(({ name }) => name)).toEqual(["add"]);
});
