/** @file The WebAssembly opcodes that kernels use, by the names of the specification. Numbers only: what follows an opcode is written by code.ts. */

/** Opcodes below 256 stand for themselves; 0xfd105 is code 0x105 after the SIMD prefix 0xfd; 0xfc00a is code 0x0a after the bulk-memory prefix. */
export const SIMD = 0xfd000;
export const BULK = 0xfc000;

/** Opcodes without immediates. */
export const plainOps = {
  drop: 0x1a, select: 0x1b, return: 0x0f, unreachable: 0x00,
  "i32.eqz": 0x45, "i32.eq": 0x46, "i32.ne": 0x47, "i32.lt_s": 0x48, "i32.lt_u": 0x49, "i32.gt_s": 0x4a, "i32.gt_u": 0x4b,
  "i32.le_s": 0x4c, "i32.le_u": 0x4d, "i32.ge_s": 0x4e, "i32.ge_u": 0x4f,
  "f32.eq": 0x5b, "f32.ne": 0x5c, "f32.lt": 0x5d, "f32.gt": 0x5e, "f32.le": 0x5f, "f32.ge": 0x60,
  "f64.eq": 0x61, "f64.ne": 0x62, "f64.lt": 0x63, "f64.gt": 0x64, "f64.le": 0x65, "f64.ge": 0x66,
  "i32.popcnt": 0x69, "i32.add": 0x6a, "i32.sub": 0x6b, "i32.mul": 0x6c, "i32.div_s": 0x6d, "i32.div_u": 0x6e, "i32.rem_s": 0x6f, "i32.rem_u": 0x70,
  "i32.and": 0x71, "i32.or": 0x72, "i32.xor": 0x73, "i32.shl": 0x74, "i32.shr_s": 0x75, "i32.shr_u": 0x76,
  "i32.wrap_i64": 0xa7, "i64.extend_i32_s": 0xac, "i64.extend_i32_u": 0xad,
  "i64.lt_s": 0x53, "i64.and": 0x83, "i64.or": 0x84, "i64.shl": 0x86, "i64.shr_u": 0x88,
  "f32.abs": 0x8b, "f32.neg": 0x8c, "f32.add": 0x92, "f32.sub": 0x93, "f32.mul": 0x94, "f32.div": 0x95,
  "f64.abs": 0x99, "f64.trunc": 0x9d, "f64.add": 0xa0, "f64.sub": 0xa1, "f64.mul": 0xa2, "f64.div": 0xa3,
  "f64.min": 0xa4, "f64.max": 0xa5, "f64.copysign": 0xa6,
  "f32.demote_f64": 0xb6, "f64.promote_f32": 0xbb, "i64.reinterpret_f64": 0xbd, "f64.reinterpret_i64": 0xbf,

  "i8x16.swizzle": 0xfd00e, "i32x4.splat": 0xfd011, "f32x4.splat": 0xfd013,
  "i32x4.eq": 0xfd037, "i32x4.ne": 0xfd038, "i32x4.lt_s": 0xfd039, "i32x4.gt_s": 0xfd03b, "i32x4.le_s": 0xfd03d, "i32x4.ge_s": 0xfd03f, "i32x4.ge_u": 0xfd040,
  "f32x4.eq": 0xfd041, "f32x4.ne": 0xfd042, "f32x4.lt": 0xfd043, "f32x4.gt": 0xfd044, "f32x4.le": 0xfd045, "f32x4.ge": 0xfd046,
  "v128.not": 0xfd04d, "v128.and": 0xfd04e, "v128.andnot": 0xfd04f, "v128.or": 0xfd050, "v128.xor": 0xfd051,
  "v128.bitselect": 0xfd052, "v128.any_true": 0xfd053,
  "i8x16.narrow_i16x8_u": 0xfd066, "i8x16.narrow_i16x8_s": 0xfd065,
  "f32x4.ceil": 0xfd067, "f32x4.floor": 0xfd068, "f32x4.trunc": 0xfd069, "f32x4.nearest": 0xfd06a, "f64x2.trunc": 0xfd07a,
  "i16x8.narrow_i32x4_s": 0xfd085, "i16x8.narrow_i32x4_u": 0xfd086, "i16x8.extend_low_i8x16_s": 0xfd087, "i16x8.extend_low_i8x16_u": 0xfd089,
  "i32x4.abs": 0xfd0a0, "i32x4.neg": 0xfd0a1, "i32x4.bitmask": 0xfd0a4, "i32x4.extend_low_i16x8_s": 0xfd0a7, "i32x4.extend_low_i16x8_u": 0xfd0a9,
  "i32x4.shl": 0xfd0ab, "i32x4.shr_s": 0xfd0ac, "i32x4.shr_u": 0xfd0ad, "i32x4.add": 0xfd0ae, "i32x4.sub": 0xfd0b1, "i32x4.mul": 0xfd0b5,
  "i32x4.min_s": 0xfd0b6, "i32x4.max_s": 0xfd0b8,
  "i64x2.extmul_low_i32x4_u": 0xfd0de, "i64x2.extmul_high_i32x4_u": 0xfd0df,
  "f32x4.abs": 0xfd0e0, "f32x4.neg": 0xfd0e1, "f32x4.sqrt": 0xfd0e3,
  "f32x4.add": 0xfd0e4, "f32x4.sub": 0xfd0e5, "f32x4.mul": 0xfd0e6, "f32x4.div": 0xfd0e7, "f32x4.min": 0xfd0e8, "f32x4.max": 0xfd0e9, "f32x4.pmin": 0xfd0ea, "f32x4.pmax": 0xfd0eb,
  "f64x2.add": 0xfd0f0, "f64x2.sub": 0xfd0f1, "f64x2.mul": 0xfd0f2, "f64x2.div": 0xfd0f3,
  "i32x4.trunc_sat_f32x4_s": 0xfd0f8, "f32x4.convert_i32x4_s": 0xfd0fa,
  "i32x4.trunc_sat_f64x2_s_zero": 0xfd0fc, "f64x2.convert_low_i32x4_s": 0xfd0fe,
  // Relaxed SIMD: only after features.ts found it.
  "f32x4.relaxed_madd": 0xfd105, "f32x4.relaxed_nmadd": 0xfd106, "i32x4.relaxed_laneselect": 0xfd10b,
} as const;

/** Loads and stores: the immediate is an offset in bytes. Alignment is a hint; ours is always "none". */
export const memoryOps = {
  "i32.load": 0x28, "i64.load": 0x29, "i64.store": 0x37, "f32.load": 0x2a, "i32.load8_s": 0x2c, "i32.load8_u": 0x2d, "i32.load16_s": 0x2e, "i32.load16_u": 0x2f,
  "i32.store": 0x36, "f32.store": 0x38, "i32.store8": 0x3a, "i32.store16": 0x3b,
  "v128.load": 0xfd000, "v128.load16x4_s": 0xfd003, "v128.load16x4_u": 0xfd004, "v128.load32_splat": 0xfd009, "v128.load32_zero": 0xfd05c, "v128.store": 0xfd00b,
} as const;

export const laneOps = {
  "i32x4.extract_lane": 0xfd01b, "i32x4.replace_lane": 0xfd01c, "f32x4.extract_lane": 0xfd01f, "f32x4.replace_lane": 0xfd020,
} as const;

export const memoryLaneOps = {
  "v128.store8_lane": 0xfd058, "v128.store16_lane": 0xfd059, "v128.store32_lane": 0xfd05a, "v128.store64_lane": 0xfd05b,
} as const;

export type PlainOp = keyof typeof plainOps;
export type MemoryOp = keyof typeof memoryOps;
export type LaneOp = keyof typeof laneOps;
export type MemoryLaneOp = keyof typeof memoryLaneOps;
