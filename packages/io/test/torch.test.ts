/** @file Files of torch.save: what PyTorch wrote is read, what is no data is refused, and what is written comes back. */
import { openAsBlob } from "node:fs";
import { cpu } from "@adjoint/backend-cpu-js";
import { arange, type Backend, isTensor, memory, ones, setDefaultDevice, tensor, type Tensor, zeros } from "@adjoint/core";
import { FormatError, load, save, stateFromTorch, UnsupportedFormatError } from "@adjoint/io";
import { parameter } from "@adjoint/nn";
import { beforeEach, describe, expect, it } from "vitest";
import { allExpectedOf, contents, fixture } from "./files.ts";
import { pickled, zipped } from "./making.ts";

beforeEach(() => setDefaultDevice(cpu()));
type Tensors = Record<string, Tensor>;

describe("what PyTorch 1.13 wrote", () => {
  it.each(["dtypes.pt", "protocol4.pt"])("%s has every dtype, int64 as int32", async (file) => {
    const got = await load<Tensors>(fixture(file)), expected = allExpectedOf("dtypes");
    expect(Object.keys(got)).toEqual(Object.keys(expected));
    for (const [name, x] of Object.entries(got)) expect(await contents(x), name).toEqual({ ...expected[name], dtype: expected[name].dtype.replace("int64", "int32") });
  });
  it("has plain values", async () => {
    expect(await load(fixture("plain.pt"))).toEqual({
      none: null, yes: true, no: false, int: 3, large: 2 ** 40, huge: 2n ** 80n, minus: -(2n ** 70n), byte: 200, word: 60000, negative: -5, float: 1.5, inf: Infinity, text: "héllo", list: [1, [2]],
      tuple: [1, [2, 3], []], four: [1, 2, 3, 4], dict: new Map([[1, "a"], [2, "b"]]), size: [2, 3], empty: {},
    });
  });
  it("has tensors that share memory, each a leaf of its own", async () => {
    const { base, matrix, tail, column, expanded, parameter: weight, leaf } = await load<Tensors>(fixture("shared.pt"));
    expect([matrix.shape, matrix.stride(), column.stride(), tail.storageOffset(), expanded.stride()]).toEqual([[3, 2], [1, 3], [3], 4, [0]]);
    expect(matrix.toArraySync()).toEqual([[0, 3], [1, 4], [2, 5]]);
    base.mul_(10);
    expect([tail.toArraySync(), column.toArraySync(), expanded.toArraySync()]).toEqual([[40, 50], [10, 40], [0, 0, 0]]);
    expect([matrix.requiresGrad, weight.requiresGrad, leaf.requiresGrad, leaf.isLeaf]).toEqual([false, true, true, true]);
    expect(String(weight)).toContain("Parameter containing:");
    tail.requiresGrad_().sum().backward();
    expect(tail.grad!.toArraySync()).toEqual([1, 1]);
  });
  it("is read from a Blob, and only what is needed of it", async () => {
    const blob = new Blob([fixture("dtypes.pt")]), read: [number, number][] = [];
    const source = { size: blob.size, slice: (from: number, to: number) => { read.push([from, to]); return blob.slice(from, to); } };
    expect((await load<Tensors>(source)).scalar.itemSync()).toBe(7);
    expect(read.length).toBeGreaterThan(5);
  });
  it("is read from a file on disk", async () => {
    expect((await load<Tensors>(await openAsBlob(new URL("fixtures/dtypes.pt", import.meta.url)))).scalar.itemSync()).toBe(7);
  });
  it("comes to the device that is asked for, floats as the dtype", async () => {
    const device = cpu(), { float64, int64, bfloat16 } = await load<Tensors>(fixture("dtypes.pt"), { device, dtype: "float32" });
    expect([float64.device === device, float64.dtype, bfloat16.dtype, int64.dtype]).toEqual([true, "float32", "float32", "int32"]);
    expect(bfloat16.toArraySync()).toEqual((await load<Tensors>(fixture("dtypes.pt"))).bfloat16.float().toArraySync());
  });
});

describe("what is refused", () => {
  it.each([
    ["legacy.pt", "the file is of the format before PyTorch 1.6 (pickle), which is not read; torch.save(torch.load(path), path) in PyTorch 1.6 or later"],
    ["complex.pt", "its tensors are of 'torch.ComplexFloatStorage', which is not read here"],
    ["module.pt", "it asks for the Python object 'torch.nn.modules.linear.Linear'"],
    ["sparse.pt", "it asks for the Python object 'torch._utils._rebuild_sparse_tensor'"],
    ["script.pt", "a TorchScript program of torch.jit.save"],
    ["code.pt", "it asks for the Python object 'posix.system'"],
  ])("%s", async (file, message) => {
    await expect(load(fixture(file))).rejects.toThrow(message);
    await expect(load(fixture(file))).rejects.toBeInstanceOf(UnsupportedFormatError);
  });
  it("int64 beyond int32, by name", async () => {
    await expect(load(fixture("int64.pt"))).rejects.toThrow("torch: tensor 'x' is of int64, and its element 1, 2147483648, does not fit in int32");
  });
  it("a dtype that the device does not have, before anything is made", async () => {
    const device = { ...cpu(), name: "narrow", dtypes: new Set(["float32", "int32"]) } as Backend;
    await expect(load(fixture("dtypes.pt"), { device })).rejects.toThrow("torch: tensor 'float64' is of float64, which device 'narrow' does not have; load it with { dtype: \"float32\" }");
    expect(memory(device).tensors).toBe(0);
  });
  const storage = (key = "0", length = 4, kind = "FloatStorage"): string => `(X7:storagectorch\n${kind}\nX1:${key}X3:cpuK${length}tQ`;
  const rebuilt = (of: string, offset: string, size: string, stride: string): string => `ctorch._utils\n_rebuild_tensor_v2\n(${of}${offset}${size}${stride}\x89}tR`;
  it.each([
    ["__proto__ as a key", "}X9:__proto__K1s.", "the key '__proto__' is not taken"],
    ["an opcode that runs code", "cos\nsystem\n(S'ls'\ntR.", "'os.system'"],
    ["INST", "(ios\nsystem\n.", "the pickle opcode 0x69"],
    ["NEWOBJ", "ccollections\nOrderedDict\n)\x81.", "the pickle opcode 0x81"],
    ["a storage class as a value", "ctorch\nFloatStorage\n.", "a bare class, 'torch.FloatStorage'"],
    ["a list in itself", "]q\x00h\x00a.", "contains itself"],
    ["too many levels", `${"]".repeat(101)}${"a".repeat(100)}.`, "nested deeper than 100 levels"],
    ["many levels from inside out", `(]q\x00${"]h\x00aq\x00".repeat(100)}t.`, "nested deeper than 100 levels"],
    ["a shape beyond its storage", `${rebuilt(storage(), "K1", "K4\x85", "K1\x85")}.`, "from 1 on reaches beyond its storage of 4 elements"],
    ["strides below 0", `${rebuilt(storage(), "K3", "K4\x85", "J\xff\xff\xff\xff\x85")}.`, "strides that are no tuple of whole numbers"],
    ["a negative offset", `${rebuilt(storage(), "J\xff\xff\xff\xff", "K4\x85", "K1\x85")}.`, "not rebuilt of storage"],
    ["strides that cannot be counted", `${rebuilt(storage(), "K0", `${"J\xff\xff\xff\x7f".repeat(2)}K0\x87`, "K0K0K0\x87")}.`, "too many elements"],
    ["more elements than can be counted", `${rebuilt(storage(), "K0", `${"J\xff\xff\xff\x7f".repeat(3)}\x87`, "K0K0K0\x87")}.`, "too many elements"],
    ["two views of other dtypes", `(${rebuilt(storage(), "K0", "K4\x85", "K1\x85")}${rebuilt(storage("0", 4, "IntStorage"), "K0", "K4\x85", "K1\x85")}t.`, "storage '0' has two dtypes or lengths"],
    ["a length that the entry does not have", `${rebuilt(storage("0", 200), "K0", "K4\x85", "K1\x85")}.`, "the tensor: 200 elements of float32 take 800 bytes, and the entry data/0 has 16"],
    ["an entry that is missing", `${rebuilt(storage("7"), "K0", "K4\x85", "K1\x85")}.`, "the entry data/7 of the tensor is missing"],
    ["a pickle without an end", "}", "ends in the middle"],
    ["an empty stack", ".", "its stack is empty"],
    ["a long string", "X\xff\xff\xff\xff", "ends in the middle"],
    ["a tuple as a key", "}K1\x85K1s.", "neither a string nor a number: a tuple"],
  ])("%s", async (_, pickle, message) => {
    const file = zipped({ "archive/data.pkl": pickled(pickle), "archive/data/0": new Uint8Array(16), "archive/version": pickled("3\n") });
    await expect(load(file)).rejects.toThrow(message);
    await expect(load(file)).rejects.toBeInstanceOf(FormatError);
    expect(memory().tensors).toBe(0);
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });
  it("no tensor for the length of its path, which keys that are nested make longer than all memory", async () => {
    const key = "a".repeat(4_000_000), text = new Uint8Array([0x58, ...new Uint8Array(Uint32Array.of(key.length).buffer)]), deep = `${"}h\x00".repeat(90)}`, end = `${"s".repeat(91)}.`;
    const file = (tensors: string): Uint8Array<ArrayBuffer> => zipped({ "archive/data.pkl": new Uint8Array(Buffer.concat([pickled("}"), text, Buffer.from(key), pickled(`q\x00${deep}${tensors}${end}`)])), "archive/data/0": new Uint8Array(16) }, { "archive/data.pkl": { deflated: true } });
    const one = rebuilt(storage(), "K0", "K4\x85", "K1\x85");
    expect(Object.keys(await load<Tensors>(file(one)))).toEqual([key]);
    await expect(load(file(rebuilt(storage("7"), "K0", "K4\x85", "K1\x85")))).rejects.toThrow(`the entry data/7 of tensor '${"a".repeat(77)}...' is missing`);
  });
  it("bytes that go away while they are read", async () => {
    const bytes = await save([1]), value = load(bytes);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    await expect(value).rejects.toThrow(new FormatError("torch", "the bytes were transferred, or their buffer was resized, while they were read"));
    await expect(load({ size: NaN, slice: () => new Blob() })).rejects.toThrow("torch: expected a source with a size in bytes, got NaN");
  });
  it("more opcodes than a state dict has", async () => {
    await expect(load(zipped({ "archive/data.pkl": new Uint8Array(2_000_001).fill(0x4e) }))).rejects.toThrow("data.pkl: it has more than 2000000 opcodes");
  });
  it("another byte order", async () => {
    await expect(load(zipped({ "a/data.pkl": pickled("N."), "a/byteorder": pickled("big") }))).rejects.toThrow("the byte order 'big', and little is read");
    expect(await load(zipped({ "a/data.pkl": pickled("N."), "a/byteorder": pickled("little") }))).toBe(null);
  });
  it("files of PyTorch before 1.6, however they are packed", async () => {
    const tar = new Uint8Array(1024);
    tar.set(pickled("ustar"), 257);
    await expect(load(tar)).rejects.toThrow("the format before PyTorch 1.6 (tar), which is not read");
    await expect(load(pickled("\x80\x02N."))).rejects.toThrow("the file is a bare pickle, which is not read");
    await expect(load(new Uint8Array())).rejects.toThrow("it is no ZIP file");
    await expect(load(zipped({ "x.npy": new Uint8Array() }))).rejects.toThrow("the ZIP file has 0 entries FOLDER/data.pkl, and torch.save writes one; it is another kind of file");
  });
  it("what is no source", async () => {
    await expect(load("model.pt" as never)).rejects.toThrow("torch: expected the bytes of a file, as an ArrayBuffer, a Uint8Array or a Blob, got string; in Node: await readFile(path), or await openAsBlob(path)");
    await expect(load(fixture("plain.pt"), { device: "wasm" as never })).rejects.toThrow("wasm is no device: a device is a value");
  });
});

describe("save", () => {
  it("keeps dtypes, shapes, strides, shared memory, and what is round them", async () => {
    const base = arange(6).float(), value = {
      ...Object.fromEntries((["float64", "float32", "float16", "bfloat16", "int32", "int16", "int8", "uint8", "bool"] as const).map((dtype) => [dtype, tensor([[0, 1, 2]], { dtype })])),
      base, view: base.reshape([2, 3]).t(), reversed: base.flip([0]), tail: base.slice(0, 4), scalar: tensor(5), empty: zeros([0, 3]), weight: parameter(ones([2])), leaf: ones([1], { requiresGrad: true }),
      list: [1, -1.5, 2 ** 40, -(2 ** 40), 2 ** 53, -0, NaN, 2n ** 70n, -128n, 128n, true, null, "ü"], map: new Map<string | number, unknown>([[1, "a"], ["b", []]]), none: {},
    };
    const got = await load<typeof value>(await save(value));
    expect(Object.keys(got)).toEqual(Object.keys(value));
    for (const [name, x] of Object.entries(value)) {
      const y: unknown = Reflect.get(got, name);
      if (isTensor(x) && isTensor(y)) expect([name, await contents(y), y.stride()]).toEqual([name, await contents(x), name === "reversed" ? [1] : x.stride()]);
      else expect(y, name).toEqual(name === "list" ? [1, -1.5, 2 ** 40, -(2 ** 40), 2 ** 53, -0, NaN, 2n ** 70n, -128, 128, true, null, "ü"] : x);
    }
    got.base.zero_();
    expect([got.view.toArraySync(), got.tail.toArraySync()]).toEqual([[[0, 0], [0, 0], [0, 0]], [0, 0]]);
    expect([got.leaf.requiresGrad, got.weight.requiresGrad]).toEqual([true, false]);
  });
  it("writes the values at the call, though they change before it is done", async () => {
    const x = ones([3]), whole = save({ x, view: x.slice(0, 1) });
    x.zero_();
    expect((await load<Tensors>(await whole)).x.toArraySync()).toEqual([1, 1, 1]);
  });
  it("is the same for the same values", async () => {
    expect(await save({ x: ones([2]) })).toEqual(await save({ x: ones([2]) }));
  });
  it.each([
    ["undefined", { a: [undefined] }, "torch: value.a[0] is of type undefined"],
    ["a function", { step: () => 1 }, "torch: value.step is of type function"],
    ["an object of a class", { at: new Date(0) }, "torch: value.at is of class Date"],
    ["a typed array", new Float32Array(2), "torch: value is of class Float32Array"],
    ["a hole", Object.assign([1], { 2: 3 }), "torch: value[1] is of type undefined"],
    ["half of a surrogate pair", ["\ud800"], "torch: value[0] is a string with half of a surrogate pair"],
    ["such a key", { "\ud800": 1 }, "has half of a surrogate pair, which UTF-8 cannot hold; rename it"],
    ["the key __proto__", JSON.parse('{"__proto__":1}'), "torch: the name '__proto__' is not taken"],
    ["an object without a class", Object.create(Object.create(null) as object), "torch: value is of class unknown"],
    ["more than is read", new Array(2_000_000).fill(null), "more than 2000000 opcodes are not written, as they are not read; save long arrays of numbers as tensors"],
    ["an odd key", new Map([[true, 1]]), "torch: value is a Map with a key of type boolean"],
  ])("refuses %s", (_, value, message) => expect(save(value)).rejects.toThrow(message));
  it("writes what is in many places once, and gives it back as one object", async () => {
    const nested = Array.from({ length: 40 }).reduce<unknown>((inner) => [inner, { inner }], "end"), bytes = await save(nested), [a, b] = await load<[unknown, { inner: unknown }]>(bytes);
    expect([bytes.length < 3000, a === b.inner]).toEqual([true, true]);
    expect(await stateFromTorch<unknown[]>([a, b])).toHaveLength(2);
    await expect(save([nested, Array.from({ length: 19 }).reduce<unknown>((inner) => [inner], nested)])).resolves.toBeDefined();
    await expect(save([nested, Array.from({ length: 20 }).reduce<unknown>((inner) => [inner], nested)])).rejects.toThrow("is nested deeper than 100 levels");
  });
  it("refuses what contains itself", async () => {
    const value: unknown[] = [];
    value.push({ value });
    await expect(save(value)).rejects.toThrow("torch: value[0].value is a value that contains itself");
  });
});
