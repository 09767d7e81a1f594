/** @file What is written here is read by PyTorch and NumPy themselves, where a Python with both is at hand. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpu } from "@adjoint/backend-cpu-js";
import { arange, ones, setDefaultDevice, tensor, zeros } from "@adjoint/core";
import { save, saveNpy, saveNpz, stateToTorch } from "@adjoint/io";
import { BatchNorm1d, Linear, MSELoss, parameter, Sequential, Tanh } from "@adjoint/nn";
import { Adam, lrScheduler } from "@adjoint/optim";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const python = ["/usr/bin/python3", "python3"].find((path) => {
  try {
    execFileSync(path, ["-c", "import torch, numpy; assert hasattr(torch, 'load')"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
});
const folder = mkdtempSync(join(tmpdir(), "adjoint-io-"));
afterAll(() => rmSync(folder, { recursive: true }));
const run = (code: string): unknown => JSON.parse(execFileSync(python!, ["-c", `import json, torch, numpy\n${code}`], { cwd: folder, encoding: "utf8" }));

// A reason that is printed: without PyTorch there is nobody to ask.
describe.skipIf(python === undefined)("Python reads (left out where PyTorch is not installed)", () => {
  beforeAll(() => setDefaultDevice(cpu()));
  it("every dtype, views, shared memory and plain values, with weights_only too", async () => {
    const base = arange(6).float();
    writeFileSync(join(folder, "values.pt"), await save({
      tensors: Object.fromEntries((["float64", "float32", "float16", "bfloat16", "int32", "int16", "int8", "uint8", "bool"] as const).map((dtype) => [dtype, tensor([[0, 1, 2]], { dtype })])),
      base, view: base.reshape([2, 3]).t(), scalar: tensor(5), empty: zeros([0, 3]), weight: parameter(ones([1])), leaf: ones([1], { requiresGrad: true }),
      list: [1, 2 ** 40, -(2 ** 40), 2n ** 70n, -129n, true, null, "ü"], map: new Map([[1, "a"]]), none: {}, empties: [[]],
    }));
    writeFileSync(join(folder, "float.pt"), await save(1.5)); // which weights_only takes since PyTorch 2
    expect(run(`
x = torch.load("values.pt")
y = torch.load("values.pt", weights_only=True)
assert str(x) == str(y)
assert x["view"].storage().data_ptr() == x["base"].storage().data_ptr() and x["view"].stride() == (1, 3)
x["base"].zero_()
print(json.dumps([{k: [str(v.dtype), v.double().tolist()] for k, v in x["tensors"].items()}, y["view"].tolist(), x["view"].tolist(), y["scalar"].item(), list(y["empty"].shape), y["weight"].requires_grad, y["leaf"].requires_grad, y["list"], [type(v).__name__ for v in y["list"]], list(y["map"].keys()), y["none"], y["empties"], torch.load("float.pt")]))
`)).toEqual([
      Object.fromEntries(["float64", "float32", "float16", "bfloat16", "int32", "int16", "int8", "uint8"].map((dtype) => [dtype, [`torch.${dtype}`, [[0, 1, 2]]]]).concat([["bool", ["torch.bool", [[0, 1, 1]]]]])),
      [[0, 3], [1, 4], [2, 5]], [[0, 0], [0, 0], [0, 0]], 5, [0, 3], false, true, [1, 2 ** 40, -(2 ** 40), 2 ** 70, -129, true, null, "ü"],
      ["int", "int", "int", "int", "int", "bool", "NoneType", "str"], [1], {}, [[]], 1.5,
    ]);
  });
  it("a training, and goes on with it as it goes on here", async () => {
    const model = new Sequential(new Linear(3, 4), new Tanh(), new BatchNorm1d(4), new Linear(4, 2)), optimizer = new Adam(model.parameters(), { lr: 0.01 }), scheduler = new lrScheduler.StepLR(optimizer, 3, { gamma: 0.5 });
    const x = arange(24).float().div(24).reshape([8, 3]).sin(), y = ones([8, 2]), lossOf = new MSELoss();
    const step = (): number => {
      optimizer.zeroGrad();
      const loss = lossOf.forward(model.forward(x), y);
      loss.backward();
      optimizer.step();
      scheduler.step();
      return loss.itemSync();
    };
    for (let i = 0; i < 5; i++) step();
    writeFileSync(join(folder, "training.pt"), await save({ model: model.stateDict(), optimizer: stateToTorch(optimizer.stateDict()), scheduler: stateToTorch(scheduler.stateDict()), x, y }));
    const losses = run(`
f = torch.load("training.pt")
model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 2))
model.load_state_dict(f["model"])
optimizer = torch.optim.Adam(model.parameters(), lr=1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 9)
optimizer.load_state_dict(f["optimizer"])
scheduler.load_state_dict(f["scheduler"])
losses = []
for _ in range(5):
    optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(model(f["x"]), f["y"])
    loss.backward()
    optimizer.step()
    scheduler.step()
    losses.append(loss.item())
print(json.dumps([losses, scheduler.get_last_lr()]))
`) as [number[], number[]];
    losses[0].forEach((loss) => expect(step()).toBeCloseTo(loss, 5));
    expect(scheduler.getLastLr()).toEqual(losses[1]);
  });
  it("npy and npz", async () => {
    const x = tensor([[1.5, -2], [3, 4]]);
    writeFileSync(join(folder, "x.npy"), await saveNpy(x.t()));
    for (const compressed of [false, true]) writeFileSync(join(folder, `${compressed}.npz`), await saveNpz({ x, "a.b": tensor([1, 0], { dtype: "bool" }), scalar: tensor(7, { dtype: "int32" }), half: x.half() }, { compressed }));
    const arrays = { x: ["float32", [[1.5, -2], [3, 4]]], "a.b": ["bool", [true, false]], scalar: ["int32", 7], half: ["float16", [[1.5, -2], [3, 4]]] };
    expect(run(`
def show(file): return {k: [str(v.dtype), v.tolist()] for k, v in file.items()}
print(json.dumps([numpy.load("x.npy").tolist(), show(numpy.load("false.npz")), show(numpy.load("true.npz"))]))
`)).toEqual([[[1.5, 3], [-2, 4]], arrays, arrays]);
  });
});
