/** @file PyTorch's methods of Tensor, each a call of the function of the same name. */
import * as f from "../functional.ts";
import type { BackwardOptions } from "../calculus/backward.ts";
import { toString as toText } from "./reading.ts";
import { setRequiresGrad, type Tensor } from "../tensor.ts";
import type { Shape } from "../shape.ts";

/** The function without its first parameter, which is `this`. */
type Method<F> = F extends (x: Tensor, ...rest: infer R) => infer O ? (...rest: R) => O : never;
const method = <R extends unknown[], O>(fn: (x: Tensor, ...rest: R) => O) => function (this: Tensor, ...rest: R): O { return fn(this, ...rest); };

type Plain = {
  [K in "abs" | "add" | "add_" | "all" | "amax" | "amin" | "any" | "argmax" | "argmin" | "ceil" | "chunk" | "clamp" | "clone" | "contiguous" | "copy_" | "cos" | "data" | "dataSync" | "detach" | "div" | "div_"
    | "eq" | "erf" | "exp" | "expand" | "expm1" | "fill_" | "flatten" | "floor" | "fmod" | "format" | "gather" | "ge" | "gt" | "indexSelect" | "isnan" | "item" | "itemSync" | "keep" | "le" | "log" | "log1p" | "logSoftmax"
    | "logicalAnd" | "logicalNot" | "logicalOr" | "logicalXor" | "lt" | "matmul" | "maximum" | "mean" | "minimum" | "mul" | "mul_" | "narrow" | "ne" | "neg" | "permute" | "pow" | "reciprocal" | "relu" | "remainder"
    | "reshape" | "retainGrad" | "round" | "rsqrt" | "scatter" | "scatterAdd" | "select" | "sigmoid" | "sign" | "silu" | "sin" | "slice" | "softmax" | "split" | "sqrt" | "square" | "squeeze" | "std" | "sub" | "sub_" | "sum"
    | "t" | "tan" | "tanh" | "toArray" | "toArraySync" | "transpose" | "trunc" | "unsqueeze" | "view" | "zero_"]: Method<(typeof f)[K]>;
};

export interface TensorMethods extends Plain {
  var(...rest: Parameters<Method<typeof f.var_>>): Tensor;
  max(): Tensor;
  max(dim: number, options?: { readonly keepdim?: boolean }): f.ValuesAndIndices;
  max(other: Tensor): Tensor;
  min(): Tensor;
  min(dim: number, options?: { readonly keepdim?: boolean }): f.ValuesAndIndices;
  min(other: Tensor): Tensor;
  to(dtype: f.DType): Tensor;
  to(device: f.Backend): Promise<Tensor>;
  backward(gradient?: Tensor, options?: BackwardOptions): void;
  requiresGrad_(value?: boolean): Tensor;
  /** The number of elements. */
  numel(): number;
  dim(): number;
  size(): Shape;
  size(dim: number): number;
  toString(): string;
}

const names = {
  abs: f.abs, add: f.add, add_: f.add_, all: f.all, amax: f.amax, amin: f.amin, any: f.any, argmax: f.argmax, argmin: f.argmin, ceil: f.ceil, chunk: f.chunk, clamp: f.clamp, clone: f.clone, contiguous: f.contiguous,
  copy_: f.copy_, cos: f.cos, data: f.data, dataSync: f.dataSync, detach: f.detach, div: f.div, div_: f.div_, eq: f.eq, erf: f.erf, exp: f.exp, expand: f.expand, expm1: f.expm1, fill_: f.fill_, flatten: f.flatten,
  floor: f.floor, fmod: f.fmod, format: f.format, gather: f.gather, ge: f.ge, gt: f.gt, indexSelect: f.indexSelect, isnan: f.isnan, item: f.item, itemSync: f.itemSync, keep: f.keep, le: f.le, log: f.log,
  log1p: f.log1p, logSoftmax: f.logSoftmax, logicalAnd: f.logicalAnd, logicalNot: f.logicalNot, logicalOr: f.logicalOr, logicalXor: f.logicalXor, lt: f.lt, matmul: f.matmul, maximum: f.maximum, mean: f.mean,
  minimum: f.minimum, mul: f.mul, mul_: f.mul_, narrow: f.narrow, ne: f.ne, neg: f.neg, permute: f.permute, pow: f.pow, reciprocal: f.reciprocal, relu: f.relu, remainder: f.remainder, reshape: f.reshape,
  retainGrad: f.retainGrad, round: f.round, rsqrt: f.rsqrt, scatter: f.scatter, scatterAdd: f.scatterAdd, select: f.select, sigmoid: f.sigmoid, sign: f.sign, silu: f.silu, sin: f.sin, slice: f.slice,
  softmax: f.softmax, split: f.split, sqrt: f.sqrt, square: f.square, squeeze: f.squeeze, std: f.std, sub: f.sub, sub_: f.sub_, sum: f.sum, t: f.t, tan: f.tan, tanh: f.tanh, toArray: f.toArray,
  toArraySync: f.toArraySync, transpose: f.transpose, trunc: f.trunc, unsqueeze: f.unsqueeze, view: f.view, zero_: f.zero_, var: f.var_, max: f.max, min: f.min, to: f.to, backward: f.backward,
};

/** Puts the methods on the prototype. Called once, by the entry "." */
export function installMethods(prototype: object): void {
  for (const [name, fn] of Object.entries(names)) define(prototype, name, method(fn as (x: Tensor, ...rest: unknown[]) => unknown));
  define(prototype, "requiresGrad_", function (this: Tensor, value: boolean = true) { setRequiresGrad(this, value); return this; });
  define(prototype, "numel", function (this: Tensor) { return this.window.size; });
  define(prototype, "dim", function (this: Tensor) { return this.ndim; });
  define(prototype, "size", function (this: Tensor, dim?: number) { return dim === undefined ? this.shape : this.shape.at(dim); });
  define(prototype, "toString", function (this: Tensor) { return toText(this); });
  define(prototype, Symbol.for("nodejs.util.inspect.custom"), function (this: Tensor) { return toText(this); });
}
const define = (prototype: object, name: string | symbol, value: unknown): void =>
  void Object.defineProperty(prototype, name, { value, writable: true, configurable: true, enumerable: false });
