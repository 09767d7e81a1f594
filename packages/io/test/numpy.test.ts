/** @file npy and npz: what NumPy wrote, what is written for it, what is refused; ZIP files that lie. */
import { cpu } from "@adjoint/backend-cpu-js";
import { memory, ones, setDefaultDevice, tensor, type Tensor, zeros } from "@adjoint/core";
import { FormatError, loadNpy, loadNpz, saveNpy, saveNpz, UnsupportedFormatError } from "@adjoint/io";
import { beforeEach, describe, expect, it } from "vitest";
import { contents, expectedOf, fixture } from "./files.ts";
import { asZip64, type Wrong, zipped } from "./making.ts";

beforeEach(() => setDefaultDevice(cpu()));
const names = ["float64", "float32", "float16", "int64", "int16", "int8", "uint8", "bool", "big", "bigint", "fortran", "scalar", "empty"];
const dtypes: Readonly<Record<string, string>> = { int64: "int32", big: "float32", bigint: "int32", fortran: "int32", scalar: "int32", empty: "float32" };

describe("what NumPy wrote", () => {
  it.each(names)("%s.npy", async (name) => {
    expect(await contents(await loadNpy(fixture(`${name}.npy`)))).toEqual({ ...expectedOf(`npy-${name}`), dtype: dtypes[name] ?? name });
  });
  it.each([1, 2, 3])("version %i", async (version) => {
    expect((await loadNpy(fixture(`version${version}.npy`))).toArraySync()).toEqual([1.5, -2.5]);
  });
  it.each(["stored.npz", "deflated.npz"])("%s", async (file) => {
    const got = await loadNpz(new Blob([fixture(file)]));
    for (const name of names) expect(await contents(got[name]), name).toEqual({ ...expectedOf(`npy-${name}`), dtype: dtypes[name] ?? name });
  });
  it("float64 as float32", async () => {
    expect(await contents(await loadNpy(fixture("float64.npy"), { dtype: "float32" }))).toMatchObject({ dtype: "float32", values: [0, 1, 2, 3, 4, 5] });
  });
  it.each([
    ["records", "of raw bytes or records; save each field"], ["objects", "of Python objects, which are code"], ["text", "of text"], ["complex", "of complex numbers"], ["unsigned", "save it by astype(numpy.int32), or numpy.float64 ('<u4')"], ["dates", "of dates"], ["long", "of floats wider than 8 bytes"],
  ])("refuses %s", async (name, message) => {
    await expect(loadNpy(fixture(`refused-${name}.npy`))).rejects.toThrow(message);
    await expect(loadNpy(fixture(`refused-${name}.npy`))).rejects.toBeInstanceOf(UnsupportedFormatError);
  });
  it("refuses int64 beyond int32", () => expect(loadNpy(fixture("refused-too-large.npy"))).rejects.toThrow("npy: the array is of int64, and its element 0, 2147483648, does not fit in int32"));
});

describe("npy", () => {
  const file = (header: string, data = new Uint8Array(), version = 1): Uint8Array<ArrayBuffer> =>
    new Uint8Array([0x93, ...new TextEncoder().encode("NUMPY"), version, 0, header.length & 255, header.length >> 8, ...(version > 1 ? [0, 0] : []), ...new TextEncoder().encode(header), ...data]);
  const header = (shape: string, descr = "'<f4'", order = "False"): string => `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`;
  it("reads headers as Python writes literals", async () => {
    for (const text of [header("(1L,)"), '{"shape":(1,),"fortran_order":False,"descr":"<f4"}', header("(1,)").replace(", }", "}")])
      expect((await loadNpy(file(text, new Uint8Array([0, 0, 128, 63])))).toArraySync()).toEqual([1]);
  });
  it.each<[string, Uint8Array<ArrayBuffer>, string]>([
    ["nothing", new Uint8Array(), "does not begin as an npy file does"],
    ["another version", file(header("()"), new Uint8Array(4), 4), "version 4.0, and 1.0, 2.0 and 3.0 are read"],
    ["a header that is cut off", file(header("()")).slice(0, 30), "cut off in its header"],
    ["code in the header", file("__import__('os').system('ls')"), "not of descr, fortran_order and shape"],
    ["a key too many", file("{'descr': '<f4', 'fortran_order': False, 'shape': (), 'x': 1}"), "not of descr, fortran_order and shape"],
    ["a key twice", file("{'descr': '<f4', 'descr': '<f4', 'shape': ()}"), "not of descr, fortran_order and shape"],
    ["a size below 0", file(header("(-1,)")), "has no shape: [-1]"],
    ["a size that is text", file(header("('1',)")), 'has no shape: ["1"]'],
    ["more elements than can be counted", file(header("(9007199254740991, 9007199254740991)")), "has no shape"],
    ["no dtype", file(header("()", "'<<'")), "has no dtype: '<<'"],
    ["too few bytes", file(header("(3,)"), new Uint8Array(8)), "shape [3] takes 12 bytes, and 8 follow the header; the file is cut off"],
    ["a huge shape", file(header("(1000000000000,)"), new Uint8Array(8)), "takes 4000000000000 bytes"],
    ["a second array", file(header("(1,)"), new Uint8Array(8)), "a file of several arrays is not read"],
    ["deep nesting", file(header("()", `${"(".repeat(5000)}`)), "not of descr, fortran_order and shape"],
  ])("refuses %s", async (_, bytes, message) => {
    await expect(loadNpy(bytes)).rejects.toThrow(message);
    await expect(loadNpy(bytes)).rejects.toBeInstanceOf(FormatError);
    expect(memory().tensors).toBe(0);
  });
  it("is written as NumPy does, to the byte", async () => {
    const x = { float64: "float64", float32: "float32", float16: "float16", int16: "int16", int8: "int8", uint8: "uint8", bool: "bool", scalar: "scalar", empty: "empty" };
    for (const name of Object.keys(x)) expect(await saveNpy(await loadNpy(fixture(`${name}.npy`))), name).toEqual(fixture(`${name}.npy`));
  });
  it("writes views row by row, and no bfloat16", async () => {
    expect((await loadNpy(await saveNpy(tensor([[1, 2], [3, 4]]).t()))).toArraySync()).toEqual([[1, 3], [2, 4]]);
    await expect(saveNpy(ones([1], { dtype: "bfloat16" }))).rejects.toThrow("npy: the tensor is of bfloat16, for which NumPy has no name; save x.float()");
    await expect(saveNpy([1] as never)).rejects.toThrow("npy: expected a tensor; several go into one file by saveNpz({ x, y })");
  });
});

describe("npz", () => {
  it.each([false, true])("comes back, compressed: %s", async (compressed) => {
    const tensors: Record<string, Tensor> = { x: tensor([[1.5, 2]]), "a.b/c": tensor([1, 2], { dtype: "int32" }), zeros: zeros([100, 100]), "ü": tensor(1), "": tensor(2) };
    const bytes = await saveNpz(tensors, { compressed }), got = await loadNpz(bytes);
    expect(Object.keys(got)).toEqual(Object.keys(tensors));
    for (const [name, x] of Object.entries(tensors)) expect(await contents(got[name]), name).toEqual(await contents(x));
    expect(bytes.length < 10_000).toBe(compressed);
  });
  it("is written with the values at the call", async () => {
    const x = ones([2]), y = zeros([2]), whole = saveNpz({ x, y }, { compressed: true });
    x.zero_();
    y.fill_(3);
    const got = await loadNpz(await whole);
    expect([got["x"].toArraySync(), got["y"].toArraySync()]).toEqual([[1, 1], [0, 0]]);
  });
  it("refuses a bfloat16 by name", () => expect(saveNpz({ x: ones([1], { dtype: "bfloat16" }) })).rejects.toThrow("tensor 'x' is of bfloat16"));
  it("refuses names that the file would change", async () => {
    await expect(saveNpz({ ["x".repeat(65_532)]: ones([1]) })).rejects.toThrow("npz: a name takes 65536 bytes, and a ZIP file has room for 65,535: 'xxx");
    await expect(saveNpz({ "\ud800": ones([1]), "\ud801": ones([1]) })).rejects.toThrow("has half of a surrogate pair");
    await expect(saveNpz({ ["__proto__"]: ones([1]) })).rejects.toThrow("npz: the name '__proto__' is not taken");
  });
  const array = fixture("float32.npy");
  it.each<[string, Readonly<Record<string, Wrong>>, string]>([
    ["a checksum", { "x.npy": { crc: 1 } }, "entry 'x.npy' has another checksum than the file says"],
    ["a size of what is stored", { "x.npy": { size: 1000 } }, "claims 1000 bytes, which 136 cannot hold"],
    ["a size of what is deflated", { "x.npy": { deflated: true, size: 137 } }, "does not inflate to the 137 bytes that it claims"],
    ["a size that is smaller", { "x.npy": { deflated: true, size: 100 } }, "does not inflate to the 100 bytes that it claims"],
    ["a size that deflate cannot reach", { "x.npy": { deflated: true, size: 2 ** 31 } }, "claims 2147483648 bytes, which"],
    ["a place beyond the file", { "x.npy": { at: 10_000 } }, "reaches beyond the entries"],
    ["a place inside of another", { "y.npy": { at: 20 } }, "lies over the one before it"],
    ["a place without a header", { "y.npy": { at: 168 } }, "lies over"],
    ["a name of another length", { "y.npy": { localName: "longer.npy" } }, "entry 'y.npy' has no header of its own"],
    ["other name of the same length", { "y.npy": { localName: "z.npy" } }, "entry 'y.npy' has no header of its own"],
    ["encryption", { "x.npy": { flags: 1 } }, "entry 'x.npy' is encrypted"],
    ["another method", { "x.npy": { method: 12 } }, "entry 'x.npy' is compressed by method 12; stored and deflated ones are read"],
    ["sizes that stand elsewhere", { "x.npy": { size: 0xffffffff } }, "entry 'x.npy' lacks its sizes"],
  ])("refuses a wrong %s", async (_, wrong, message) => {
    const bytes = zipped({ "x.npy": array, "y.npy": array }, wrong);
    await expect(loadNpz(bytes)).rejects.toThrow(message);
    await expect(loadNpz(bytes)).rejects.toBeInstanceOf(FormatError);
    expect(memory().tensors).toBe(0);
  });
  it("refuses more than the limit before it inflates", async () => {
    const bomb = zipped({ "x.npy": new Uint8Array(5_000_000) }, { "x.npy": { deflated: true } });
    await expect(loadNpz(bomb, { maxInflated: 1_000_000 })).rejects.toThrow("npz: it would become 5000000 bytes, more than the limit of 1000000; raise maxInflated if the file is to be trusted");
    await expect(loadNpz(zipped({ "x.npy": new Uint8Array(5_000_000) }, { "x.npy": { deflated: true, size: 1000 } }))).rejects.toThrow("does not inflate to the 1000 bytes");
    await expect(loadNpz(bomb, { maxInflated: -1 })).rejects.toThrow("maxInflated: expected a number of bytes, got -1");
  });
  it.each<[string, Uint8Array<ArrayBuffer>, string]>([
    ["no ZIP file", array, "it is no ZIP file"], ["an entry that is no array", zipped({ "readme.txt": array }), "entry 'readme.txt' is no array"], ["__proto__", zipped({ "__proto__.npy": array }), "NAME is not __proto__"],
    ["what is cut off", zipped({ "x.npy": array }).slice(0, -1), "it is no ZIP file"], ["what was put before it", new Uint8Array([0, ...zipped({ "x.npy": array })]), "entry 0 of its directory is missing"],
  ])("refuses %s", (_, bytes, message) => expect(loadNpz(bytes)).rejects.toThrow(message));
  it("reads ZIP64", async () => {
    const bytes = asZip64(zipped({ "x.npy": array, "y.npy": fixture("bool.npy") }, { "x.npy": { deflated: true } })), { x, y } = await loadNpz(bytes);
    expect([x.toArraySync(), y.toArraySync()]).toEqual([[1.5, -2.5], [true, false]]);
    const wrong = bytes.slice();
    wrong.fill(0xff, bytes.length - 22 - 12, bytes.length - 22 - 4);
    await expect(loadNpz(wrong)).rejects.toThrow("its ZIP64 record is not where it is said to be");
  });
  it("finds the end before a comment", async () => {
    const bytes = new Uint8Array([...zipped({ "x.npy": array }), ...new TextEncoder().encode("comment")]);
    bytes[bytes.length - 7 - 2] = 7;
    expect((await loadNpz(bytes))["x"].toArraySync()).toEqual([1.5, -2.5]);
  });
});
