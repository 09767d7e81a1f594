/** @file How near two devices' results of one kernel are to be: as near as a rounding of the inputs brings them. Knows no kernel. */
import { decodeHost, type DType, dtypes, encodeHost, isFloat, type TypedArray } from "../dtype.ts";
import { type Expr, topologicalOrder } from "../scalar/expr.ts";
import { evaluateInstruction, type InstructionName } from "../scalar/instructions.ts";
import type { Program } from "../scalar/program.ts";
import type { View } from "../view.ts";

/** Half the distance from 1 to the next number. */
const unit: { readonly [D in DType]?: number } = { float64: 2 ** -53, float32: 2 ** -24, float16: 2 ** -11, bfloat16: 2 ** -8 };
/** Smaller numbers may be 0 on a device. */
const SMALLEST = 2 ** -126;
/** Errors of a few roundings, which every device may make. */
const ROUNDINGS = 32;

/** Where each element of a view lies, in logical order, counted from `low`. */
export function placesOf({ shape, strides, offset, size }: View, low: number): Int32Array {
  const places = new Int32Array(size), at = new Array<number>(shape.length).fill(0);
  let place = offset - low;
  for (let i = 0; i < size; i++) {
    places[i] = place;
    for (let d = shape.length - 1; d >= 0; d--) {
      place += strides[d]!;
      if (++at[d]! < shape[d]!) break;
      place -= strides[d]! * shape[d]!;
      at[d] = 0;
    }
  }
  return places;
}

export type Difference = { /** The number of the element in the output. */ readonly element: number; readonly got: number; readonly expected: number };

/** How far an element may be off for what roundings make of it. */
export type Spread = (place: number, element: number) => number;

/** The first element that is not equal, or for a float not within some roundings and `spread`, which is asked for only where it matters. */
export function differenceOf(dtype: DType, got: ArrayLike<number>, expected: ArrayLike<number>, places: Int32Array, spread: () => Spread): Difference | undefined {
  const rounding = ROUNDINGS * (unit[dtype] ?? 0);
  let allowed: Spread | undefined;
  for (let element = 0; element < places.length; element++) {
    const place = places[element]!, a = got[place]!, b = expected[place]!;
    if (a === b || (a !== a && b !== b)) continue;
    const apart = Math.abs(a - b);
    if (isFloat(dtype) && apart <= rounding * Math.abs(b) + SMALLEST) continue;
    allowed ??= spread();
    const bound = allowed(place, element);
    if (!(apart <= bound + rounding * Math.abs(b)) && bound !== Infinity) return { element, got: a, expected: b };
  }
  return undefined;
}

/** The same words with every float moved by a rounding or so, up or down as `turn` and its place say; what is no float stays. */
export function moved(dtype: DType, words: TypedArray, turn: number): TypedArray {
  if (!isFloat(dtype)) return words;
  const step = 2 * (unit[dtype] ?? 0), values = decodeHost(dtype, words), out = new Float64Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = values[i]! * (1 + ((Math.imul(i + turn, 0x9e3779b1) >>> 31) === 0 ? step : -step));
  return encodeHost(dtype, out);
}

/** How far results lie apart, times `factor`; Infinity where not even whether they are numbers is the same. */
export const apartness = (values: readonly number[], factor: number): number =>
  values.some((x) => x !== x || Math.abs(x) === Infinity) ? (values.every((x) => Object.is(x, values[0])) ? 0 : Infinity) : factor * (Math.max(...values) - Math.min(...values));

/** Instructions whose result is one of their operands, or a whole number, whatever computes them. */
const exact: ReadonlySet<InstructionName> = /*@__PURE__*/ new Set(["neg", "abs", "sign", "max", "min", "floor", "ceil", "trunc", "round", "select", "cast", "bitcast"]);

/** The results of a program at one element, with every rounded step moved by a rounding or so: what cancels between two steps shows. */
export function movedProgram(p: Program, args: readonly number[], params: readonly number[], element: number, turn: number): number[] {
  const values = new Map<Expr, number>();
  const step = (dtype: DType, k: number): number => 1 + ((Math.imul(k + turn, 0x9e3779b1) >>> 31) === 0 ? 2 : -2) * (unit[dtype] ?? 0);
  topologicalOrder(p.results).forEach((x, k) => {
    if (x.kind !== "apply") return values.set(x, x.kind === "lit" ? x.value : x.kind === "param" ? params[x.index]! : args[x.index]! * step(x.dtype, k));
    const operands = x.operands.map((operand) => values.get(operand)!);
    if (x.name === "index") return values.set(x, element);
    const value = evaluateInstruction(x.name, x.operands[0]!.dtype, x.dtype, operands);
    return values.set(x, isFloat(x.dtype) && !exact.has(x.name) ? value * step(x.dtype, k) : value);
  });
  return p.results.map((x) => values.get(x)!);
}

export const isExact = (dtype: DType): boolean => dtypes[dtype].kind !== "float";
