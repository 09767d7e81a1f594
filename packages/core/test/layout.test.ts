/** @file Memory formats, tensors of given strides, and `resize_`: how a tensor lies in memory, and that values, gradients and transforms do not care. */
import { arange, empty, emptyStrided, func, isContiguous, type MemoryFormat, newEmptyStrided, noGrad, ones, randnLike, resizeAs_, setDefaultDevice, tensor, type Tensor, zeros, zerosLike } from "@adjoint/core";
import { cpu } from "@adjoint/backend-cpu-js";
import { beforeAll, describe, expect, it } from "vitest";

beforeAll(() => setDefaultDevice(cpu()));
const image = (): Tensor => arange(2 * 3 * 2 * 2).float().reshape([2, 3, 2, 2]);

describe("memory formats", () => {
  it("channels_last lays channels side by side, and changes no value", () => {
    const x = image(), y = x.contiguous({ memoryFormat: "channels_last" });
    expect([y.stride(), y.isContiguous(), y.isContiguous({ memoryFormat: "channels_last" })]).toEqual([[12, 1, 6, 3], false, true]);
    expect(y.toArraySync()).toEqual(x.toArraySync());
    expect(y.contiguous({ memoryFormat: "channels_last" })).toBe(y);
    expect([x.isContiguous({ memoryFormat: "channels_last" }), y.contiguous().stride()]).toEqual([false, [12, 4, 2, 1]]);
    expect(ones([1, 2, 1, 2, 3]).clone({ memoryFormat: "channels_last_3d" }).stride()).toEqual([12, 1, 12, 6, 2]);
  });
  it.each<[MemoryFormat, readonly number[], readonly number[]]>([
    ["contiguous_format", [0, 1], [3, 1]], ["preserve_format", [0, 1], [3, 1]], ["preserve_format", [1, 0], [1, 3]], ["contiguous_format", [1, 0], [2, 1]],
  ])("clone in %s of dims %j", (memoryFormat, dims, strides) => {
    const x = arange(6).reshape([2, 3]).permute(dims), y = x.clone({ memoryFormat });
    expect([y.stride(), y.toArraySync()]).toEqual([strides, x.toArraySync()]);
  });
  it("preserve_format closes gaps, and keeps the order of dims", () => {
    const x = arange(24).reshape([2, 3, 4]).slice(2, 0, 4, 2).permute([2, 0, 1]);
    expect(x.clone({ memoryFormat: "preserve_format" }).stride()).toEqual([1, 6, 2]);
    expect(ones([3]).expand([2, 3]).clone({ memoryFormat: "preserve_format" }).stride()).toEqual([3, 1]);
  });
  it("to: the tensor itself where it is as asked", () => {
    const x = image(), y = x.to({ memoryFormat: "channels_last" });
    expect([y.stride(), x.to({ memoryFormat: "contiguous_format" }) === x, y.to("float32", { memoryFormat: "channels_last" }) === y, x.to(ones([1], { dtype: "int32" })).dtype]).toEqual([[12, 1, 6, 3], true, true, "int32"]);
    expect(x.to("float32", { copy: true }) === x).toBe(false);
    const z = x.int({ memoryFormat: "channels_last" });
    expect([z.dtype, z.stride(), z.toArraySync()]).toEqual(["int32", [12, 1, 6, 3], x.toArraySync()]);
  });
  it("new tensors too", () => {
    expect(empty([1, 3, 2, 2], { memoryFormat: "channels_last" }).stride()).toEqual([12, 1, 6, 3]);
    const x = ones([2, 3]).t();
    expect([zerosLike(x).stride(), zerosLike(x, { memoryFormat: "preserve_format", requiresGrad: true }).stride(), randnLike(x, { memoryFormat: "preserve_format" }).shape]).toEqual([[2, 1], [1, 3], [3, 2]]);
    expect(zerosLike(x, { memoryFormat: "preserve_format", requiresGrad: true }).isLeaf).toBe(true);
  });
  it("gradients, tangents and batches pass through", () => {
    const x = image().requiresGrad_(), y = x.to({ memoryFormat: "channels_last" });
    expect(y.gradFn?.name).toBe("ToCopyBackward0");
    y.mul(image()).sum().backward();
    expect(x.grad!.toArraySync()).toEqual(image().toArraySync());
    const lay = (z: Tensor): Tensor => z.clone({ memoryFormat: "channels_last" }).square();
    const batch = arange(48).float().reshape([2, 2, 3, 2, 2]);
    expect(func.vmap(lay)(batch).toArraySync()).toEqual(batch.square().toArraySync());
    expect(func.jvp(lay, [image()], [ones([2, 3, 2, 2])])[1].toArraySync()).toEqual(image().mul(2).toArraySync());
  });
  it("a tensor laid out so is changed in place, through views too", () => {
    const w = ones([2, 3, 2, 2], { requiresGrad: true }), x = w.clone({ memoryFormat: "channels_last" });
    x.select(1, 1).mul_(5);
    x.sum().backward();
    expect([x.index(0, ":", 0, 0).toArraySync(), w.grad!.index(0, ":", 0, 0).toArraySync()]).toEqual([[1, 5, 1], [1, 5, 1]]);
  });
  it.each<[string, () => unknown, string]>([
    ["another rank", () => ones([2, 3]).contiguous({ memoryFormat: "channels_last" }), "required rank 4 tensor to use channels_last format"],
    ["another rank in 3d", () => ones([2, 3, 2, 2]).clone({ memoryFormat: "channels_last_3d" }), "required rank 5 tensor to use channels_last_3d format"],
    ["contiguous as it is", () => ones([2]).contiguous({ memoryFormat: "preserve_format" }), "preserve memory format is unsupported by the contiguous operator"],
    ["no format", () => isContiguous(ones([2, 2, 2, 2]).clone({ memoryFormat: "channelsLast" as MemoryFormat })), "memoryFormat must be one of"],
  ])("refuses %s", (_, run, message) => expect(run).toThrow(message));
});

describe("strides and sizes", () => {
  it("emptyStrided has the strides it is given", () => {
    const x = emptyStrided([2, 3], [1, 2]);
    expect([x.stride(), x.storageOffset(), x.fill_(2).toArraySync()]).toEqual([[1, 2], 0, [[2, 2, 2], [2, 2, 2]]]);
    expect(newEmptyStrided(ones([1], { dtype: "uint8" }), [2], [3]).dtype).toBe("uint8");
    expect(() => emptyStrided([2], [0]).fill_(1)).toThrow("more than one element of the written-to tensor");
    expect(() => emptyStrided([2, 3], [1])).toThrow("dimensionality of sizes (2) must match dimensionality of strides (1)");
  });
  it("resize_ shows what is there row by row, and makes room where there is too little", () => {
    const x = tensor([1, 2, 3, 4, 5, 6]);
    expect(x.resize_([2, 2])).toBe(x);
    expect(x.toArraySync()).toEqual([[1, 2], [3, 4]]);
    expect(x.resize_([8]).toArraySync()).toEqual([1, 2, 3, 4, 5, 6, 0, 0]);
    expect(resizeAs_(x, zeros([2, 1])).toArraySync()).toEqual([[1], [2]]);
    const y = tensor([1, 2]), other = y.detach();
    expect(() => y.resize_([5])).toThrow("resize_: the memory would have to grow");
    expect(other.toArraySync()).toEqual([1, 2]);
    expect(() => noGrad(() => ones([2], { requiresGrad: true }).resize_([1]))).toThrow("cannot resize variables that require grad");
    expect(() => ones([4]).view([2, 2]).resize_([1])).toThrow("resize_ a clone() of it");
  });
});
