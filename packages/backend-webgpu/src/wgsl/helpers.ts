/** @file WGSL functions that generated code calls by name. Text only: a shader gets those that it mentions. */
import type { Tuning } from "../tuning.ts";

/**
 * Compilers may assume that no NaN and no infinity exists, so tests for them look at bits.
 * `ad_zero()` is a uniform word that is always 0: what is built from it cannot be folded.
 * Conditions are joined by `&` and `|`, never `&&` and `||`: their branches, inlined a hundred times into a loop, took
 * SwiftShader 2.8 s to compile instead of 0.06 s.
 */
const helpers = {
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
 * For hardware, whose quotients and roots may be 2.5 ULP off, so that x / x is not 1, and whose infinities may become NaN: what IEEE says, by integers, since `fma` may
 * round twice. What is left of a product of two mantissas is small, so that 32 bits tell it although they hold the product's last bits alone.
 */
const exact: { readonly [name: string]: string } = {
  // What a has more than q * b, in units of the last places of q and b. Of bits.
  ad_rest: `fn ad_rest(a: u32, q: u32, b: u32) -> i32 {
  let shift = ((a >> 23u) & 255u) + 150u - ((q >> 23u) & 255u) - ((b >> 23u) & 255u);
  return bitcast<i32>((((a & 0x7fffffu) | 0x800000u) << (shift & 31u)) - ((q & 0x7fffffu) | 0x800000u) * ((b & 0x7fffffu) | 0x800000u));
}`,
  ad_normal: "fn ad_normal(x: u32) -> bool { return ((x >> 23u) & 255u) - 1u < 254u; }",
  // Below a power of two, places are half as far apart: a first step that begins on one side and ends on the other may go too far, the second cannot.
  ad_quotient: `fn ad_quotient(a: u32, b: u32, near: u32) -> u32 {
  let q = near - select(0u, 1u, (ad_rest(a, near, b) < 0i) & ((near & 0x7fffffu) == 0u));
  let d = i32((b & 0x7fffffu) | 0x800000u); let rest = ad_rest(a, q, b); let n = i32(round(f32(rest) / f32(d))); let left = 2i * (rest - n * d);
  return q + bitcast<u32>(n + select(0i, 1i, left > d) - select(0i, 1i, left < -d));
}`,
  // Divisors whose reciprocal is not normal are scaled first.
  ad_div: `fn ad_div(x: f32, y: f32) -> f32 {
  let e = (bitcast<u32>(y) >> 23u) & 255u; let scale = select(select(1.0, 0x1p+64f, e < 31u), 0x1p-64f, e > 223u);
  let a = bitcast<u32>(x * scale); let b = bitcast<u32>(y * scale); let raw = bitcast<f32>(a) / bitcast<f32>(b);
  let q = ad_quotient(a, b, ad_quotient(a, b, bitcast<u32>(raw)));
  return select(raw, bitcast<f32>(q), ad_normal(a) & ad_normal(b) & ad_normal(bitcast<u32>(raw)) & ((q & 0x7f800000u) != 0u));
}`,
  ad_root: `fn ad_root(v: u32, near: u32) -> u32 {
  let s = near - select(0u, 1u, (ad_rest(v, near, near) < 0i) & ((near & 0x7fffffu) == 0u));
  let m = i32((s & 0x7fffffu) | 0x800000u); let rest = ad_rest(v, s, s); let n = i32(round(f32(rest) / f32(2i * m))); let left = rest - n * (2i * m + n);
  return s + bitcast<u32>(n + select(0i, 1i, left > m + n) - select(0i, 1i, left <= -(m + n)));
}`,
  ad_sqrt: `fn ad_sqrt(x: f32) -> f32 {
  let tiny = ad_tiny(x); let v = bitcast<u32>(select(x, f32(2i * ad_order(x)), tiny)); let raw = sqrt(bitcast<f32>(v));
  let isItself = ((v << 1u) == 0u) | (v == 0x7f800000u);
  let exact = bitcast<f32>(ad_root(v, ad_root(v, bitcast<u32>(raw))));
  let root = select(select(raw, exact, ad_normal(v) & (v < 0x80000000u)), bitcast<f32>(v), isItself);
  return root * select(1.0, 0x1p-75f, tiny);
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
