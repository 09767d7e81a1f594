/**
 * @file The dtypes that are only stored, in four 32-bit lanes: a 16-bit float as its word, a small integer as its value.
 * Casts between these lanes and those of float32 and int32. Loads and stores are in body.ts.
 */
import type { DType } from "@adjoint/core/backend";
import type { Code, Local } from "../asm/code.ts";

type NarrowCast = (f: Code, x: Local<"v128">) => void;

/** Shifted to float32's place and scaled by the difference of the biases: right for subnormals too. Infinities and NaN get the largest exponent. */
const loadFloat16: NarrowCast = (f, x) => {
  const magnitude = f.local("v128");
  f.get(x).constant(0x7fff).op("v128.and").set(magnitude);
  f.get(magnitude).i32(13).op("i32x4.shl").floatConstant(2 ** 112).op("f32x4.mul");
  f.get(magnitude).constant(0x7bff).op("i32x4.gt_s").constant(0x7f800000).op("v128.and").op("v128.or");
  f.get(x).constant(0x8000).op("v128.and").i32(16).op("i32x4.shl").op("v128.or");
};

/** To nearest even: in the bits where the result is normal, by an addition to 0.5, whose last place is 2^-24, where it is not. */
const storeFloat16: NarrowCast = (f, x) => {
  const a = f.local("v128");
  f.get(x).constant(0x7fffffff).op("v128.and").set(a);
  f.constant(0x7e00).constant(0x7c00).get(a).constant(0x7f800000).op("i32x4.gt_s").op("v128.bitselect");
  f.get(a).floatConstant(0.5).op("f32x4.add").constant(0x3f000000).op("i32x4.sub");
  f.get(a).constant(0xfff - 0x38000000).op("i32x4.add").get(a).i32(13).op("i32x4.shr_u").constant(1).op("v128.and").op("i32x4.add").i32(13).op("i32x4.shr_u");
  f.get(a).constant(0x38800000).op("i32x4.lt_s").op("v128.bitselect");
  f.get(a).constant(0x477fffff).op("i32x4.gt_s").op("v128.bitselect");
  f.get(x).i32(16).op("i32x4.shr_u").constant(0x8000).op("v128.and").op("v128.or");
};

const loadBfloat16: NarrowCast = (f, x) => void f.get(x).i32(16).op("i32x4.shl");

const storeBfloat16: NarrowCast = (f, x) => {
  f.constant(0x7fc0).get(x).constant(0x7fff).op("i32x4.add").get(x).i32(16).op("i32x4.shr_u").constant(1).op("v128.and").op("i32x4.add").i32(16).op("i32x4.shr_u");
  f.get(x).get(x).op("f32x4.ne").op("v128.bitselect");
};

/** Keeps the low bits, and their sign. */
const wrap = (bits: number): NarrowCast => (f, x) => void f.get(x).i32(32 - bits).op("i32x4.shl").i32(32 - bits).op("i32x4.shr_s");
const asItIs: NarrowCast = (f, x) => void f.get(x);

/** To what the dtype is computed in, and back. */
export const narrowCasts: { readonly [D in DType]?: { readonly load: NarrowCast; readonly store: NarrowCast } } = {
  float16: { load: loadFloat16, store: storeFloat16 },
  bfloat16: { load: loadBfloat16, store: storeBfloat16 },
  int16: { load: asItIs, store: wrap(16) },
  int8: { load: asItIs, store: wrap(8) },
  uint8: { load: asItIs, store: (f, x) => void f.get(x).constant(255).op("v128.and") },
};
