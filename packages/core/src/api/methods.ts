/** @file PyTorch's methods of Tensor, each a call of the function of the same name. */
import * as f from "../functional.ts";
import type { BackwardOptions } from "../calculus/backward.ts";
import { toString as toText } from "./reading.ts";
import { setRequiresGrad, type Tensor } from "../tensor.ts";
import type { Shape } from "../shape.ts";

/** The function without its first parameter, which is `this`. */
type Method<F> = F extends (x: Tensor, ...rest: infer R) => infer O ? (...rest: R) => O : never;
const method = <R extends unknown[], O>(fn: (x: Tensor, ...rest: R) => O) => function (this: Tensor, ...rest: R): O { return fn(this, ...rest); };

/** The functions that are methods under their own name: one line a letter. */
const methodNames = [
  "abs", "add", "add_", "all", "amax", "amin", "any", "argmax", "argmin",
  "bfloat16", "bool", "byte",
  "ceil", "char", "chunk", "clamp", "clone", "contiguous", "copy_", "cos",
  "data", "dataSync", "detach", "div", "div_", "double",
  "eq", "erf", "exp", "expand", "expm1",
  "fill_", "flatten", "float", "floor", "fmod", "format",
  "gather", "ge", "gt",
  "half",
  "indexSelect", "int", "isnan", "item", "itemSync",
  "keep",
  "le", "log", "log1p", "logSoftmax", "logicalAnd", "logicalNot", "logicalOr", "logicalXor", "lt",
  "matmul", "maximum", "mean", "minimum", "mul", "mul_",
  "narrow", "ne", "neg",
  "permute", "pow", "pow_",
  "reciprocal", "relu", "remainder", "reshape", "retainGrad", "round", "rsqrt",
  "scatter", "scatterAdd", "select", "short", "sigmoid", "sign", "silu", "sin", "slice", "softmax", "split", "sqrt", "square", "squeeze", "std", "sub", "sub_", "sum",
  "t", "tan", "tanh", "toArray", "toArraySync", "transpose", "trunc",
  "unsqueeze",
  "view",
  "zero_",
] as const;

type Plain = { [K in (typeof methodNames)[number]]: Method<(typeof f)[K]> };

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


/** Methods with overloads, which `TensorMethods` writes out. */
const renamed = { var: f.var_, max: f.max, min: f.min, to: f.to, backward: f.backward };

/** Puts the methods on the prototype. Called once, by the entry "." */
export function installMethods(prototype: object): void {
  for (const [name, fn] of [...methodNames.map((name) => [name, f[name]] as const), ...Object.entries(renamed)])
    define(prototype, name, method(fn as (x: Tensor, ...rest: unknown[]) => unknown));
  define(prototype, "requiresGrad_", function (this: Tensor, value: boolean = true) { setRequiresGrad(this, value); return this; });
  define(prototype, "numel", function (this: Tensor) { return this.window.size; });
  define(prototype, "dim", function (this: Tensor) { return this.ndim; });
  define(prototype, "size", function (this: Tensor, dim?: number) { return dim === undefined ? this.shape : this.shape.at(dim); });
  define(prototype, "toString", function (this: Tensor) { return toText(this); });
  define(prototype, Symbol.for("nodejs.util.inspect.custom"), function (this: Tensor) { return toText(this); });
}
const define = (prototype: object, name: string | symbol, value: unknown): void =>
  void Object.defineProperty(prototype, name, { value, writable: true, configurable: true, enumerable: false });
