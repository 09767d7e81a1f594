/** @file A case's values as Python values: its table of tensors, laid out as PyTorch had them, and the tagged JSON. */
import { type Backend, type ComplexTensor, type DType, isComplex, isTensor, noGrad, tensor, type Tensor, viewAsComplex } from "@adjoint/core";
import * as nn from "@adjoint/nn";
import { type GoldenCase, type Pack, type StoredTensor, valuesOf } from "../pack.ts";
import { Dict } from "../python/objects.ts";
import { Complex, ellipsis, Float, Label, NamedTuple, Size, Slice, Tuple, Unsupported, type Value } from "../python/values.ts";
import { dtypeValue } from "../torch/convert.ts";
import { operator } from "../torch/host.ts";
import { objectOf } from "./printed.ts";

export type Precision = 32 | 64;
export type AnyTensor = Tensor | ComplexTensor;
/** The tensor that autograd knows: of complex numbers, their pairs. */
export const realOf = (x: AnyTensor): Tensor => (isComplex(x) ? x.pair : x);
const isComplexName = (dtype: string): boolean => dtype.startsWith("complex");

/** The tensors of one case, made when they are asked for, the same one for the same index. */
export class Table {
  readonly pack: Pack;
  readonly item: GoldenCase;
  readonly device: Backend;
  readonly precision: Precision;
  readonly #made = new Map<number, AnyTensor>();
  /** @param precision 64: float32 inputs are raised to float64, as PyTorch's reference was */
  constructor(pack: Pack, item: GoldenCase, device: Backend, precision: Precision = 32) {
    this.pack = pack;
    this.item = item;
    this.device = device;
    this.precision = precision;
  }
  /** As `value`, but of complex numbers the pairs. */
  tensor = (i: number): Tensor => realOf(this.value(i));
  value = (i: number): AnyTensor => {
    let made = this.#made.get(i);
    if (made === undefined) {
      const stored = this.item.t[i];
      if (stored === undefined) throw new Unsupported(`tensor ${i} is not in the table`);
      this.#made.set(i, (made = this.#lay(stored, i)));
    }
    return made;
  };
  decode = (v: unknown): Value => decodeValue(v, this);
  /** The dtype on the device: of complex numbers, that of their parts. */
  dtype = (name: string): DType => {
    const part = name === "complex64" ? "float32" : name === "complex128" ? "float64" : name;
    const raised = this.precision === 64 && part === "float32" ? "float64" : part === "int64" ? "int32" : part;
    if (!this.device.dtypes.has(raised as DType)) throw new Unsupported(`dtype ${name} on ${this.device.name}`);
    return raised as DType;
  };
  dispose(): void {
    for (const x of this.#made.values()) x.dispose();
  }

  #values(stored: StoredTensor): Float64Array<ArrayBuffer> {
    this.dtype(stored.dt);
    const values = valuesOf(this.pack, stored);
    if (values === undefined) throw new Unsupported("a tensor without values");
    if (stored.dt === "int64" && Array.from(values).some((v) => v !== (v | 0))) throw new Unsupported("an int64 beyond 32 bits");
    return Float64Array.from(values);
  }
  #lay(stored: StoredTensor, at: number): AnyTensor {
    return isComplexName(stored.dt) ? this.#layPairs(stored, at) : this.#layReal(stored, at);
  }
  /** Complex numbers: pairs, laid out as the numbers are. */
  #layPairs({ dt, enc, sh, st, so, rg, ...rest }: StoredTensor, at: number): ComplexTensor {
    const pairs = this.#layReal({
      ...rest, dt: dt === "complex64" ? "float32" : "float64", sh: [...sh, 2], ...(enc === "c128" ? { enc: "f64" } : {}), ...(st === undefined ? {} : { st: [...st.map((step) => 2 * step), 1] }), ...(so === undefined ? {} : { so: 2 * so }),
    }, at);
    const made = noGrad(() => viewAsComplex(pairs));
    return rg === 1 ? made.requiresGrad_() : made;
  }
  #layReal(stored: StoredTensor, at: number): Tensor {
    const values = this.#values(stored), dtype = this.dtype(stored.dt), base = stored.al === undefined ? undefined : this.tensor(stored.al);
    const made = base === undefined ? laidOut(values, stored, dtype, this.device) : sharing(base, stored, at);
    if (stored.param === 1) return nn.parameter(made, { requiresGrad: stored.rg === 1 } as never);
    return stored.rg === 1 ? made.requiresGrad_() : made;
  }
}

function laidOut(values: Float64Array<ArrayBuffer>, { sh, st, so = 0 }: StoredTensor, dtype: DType, device: Backend): Tensor {
  if (st === undefined && so === 0) return tensor(values, { shape: sh, dtype, device });
  const strides = st ?? dense(sh), extent = so + 1 + sh.reduce((sum, size, d) => sum + Math.max(0, size - 1) * strides[d]!, 0);
  if (strides.some((s) => s < 0)) throw new Unsupported("a negative stride");
  const widest = sh.reduce((most, size, d) => Math.max(most, size * strides[d]!), 0), storage = new Float64Array(sh.includes(0) ? so : Math.max(extent, so + widest)); // Whole rows.
  places(sh, strides, so, (place, i) => { storage[place] = values[i]!; });
  const whole = tensor(storage, { shape: [storage.length], dtype, device });
  return noGrad(() => viewed(whole, sh, strides, so)).detach();
}
/** The view of these strides: by slices of reshaped memory, or by as_strided where dims interleave. */
function viewed(whole: Tensor, shape: readonly number[], strides: readonly number[], offset: number): Tensor {
  const order = shape.map((_, d) => d).filter((d) => strides[d]! > 0 && shape[d]! > 1).sort((a, b) => strides[b]! - strides[a]!);
  const sorted = order.map((d) => strides[d]!), nested = sorted.every((s, i) => i === 0 || (sorted[i - 1]! % s === 0 && sorted[i - 1]! >= s * shape[order[i]!]!));
  if (!nested || order.length === 0) return operator("as_strided")([whole, [...shape], [...strides], offset], {}) as Tensor;
  const length = shape[order[0]!]! * sorted[0]!, padding = offset + length - whole.numel();
  if (padding > 0) return operator("as_strided")([whole, [...shape], [...strides], offset], {}) as Tensor;
  let view = whole.narrow(0, offset, length).reshape([shape[order[0]!]!, ...sorted.slice(1).map((s, i) => sorted[i]! / s), sorted.at(-1)!]);
  order.forEach((d, i) => { view = view.narrow(i, 0, shape[d]!); });
  view = view.select(order.length, 0);
  const places = shape.map((_, d) => order.indexOf(d)).filter((at) => at >= 0);
  view = view.permute(places);
  shape.forEach((_, d) => { if (!order.includes(d)) view = view.unsqueeze(d); });
  return view.expand(shape);
}
function sharing(base: Tensor, { sh, st, so = 0 }: StoredTensor, at: number): Tensor {
  if (base.requiresGrad) throw new Unsupported(`tensor ${at} shares the memory of one that requires a gradient`);
  return noGrad(() => operator("as_strided")([base, [...sh], [...(st ?? dense(sh))], so], {})) as Tensor;
}
function dense(shape: readonly number[]): number[] {
  const strides: number[] = [];
  for (let d = shape.length - 1, step = 1; d >= 0; d--) { strides.unshift(step); step *= Math.max(1, shape[d]!); }
  return strides;
}
function places(shape: readonly number[], strides: readonly number[], offset: number, visit: (place: number, i: number) => void): void {
  const count = shape.reduce((a, b) => a * b, 1), index = shape.map(() => 0);
  for (let i = 0; i < count; i++) {
    visit(offset + index.reduce((sum, k, d) => sum + k * strides[d]!, 0), i);
    for (let d = shape.length - 1; d >= 0; d--) { if (++index[d]! < shape[d]!) break; index[d] = 0; }
  }
}

// ---- Tagged values ---------------------------------------------------------------------------------------------------------

export const floatOf = (x: unknown): number => (x === "nan" ? NaN : x === "inf" ? Infinity : x === "-inf" ? -Infinity : x === "-0" ? -0 : Number(x));
type Tagged = { readonly [tag: string]: unknown };
const list = (x: unknown): readonly unknown[] => x as readonly unknown[];

function decodeValue(v: unknown, table: Table): Value {
  if (v === null || typeof v !== "object") return v;
  if (Array.isArray(v)) return v.map(table.decode);
  const tagged = v as Tagged, [tag = ""] = Object.keys(tagged), read = tags[tag];
  if (read === undefined) throw new Unsupported(`a value of kind ${tag}`);
  return read(tagged, table);
}
const tags: { readonly [tag: string]: (v: Tagged, table: Table) => Value } = {
  $t: (v, { value }) => value(v["$t"] as number),
  $f: (v) => new Float(floatOf(v["$f"])),
  $int: (v) => BigInt(v["$int"] as string),
  $c: (v) => new Complex(floatOf(list(v["$c"])[0]), floatOf(list(v["$c"])[1])),
  $tuple: (v, { decode }) => Tuple.make(list(v["$tuple"]).map(decode)),
  $size: (v) => Size.make(list(v["$size"])),
  $nt: (v, { decode }) => NamedTuple.named(v["$nt"] as string, v["fields"] as readonly string[], list(v["v"]).map(decode)),
  $dict: (v, { decode }) => Dict.of(list(v["$dict"]).map((entry) => [decode(list(entry)[0]), decode(list(entry)[1])] as const)),
  $slice: (v, { decode }) => { const [start, stop, step] = list(v["$slice"]).map(decode); return new Slice(start, stop, step); },
  $ellipsis: () => ellipsis,
  $dtype: (v, { precision }) => dtypeValue(precision === 64 && v["$dtype"] === "float32" ? "float64" : v["$dtype"] as string),
  $device: (v) => new Label("device", v["$device"] as string),
  $mf: (v) => new Label("memory_format", v["$mf"] as string),
  $layout: (v) => new Label("layout", v["$layout"] as string),
  $fn: (v) => operator(v["$fn"] as string),
  $module: (v) => objectOf(v["$module"] as string),
};

/** The tensors of a result, in order. */
export function tensorsOf(result: Value): AnyTensor[] {
  if (isTensor(result) || isComplex(result)) return [result];
  if (result instanceof Dict) return result.values().flatMap(tensorsOf);
  return Array.isArray(result) ? (result as readonly Value[]).flatMap(tensorsOf) : [];
}
