import { cpu } from "@adjoint/backend-cpu-js";
import { ones, setDefaultDevice, zeros } from "@adjoint/core";
import { Linear, type Module, ModuleDict, ModuleError, ModuleList, ParameterDict, ParameterList, parameter, ReLU, Sequential, Tanh } from "@adjoint/nn";
import { describe, expect, it } from "vitest";

setDefaultDevice(cpu());

describe("printed as PyTorch prints them", () => {
  it.each<[string, () => Module]>([
    ["ModuleList()", () => new ModuleList()],
    ["ModuleList(\n  (0): ReLU()\n  (1): Linear(in_features=1, out_features=2, bias=True)\n)", () => new ModuleList([new ReLU(), new Linear(1, 2)])],
    ["ModuleDict(\n  (act): Tanh()\n  (more): ModuleList(\n    (0): ReLU()\n  )\n)", () => new ModuleDict({ act: new Tanh(), more: new ModuleList([new ReLU()]) })],
    ["ParameterList(\n    (0): Parameter containing: [torch.float32 of size 2]\n    (1): Parameter containing: [torch.float32 of size 1x3]\n)", () => new ParameterList([ones([2]), ones([1, 3])])],
    ["ParameterDict(\n    (a): Parameter containing: [torch.FloatTensor of size 2]\n    (b): Parameter containing: [torch.FloatTensor of size ]\n)", () => new ParameterDict({ a: ones([2]), b: ones([]) })],
  ])("%s", (text, make) => expect(String(make())).toBe(text));
});

describe("lists", () => {
  const names = (modules: Iterable<Module>): string[] => [...modules].map((module) => module.constructor.name);
  it("are indexed from both ends, grow, shrink and are cut", () => {
    const list = new ModuleList<Module>([new ReLU()]).append(new Tanh()).extend([new Linear(1, 1)]);
    expect([list.length, list.at(-1).constructor.name, list.at(1).constructor.name]).toEqual([3, "Linear", "Tanh"]);
    list.insert(1, new Sequential());
    expect(names(list)).toEqual(["ReLU", "Sequential", "Tanh", "Linear"]);
    expect(names(list.slice(1, -1))).toEqual(["Sequential", "Tanh"]);
    expect(list.pop(0).constructor.name).toBe("ReLU");
    list.set(-1, new ReLU());
    expect(names(list)).toEqual(["Sequential", "Tanh", "ReLU"]);
    expect(list.namedChildren().map(([name]) => name)).toEqual(["0", "1", "2"]);
    expect(() => list.at(3)).toThrow("index 3 is out of range");
  });
  it("a Sequential can be cut and extended too", () => {
    const net = new Sequential(new Linear(1, 2), new Tanh()).append(new Linear(2, 1));
    expect([net.length, names(net.slice(1))]).toEqual([3, ["Tanh", "Linear"]]);
    expect(net.slice(1).namedChildren().map(([name]) => name)).toEqual(["1", "2"]);
  });
  it("have no forward", () => {
    expect(() => new ModuleList([new ReLU()]).forward()).toThrow(new ModuleError('Module [ModuleList] is missing the required "forward" function'));
  });
});

describe("dicts", () => {
  it("keep the order in which they were filled", () => {
    const dict = new ModuleDict([["b", new ReLU()], ["a", new Tanh()]]);
    dict.set("c", new Linear(1, 1));
    expect([dict.keys(), dict.has("a"), dict.length]).toEqual([["b", "a", "c"], true, 3]);
    expect(dict.pop("b").constructor.name).toBe("ReLU");
    expect([...dict]).toEqual(["a", "c"]);
    expect(() => dict.get("b")).toThrow("'b'");
    expect(() => dict.set("keys", new ReLU())).toThrow("attribute 'keys' already exists");
  });
});

describe("parameters", () => {
  it("are found by name, and plain tensors become parameters", () => {
    const kept = parameter(ones([2])), list = new ParameterList([kept, zeros([3])]);
    expect(list.at(0)).toBe(kept);
    expect(list.namedParameters().map(([name, x]) => [name, x.shape, x.requiresGrad])).toEqual([["0", [2], true], ["1", [3], true]]);
    const dict = new ParameterDict({ left: ones([1]), right: ones([2]) });
    expect(Object.keys(dict.stateDict())).toEqual(["left", "right"]);
    expect(dict.pop("left").shape).toEqual([1]);
    expect(dict.keys()).toEqual(["right"]);
  });
  it("print as parameters", () => {
    expect(String(parameter(ones([2])))).toBe("Parameter containing:\ntensor([1., 1.], requires_grad=True)");
  });
});
