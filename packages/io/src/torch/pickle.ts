/** @file Writing Python's pickles, protocol 2, with the opcodes that every reader of state dicts knows. */

/** Grows as it is written to. */
export class Pickle {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(1024);
  #view: DataView = new DataView(this.#bytes.buffer);
  #at = 0;
  opcodes = 0;
  readonly #memo: Map<unknown, { readonly index: number; readonly height: number }> = new Map();

  /** Room for so many bytes more; where they begin. */
  #room(count: number): number {
    const from = this.#at, needed = from + count;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    this.#at = needed;
    return from;
  }
  /** An opcode by its letter, and single bytes after it. */
  code(...bytes: readonly number[]): this {
    this.opcodes++;
    this.#put(bytes);
    return this;
  }
  #put(bytes: ArrayLike<number>): void {
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
  }
  #wide(width: 4 | 8): { readonly view: DataView; readonly at: number } {
    const at = this.#room(width);
    return { view: this.#view, at };
  }
  text(value: string): this {
    const bytes = new TextEncoder().encode(value);
    this.code(0x58);
    const { view, at } = this.#wide(4);
    view.setUint32(at, bytes.length, true);
    this.#put(bytes);
    return this;
  }
  global(module: string, name: string): this {
    return this.code(0x63, ...new TextEncoder().encode(`${module}\n${name}\n`));
  }
  /** Whole numbers as int, others as float; -0 is a float. */
  number(value: number | bigint): this {
    if (typeof value === "number" && (!Number.isSafeInteger(value) || Object.is(value, -0))) {
      this.code(0x47);
      const { view, at } = this.#wide(8);
      view.setFloat64(at, value);
    } else if (BigInt.asIntN(32, BigInt(value)) === BigInt(value)) {
      this.code(0x4a);
      const { view, at } = this.#wide(4);
      view.setInt32(at, Number(value), true);
    } else {
      const bytes = twosComplement(BigInt(value));
      this.code(0x8a, bytes.length, ...bytes);
    }
    return this;
  }
  /** Keeps what was pushed last as what stands for a container of these items. */
  store(value: object, items: Iterable<unknown>): void {
    const index = this.#memo.size;
    let height = 0;
    for (const item of items) height = Math.max(height, this.#memo.get(item)?.height ?? 0);
    this.#index(0x72, index); // LONG_BINPUT
    this.#memo.set(value, { index, height: height + 1 });
  }
  /** Pushes what was stored for `value`, and gives the levels of containers in it; undefined where nothing was. */
  fetched(value: object): number | undefined {
    const known = this.#memo.get(value);
    if (known !== undefined) this.#index(0x6a, known.index); // LONG_BINGET
    return known?.height;
  }
  #index(code: number, index: number): void {
    this.code(code);
    const { view, at } = this.#wide(4);
    view.setUint32(at, index, true);
  }
  bool(value: boolean): this {
    return this.code(value ? 0x88 : 0x89);
  }
  none(): this {
    return this.code(0x4e);
  }
  mark(): this {
    return this.code(0x28);
  }
  /** Of what was pushed since the mark. */
  tuple(): this {
    return this.code(0x74);
  }
  finished(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#at);
  }
}

function twosComplement(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 8n) {
    bytes.push(Number(rest & 255n));
    const isEnd = rest >= -128n && rest < 128n;
    if (isEnd) return bytes;
  }
}
