/** @file The checksum of ZIP files. */

/** Four tables of 256, so that a step takes four bytes; made when they are first needed. */
let tables: Uint32Array | undefined;
function made(): Uint32Array {
  const out = new Uint32Array(1024);
  for (let i = 0; i < 256; i++) {
    let value = i;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    out[i] = value;
  }
  for (let i = 256; i < 1024; i++) out[i] = (out[i - 256]! >>> 8) ^ out[out[i - 256]! & 255]!;
  return out;
}

/** CRC-32 of ISO 3309, as in ZIP. */
export function crc32(bytes: Uint8Array): number {
  const t = (tables ??= made()), whole = bytes.length - (bytes.length % 4);
  let crc = -1, at = 0;
  for (; at < whole; at += 4) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc = t[768 + (crc & 255)]! ^ t[512 + ((crc >>> 8) & 255)]! ^ t[256 + ((crc >>> 16) & 255)]! ^ t[crc >>> 24]!;
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ t[(crc ^ bytes[at]!) & 255]!;
  return ~crc >>> 0;
}
