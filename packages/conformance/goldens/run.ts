/** @file Runs golden cases of operators on a device: value, gradient, second gradient, error texts. */
import { type Backend, type DType, grad as gradOf, isTensor, scope, tensor, type Tensor } from "@adjoint/core";
import { calls, type Keywords, type Py, Unsupported } from "./calls.ts";
import { type GoldenCase, type Pack, type StoredTensor, valuesOf } from "./pack.ts";

export type GoldenRecord = {
  readonly id: string; readonly status: "passed" | "failed" | "not implemented";
  /** Largest error against what is allowed: above 1 fails. */
  readonly error?: number; readonly reason?: string;
};

const held: { readonly [dtype: string]: DType } = { float32: "float32", float64: "float64", int64: "int32", int32: "int32", bool: "bool" };

class Mismatch extends Error {}

export async function runGolden(pack: Pack, item: GoldenCase, device: Backend): Promise<GoldenRecord> {
  const name = pack.variant === "" ? pack.op : `${pack.op}@${pack.variant}`;
  const call = calls[name];
  if (call === undefined) return { id: item.id, status: "not implemented", reason: `no operator ${name}` };
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

async function attempt(pack: Pack, item: GoldenCase, device: Backend, call: (args: readonly Py[], kw: Keywords) => Tensor | readonly Tensor[], within: <R>(make: () => R) => R): Promise<number> {
  const table = new Map<number, Tensor>();
  const stored = (i: number): Tensor => {
    let made = table.get(i);
    if (made === undefined) table.set(i, (made = within(() => inputOf(pack, item.t[i]!, device))));
    return made;
  };
  const integral = item.t.some(({ dt }) => dt.startsWith("int") || dt === "bool");
  const decode = (v: unknown): Py => decodeValue(v, stored, integral);
  const args = item.args.map(decode), kw = Object.fromEntries(Object.entries(item.kw ?? {}).map(([k, v]) => [k, decode(v)]));
  if (item.error !== undefined) return expectError(item.error, () => within(() => call(args, kw)));
  const result = within(() => call(args, kw));
  const outs = isTensor(result) ? [result] : [...result];
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

function decodeValue(v: unknown, stored: (i: number) => Tensor, integral: boolean): Py {
  if (v === null || typeof v === "number" || typeof v === "boolean" || typeof v === "string") return v;
  const again = (x: unknown): Py => decodeValue(x, stored, integral);
  if (Array.isArray(v)) return v.map(again);
  const tagged = v as { readonly [tag: string]: unknown };
  if ("$t" in tagged) return stored(tagged["$t"] as number);
  if ("$f" in tagged) {
    const x = tagged["$f"] === "nan" ? NaN : tagged["$f"] === "inf" ? Infinity : tagged["$f"] === "-inf" ? -Infinity : tagged["$f"] === "-0" ? -0 : Number(tagged["$f"]);
    if (integral && Number.isInteger(x)) throw new Unsupported("a whole float beside integers: JavaScript cannot tell it from an int");
    return x;
  }
  if ("$tuple" in tagged) return (tagged["$tuple"] as readonly unknown[]).map(again);
  if ("$size" in tagged) return tagged["$size"] as readonly number[];
  if ("$dtype" in tagged) return { dtype: tagged["$dtype"] as string };
  throw new Unsupported(`a value of kind ${Object.keys(tagged)[0]}`);
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
