/** @file Programs of several instructions, as ops build them: chains, selections, several results, params, index and random. */
import { type DType, type Expr, type Program, program, scalar } from "@adjoint/core/backend";

const { abs, add, and, arg, cast, div, erf, exp, ge, isNan, le, lit, load, log1p, lt, max, min, mul, neg, not, or, param, select, sin, sqrt, sub, tanh, xor } = scalar;

export type Sample = { readonly program: Program; readonly params: readonly (readonly number[])[] };

const sample = (name: string, args: readonly DType[], results: readonly Expr[], params: readonly DType[] = [], ...given: (readonly number[])[]): Sample =>
  ({ program: program(name, args, params, results), params: given.length === 0 ? [[]] : given });

/** Elementwise ops as core writes them, in a float dtype. */
export function chains(dtype: DType): readonly Sample[] {
  const x = arg(0, dtype), y = arg(1, dtype), z = arg(2, dtype);
  const sigmoid = (v: Expr): Expr => { const e = exp(neg(abs(v))); return div(select(ge(v, 0), lit(1, dtype), e), add(e, 1)); };
  const inner = mul(add(x, mul(mul(mul(x, x), x), 0.044715)), Math.sqrt(2 / Math.PI));
  return [
    sample("gelu", [dtype], [mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1))]),
    sample("geluTanh", [dtype], [mul(mul(x, 0.5), add(tanh(inner), 1))]),
    sample("silu", [dtype], [mul(x, sigmoid(x))]),
    sample("softplus", [dtype], [add(max(x, 0), log1p(exp(neg(abs(x)))))]),
    sample("relu", [dtype], [select(lt(x, 0), 0, x)]),
    sample("selectChain", [dtype, dtype, dtype], [select(lt(x, y), select(le(y, z), z, add(y, 1)), select(isNan(x), y, sub(x, z)))]),
    sample("lerp", [dtype, dtype], [add(x, mul(param(0, dtype), sub(y, x)))], [dtype], [0.1], [0.75], [-2]),
    sample("clamp", [dtype], [min(max(x, param(0, dtype)), param(1, dtype))], [dtype, dtype], [-1, 1], [0.5, 2.25], [-Infinity, Infinity], [NaN, 1]),
    sample("adam", [dtype, dtype, dtype], [
      add(mul(x, 0.9), mul(z, 0.1)), add(mul(y, 0.999), mul(mul(z, z), 0.001)),
      div(add(mul(x, 0.9), mul(z, 0.1)), add(sqrt(add(mul(abs(y), 0.999), mul(mul(z, z), 0.001))), param(0, dtype))),
    ], [dtype], [1e-8], [0.125]),
  ];
}

/** Dtypes that are only stored: as they stand, rounded on the way, rounded twice in two ways, beside what they came from. */
const narrow = (float: DType, int: DType): Sample[] => {
  const args: readonly DType[] = [float, int, "bool"], x = load(0, float), n = load(1, int);
  return [
    sample(`inputAsResult ${float} ${int}`, args, [arg(0, float), arg(1, int), arg(0, float)]),
    sample(`roundedBetween ${float} ${int}`, args, [mul(cast(cast(mul(x, 1.001), float), "float32"), 3), cast(mul(x, 1.001), float), add(cast(cast(mul(n, 77), int), "int32"), 1), cast(mul(n, 77), int)]),
    sample(`betweenKinds ${float} ${int}`, args, [cast(n, float), cast(mul(x, 20), int), cast(arg(2, "bool"), float), cast(arg(2, "bool"), int), cast(x, "bool")]),
  ];
};

/** Several results of several dtypes, which read some of the inputs. */
export const severalResults = (): readonly Sample[] => {
  const x = arg(0, "float32"), n = arg(1, "int32"), b = arg(2, "bool");
  const args: readonly DType[] = ["float32", "int32", "bool"];
  return [
    sample("threeDTypes", args, [select(b, x, neg(x)), select(b, add(n, 1), mul(n, n)), and(lt(x, 0), b)]),
    sample("castsBothWays", args, [add(x, cast(n, "float32")), sub(n, cast(x, "int32")), xor(b, not(lt(n, 0)))]),
    sample("oneUnused", args, [sin(x), or(n, 1)]),
    sample("sameTwice", args, [add(x, 1), add(x, 1)]),
    sample("inputAsResult", args, [x, n, b]),
    ...narrow("float16", "uint8"), ...narrow("bfloat16", "int16"),
  ];
};

/** No input: constants, params, element numbers, random bits. */
export const withoutInputs = (): readonly Sample[] => {
  const at = scalar.index, seed = [0, 1, 2, 3].map((i) => param(i, "int32")) as [Expr, Expr, Expr, Expr];
  const words: readonly DType[] = ["int32", "int32", "int32", "int32"], bits = scalar.random(at, ...seed);
  return [
    sample("fill", [], [param(0, "float32")], ["float32"], [0.1], [-3], [NaN], [Infinity], [-Infinity], [16777217]),
    sample("fillInt", [], [param(0, "int32")], ["int32"], [2147483647], [-5]),
    sample("fillBool", [], [param(0, "bool")], ["bool"], [1], [0]),
    sample("constants", [], [lit(Infinity, "float32"), lit(NaN, "float32"), lit(-0.1, "float32")]),
    sample("constantLowest", [], [lit(-2147483648, "int32"), lit(1, "bool")]),
    sample("arange", [], [add(mul(cast(at, "float32"), param(0, "float32")), param(1, "float32"))], ["float32", "float32"], [0.5, -1], [-3, 7]),
    sample("index", [], [at]),
    sample("random", [], [bits], words, [0, 0, 0, 0], [42, 0, 1, 0], [-1, 12345, -7, 2147483647]),
    sample("uniform", [], [mul(cast(and(scalar.ushr(bits, lit(8, "int32")), 0xffffff), "float32"), 2 ** -24)], words, [1, 2, 3, 4]),
  ];
};
