import { arange, type Backend, getDefaultDevice, init, memory, nn, ones, optim, scope, setDefaultDevice, tensor } from "adjoint";
import { afterEach, describe, expect, it } from "vitest";

const plain = getDefaultDevice();
afterEach(() => setDefaultDevice(plain));

describe("adjoint", () => {
  it("works with no set-up, with methods and namespaces", () => {
    const x = ones([2, 2], { requiresGrad: true });
    x.mul(3).sum().backward();
    expect(String(x.grad)).toBe("tensor([[3., 3.],\n        [3., 3.]])");
    expect(x.device.name).toBe("cpu");
    expect(arange(3).device).toBe(x.device);
  });
  it("trains a network in flat memory", () => {
    const model = new nn.Sequential(new nn.Linear(2, 8), new nn.Tanh(), new nn.Linear(8, 1));
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 }), lossOf = new nn.MSELoss();
    const losses: number[] = [], live = new Set<number>();
    for (let i = 0; i < 60; i++) {
      const s = scope();
      const loss = lossOf.forward(model.forward(s.tensor([[0, 0], [0, 1], [1, 0], [1, 1]])), s.tensor([[0], [1], [1], [0]]));
      optimizer.zeroGrad();
      loss.backward();
      nn.clipGradNorm_(model.parameters(), 5).dispose();
      optimizer.step();
      losses.push(loss.itemSync());
      s.close();
      if (i > 0) live.add(memory().tensors);
    }
    expect(losses.at(-1)).toBeLessThan(losses[0] / 2);
    expect(live.size).toBe(1);
  });
});

describe("init", () => {
  it("ends at the plain device, and says so", async () => {
    const picked = await init({ prefer: [] });
    expect([picked.name, String(picked), picked.tried]).toEqual(["cpu", "cpu", []]);
    expect(getDefaultDevice()).toBe(picked.device);
  });
  it("gives a reason for each backend it passed over, and makes tensors on the one it took", async () => {
    const picked = await init();
    expect(picked.tried.map(({ name }) => name)).toEqual(["webgpu", "wasm"].slice(0, ["webgpu", "wasm", "cpu"].indexOf(picked.name)));
    for (const { name, reason } of picked.tried) expect(String(picked)).toContain(`${name}: ${reason}`);
    const device: Backend = ones([1]).device;
    expect(device).toBe(picked.device);
    expect(await tensor([1, 2]).mul(2).toArray()).toEqual([2, 4]);
    if (picked.name !== "cpu") picked.device.dispose();
  });
  it("does not know other backends", async () => {
    await expect(init({ prefer: ["cuda"] })).rejects.toThrow("init: unknown backend 'cuda'; expected some of webgpu, wasm, cpu");
  });
});
