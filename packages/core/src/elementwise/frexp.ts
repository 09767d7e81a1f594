/** @file Floats taken apart into mantissa and exponent: a row of two results. */
import { mapAll } from "../calculus/map-reduce.ts";
import { isFloat } from "../dtype.ts";
import { DTypeError } from "../errors.ts";
import type { Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import type { Expr } from "../scalar/expr.ts";
import { perDType, program } from "../scalar/program.ts";
import { either } from "./stable.ts";

type Split = { readonly mantissa: Expr; readonly exponent: Expr };

/** From the bits; of a subnormal number, those of 2^24 times it. */
function splitFloat32(x: Expr): Split {
  const size = s.abs(x), tiny = s.lt(size, 2 ** -126), bits = s.bitcast(s.select(tiny, s.magnified(size), size));
  const exponent = s.sub(s.shr(bits, 23), s.select(tiny, s.lit(150, "int32"), 126)), sign = s.and(s.bitcast(x), -0x80000000);
  return { mantissa: s.bitcast(s.or(s.or(s.and(bits, 0x7fffff), 0x3f000000), sign)), exponent };
}
/** From the logarithm, which may be off by one. Powers in two halves, since the whole one may be beyond the range. */
function splitFloat64(x: Expr): Split {
  const safe = s.select(s.lt(s.abs(x), Infinity), x, 1), whole = s.select(s.eq(safe, 0), 1, safe), tiny = s.lt(s.abs(whole), 2 ** -1000), y = s.select(tiny, s.mul(whole, 2 ** 100), whole);
  const guess = s.add(s.floor(s.mul(s.log(s.abs(y)), Math.LOG2E)), 1), half = s.floor(s.mul(guess, 0.5));
  const near = s.mul(s.mul(y, s.pow(2, s.neg(half))), s.pow(2, s.sub(half, guess)));
  const over = s.le(1, s.abs(near)), under = s.lt(s.abs(near), 0.5), step = s.select(over, s.lit(1, x.dtype), s.select(under, s.lit(-1, x.dtype), 0));
  return { mantissa: s.mul(near, s.select(over, s.lit(0.5, x.dtype), s.select(under, s.lit(2, x.dtype), 1))), exponent: s.cast(s.sub(s.add(guess, step), s.select(tiny, s.lit(100, x.dtype), 0)), "int32") };
}

const programs = /*@__PURE__*/ perDType((d, c) => {
  const x = s.load(0, d), { mantissa, exponent } = c === "float64" ? splitFloat64(x) : splitFloat32(x), whole = either(s.eq(x, 0), s.not(s.lt(s.abs(x), Infinity)));
  const power = s.select(whole, s.lit(0, "int32"), exponent);
  return program("frexp", [d], [], [s.cast(s.select(whole, x, mantissa), d), power], (g) => [s.cast(s.div(s.cast(g, c), s.pow(2, s.cast(power, c))), d)]);
});

/**
 * Every element as mantissa * 2^exponent: the mantissa has a magnitude from 1/2 up to, not including, 1. Of 0, infinities and NaN it is the number itself, and the exponent 0. The
 * gradient of the mantissa is grad / 2^exponent. PyTorch's `frexp`.
 * @param x of any shape; floats
 * @returns `{ mantissa, exponent }` of x's shape: x's dtype, and int32
 * @throws DTypeError for integers and bools
 * @example frexp(tensor([6])) // { mantissa: [0.75], exponent: [3] }
 */
export function frexp(x: Tensor): { readonly mantissa: Tensor; readonly exponent: Tensor } {
  if (!isFloat(x.dtype)) throw new DTypeError("torch.frexp() only supports floating-point dtypes");
  const [mantissa, exponent] = mapAll(programs(x.dtype), [x], [], x.shape) as [Tensor, Tensor];
  return { mantissa, exponent };
}
