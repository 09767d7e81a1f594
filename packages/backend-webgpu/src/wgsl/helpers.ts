/** @file WGSL functions that generated code calls by name. Text only: a shader gets those that it mentions. */
import type { Tuning } from "../tuning.ts";

/**
 * Compilers may assume that no NaN and no infinity exists, so tests for them look at bits.
 * `ad_zero()` is a uniform word that is always 0: what is built from it cannot be folded.
 * Conditions are joined by `&` and `|`, never `&&` and `||`: their branches, inlined a hundred times into a loop, took
 * SwiftShader 2.8 s to compile instead of 0.06 s.
 */
const helpers = {
  // The same number, of which no compiler knows what it is.
  ad_hidden: "fn ad_hidden(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) ^ ad_zero()); }",
  ad_nan: "fn ad_nan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }",
  // By bits, since a device may take subnormal numbers for zeros.
  ad_lt: "fn ad_lt(x: f32, y: f32) -> bool { return (ad_order(x) < ad_order(y)) & !(ad_nan(x) | ad_nan(y)); }",
  ad_le: "fn ad_le(x: f32, y: f32) -> bool { return (ad_order(x) <= ad_order(y)) & !(ad_nan(x) | ad_nan(y)); }",
  ad_eq: "fn ad_eq(x: f32, y: f32) -> bool { return (ad_order(x) == ad_order(y)) & !(ad_nan(x) | ad_nan(y)); }",
  // Grows with x, also from -0 to 0 and among subnormals, which comparison may take for zeros.
  ad_total: "fn ad_total(x: f32) -> i32 { let b = bitcast<i32>(x); return b ^ ((b >> 31u) & 0x7fffffffi); }",
  ad_max: "fn ad_max(x: f32, y: f32) -> f32 { return select(select(y, x, ad_nan(x) | (ad_total(x) > ad_total(y))), y, ad_nan(y)); }",
  ad_min: "fn ad_min(x: f32, y: f32) -> f32 { return select(select(y, x, ad_nan(x) | (ad_total(x) < ad_total(y))), y, ad_nan(y)); }",
  ad_sign: "fn ad_sign(x: f32) -> f32 { return select(f32(sign(ad_order(x))), 0.0, ad_nan(x)); }",
  ad_div: "fn ad_div(x: f32, y: f32) -> f32 { return x / y; }",
  // Neither 0 nor normal. Such a number is `ad_order(x)` times 2^-149.
  ad_tiny: "fn ad_tiny(x: f32) -> bool { return ((bitcast<u32>(x) << 1u) - 1u) < 0xffffffu; }",
  ad_sqrt: "fn ad_sqrt(x: f32) -> f32 { let tiny = ad_tiny(x); return sqrt(select(x, f32(2i * ad_order(x)), tiny)) * select(1.0, 0x1p-75f, tiny); }",
  ad_floor: "fn ad_floor(x: f32) -> f32 { return select(floor(x), select(0.0, -1.0, ad_order(x) < 0i), ad_tiny(x)); }",
  ad_ceil: "fn ad_ceil(x: f32) -> f32 { return select(ceil(x), select(1.0, -0.0, ad_order(x) < 0i), ad_tiny(x)); }",
  ad_idiv: "fn ad_idiv(x: i32, y: i32) -> i32 { return select(x / select(y, 1i, y == 0i), 0i, y == 0i); }",
  ad_irem: "fn ad_irem(x: i32, y: i32) -> i32 { return select(x % select(y, 1i, y == 0i), 0i, y == 0i); }",
  ad_ipow: `fn ad_ipow(x: i32, y: i32) -> i32 {
  if (y < 0i) { return select(select(0i, select(-1i, 1i, (y & 1i) == 0i), x == -1i), 1i, x == 1i); }
  var result = 1i; var base = x; var e = y;
  while (e > 0i) { if ((e & 1i) == 1i) { result = result * base; } base = base * base; e = e >> 1u; }
  return result;
}`,
  // Exact: long division of the mantissas, one bit of the quotient at a time.
  ad_fmod: `fn ad_fmod(x: f32, y: f32) -> f32 {
  let sign = bitcast<u32>(x) & 0x80000000u;
  let a = bitcast<u32>(x) & 0x7fffffffu; let b = bitcast<u32>(y) & 0x7fffffffu;
  if ((a >= 0x7f800000u) | (b > 0x7f800000u) | (b == 0u)) { return bitcast<f32>(ad_zero() + 0x7fc00000u); }
  if (a < b) { return x; }
  var ea = i32(a >> 23u); let eb = max(i32(b >> 23u), 1i);
  var m = select(a & 0x7fffffu, (a & 0x7fffffu) | 0x800000u, ea > 0i);
  let n = select(b & 0x7fffffu, (b & 0x7fffffu) | 0x800000u, (b >> 23u) > 0u);
  ea = max(ea, 1i);
  loop {
    if (m >= n) { m = m - n; }
    if (ea == eb) { break; }
    m = m << 1u; ea = ea - 1i;
  }
  if (m == 0u) { return bitcast<f32>(sign); }
  let shift = min(i32(countLeadingZeros(m)) - 8i, ea - 1i);
  m = m << u32(shift); ea = ea - shift;
  return bitcast<f32>(sign | select(m, (m & 0x7fffffu) | (u32(ea) << 23u), m >= 0x800000u));
}`,
  ad_saturate: `fn ad_saturate(x: f32) -> i32 {
  let inside = !ad_nan(x) & (x > -2147483648.0) & (x < 2147483648.0);
  let end = select(bitcast<i32>(0x80000000u), 2147483647i, x > 0.0);
  return select(select(end, 0i, ad_nan(x)), i32(select(0.0, x, inside)), inside);
}`,
  // To the nearest float32 that float16 has, half to even: away go 13 bits, more below 2^-14, all below 2^-24.
  ad_float16: `fn ad_float16(x: f32) -> f32 {
  let b = bitcast<u32>(x); let a = b & 0x7fffffffu; let e = a >> 23u;
  let away = 126u - clamp(e, 103u, 113u);
  let near = ((a + (1u << (away - 1u)) - 1u + ((a >> away) & 1u)) >> away) << away;
  let finite = select(near, select(0u, 0x33800000u, a > 0x33000000u), e < 103u);
  let whole = select(finite, ad_zero() + 0x7f800000u, finite >= 0x47800000u);
  return bitcast<f32>((b & 0x80000000u) | select(whole, a, a > 0x7f800000u));
}`,
  ad_bfloat16: `fn ad_bfloat16(x: f32) -> f32 {
  let b = bitcast<u32>(x);
  return bitcast<f32>(select((b + 0x7fffu + ((b >> 16u) & 1u)) & 0xffff0000u, b, ad_nan(x)));
}`,
  ad_order: "fn ad_order(x: f32) -> i32 { let b = bitcast<i32>(x); return select(b, bitcast<i32>(0x80000000u) - b, b < 0i); }",
  ad_mulhi: `fn ad_mulhi(a: u32, b: u32) -> u32 {
  let al = a & 0xffffu; let ah = a >> 16u; let bl = b & 0xffffu; let bh = b >> 16u;
  let middle = ah * bl + ((al * bl) >> 16u);
  let cross = al * bh + (middle & 0xffffu);
  return ah * bh + (middle >> 16u) + (cross >> 16u);
}`,
  ad_philox: `fn ad_philox(index: i32, seedLow: i32, seedHigh: i32, offsetLow: i32, offsetHigh: i32) -> i32 {
  var c = vec4<u32>(bitcast<u32>(index) >> 2u, 0u, bitcast<u32>(offsetLow), bitcast<u32>(offsetHigh));
  var k = vec2<u32>(bitcast<u32>(seedLow), bitcast<u32>(seedHigh));
  for (var round = 0i; round < 10i; round++) {
    let low0 = 0xd2511f53u * c.x; let low1 = 0xcd9e8d57u * c.z;
    c = vec4<u32>(ad_mulhi(0xcd9e8d57u, c.z) ^ c.y ^ k.x, low1, ad_mulhi(0xd2511f53u, c.x) ^ c.w ^ k.y, low0);
    k = k + vec2<u32>(0x9e3779b9u, 0xbb67ae85u);
  }
  let word = bitcast<u32>(index) & 3u;
  return bitcast<i32>(select(select(c.w, c.z, word == 2u), select(c.y, c.x, word == 0u), word < 2u));
}`,
} as const satisfies Record<string, string>;

/**
 * For hardware, whose quotients and roots may be 2.5 ULP off, so that x / x is not 1, and whose infinities may become NaN: what IEEE says, of all numbers. A reciprocal tells the mantissa of
 * the result but for seven places; eight below that, what is left is exact in the last 32 bits of integers, while `fma` may round twice and compilers may add floats in another order. What is left
 * by the divisor, rounded down by `12288.0`, which leaves ten binary digits, is the number of places up to the nearest, or one fewer, which a comparison tells. No quotient and no root is half-way.
 * Masks of 24 bits and of 5 are for products: many devices multiply 24 bits at full speed. Counts of instructions: docs/webgpu.md.
 */
const exact: { readonly [name: string]: string } = {
  ad_div: `fn ad_div(x: f32, y: f32) -> f32 {
  let a = bitcast<u32>(x); let b = bitcast<u32>(y);
  var ea = a & 0x7f800000u; var eb = b & 0x7f800000u; var m = a & 0x7fffffu; var d = b & 0x7fffffu;
  let normal = min(bitcast<i32>(ea + 0x800000u), bitcast<i32>(eb + 0x800000u));
  if (normal < 0x1000000i) {
    let up = vec2<u32>(countLeadingZeros(m), countLeadingZeros(d)) - 8u;
    if (ea == 0u) { m = (m << (up.x & 31u)) & 0x7fffffu; ea = (1u - up.x) << 23u; }
    if (eb == 0u) { d = (d << (up.y & 31u)) & 0x7fffffu; eb = (1u - up.y) << 23u; }
  }
  let less = m < d; let twice = select(0u, 0x800000u, less); let near = 1.0 / bitcast<f32>(d | 0x4b000000u);
  let low = bitcast<u32>(bitcast<f32>(m | 0x4b000000u | twice) * near) - 8u; d = d | 0x800000u;
  let rest = ((m | 0x800000u) << select(23u, 24u, less)) + (d >> 1u) - (low & 0xffffffu) * d;
  let n = (bitcast<u32>(f32(rest) * near + 12287.998046875) >> 10u) & 31u; let left = rest - n * d;
  let bits = low + n + select(0u, 1u, left >= d) + (ea - eb - twice);
  if (min(normal, bitcast<i32>(bits + 0x800000u)) < 0x1000000i) { return ad_divEnds(a, b, bits, select(left, left - d, left >= d), d >> 1u); }
  return bitcast<f32>(bits | ((a ^ b) & 0x80000000u));
}`,
  // Of zeros, infinities and NaN, and where a number is subnormal, or the quotient too large: a subnormal one is rounded again, by what is left beyond `middle`.
  ad_divEnds: `fn ad_divEnds(x: u32, y: u32, bits: u32, left: u32, middle: u32) -> f32 {
  let a = x & 0x7fffffffu; let b = y & 0x7fffffffu; let sign = (x ^ y) & 0x80000000u;
  if ((max(a, b) > 0x7f800000u) | ((a == b) & ((a == 0u) | (a == 0x7f800000u)))) { return bitcast<f32>(ad_zero() + 0x7fc00000u); }
  if ((a == 0u) | (b == 0x7f800000u)) { return bitcast<f32>(sign); }
  if ((a == 0x7f800000u) | (b == 0u)) { return bitcast<f32>(ad_zero() + (sign | 0x7f800000u)); }
  if (bits - 0x800000u < 0x7f000000u) { return bitcast<f32>(bits | sign); }
  if (a > b) { return bitcast<f32>(ad_zero() + (sign | 0x7f800000u)); }
  let away = u32(min(1i - (bitcast<i32>(bits) >> 23u), 25i)); let m = (bits & 0x7fffffu) | 0x800000u;
  let kept = m >> away; let gone = 2i * bitcast<i32>(m - (kept << away)) - bitcast<i32>(1u << away);
  return bitcast<f32>(sign | (kept + select(0u, 1u, (gone > 0i) | ((gone == 0i) & ((left > middle) | ((left == middle) & ((kept & 1u) == 1u)))))));
}`,
  ad_sqrt: `fn ad_sqrt(x: f32) -> f32 {
  let v = bitcast<u32>(x); var e = v >> 23u; var m = v & 0x7fffffu;
  if (e == 0u) { let up = countLeadingZeros(m) - 8u; m = (m << (up & 31u)) & 0x7fffffu; e = 1u - up; }
  let isOdd = (e & 1u) == 0u; let f = bitcast<f32>(m | select(0x57800000u, 0x58000000u, isOdd)); let near = inverseSqrt(f);
  let square = (m | 0x800000u) << select(23u, 24u, isOdd); let low = (bitcast<u32>(f * near) - 8u) & 0xffffffu;
  let n = (bitcast<u32>(f32(square - low * low) * near + 12288.498046875) >> 10u) & 31u; let s = (low + n) & 0xffffffu;
  if (v - 1u < 0x7f7fffffu) { return bitcast<f32>(s + select(0u, 1u, bitcast<i32>(square - s * s) > bitcast<i32>(s)) + ((bitcast<u32>(bitcast<i32>(e + 125u) >> 1u)) << 23u)); }
  return bitcast<f32>(ad_zero() + select(0x7fc00000u, v, ((v << 1u) == 0u) | (v == 0x7f800000u)));
}`,
};

/** The text of every helper that `code` mentions, and of those that they mention. */
export function helpersOf(code: string, tuning: Tuning): string {
  const all: { readonly [name: string]: string } = tuning === "workgroup" ? { ...helpers, ...exact } : helpers, found = new Set<string>();
  const visit = (text: string): void => {
    for (const name of Object.keys(all))
      if (!found.has(name) && text.includes(`${name}(`)) {
        found.add(name);
        visit(all[name]!);
      }
  };
  visit(code);
  return [...found].map((name) => all[name]).join("\n");
}
