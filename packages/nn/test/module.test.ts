import { cpu } from "@adjoint/backend-cpu-js";
import { memory, ones, scope, setDefaultDevice, tensor, type Tensor, zeros } from "@adjoint/core";
import { Dropout, functionalCall, Linear, Module, ModuleError, parameter, Sequential, StateDictError, Tanh } from "@adjoint/nn";
import { beforeAll, describe, expect, it } from "vitest";

beforeAll(() => setDefaultDevice(cpu()));

class Net extends Module {
  readonly scale = parameter(ones([2]));
  readonly plain = ones([5]); // no parameter
  readonly config = { width: 3, names: ["a"] };
  readonly blocks = [new Linear(2, 3), new Linear(3, 2, { bias: false })];
  readonly heads = { left: new Linear(2, 1) };
  readonly mask = this.registerBuffer("mask", zeros([2]));
  readonly cache = this.registerBuffer("cache", zeros([1]), { persistent: false });
  override forward(x: Tensor): Tensor {
    return this.heads.left.forward(this.blocks[1].forward(this.blocks[0].forward(x.mul(this.scale))));
  }
}

describe("what belongs to a module", () => {
  it("finds parameters in properties, arrays and records", () => {
    expect(new Net().namedParameters().map(([name, x]) => [name, x.shape])).toEqual([
      ["scale", [2]], ["blocks.0.weight", [3, 2]], ["blocks.0.bias", [3]], ["blocks.1.weight", [2, 3]], ["heads.left.weight", [1, 2]], ["heads.left.bias", [1]],
    ]);
  });
  it("puts persistent buffers into the state dict, after the module's own parameters", () => {
    expect(Object.keys(new Net().stateDict())).toEqual(["scale", "mask", "blocks.0.weight", "blocks.0.bias", "blocks.1.weight", "heads.left.weight", "heads.left.bias"]);
    expect(new Net().namedBuffers().map(([name]) => name)).toEqual(["mask", "cache"]);
  });
  it("names modules from the root down", () => {
    expect(new Net().namedModules().map(([name]) => name)).toEqual(["", "blocks.0", "blocks.1", "heads.left"]);
    expect(new Net().children()).toHaveLength(3);
  });
  it("lists a shared parameter once, and under both names in the state dict", () => {
    const shared = new Linear(2, 2), net = new Sequential(shared, shared);
    expect(net.parameters()).toHaveLength(2);
    expect(Object.keys(net.stateDict())).toEqual(["0.weight", "0.bias", "1.weight", "1.bias"]);
  });
  it("finds what a subclass of Sequential adds", () => {
    class Scaled extends Sequential {
      readonly gain = parameter(ones([1]));
    }
    expect(Object.keys(new Scaled({ first: new Linear(1, 1, { bias: false }) }).stateDict()).sort()).toEqual(["first.weight", "gain"]);
  });
});

describe("what is registered", () => {
  it("is found as if it were a property", () => {
    const net = new Module();
    net.registerParameter("w", parameter(ones([2])));
    net.registerParameter("none", null);
    net.registerBuffer("b", zeros([1]));
    net.addModule("sub", new Linear(1, 1));
    expect(Object.keys(net.stateDict())).toEqual(["w", "b", "sub.weight", "sub.bias"]);
    expect([net.getParameter("sub.weight").shape, net.getBuffer("b").shape, net.getSubmodule("sub").constructor.name]).toEqual([[1, 1], [1], "Linear"]);
    expect(net.namedParameters({ recurse: false, prefix: "net" }).map(([name]) => name)).toEqual(["net.w"]);
  });
  const net = (): Module => new Linear(1, 1);
  it.each<[string, () => unknown]>([
    ["cannot assign 'torch.FloatTensor' object to parameter 'w' (torch.nn.Parameter or None required)", () => net().registerParameter("w", ones([1]))],
    ["cannot assign 'torch.FloatTensor' object to parameter 'w' (torch.nn.Parameter or None required)", () => net().registerParameter("w", parameter(ones([1])).mul(2))],
    ["parameter name can't contain \".\"", () => net().registerParameter("a.b", null)],
    ["parameter name can't be empty string \"\"", () => net().registerParameter("", null)],
    ["attribute 'forward' already exists", () => net().registerParameter("forward", null)],
    ["attribute 'weight' already exists", () => net().registerBuffer("weight", ones([1]))],
    ["cannot assign 'list' object to buffer 'b' (torch Tensor or None required)", () => net().registerBuffer("b", [1] as never)],
    ["module name can't contain \".\", got: a.b", () => net().addModule("a.b", new Tanh())],
    ["attribute 'weight' already exists", () => net().addModule("weight", new Tanh())],
    ["Linear has no attribute `foo`", () => net().getSubmodule("foo")],
    ["`weight` is not an nn.Module", () => net().getSubmodule("weight")],
    ["`training` is not an nn.Parameter", () => net().getParameter("training")],
    ["`weight` is not a buffer", () => net().getBuffer("weight")],
    ["training mode is expected to be boolean", () => net().train(1 as never)],
  ])("%s", (message, run) => expect(run).toThrow(new ModuleError(message)));
});

describe("hooks", () => {
  it("see and replace arguments and results, in order, until they are removed", () => {
    const net = new Linear(2, 2, { bias: false }), seen: unknown[] = [];
    net.loadStateDict({ weight: tensor([[1, 0], [0, 1]]) });
    const pre = net.registerForwardPreHook((module, [x]) => { seen.push(module === net); return [x!.mul(2)]; });
    net.registerForwardHook((_, inputs, output) => { seen.push(inputs[0]!.toArraySync()); return output.add(1); });
    net.registerForwardHook((_, __, output) => void seen.push(output.toArraySync()));
    expect(net.forward(tensor([[1, 2]])).toArraySync()).toEqual([[3, 5]]);
    expect(seen).toEqual([true, [[2, 4]], [[3, 5]]]);
    pre.remove();
    expect(new Sequential(net).forward(tensor([[1, 2]])).toArraySync()).toEqual([[2, 3]]);
    expect(Object.keys(net)).not.toContain("forward");
  });
});

describe("backward hooks", () => {
  const product = (): Module & { forward(x: Tensor, y: Tensor, n: number): Tensor } => new (class Product extends Module {
    override forward(x: Tensor, y: Tensor, n: number): Tensor {
      return x.mul(y).mul(n);
    }
  })();
  it("see the gradients of arguments and results, and replace the former", () => {
    const net = product(), seen: unknown[] = [], x = tensor([2], { requiresGrad: true });
    net.registerFullBackwardHook((module, gradInput, gradOutput) => {
      seen.push(module === net, gradInput.map((g) => g?.toArraySync() ?? null), gradOutput.map((g) => g?.toArraySync() ?? null));
      return [gradInput[0]!.mul(10), null, null];
    });
    net.forward(x, tensor([3]), 4).mul(5).sum().backward();
    expect(seen).toEqual([true, [[60], null, null], [[5]]]);
    expect(x.grad!.toArraySync()).toEqual([600]);
  });
  it("run where only parameters need gradients, and stop when removed", () => {
    const net = new Linear(1, 1), seen: unknown[] = [];
    const handle = net.registerFullBackwardHook((_, gradInput, gradOutput) => void seen.push(gradInput, gradOutput[0]!.toArraySync()));
    net.forward(ones([1, 1])).sum().backward();
    expect(seen).toEqual([[null], [[1]]]);
    handle.remove();
    net.forward(ones([1, 1])).sum().backward();
    expect(seen).toHaveLength(2);
    expect(net.weight.grad!.itemSync()).toBe(2);
  });
  it("refuse the wrong number of gradients", () => {
    const net = product(), x = tensor([2], { requiresGrad: true });
    net.registerFullBackwardHook(() => [null]);
    expect(() => net.forward(x, x, 1).sum().backward()).toThrow("Backward hook returned an invalid number of grad_input, got 1, but expected 3");
  });
});

describe("copies", () => {
  it("have parameters, buffers, shared modules and hooks of their own", () => {
    const shared = new Linear(2, 2), net = new Sequential(shared, new Tanh(), shared), copy = net.copy();
    shared.registerForwardHook((_, __, output) => output.detach().clone().fill_(0));
    expect(Object.keys(copy.stateDict())).toEqual(Object.keys(net.stateDict()));
    expect(copy.at(0)).toBe(copy.at(2));
    expect(copy.at(0) === shared).toBe(false);
    expect(copy.parameters().every((x) => x.requiresGrad && x.isLeaf)).toBe(true);
    expect(copy.parameters().map((x) => x.toArraySync())).toEqual(net.parameters().map((x) => x.toArraySync()));
    expect(new Net().copy().namedBuffers().map(([name]) => name)).toEqual(["mask", "cache"]);
    expect(net.forward(ones([1, 2])).toArraySync()).toEqual([[0, 0]]);
    expect(copy.forward(ones([1, 2])).toArraySync()).not.toEqual([[0, 0]]);
    expect(net.copy().forward(ones([1, 2])).toArraySync()).toEqual([[0, 0]]);
  });
});

describe("functionalCall", () => {
  it("computes with other tensors and puts the own ones back", () => {
    const net = new Sequential(new Linear(2, 1), new Tanh()), own = net.parameters();
    const weight = tensor([[1, 1]], { requiresGrad: true });
    const out = functionalCall(net, { "0.weight": weight, "0.bias": zeros([1]) }, tensor([[0.5, 0]]));
    expect(out.itemSync()).toBeCloseTo(Math.tanh(0.5), 6);
    out.sum().backward();
    expect([weight.grad?.shape, own[0]!.grad]).toEqual([[1, 2], null]);
    expect(net.parameters().every((x, i) => x === own[i])).toBe(true);
    expect(() => functionalCall(net, { nope: weight }, [ones([1, 2])])).toThrow("functional_call: module Sequential has no parameter or buffer 'nope'");
  });
});

describe("switches", () => {
  it("train and eval reach every module", () => {
    const net = new Sequential(new Dropout(), new Sequential(new Tanh()));
    expect(net.eval().modules().map((module) => module.training)).toEqual([false, false, false, false]);
    expect(net.train().modules().map((module) => module.training)).toEqual([true, true, true, true]);
  });
  it("requiresGrad_ freezes", () => {
    const net = new Linear(2, 1).requiresGrad_(false);
    expect(net.parameters().map((x) => x.requiresGrad)).toEqual([false, false]);
    expect(net.forward(ones([1, 2])).requiresGrad).toBe(false);
    expect(net.parameters()).toHaveLength(2);
  });
  it("zeroGrad forgets, or fills with 0", () => {
    const net = new Linear(2, 1);
    net.forward(ones([1, 2])).sum().backward();
    net.zeroGrad({ setToNone: false });
    expect(net.weight.grad?.toArraySync()).toEqual([[0, 0]]);
    net.zeroGrad();
    expect(net.weight.grad).toBeNull();
  });
  it("apply visits children first", () => {
    const seen: string[] = [];
    new Sequential(new Tanh(), new Linear(1, 1)).apply((module) => void seen.push(module.constructor.name));
    expect(seen).toEqual(["Tanh", "Linear", "Sequential"]);
  });
});

describe("loadStateDict", () => {
  it("copies the values in", () => {
    const a = new Net(), b = new Net();
    b.loadStateDict(a.stateDict());
    expect(b.blocks[0].weight.toArraySync()).toEqual(a.blocks[0].weight.toArraySync());
    expect(b.blocks[0].weight === a.blocks[0].weight).toBe(false);
    expect(b.scale.isLeaf && b.scale.requiresGrad).toBe(true);
  });
  it("reports everything in PyTorch's words, and changes nothing", () => {
    const net = new Linear(2, 1), before = net.weight.toArraySync();
    const wrong = { weight: ones([3, 2]), extra: ones([1]), "more.of": ones([1]) };
    expect(() => net.loadStateDict(wrong)).toThrow(new StateDictError([
      "Error(s) in loading state_dict for Linear:",
      '\tMissing key(s) in state_dict: "bias". ',
      '\tUnexpected key(s) in state_dict: "extra", "more.of". ',
      "\tsize mismatch for weight: copying a param with shape torch.Size([3, 2]) from checkpoint, the shape in current model is torch.Size([1, 2]).",
    ].join("\n")));
    expect(() => net.loadStateDict({ weight: ones([1, 2]) })).toThrow('Missing key(s) in state_dict: "bias". ');
    expect(net.weight.toArraySync()).toEqual(before);
  });
  it("without strict takes what fits by name", () => {
    const net = new Linear(2, 1);
    expect(net.loadStateDict({ weight: tensor([[5, 6]]), extra: ones([1]) }, { strict: false })).toEqual({ missingKeys: ["bias"], unexpectedKeys: ["extra"] });
    expect(net.weight.toArraySync()).toEqual([[5, 6]]);
    expect([String(net.loadStateDict(net.stateDict())), String(net.loadStateDict({ bias: ones([1]) }, { strict: false }))])
      .toEqual(["<All keys matched successfully>", "_IncompatibleKeys(missing_keys=['weight'], unexpected_keys=[])"]);
    expect(() => net.loadStateDict({ weight: ones([3]) }, { strict: false })).toThrow("size mismatch for weight");
  });
  it("refuses values on another device", () => {
    expect(() => new Linear(1, 1, { bias: false }).loadStateDict({ weight: ones([1, 1], { device: cpu() }) })).toThrow("move one of them with await to(device)");
  });
});

describe("lifetime", () => {
  it("parameters made inside a scope outlive it; dispose frees them", () => {
    const device = cpu(), s = scope();
    const net = s.run(() => new Sequential(new Linear(2, 3, { device }), new Linear(3, 1, { device })));
    s.close();
    expect(net.forward(ones([1, 2], { device })).shape).toEqual([1, 1]);
    const lone = cpu(), module = new Linear(2, 2, { device: lone });
    expect(memory(lone).tensors).toBe(2);
    module.dispose();
    expect(memory(lone).tensors).toBe(0);
  });
  it("moves to another device, shared parameters still shared, and frees the old ones", async () => {
    const [from, to] = [cpu(), cpu()], shared = new Linear(2, 2, { device: from }), net = new Sequential(shared, new Tanh(), shared);
    const values = shared.weight.toArraySync();
    expect(await net.to(to)).toBe(net);
    expect(net.parameters().map((x) => [x.device === to, x.requiresGrad, x.isLeaf])).toEqual([[true, true, true], [true, true, true]]);
    expect(shared.weight.toArraySync()).toEqual(values);
    expect(memory(from).tensors).toBe(0);
    const doubled = await net.to("float64");
    expect(doubled.parameters().map((x) => x.dtype)).toEqual(["float64", "float64"]);
  });
});

it("a hook knows what its module takes and gives", () => {
  class Doubled extends Module {
    override forward(x: Tensor, flag: boolean = false): { readonly y: Tensor; readonly flag: boolean } {
      return { y: x.mul(2), flag };
    }
  }
  const module = new Doubled();
  let seen: unknown;
  module.registerForwardPreHook((_, [x, flag]) => [x.add(1), flag]);
  module.registerForwardHook((_, [x, flag], { y }) => { seen = [x.itemSync(), flag, y.itemSync()]; });
  module.forward(tensor([1]), true);
  expect(seen).toEqual([2, true, 4]);
  const known: Module = module; // of which nothing is known: tensors
  known.registerForwardHook((_, inputs, output) => void [inputs[0]?.shape, output.shape]);
});
