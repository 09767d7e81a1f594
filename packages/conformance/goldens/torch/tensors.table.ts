/** @file What Python code asks of a tensor that is no operator: attributes, and methods that read or that answer with a Python value. */
import { type ComplexTensor, type DType, isTensor, type MemoryFormat, type Tensor } from "@adjoint/core";
import { identity } from "../python/objects.ts";
import { Float, Label, type Keywords, Size, Tuple, Unsupported, type Value } from "../python/values.ts";
import { dtypeOfTensor, isOurs, plain } from "./convert.ts";

type Attribute = (x: Tensor) => Value;
export const tensorAttributes: { readonly [name: string]: Attribute } = {
  shape: (x) => Size.make(x.shape), dtype: (x) => dtypeOfTensor(x.dtype), ndim: (x) => x.ndim, requires_grad: (x) => x.requiresGrad, is_leaf: (x) => x.isLeaf, grad: (x) => x.grad, grad_fn: (x) => x.gradFn,
  device: () => new Label("device", "cpu"), layout: () => new Label("layout", "strided"), is_cuda: () => false, is_sparse: () => false, is_quantized: () => false, is_mkldnn: () => false, itemsize: (x) => bytes[x.dtype],
  data: (x) => x.untracked(), _version: (x) => x.version, retains_grad: (x) => x.retainsGrad, output_nr: (x) => x.outputNr,
};
export const complexAttributes: { readonly [name: string]: (z: ComplexTensor) => Value } = {
  shape: (z) => Size.make(z.shape), dtype: (z) => dtypeOfTensor(z.dtype), ndim: (z) => z.ndim, requires_grad: (z) => z.requiresGrad, is_leaf: (z) => z.isLeaf, grad: (z) => z.grad, grad_fn: (z) => z.gradFn,
  real: (z) => z.real(), imag: (z) => z.imag(), device: () => new Label("device", "cpu"), mT: (z) => z.mT, mH: (z) => z.mH,
};
const bytes: { readonly [D in DType]: number } = { float32: 4, float64: 8, float16: 2, bfloat16: 2, int32: 8, int16: 2, int8: 1, uint8: 1, bool: 1 };

/** One element as a Python number of its kind. */
export const scalar = (x: number | boolean, dtype: DType): Value => (dtype === "bool" ? x === 1 || x === true : dtype.includes("float") ? new Float(Number(x)) : x);
/** Now where the device can, else later. */
const whenRead = <R>(x: Tensor, now: () => R, later: () => Promise<R>): R | Promise<R> => (x.device.readSync === undefined ? later() : now());
export const itemOf = (x: Tensor): Value => {
  const read = whenRead(x, () => x.itemSync(), () => x.item());
  return read instanceof Promise ? read.then((value) => scalar(value, x.dtype)) : scalar(read, x.dtype);
};
type Nested = number | boolean | readonly Nested[];
const listOf = (x: Nested, dtype: DType): Value => (Array.isArray(x) ? (x as readonly Nested[]).map((y) => listOf(y, dtype)) : scalar(x as number, dtype));

type Method = (x: Tensor, args: readonly Value[], kw: Keywords) => Value;
export const tensorMethods: { readonly [name: string]: Method } = {
  item: itemOf, __float__: (x) => converted(x, (v) => new Float(Number(v))), __int__: (x) => converted(x, (v) => Math.trunc(Number(v))), __index__: (x) => converted(x, (v) => Math.trunc(Number(v))),
  tolist: (x) => { const read = whenRead(x, () => x.toArraySync(), () => x.toArray()); return read instanceof Promise ? read.then((values) => listOf(values, x.dtype)) : listOf(read, x.dtype); },
  numel: (x) => x.numel(), nelement: (x) => x.numel(), dim: (x) => x.ndim, ndimension: (x) => x.ndim, element_size: (x) => bytes[x.dtype],
  size: (x, [dim], kw) => { const d = dim ?? kw["dim"]; if (d === undefined || d === null) return Size.make(x.shape); const found = x.size(Number(d)); return found; },
  __len__: (x) => x.shape[0]!, cpu: (x) => x, is_floating_point: (x) => x.dtype.includes("float"), is_complex: () => false, is_signed: (x) => x.dtype !== "uint8" && x.dtype !== "bool",
  data_ptr: (x) => identity(x.storage) * 2 ** 20 + x.window.offset, storage_offset: (x) => x.window.offset,
  stride: (x, [dim]) => (dim === undefined ? Tuple.make(x.window.strides) : x.window.strides.at(Number(dim))!),
  type: (x, [to]) => (to === undefined ? `torch.${oldName[x.dtype]}Tensor` : x.to(plain(to) as DType)),
  to: (x, args, kw) => {
    let dtype = x.dtype;
    for (const to of [...args, kw["dtype"], kw["other"]]) {
      if (isTensor(to)) dtype = to.dtype;
      else if (typeof to === "string" && to !== "cpu" && !isOurs(to)) throw new Unsupported(`device ${to}`);
      else if (to !== undefined && to !== null && typeof to === "object" && !(to instanceof Label)) dtype = plain(to) as DType;
    }
    const format = plain(kw["memory_format"]) as MemoryFormat | undefined, copy = (args[args.length - 1] === true && args.length > 2) || kw["copy"] === true;
    return x.to(dtype, { copy, ...(format === undefined ? {} : { memoryFormat: format }) });
  },
  numpy: () => { throw new Unsupported("numpy"); }, cuda: () => { throw new Unsupported("device cuda"); },
};
function converted(x: Tensor, to: (value: Value) => Value): Value {
  const value = itemOf(x), number = (v: Value): Value => to(v instanceof Float ? v.value : v);
  return value instanceof Promise ? value.then(number) : number(value);
}
const oldName: { readonly [D in DType]: string } = { float32: "Float", float64: "Double", float16: "Half", bfloat16: "BFloat16", int32: "Long", int16: "Short", int8: "Char", uint8: "Byte", bool: "Bool" };
