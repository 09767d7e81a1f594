/** @file safetensors: the rules of the format, reading in part, several files as one, writing as the reference does. */
import { cpu } from "@adjoint/backend-cpu-js";
import { type Backend, memory, ones, setDefaultDevice, tensor, type Tensor, zeros } from "@adjoint/core";
import { FormatError, loadSafetensors, openSafetensors, openShardedSafetensors, saveSafetensors, UnsupportedFormatError } from "@adjoint/io";
import { beforeEach, describe, expect, it } from "vitest";
import { contents } from "./files.ts";
import { safetensors } from "./making.ts";

beforeEach(() => setDefaultDevice(cpu()));
const f32 = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
const one = { dtype: "F32", shape: [2], data_offsets: [0, 8] };

describe("saveSafetensors", () => {
  const all = { wide: tensor([1, -2], { dtype: "float64", device: cpu() }) };
  it("gives back every dtype, shape and value", async () => {
    const tensors: Record<string, Tensor> = {
      ...Object.fromEntries((["float64", "float32", "float16", "bfloat16", "int32", "int16", "int8", "uint8", "bool"] as const).map((dtype) => [dtype, tensor([[0, 1, 2]], { dtype })])),
      scalar: tensor(5), empty: zeros([0, 3]), view: tensor([[1, 2], [3, 4]]).t(), "dots.and/ünicode": ones([1]), ...all,
    };
    const got = await loadSafetensors(await saveSafetensors(tensors, { metadata: { format: "pt", note: "ü" } }));
    expect(got.metadata).toEqual({ format: "pt", note: "ü" });
    expect(Object.keys(got.tensors).sort()).toEqual(Object.keys(tensors).sort());
    for (const [name, x] of Object.entries(tensors)) expect(await contents(got.tensors[name]), name).toEqual(await contents(x));
  });
  it("is laid out as the reference does: the widest first, then by name, the header padded by spaces", async () => {
    const bytes = await saveSafetensors({ 7: tensor([1], { dtype: "uint8" }), z: tensor([2]), a: tensor([3]) });
    const header = '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"z":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"7":{"dtype":"U8","shape":[1],"data_offsets":[8,9]}}';
    expect(bytes).toEqual(safetensors(header.padEnd(Math.ceil(header.length / 8) * 8), new Uint8Array([...f32(3, 2), 1])));
  });
  it("writes the values at the call", async () => {
    const x = ones([2]), whole = saveSafetensors({ x });
    x.zero_();
    expect((await loadSafetensors(await whole)).tensors["x"].toArraySync()).toEqual([1, 1]);
  });
  it.each([
    [() => saveSafetensors({ a: 1 as never }), "safetensors: 'a' is no tensor; this format holds tensors by name alone, save() any nested values"],
    [() => saveSafetensors({ __metadata__: ones([1]) }), "safetensors: a tensor cannot be called '__metadata__'"],
    [() => saveSafetensors({}, { metadata: { epoch: 3 as never } }), "safetensors: metadata may hold strings alone, and 'epoch' is none"],
    [() => saveSafetensors({}, { metadata: null as never }), "safetensors: metadata is no object of strings"],
    [() => saveSafetensors({}, { metadata: { a: "\ud800" } }), "has half of a surrogate pair"],
    [() => saveSafetensors({}, { metadata: JSON.parse('{"__proto__":"x"}') as never }), "safetensors: the name '__proto__' is not taken"],
    [() => saveSafetensors({ "\udc00": ones([1]) }), "has half of a surrogate pair, which UTF-8 cannot hold; rename it"],
    [() => saveSafetensors(ones([1]) as never), "safetensors: expected tensors by name, as of model.stateDict()"],
  ])("refuses %#", (run, message) => expect(run()).rejects.toThrow(message));
});

describe("loadSafetensors", () => {
  it("reads what is not aligned, in the order of the header, from memory of any kind", async () => {
    const file = safetensors({ x: { dtype: "I64", shape: [1], data_offsets: [8, 16] }, y: one }, new Uint8Array([...f32(1, 2), 255, 255, 255, 255, 255, 255, 255, 255]));
    const shared = new Uint8Array(new SharedArrayBuffer(file.length));
    shared.set(file);
    for (const source of [file, file.buffer, new DataView(file.buffer), shared, new Blob([file]), Buffer.from(file)]) {
      const { x, y } = (await loadSafetensors(source)).tensors;
      expect([x.toArraySync(), y.toArraySync(), x.dtype]).toEqual([[-1], [1, 2], "int32"]);
    }
  });
  it("reads a file without tensors, and padding", async () => {
    expect(await loadSafetensors(safetensors("{}"))).toEqual({ tensors: {}, metadata: {} });
    expect(await loadSafetensors(safetensors('{"__metadata__":{"a":"b"}}   '))).toEqual({ tensors: {}, metadata: { a: "b" } });
  });
  it("takes every byte but 0 of a bool for true", async () => {
    expect((await loadSafetensors(safetensors({ x: { dtype: "BOOL", shape: [3], data_offsets: [0, 3] } }, new Uint8Array([0, 1, 7])))).tensors["x"].toArraySync()).toEqual([false, true, true]);
  });
  const data = f32(1, 2);
  it.each<[string, Uint8Array<ArrayBuffer>, string]>([
    ["nothing", new Uint8Array(3), "3 bytes are too short for a header"],
    ["a long header", safetensors("{}", undefined, 100_000_001), "the header claims 100000001 bytes, more than the 100000000 that the format allows"],
    ["a header beyond all numbers", safetensors("{}", undefined, 2n ** 64n - 1n), "more than 2^53 bytes"],
    ["a header beyond the file", safetensors("{}", undefined, 3), "the header claims 3 bytes, and 2 follow"],
    ["no JSON", safetensors("{x}"), "no JSON object"],
    ["an array", safetensors("[]"), "no JSON object"],
    ["a header that begins with a space", safetensors(" {}"), "no JSON object"],
    ["bytes that are no UTF-8", safetensors("{}").map((byte, i) => (i === 9 ? 0xff : byte)), "not valid UTF-8"],
    ["deep nesting", safetensors(`{"x":${"[".repeat(1e6)}`), "no JSON object"],
    ["a name twice", safetensors('{"x":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"\\u0078":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}'), "the header has the key 'x' twice"],
    ["a field twice", safetensors('{"x":{"dtype":"F32","dtype":"F32","shape":[0],"data_offsets":[0,0]}}'), "the header has the key 'dtype' twice"],
    ["metadata that are no strings", safetensors({ __metadata__: { epoch: 3 } }), "__metadata__ may hold strings alone, and 'epoch' is none"],
    ["metadata that is no object", safetensors({ __metadata__: [] }), "__metadata__ is no object"],
    ["__proto__", safetensors('{"__proto__":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', data), "the name '__proto__' is not taken"],
    ["no dtype", safetensors({ x: { ...one, dtype: 1 } }, data), "tensor 'x' has no dtype"],
    ["a size that is no whole number", safetensors({ x: { ...one, shape: [2.5] } }, data), "tensor 'x' has no shape of whole numbers"],
    ["a size below 0", safetensors({ x: { ...one, shape: [-2] } }, data), "tensor 'x' has no shape of whole numbers"],
    ["a shape that overflows", safetensors({ x: { ...one, shape: [2 ** 40, 2 ** 40] } }, data), "a shape of too many dims or elements: [1099511627776, 1099511627776]"],
    ["a size below 0 that is 0", safetensors('{"x":{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}}'), "tensor 'x' has no shape of whole numbers"],
    ["strides that overflow", safetensors({ x: { ...one, shape: [0, 2 ** 40, 2 ** 40], data_offsets: [0, 0] } }), "a shape of too many dims or elements"],
    ["many dims", safetensors({ x: { ...one, shape: new Array(65).fill(1) } }, data), "a shape of too many dims or elements"],
    ["offsets that are none", safetensors({ x: { ...one, data_offsets: [0] } }, data), "tensor 'x' has no data_offsets of two whole numbers"],
    ["offsets of another size", safetensors({ x: { ...one, shape: [1] } }, data), "tensor 'x': data_offsets [0, 8] hold 8 bytes, and shape [1] of F32 takes 4"],
    ["offsets backwards", safetensors({ x: { ...one, data_offsets: [8, 0] } }, data), "hold -8 bytes"],
    ["a hole", safetensors({ x: { ...one, data_offsets: [4, 12] } }, new Uint8Array(12)), "a hole is not allowed"],
    ["an overlap", safetensors({ x: one, y: { ...one, data_offsets: [4, 12] } }, new Uint8Array(12)), "tensor 'y' begins at byte 4 of the data, and the one before it ends at 8: overlaps are not allowed"],
    ["bytes at the end", safetensors({ x: one }, new Uint8Array(9)), "1 bytes after the last tensor belong to none"],
    ["a file that is cut off", safetensors({ x: one }, new Uint8Array(7)), "the tensors need 8 bytes, and 7 are there"],
  ])("refuses %s", async (_, file, message) => {
    await expect(loadSafetensors(file)).rejects.toThrow(message);
    await expect(loadSafetensors(file)).rejects.toBeInstanceOf(FormatError);
    expect(memory().tensors).toBe(0);
  });
  it.each(["U16", "U32", "U64", "F8_E4M3", "C64", "f32"])("refuses %s, naming it and the tensor", async (dtype) => {
    await expect(loadSafetensors(safetensors({ "a.weight": { ...one, dtype } }, data))).rejects.toThrow(new UnsupportedFormatError("safetensors", `tensor 'a.weight' is of '${dtype}', which is not read here: F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL are; convert it where the file was made`));
  });
  it("refuses int64 beyond int32 and dtypes that the device lacks before it makes the others", async () => {
    const narrow = { ...cpu(), name: "narrow", dtypes: new Set(["float32", "int32"]) } as Backend;
    const file = safetensors({ a: one, b: { dtype: "I64", shape: [1], data_offsets: [8, 16] } }, new Uint8Array([...data, 0, 0, 0, 128, 0, 0, 0, 0]));
    await expect(loadSafetensors(file)).rejects.toThrow("tensor 'b' is of int64, and its element 0, 2147483648, does not fit in int32");
    const wide = safetensors({ a: one, b: { dtype: "F64", shape: [1], data_offsets: [8, 16] } }, new Uint8Array(16));
    await expect(loadSafetensors(wide, { device: narrow })).rejects.toThrow("safetensors: tensor 'b' is of float64, which device 'narrow' does not have; load it with { dtype: \"float32\" }, or on another device");
    expect([memory().tensors, memory(narrow).tensors]).toEqual([0, 0]);
    expect((await loadSafetensors(wide, { dtype: "float32" })).tensors["b"].dtype).toBe("float32");
    await expect(loadSafetensors(wide, { dtype: "int32" })).rejects.toThrow("dtype: 'int32' is no dtype of floats");
  });
});

describe("openSafetensors", () => {
  it("reads the header and the tensors that are asked for, and nothing else", async () => {
    const bytes = await saveSafetensors({ large: zeros([1000]), small: ones([2, 1]), other: zeros([500]) }, { metadata: { a: "b" } }), blob = new Blob([bytes]), read: number[] = [];
    const file = await openSafetensors({ size: blob.size, slice(from: number, to: number) { read.push(to - from); return blob.slice(from, to); } });
    expect([[...file.names].sort(), file.metadata, file.info("small")]).toEqual([["large", "other", "small"], { a: "b" }, { dtype: "F32", shape: [2, 1] }]);
    expect((await file.tensor("small")).toArraySync()).toEqual([[1], [1]]);
    expect(read.slice(2)).toEqual([8]);
    expect(Object.keys(await file.tensors(["small", "large"]))).toEqual(["small", "large"]);
    await expect(file.tensor("missing")).rejects.toThrow("safetensors: there is no tensor 'missing'; `names` lists those that are there");
    expect(() => file.info("toString")).toThrow("there is no tensor 'toString'");
  });
  it("notices a source that gives less than it said", async () => {
    await expect(openSafetensors({ size: 100, slice: () => new Blob([]) })).rejects.toThrow("8 bytes from 0 on were asked of the source, and 0 came");
  });
});

describe("openShardedSafetensors", () => {
  const index = (map: object, rest: object = {}): Uint8Array<ArrayBuffer> => new TextEncoder().encode(JSON.stringify({ ...rest, weight_map: map }));
  const [first, second] = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
  it("is one checkpoint", async () => {
    const files: Record<string, Uint8Array<ArrayBuffer>> = { [first]: await saveSafetensors({ a: ones([1]), b: zeros([1]) }), [second]: await saveSafetensors({ c: tensor([3]) }) }, asked: string[] = [];
    const file = await openShardedSafetensors(index({ a: first, b: first, c: second }, { metadata: { total_size: 12, format: "pt" } }), async (name) => { asked.push(name); return files[name]; });
    expect([asked, file.names, file.metadata, file.info("c").shape]).toEqual([[first, second], ["a", "b", "c"], { format: "pt" }, [1]]);
    expect((await file.tensors())["c"].itemSync()).toBe(3);
    await expect(openShardedSafetensors(index({ c: first }), (name) => files[name])).rejects.toThrow(`index: tensor 'c' is said to be in '${first}', and is not there`);
  });
  it.each(["../model.safetensors", "/etc/passwd", "a/b", "a\\b", "..", "", "a..b", "C:x", 3])("asks for no file %j", async (file) => {
    await expect(openShardedSafetensors(index({ a: file }), () => expect.unreachable())).rejects.toThrow("which is no plain name of a file");
  });
  it.each(["", "[]", '{"weight_map":[]}', '{"weight_map":{"a":"x","a":"y"}}', '{"weight_map":{"__proto__":"x"}}'])("refuses %j", async (text) => {
    await expect(openShardedSafetensors(new TextEncoder().encode(text), () => expect.unreachable())).rejects.toBeInstanceOf(FormatError);
  });
});
