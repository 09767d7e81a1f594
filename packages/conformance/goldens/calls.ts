/** @file PyTorch's names to ours: one table. An op that is not here is not implemented. */
import * as A from "@adjoint/core";
import type { DType, Tensor } from "@adjoint/core";

/** A Python value as it reached us: tensors are ours, tuples arrays, None null. */
export type Py = Tensor | number | boolean | string | null | readonly Py[] | { readonly dtype: string };
export type Keywords = { readonly [name: string]: Py };
export type Call = (args: readonly Py[], kw: Keywords) => Tensor | readonly Tensor[];

/** A call that this version cannot express: the case is not implemented, not failed. */
export class Unsupported extends Error {}

/** The arguments by name, as the signature orders them; one that the signature lacks is unsupported. */
function bind(signature: readonly string[], args: readonly Py[], kw: Keywords): { readonly [name: string]: Py | undefined } {
  const bound: { [name: string]: Py | undefined } = {};
  if (args.length > signature.length) throw new Unsupported(`${args.length} positional arguments`);
  args.forEach((value, i) => { bound[signature[i]!] = value; });
  for (const [name, value] of Object.entries(kw)) {
    if (!signature.includes(name)) throw new Unsupported(`argument ${name}`);
    bound[name] = value;
  }
  for (const name of Object.keys(bound)) if (bound[name] === null) bound[name] = undefined;
  return bound;
}
const tensorOf = (x: Py | undefined): Tensor => {
  if (!A.isTensor(x)) throw new Unsupported(`an argument that is no tensor: ${String(x)}`);
  return x;
};
const operand = (x: Py | undefined): A.Operand => {
  if (typeof x === "number" || typeof x === "boolean" || A.isTensor(x)) return x;
  throw new Unsupported(`operand ${String(x)}`);
};
const whole = (x: Py | undefined): number => {
  if (typeof x !== "number") throw new Unsupported(`expected a number, got ${String(x)}`);
  return x;
};
const listOf = (x: Py | undefined): readonly number[] => (Array.isArray(x) ? x.map(whole) : [whole(x)]);
const dtypeOf = (x: Py | undefined): DType | undefined => {
  if (x === undefined) return undefined;
  const name = (x as { readonly dtype: string }).dtype === "int64" ? "int32" : (x as { readonly dtype: string }).dtype;
  if (!["float32", "float64", "int32", "bool"].includes(name)) throw new Unsupported(`dtype ${name}`);
  return name as DType;
};
const dims = (x: Py | undefined): number | readonly number[] | undefined => (x === undefined ? undefined : Array.isArray(x) ? listOf(x) : whole(x));
const given = <T extends object>(options: { [K in keyof T]: T[K] | undefined }): T => Object.fromEntries(Object.entries(options).filter(([, v]) => v !== undefined)) as T;

const unary = (fn: (x: Tensor) => Tensor): Call => (args, kw) => fn(tensorOf(bind(["input"], args, kw)["input"]));
const binary = (fn: (x: A.Operand, y: A.Operand) => Tensor): Call => (args, kw) => { const b = bind(["input", "other"], args, kw); return fn(operand(b["input"]), operand(b["other"])); };
const reversed = (fn: (x: A.Operand, y: A.Operand) => Tensor): Call => binary((x, y) => fn(y, x));
const scaled = (plain: (x: A.Operand, y: A.Operand) => Tensor): Call => (args, kw) => {
  const { input, other, alpha } = bind(["input", "other", "alpha"], args, kw);
  const plainOther = operand(other);
  const y = alpha === undefined ? plainOther : typeof plainOther === "object" ? A.mul(plainOther, whole(alpha)) : Number(plainOther) * whole(alpha);
  return plain(operand(input), y);
};
type Reduce = (x: Tensor, dim?: number | readonly number[], options?: A.ReduceOptions) => Tensor;
const reduction = (fn: Reduce): Call => (args, kw) => {
  const { input, dim, keepdim, dtype } = bind(["input", "dim", "keepdim", "dtype"], args, kw);
  return fn(tensorOf(input), dims(dim), given<A.ReduceOptions>({ keepdim: keepdim as boolean | undefined, dtype: dtypeOf(dtype) }));
};
const spread = (fn: (x: Tensor, dim?: number | readonly number[], options?: A.VarOptions) => Tensor): Call => (args, kw) => {
  const { input, dim, unbiased, keepdim, correction } = typeof args[1] === "boolean" ? { ...bind(["input", "unbiased"], args, kw), dim: undefined } as never : bind(["input", "dim", "unbiased", "keepdim", "correction"], args, kw);
  const by = correction === undefined ? (unbiased === false ? 0 : 1) : whole(correction);
  return fn(tensorOf(input), dims(dim), { correction: by, keepdim: keepdim === true });
};
const along = (fn: (x: Tensor, dim: number) => Tensor): Call => (args, kw) => {
  const { input, dim, dtype } = bind(["input", "dim", "dtype"], args, kw);
  const to = dtypeOf(dtype);
  return fn(to === undefined ? tensorOf(input) : tensorOf(input).to(to), whole(dim));
};
const arg = (fn: (x: Tensor, dim?: number, options?: { readonly keepdim?: boolean }) => Tensor): Call => (args, kw) => {
  const { input, dim, keepdim } = bind(["input", "dim", "keepdim"], args, kw);
  return fn(tensorOf(input), dim === undefined ? undefined : whole(dim), { keepdim: keepdim === true });
};
const extremum = (fn: (x: Tensor, dim: number, options: { readonly keepdim: boolean }) => A.ValuesAndIndices): Call => (args, kw) => {
  const { input, dim, keepdim } = bind(["input", "dim", "keepdim"], args, kw);
  const { values, indices } = fn(tensorOf(input), whole(dim), { keepdim: keepdim === true });
  return [values, indices];
};
/** `f(x, *sizes)` and `f(x, sizes)`. */
const sized = (fn: (x: Tensor, sizes: readonly number[]) => Tensor): Call => ([x, ...rest], kw) => {
  if (Object.keys(kw).length > 0) throw new Unsupported(`argument ${Object.keys(kw)[0]}`);
  return fn(tensorOf(x), rest.length === 1 && Array.isArray(rest[0]) ? listOf(rest[0]) : rest.map(whole));
};
const list = (fn: (tensors: readonly Tensor[], dim: number) => Tensor): Call => (args, kw) => {
  const { tensors, dim } = bind(["tensors", "dim"], args, kw);
  return fn((tensors as readonly Py[]).map(tensorOf), dim === undefined ? 0 : whole(dim));
};

export const calls: { readonly [name: string]: Call } = {
  add: scaled(A.add), sub: scaled(A.sub), mul: binary(A.mul), true_divide: binary(A.div), "div@no_rounding_mode": binary(A.div), __radd__: reversed(A.add), __rsub__: reversed(A.sub), __rmul__: reversed(A.mul), __rdiv__: reversed(A.div),
  pow: binary(A.pow), __rpow__: reversed(A.pow), remainder: binary(A.remainder), __rmod__: reversed(A.remainder), fmod: binary(A.fmod), maximum: binary(A.maximum), minimum: binary(A.minimum), "max@binary": binary(A.maximum), "min@binary": binary(A.minimum),
  eq: binary(A.eq), ne: binary(A.ne), lt: binary(A.lt), le: binary(A.le), gt: binary(A.gt), ge: binary(A.ge), logical_and: binary(A.logicalAnd), logical_or: binary(A.logicalOr), logical_xor: binary(A.logicalXor), logical_not: unary(A.logicalNot),
  neg: unary(A.neg), abs: unary(A.abs), sign: unary(A.sign), square: unary(A.square), floor: unary(A.floor), ceil: unary(A.ceil), trunc: unary(A.trunc), round: unary(A.round), isnan: unary(A.isnan),
  exp: unary(A.exp), expm1: unary(A.expm1), log: unary(A.log), log1p: unary(A.log1p), sqrt: unary(A.sqrt), rsqrt: unary(A.rsqrt), reciprocal: unary(A.reciprocal), sin: unary(A.sin), cos: unary(A.cos), tan: unary(A.tan), tanh: unary(A.tanh), erf: unary(A.erf), sigmoid: unary(A.sigmoid),
  "nn.functional.relu": unary(A.relu), "nn.functional.silu": unary(A.silu), "nn.functional.softsign": unary(A.softsign),
  "nn.functional.gelu": (args, kw) => { const b = bind(["input", "approximate"], args, kw); return A.gelu(tensorOf(b["input"]), given({ approximate: b["approximate"] as "none" | "tanh" | undefined })); },
  clamp: (args, kw) => { const b = bind(["input", "min", "max"], args, kw); if (A.isTensor(b["min"]) || A.isTensor(b["max"])) throw new Unsupported("bounds that are tensors"); return A.clamp(tensorOf(b["input"]), b["min"] as number | undefined, b["max"] as number | undefined); },
  where: (args, kw) => { const b = bind(["self", "condition", "other"], args, kw); return A.where(tensorOf(b["condition"]), operand(b["self"]), operand(b["other"])); },
  sum: reduction(A.sum), mean: reduction(A.mean), amax: reduction(A.amax), amin: reduction(A.amin), all: reduction(A.all), any: reduction(A.any), std: spread(A.std), var: spread(A.var_), argmax: arg(A.argmax), argmin: arg(A.argmin),
  "max@reduction_no_dim": unary((x) => A.amax(x)), "min@reduction_no_dim": unary((x) => A.amin(x)), "max@reduction_with_dim": extremum(A.max), "min@reduction_with_dim": extremum(A.min),
  softmax: along(A.softmax), "softmax@with_dtype": along(A.softmax), log_softmax: along(A.logSoftmax), "log_softmax@dtype": along(A.logSoftmax),
  matmul: binary((x, y) => A.matmul(tensorOf(x), tensorOf(y))), __rmatmul__: binary((x, y) => A.matmul(tensorOf(y), tensorOf(x))), mm: binary((x, y) => A.matmul(tensorOf(x), tensorOf(y))), bmm: binary((x, y) => A.matmul(tensorOf(x), tensorOf(y))), mv: binary((x, y) => A.matmul(tensorOf(x), tensorOf(y))),
  gather: (args, kw) => { const b = bind(["input", "dim", "index"], args, kw); return A.gather(tensorOf(b["input"]), whole(b["dim"]), tensorOf(b["index"])); },
  scatter_add: (args, kw) => { const b = bind(["input", "dim", "index", "src"], args, kw); return A.scatterAdd(tensorOf(b["input"]), whole(b["dim"]), tensorOf(b["index"]), tensorOf(b["src"])); },
  index_select: (args, kw) => { const b = bind(["input", "dim", "index"], args, kw); return A.indexSelect(tensorOf(b["input"]), whole(b["dim"]), tensorOf(b["index"])); },
  "nn.functional.embedding": (args, kw) => { const b = bind(["weight", "idx"], args, kw); return A.embedding(tensorOf(b["idx"]), tensorOf(b["weight"])); },
  "nn.functional.linear": (args, kw) => { const b = bind(["input", "weight", "bias"], args, kw); return A.linear(tensorOf(b["input"]), tensorOf(b["weight"]), b["bias"] === undefined ? undefined : tensorOf(b["bias"])); },
  "nn.functional.layer_norm": (args, kw) => { const b = bind(["input", "shape", "weight", "bias", "eps"], args, kw); return A.layerNorm(tensorOf(b["input"]), listOf(b["shape"]), given<A.LayerNormOptions>({ weight: b["weight"] as Tensor | undefined, bias: b["bias"] as Tensor | undefined, eps: b["eps"] as number | undefined })); },
  "nn.functional.mse_loss": (args, kw) => { const b = bind(["input", "target", "reduction"], args, kw); return A.mseLoss(tensorOf(b["input"]), tensorOf(b["target"]), given({ reduction: b["reduction"] as A.Reduction | undefined })); },
  cat: list(A.cat), stack: list(A.stack), clone: unary((x) => x.clone()), contiguous: unary((x) => x.contiguous()), t: unary((x) => x.t()),
  reshape: sized((x, sizes) => x.reshape(sizes)), view: sized((x, sizes) => x.view(sizes)), permute: sized((x, order) => x.permute(order)), expand: sized((x, sizes) => x.expand(sizes)),
  transpose: (args, kw) => { const b = bind(["input", "dim0", "dim1"], args, kw); return tensorOf(b["input"]).transpose(whole(b["dim0"]), whole(b["dim1"])); },
  squeeze: (args, kw) => { const b = bind(["input", "dim"], args, kw); return tensorOf(b["input"]).squeeze(dims(b["dim"])); },
  unsqueeze: (args, kw) => { const b = bind(["input", "dim"], args, kw); return tensorOf(b["input"]).unsqueeze(whole(b["dim"])); },
  flatten: (args, kw) => { const b = bind(["input", "start_dim", "end_dim"], args, kw); return tensorOf(b["input"]).flatten(b["start_dim"] as number | undefined, b["end_dim"] as number | undefined); },
  narrow: (args, kw) => { const b = bind(["input", "dim", "start", "length"], args, kw); return tensorOf(b["input"]).narrow(whole(b["dim"]), whole(b["start"]), whole(b["length"])); },
  select: (args, kw) => { const b = bind(["input", "dim", "index"], args, kw); return tensorOf(b["input"]).select(whole(b["dim"]), whole(b["index"])); },
  slice: (args, kw) => { const b = bind(["input", "dim", "start", "end", "step"], args, kw); return tensorOf(b["input"]).slice(b["dim"] === undefined ? 0 : whole(b["dim"]), b["start"] as number | undefined, b["end"] as number | undefined, b["step"] as number | undefined); },
  split: (args, kw) => { const b = bind(["input", "size", "dim"], args, kw); return tensorOf(b["input"]).split(whole(b["size"]), b["dim"] as number | undefined); },
  "split@list_args": (args, kw) => { const b = bind(["input", "size", "dim"], args, kw); return tensorOf(b["input"]).split(listOf(b["size"]), b["dim"] as number | undefined); },
  split_with_sizes: (args, kw) => { const b = bind(["input", "size", "dim"], args, kw); return tensorOf(b["input"]).split(listOf(b["size"]), b["dim"] as number | undefined); },
  chunk: (args, kw) => { const b = bind(["input", "chunks", "dim"], args, kw); return tensorOf(b["input"]).chunk(whole(b["chunks"]), b["dim"] as number | undefined); },
};
