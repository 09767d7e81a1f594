/** @file The primitive encodings of the WebAssembly binary format: LEB128 numbers, floats, names. Appends to number arrays. */

export function unsigned(out: number[], value: number): void {
  let rest = value >>> 0;
  while (rest >= 128) {
    out.push((rest & 127) | 128);
    rest >>>= 7;
  }
  out.push(rest);
}

export function signed(out: number[], value: number): void {
  let rest = value | 0;
  for (;;) {
    const low = rest & 127;
    rest >>= 7;
    if ((rest === 0 && (low & 64) === 0) || (rest === -1 && (low & 64) !== 0)) {
      out.push(low);
      return;
    }
    out.push(low | 128);
  }
}

export function signed64(out: number[], value: bigint): void {
  let rest = value;
  for (;;) {
    const low = Number(rest & 127n);
    rest >>= 7n;
    if ((rest === 0n && (low & 64) === 0) || (rest === -1n && (low & 64) !== 0)) {
      out.push(low);
      return;
    }
    out.push(low | 128);
  }
}

const scratch = /*@__PURE__*/ new DataView(/*@__PURE__*/ new ArrayBuffer(8));

export function word32(out: number[], bits: number): void {
  out.push(bits & 255, (bits >>> 8) & 255, (bits >>> 16) & 255, bits >>> 24);
}

export function float64(out: number[], value: number): void {
  scratch.setFloat64(0, value, true);
  for (let i = 0; i < 8; i++) out.push(scratch.getUint8(i));
}

export function name(out: number[], text: string): void {
  unsigned(out, text.length); // names are ASCII
  for (let i = 0; i < text.length; i++) out.push(text.charCodeAt(i));
}

export function append(out: number[], more: readonly number[]): void {
  for (let i = 0; i < more.length; i++) out.push(more[i]!);
}
