/** @file Whether a value is what PyTorch has: the comparison rule of the format, for tensors and for everything that holds them. */
import { isComplex, isTensor, noGrad, type Tensor, viewAsReal } from "@adjoint/core";
import { type StoredTensor, valuesOf } from "../pack.ts";
import { Dict } from "../python/objects.ts";
import { DTypeValue, Float, Label, Tuple, Unsupported, type Value } from "../python/values.ts";
import { dtypeOfTensor, dtypeValue } from "../torch/convert.ts";
import { type AnyTensor, floatOf, type Table } from "./decode.ts";

/** A difference: the case failed. */
export class Mismatch extends Error {
  override readonly name = "Mismatch";
}

/** Collects the largest error of a case against what is allowed. */
export class Check {
  readonly table: Table;
  worst = 0;
  /** The largest distance of a float32 element from its answer, in units of the last place of that; undefined where there was none. */
  ulp: number | undefined;
  constructor(table: Table) {
    this.table = table;
  }

  /** A tensor against an entry of the table. */
  async tensor(got: Value, at: number, what: string, onlyShape: boolean = false, atLeast: number = 0): Promise<void> {
    const { pack, item, precision } = this.table, want = item.t[at]!;
    if (!isTensor(got) && !isComplex(got)) throw new Mismatch(`${what}: ${shown(got)}, expected a tensor`);
    checkKind(got, want, precision === 64, what);
    const values = onlyShape || want.meta === 1 ? undefined : valuesOf(pack, want);
    if (values === undefined || (precision === 64 && want.r32 === 1)) {
      if (want.meta !== 1 && !onlyShape && values === undefined) throw new Unsupported(`a result of dtype ${want.dt}`);
      return;
    }
    if (want.dt === "int64" && Array.from(values).some((v) => v !== (v | 0))) throw new Unsupported("an int64 beyond 32 bits");
    const data = await numbers(got), alternative = precision === 64 ? undefined : valuesOf(pack, want, "o32"), float = /float|complex/.test(got.dtype);
    const tolerance = precision === 64 ? Math.max(1e-10, atLeast) : Math.max(1e-5, 10 * (want.e ?? 0), atLeast);
    for (let k = 0; k < data.length; k++) {
      const a = data[k]!, b = values[k]!;
      const error = !float ? (a === b ? 0 : Infinity)
        : Math.min(distance(a, b, tolerance), precision === 64 ? Infinity : distance(a, Math.fround(b), tolerance), alternative === undefined ? Infinity : distance(a, alternative[k]!, tolerance));
      if (!(error <= 1)) throw new Mismatch(`${what}: element ${k} is ${a}, expected ${b}${Number.isFinite(error) ? ` (${error.toPrecision(3)} times what is allowed)` : ""}`);
      this.worst = Math.max(this.worst, error);
      if (got.dtype === "float32" && precision === 32) this.ulp = Math.max(this.ulp ?? 0, Math.min(ulpsBetween(a, b), ulpsBetween(a, Math.fround(b)), alternative === undefined ? Infinity : ulpsBetween(a, alternative[k]!)));
    }
  }

  /** An entry of the table that must be zeros. */
  async zero(at: number, what: string): Promise<void> {
    const values = valuesOf(this.table.pack, this.table.item.t[at]!);
    if (values !== undefined && Array.from(values).some((v) => v !== 0)) throw new Mismatch(`${what}: none, expected numbers`);
  }

  /** Any value against the format's JSON. */
  async value(got: Value, want: unknown, what: string, onlyShape: boolean = false): Promise<void> {
    if (want === null || typeof want === "string" || typeof want === "boolean") {
      if (got !== want) throw new Mismatch(`${what}: ${shown(got)}, expected ${String(want)}`);
      return;
    }
    if (typeof want === "number") return this.#number(got, want, what);
    if (Array.isArray(want)) return await this.#sequence(got, want, what, onlyShape);
    const tagged = want as { readonly [tag: string]: unknown };
    if ("$t" in tagged) return await this.tensor(got, tagged["$t"] as number, what, onlyShape);
    if ("$f" in tagged) return this.#number(got, floatOf(tagged["$f"]), what);
    if ("$int" in tagged) throw new Unsupported("an integer beyond 53 bits");
    if ("$tuple" in tagged) return await this.#sequence(got, tagged["$tuple"] as readonly unknown[], what, onlyShape);
    if ("$size" in tagged) return await this.#sequence(got, tagged["$size"] as readonly unknown[], what, onlyShape);
    if ("$nt" in tagged) return await this.#sequence(got, tagged["v"] as readonly unknown[], what, onlyShape);
    if ("$dict" in tagged) {
      if (!(got instanceof Dict)) throw new Mismatch(`${what}: ${shown(got)}, expected a dict`);
      const entries = tagged["$dict"] as readonly (readonly [unknown, unknown])[];
      if (entries.length !== got.size) throw new Mismatch(`${what}: ${got.size} keys, expected ${entries.length}`);
      for (const [key, x] of entries) await this.value(got.get(this.table.decode(key)), x, `${what}[${String(key)}]`, onlyShape);
      return;
    }
    if ("$dtype" in tagged) {
      const expected = dtypeValue(tagged["$dtype"] as string), found = isTensor(got) || isComplex(got) ? dtypeOfTensor(got.dtype) : got;
      if (!(found instanceof DTypeValue) || found.own !== expected.own) throw new Mismatch(`${what}: ${found instanceof DTypeValue ? found.name : shown(got)}, expected ${expected.name}`);
      return;
    }
    if ("$device" in tagged && got instanceof Label) return;
    throw new Unsupported(`a result of kind ${Object.keys(tagged)[0]}`);
  }
  #number(got: Value, want: number, what: string): void {
    const a = got instanceof Float ? got.value : typeof got === "number" ? got : typeof got === "bigint" ? Number(got) : undefined;
    if (a === undefined) throw new Mismatch(`${what}: ${shown(got)}, expected ${want}`);
    const error = distance(a, want, this.table.precision === 64 ? 1e-10 : 1e-5);
    if (!(error <= 1)) throw new Mismatch(`${what}: ${a}, expected ${want}`);
    this.worst = Math.max(this.worst, error);
  }
  async #sequence(got: Value, want: readonly unknown[], what: string, onlyShape: boolean): Promise<void> {
    if (!Array.isArray(got)) throw new Mismatch(`${what}: ${shown(got)}, expected ${want.length} values`);
    if (got.length !== want.length) throw new Mismatch(`${what}: ${got.length} values, expected ${want.length}`);
    for (const [i, x] of want.entries()) await this.value((got as readonly Value[])[i], x, `${what}[${i}]`, onlyShape);
  }
}

/** Shape and dtype; int64 is int32 here. */
function checkKind(got: AnyTensor, want: StoredTensor, raised: boolean, what: string): void {
  if (got.shape.join() !== want.sh.join()) throw new Mismatch(`${what}: shape [${got.shape.join(", ")}], expected [${want.sh.join(", ")}]`);
  const expected = want.dt === "int64" ? "int32" : raised && want.r32 !== 1 ? higher[want.dt] ?? want.dt : want.dt;
  if (got.dtype !== expected && expected === "float64" && !got.device.dtypes.has("float64")) throw new Unsupported(`dtype ${want.dt} on ${got.device.name}`);
  if (got.dtype !== expected && !(raised && want.r32 === 1)) throw new Mismatch(`${what}: dtype ${got.dtype}, expected ${expected}`);
}
const higher: { readonly [dtype: string]: string } = { float32: "float64", complex64: "complex128" };
/** The elements as numbers, whatever the host layout; of complex ones, real and imaginary part in turn. */
export async function numbers(given: AnyTensor): Promise<ArrayLike<number>> {
  const x: Tensor = isComplex(given) ? noGrad(() => viewAsReal(given)) : given;
  const wide = x.dtype === "float16" || x.dtype === "bfloat16" ? x.detach().to("float32") : x;
  return await wide.data();
}
/** How many units of the last place of b, as a float32, lie between; of 0, which has no last place, none. */
function ulpsBetween(a: number, b: number): number {
  if (a === b || b === 0 || (a !== a && b !== b)) return 0;
  return Number.isFinite(a) && Number.isFinite(b) ? Math.abs(a - b) / 2 ** (Math.max(-126, Math.floor(Math.log2(Math.abs(b)))) - 23) : Infinity;
}
export const distance = (a: number, b: number, tolerance: number): number =>
  (a === b || (a !== a && b !== b) ? 0 : Number.isFinite(a) && Number.isFinite(b) ? Math.abs(a - b) / (tolerance * Math.max(1, Math.abs(b))) : Infinity);

export function shown(x: Value): string {
  if (isTensor(x) || isComplex(x)) return `a ${x.dtype} tensor of shape [${x.shape.join(", ")}]`;
  if (x instanceof Float) return String(x.value);
  if (x === null) return "None";
  if (Array.isArray(x)) return `${x instanceof Tuple ? "(" : "["}${(x as readonly Value[]).map(shown).join(", ")}${x instanceof Tuple ? ")" : "]"}`;
  if (x instanceof Dict) return "a dict";
  return typeof x === "object" || typeof x === "function" ? `a ${(x as object).constructor.name}` : String(x as string);
}
