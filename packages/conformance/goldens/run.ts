/** @file Runs golden cases of operators on a device: value, gradient, second gradient, error texts. */
import { type Backend, type DType, grad as gradOf, isTensor, scope, tensor, type Tensor } from "@adjoint/core";
import { Complex, DTypeValue, ellipsis, Float, type Keywords, Label, NamedTuple, type Native, Size, Slice, Tuple, Unsupported, type Value } from "./python/values.ts";
import { torchFunction } from "./torch/call.ts";
import { type GoldenCase, type Pack, type StoredTensor, valuesOf } from "./pack.ts";

export type GoldenRecord = {
  readonly id: string; readonly status: "passed" | "failed" | "not implemented";
  /** Largest error against what is allowed: above 1 fails. */
  readonly error?: number; readonly reason?: string;
};

const held: { readonly [dtype: string]: DType } = { float32: "float32", float64: "float64", int64: "int32", int32: "int32", bool: "bool" };

class Mismatch extends Error {}

/** What a pack calls: the operator, or the wrapper that its tests call instead of it. */
function functionOf(pack: Pack): Native | undefined {
  const wrapper = wrappers[pack.op];
  if (wrapper === undefined && pack.src !== undefined) return undefined;
  return wrapper === undefined ? torchFunction(pack.op) : wrapper(torchFunction(pack.op));
}
const wrappers: { readonly [name: string]: (fn: Native | undefined) => Native | undefined } = {
  where: (fn) => fn && (([self, condition, other], kw) => fn([condition, self, other], kw)),
  "nn.functional.embedding": (fn) => fn && (([weight, index], kw) => fn([index, weight], kw)),
  T: (fn) => fn && (([x]) => fn([x], {})),
};

export async function runGolden(pack: Pack, item: GoldenCase, device: Backend): Promise<GoldenRecord> {
  const call = functionOf(pack);
  if (call === undefined) return { id: item.id, status: "not implemented", reason: `no operator ${pack.op}` };
  if (item.mut !== undefined) return { id: item.id, status: "not implemented", reason: "inputs changed by the call" };
  const s = scope(item.id);
  try {
    const worst = await attempt(pack, item, device, call, (make) => s.run(make));
    return { id: item.id, status: "passed", error: worst };
  } catch (error) {
    if (error instanceof Unsupported) return { id: item.id, status: "not implemented", reason: error.message };
    return { id: item.id, status: "failed", reason: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  } finally {
    s.close();
  }
}

async function attempt(pack: Pack, item: GoldenCase, device: Backend, call: Native, within: <R>(make: () => R) => R): Promise<number> {
  const table = new Map<number, Tensor>();
  const stored = (i: number): Tensor => {
    let made = table.get(i);
    if (made === undefined) table.set(i, (made = within(() => inputOf(pack, item.t[i]!, device))));
    return made;
  };
  const decode = (v: unknown): Value => decodeValue(v, stored);
  const args = item.args.map(decode), kw: Keywords = Object.fromEntries(Object.entries(item.kw ?? {}).map(([k, v]) => [k, decode(v)]));
  if (item.error !== undefined) return expectError(item.error, () => within(() => call(args, kw)));
  const result = within(() => call(args, kw));
  const outs = tensorsOf(await result);
  const expected = tensorsIn(item.out);
  if (expected.length !== outs.length) throw new Unsupported(`${expected.length} results`);
  let worst = 0;
  const compare = async (got: Tensor, i: number, what: string): Promise<void> => { worst = Math.max(worst, await compareTensor(pack, item.t[i]!, got, what, item.check === "meta")); };
  for (const [k, out] of outs.entries()) await compare(out, expected[k]!, `result ${k}`);
  if (item.grad === undefined || item.cot === undefined) return worst;

  const roots = item.cot.map(([k]) => outs[k]!), cotangents = item.cot.map(([, i]) => stored(i));
  const inputs = item.grad.map(([i]) => stored(i));
  const first = within(() => gradOf(roots, inputs, { gradOutputs: cotangents, createGraph: item.gg !== undefined, allowUnused: true }));
  for (const [k, [i, want]] of item.grad.entries()) {
    if (want === null) continue;
    const got = first[k];
    if (got === null || got === undefined) await expectZero(pack, item.t[want]!, `gradient of input ${i}`);
    else await compare(got, want, `gradient of input ${i}`);
  }
  if (item.gg === undefined) return worst;
  const used = item.gg.cot.flatMap(([i, c]) => { const g = first[item.grad!.findIndex(([at]) => at === i)]; return g !== null && g !== undefined && g.requiresGrad ? [[g, stored(c)] as const] : []; });
  const second = used.length === 0 ? item.gg.grad.map(() => null)
    : within(() => gradOf(used.map(([g]) => g), item.gg!.grad.map(([i]) => stored(i)), { gradOutputs: used.map(([, c]) => c), allowUnused: true }));
  for (const [k, [i, want]] of item.gg.grad.entries()) {
    if (want === null) continue;
    const got = second[k];
    if (got === null || got === undefined) await expectZero(pack, item.t[want]!, `second gradient of input ${i}`);
    else await compare(got, want, `second gradient of input ${i}`);
  }
  return worst;
}

function inputOf(pack: Pack, stored: StoredTensor, device: Backend): Tensor {
  const dtype = held[stored.dt];
  if (dtype === undefined || !device.dtypes.has(dtype)) throw new Unsupported(`dtype ${stored.dt} on ${device.name}`);
  const values = valuesOf(pack, stored);
  if (values === undefined) throw new Unsupported("a tensor without values");
  if (stored.dt === "int64" && Array.from(values).some((v) => v !== (v | 0))) throw new Unsupported("an int64 beyond 32 bits");
  return tensor(Float64Array.from(values), { shape: stored.sh, dtype, device, requiresGrad: stored.rg === 1 });
}

const floatOf = (x: unknown): number => (x === "nan" ? NaN : x === "inf" ? Infinity : x === "-inf" ? -Infinity : x === "-0" ? -0 : Number(x));

/** The format's value as the Python value that it stands for. */
export function decodeValue(v: unknown, stored: (i: number) => Tensor): Value {
  if (v === null || typeof v !== "object") return v;
  const again = (x: unknown): Value => decodeValue(x, stored);
  if (Array.isArray(v)) return v.map(again);
  const tagged = v as { readonly [tag: string]: never }, [tag = ""] = Object.keys(tagged);
  const read = readers[tag];
  if (read === undefined) throw new Unsupported(`a value of kind ${tag}`);
  return read(tagged, again, stored);
}
type Tagged = { readonly [tag: string]: unknown };
const list = (x: unknown): readonly unknown[] => x as readonly unknown[];
const readers: { readonly [tag: string]: (v: Tagged, again: (x: unknown) => Value, stored: (i: number) => Tensor) => Value } = {
  $t: (v, _, stored) => stored(v["$t"] as number),
  $f: (v) => new Float(floatOf(v["$f"])),
  $int: (v) => BigInt(v["$int"] as string),
  $c: (v) => new Complex(floatOf(list(v["$c"])[0]), floatOf(list(v["$c"])[1])),
  $tuple: (v, again) => Tuple.make(list(v["$tuple"]).map(again)),
  $size: (v) => Size.make(list(v["$size"])),
  $nt: (v, again) => NamedTuple.named(v["$nt"] as string, v["fields"] as readonly string[], list(v["v"]).map(again)),
  $slice: (v, again) => { const [start, stop, step] = list(v["$slice"]).map(again); return new Slice(start, stop, step); },
  $ellipsis: () => ellipsis,
  $dtype: (v) => new DTypeValue(v["$dtype"] as string),
  $device: (v) => new Label("device", v["$device"] as string),
  $mf: (v) => new Label("memory_format", v["$mf"] as string),
  $layout: (v) => new Label("layout", v["$layout"] as string),
};

/** The tensors of a result, in order. */
function tensorsOf(result: Value): Tensor[] {
  if (isTensor(result)) return [result];
  if (Array.isArray(result)) return result.flatMap(tensorsOf);
  throw new Unsupported("a result that is no tensor");
}

function tensorsIn(out: unknown): number[] {
  if (Array.isArray(out)) return out.flatMap(tensorsIn);
  if (typeof out !== "object" || out === null) throw new Unsupported("a result that is no tensor");
  const tagged = out as { readonly [tag: string]: unknown };
  if ("$t" in tagged) return [tagged["$t"] as number];
  if ("$tuple" in tagged) return tensorsIn(tagged["$tuple"]);
  if ("$nt" in tagged) return tensorsIn(tagged["v"]);
  throw new Unsupported("a result that is no tensor");
}

/** The comparison rule of the format: within max(1e-5, 10 e), of the value, of it in float32, or of PyTorch's float32 result. */
async function compareTensor(pack: Pack, want: StoredTensor, got: Tensor, what: string, onlyShape: boolean): Promise<number> {
  if (got.shape.join() !== want.sh.join()) throw new Mismatch(`${what}: shape [${got.shape.join(", ")}], expected [${want.sh.join(", ")}]`);
  const dtype = held[want.dt];
  if (dtype === undefined) throw new Unsupported(`a result of dtype ${want.dt}`);
  if (got.dtype !== dtype) throw new Mismatch(`${what}: dtype ${got.dtype}, expected ${dtype}`);
  const values = onlyShape ? undefined : valuesOf(pack, want);
  if (values === undefined) return 0;
  const data = await got.data(), alternative = valuesOf(pack, want, "o32");
  const tolerance = Math.max(1e-5, 10 * (want.e ?? 0)), float = dtype.startsWith("float");
  let worst = 0;
  for (let k = 0; k < data.length; k++) {
    const a = data[k]!, b = values[k]!;
    const error = float ? Math.min(distance(a, b, tolerance), distance(a, Math.fround(b), tolerance), alternative === undefined ? Infinity : distance(a, alternative[k]!, tolerance)) : a === b ? 0 : Infinity;
    if (!(error <= 1)) throw new Mismatch(`${what}: element ${k} is ${a}, expected ${b} (${error.toPrecision(3)} times what is allowed)`);
    worst = Math.max(worst, error);
  }
  return worst;
}
const distance = (a: number, b: number, tolerance: number): number => (a === b || (a !== a && b !== b) ? 0 : Number.isFinite(a) && Number.isFinite(b) ? Math.abs(a - b) / (tolerance * Math.max(1, Math.abs(b))) : Infinity);

/** PyTorch materialises zeros where nothing depends; we say null. */
async function expectZero(pack: Pack, want: StoredTensor, what: string): Promise<void> {
  const values = valuesOf(pack, want);
  if (values !== undefined && Array.from(values).some((v) => v !== 0)) throw new Mismatch(`${what}: none, expected numbers`);
}

/** The text that PyTorch's own tests demand, or what it raised. */
function expectError({ message, regex }: NonNullable<GoldenCase["error"]>, run: () => unknown): number {
  try {
    run();
  } catch (error) {
    if (error instanceof Unsupported) throw error;
    const text = (error as Error).message;
    const plain = (t: string): string => t.toLowerCase().replace(/int64|int32|long/g, "int").replace(/[^a-z0-9]+/g, " ").trim();
    if (plain(text).includes(plain(message)) || plain(message).includes(plain(text)) || (regex !== undefined && matches(regex, text))) return 0;
    throw new Mismatch(`raised "${text}", expected "${message}"`);
  }
  throw new Mismatch(`no error, expected "${message}"`);
}
function matches(regex: string, text: string): boolean {
  try {
    return new RegExp(regex).test(text);
  } catch {
    return false; // Python's syntax, which JavaScript does not read
  }
}
