/** @file A machine for Python's pickles that knows the opcodes of state dicts alone. It makes plain data, runs no code, and its work is linear in the bytes. */
import { FormatError, UnsupportedFormatError } from "../errors.ts";
import { shown, utf8 } from "../source.ts";
import { built, called, globalOf, storageOf } from "./globals.ts";
import { type Dict, isTuple, MAX_OPCODES, type Pickled, type Sequence, type StorageRef } from "./pickled.ts";

/** More is no state dict: the tensors are not in it. */
const MAX_BYTES = 100_000_000;
const fail = (message: string): never => { throw new FormatError("torch", `data.pkl: ${message}; the file is damaged`); };

/** Reads a pickle's bytes, with its stack and its memo. */
class Machine {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  #at = 0;
  stack: Pickled[] = [];
  readonly #marks: Pickled[][] = [];
  readonly #memo: Map<number, Pickled> = new Map();
  readonly storages: Map<string, StorageRef> = new Map();

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }
  /** The place before the next `count` bytes, which are there. */
  #skip(count: number): number {
    const from = this.#at;
    if (count > this.#bytes.length - from) return fail("it ends in the middle");
    this.#at += count;
    return from;
  }
  byte(): number {
    return this.#bytes[this.#skip(1)]!;
  }
  uint16(): number {
    return this.#view.getUint16(this.#skip(2), true);
  }
  int32(): number {
    return this.#view.getInt32(this.#skip(4), true);
  }
  uint32(): number {
    return this.#view.getUint32(this.#skip(4), true);
  }
  double(): number {
    return this.#view.getFloat64(this.#skip(8));
  }
  skip(count: number): void {
    this.#skip(count);
  }
  text(length: number): string {
    const from = this.#skip(length);
    return utf8(this.#bytes.subarray(from, from + length)) ?? fail("a string is not valid UTF-8");
  }
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0) return fail("it ends in the middle");
    const text = this.text(end - this.#at);
    this.#at++;
    return text;
  }
  /** Two's complement, the lowest byte first. */
  long(length: number): number | bigint {
    const from = this.#skip(length);
    if (length === 0) return 0;
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.#bytes[from + i]!);
    const signed = BigInt.asIntN(8 * length, value), number = Number(signed);
    return Number.isSafeInteger(number) ? number : signed;
  }
  push(value: Pickled): void {
    this.stack.push(value);
  }
  pop(): Pickled {
    return this.stack.length > 0 ? this.stack.pop()! : fail("its stack is empty");
  }
  top(): Pickled {
    return this.stack.length > 0 ? this.stack.at(-1)! : fail("its stack is empty");
  }
  mark(): void {
    this.#marks.push(this.stack);
    this.stack = [];
  }
  /** What was pushed since the last mark. */
  sinceMark(): Pickled[] {
    const items = this.stack;
    this.stack = this.#marks.pop() ?? fail("it has no mark");
    return items;
  }
  store(index: number): void {
    this.#memo.set(index, this.top());
  }
  memoize(): void {
    this.store(this.#memo.size);
  }
  fetch(index: number): void {
    const value = this.#memo.get(index);
    this.push(value === undefined ? fail("it reads what it never stored") : value);
  }
  tuple(count: number): void {
    const items = Array.from({ length: count }, () => this.pop()).reverse();
    this.push({ is: "tuple", items });
  }
}

function list(value: Pickled): Sequence {
  return typeof value === "object" && value?.is === "list" ? value : fail("it appends to what is no list");
}
function setItems(target: Pickled, items: readonly Pickled[]): void {
  const { entries }: Dict = typeof target === "object" && target?.is === "dict" ? target : fail("it sets items of what is no dict");
  if (items.length % 2 !== 0) fail("a key has no value");
  for (let i = 0; i < items.length; i += 2) {
    const key = items[i];
    if (key === "__proto__") fail("the key '__proto__' is not taken, since records with it are not safe to copy");
    if (typeof key !== "string" && typeof key !== "number")
      throw new UnsupportedFormatError("torch", `a dict has a key that is neither a string nor a number: ${isTuple(key) ? "a tuple" : shown(String(typeof key === "object" ? key?.is ?? null : key))}`);
    entries.set(key, items[i + 1]!);
  }
}

/** What each opcode does, by its byte: pickle protocol 2 as torch.save writes it, and of 4 what stands for the same. */
const opcodes: ReadonlyMap<number, (m: Machine) => void> = /*@__PURE__*/ new Map<number, (m: Machine) => void>([
  [0x80, (m) => { if (m.byte() > 5) throw new UnsupportedFormatError("torch", "a pickle protocol above 5; save it again by torch.save, with its own protocol"); }], // PROTO
  [0x95, (m) => m.skip(8)], // FRAME
  [0x7d, (m) => m.push({ is: "dict", entries: new Map() })], // EMPTY_DICT
  [0x5d, (m) => m.push({ is: "list", items: [] })], // EMPTY_LIST
  [0x29, (m) => m.push({ is: "tuple", items: [] })], // EMPTY_TUPLE
  [0x28, (m) => m.mark()], // MARK
  [0x4e, (m) => m.push(null)], // NONE
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  [0x4a, (m) => m.push(m.int32())], // BININT
  [0x4b, (m) => m.push(m.byte())], // BININT1
  [0x4d, (m) => m.push(m.uint16())], // BININT2
  [0x8a, (m) => m.push(m.long(m.byte()))], // LONG1
  [0x47, (m) => m.push(m.double())], // BINFLOAT
  [0x58, (m) => m.push(m.text(m.uint32()))], // BINUNICODE
  [0x8c, (m) => m.push(m.text(m.byte()))], // SHORT_BINUNICODE
  [0x71, (m) => m.store(m.byte())], // BINPUT
  [0x72, (m) => m.store(m.uint32())], // LONG_BINPUT
  [0x94, (m) => m.memoize()], // MEMOIZE
  [0x68, (m) => m.fetch(m.byte())], // BINGET
  [0x6a, (m) => m.fetch(m.uint32())], // LONG_BINGET
  [0x74, (m) => m.push({ is: "tuple", items: m.sinceMark() })], // TUPLE
  [0x85, (m) => m.tuple(1)], // TUPLE1
  [0x86, (m) => m.tuple(2)], // TUPLE2
  [0x87, (m) => m.tuple(3)], // TUPLE3
  [0x61, (m) => { const item = m.pop(); list(m.top()).items.push(item); }], // APPEND
  [0x65, (m) => { const items = m.sinceMark(), { items: to } = list(m.top()); for (const item of items) to.push(item); }], // APPENDS
  [0x73, (m) => { const value = m.pop(), key = m.pop(); setItems(m.top(), [key, value]); }], // SETITEM
  [0x75, (m) => { const items = m.sinceMark(); setItems(m.top(), items); }], // SETITEMS
  [0x63, (m) => m.push(globalOf(m.line(), m.line()))], // GLOBAL
  [0x93, (m) => { // STACK_GLOBAL
    const name = m.pop(), module = m.pop();
    m.push(typeof name === "string" && typeof module === "string" ? globalOf(module, name) : fail("a global without a name"));
  }],
  [0x51, (m) => m.push(storageOf(m.pop(), m.storages))], // BINPERSID
  [0x52, (m) => { const args = m.pop(); m.push(called(m.pop(), args)); }], // REDUCE
  [0x62, (m) => { const state = m.pop(); m.push(built(m.pop(), state)); }], // BUILD
]);
const STOP = 0x2e;

export type Unpickled = { readonly value: Pickled; readonly storages: ReadonlyMap<string, StorageRef> };

/**
 * What a pickle stands for.
 * @throws FormatError for a damaged one
 * @throws UnsupportedFormatError for opcodes and Python objects that state dicts do not need
 */
export function unpickle(bytes: Uint8Array<ArrayBuffer>): Unpickled {
  if (bytes.length > MAX_BYTES) return fail(`${bytes.length} bytes are more than the ${MAX_BYTES} that are read`);
  const machine = new Machine(bytes);
  let count = 0;
  for (let code = machine.byte(); code !== STOP; code = machine.byte()) {
    if (++count > MAX_OPCODES) throw new UnsupportedFormatError("torch", `data.pkl: it has more than ${MAX_OPCODES} opcodes; save long lists of numbers as tensors`);
    const opcode = opcodes.get(code);
    if (opcode === undefined)
      throw new UnsupportedFormatError("torch", `data.pkl has the pickle opcode 0x${code.toString(16).padStart(2, "0")}, which tensors, dicts, lists, tuples, numbers and strings do not need; save a state dict: torch.save(model.state_dict(), path)`);
    opcode(machine);
  }
  const value = machine.pop();
  return machine.stack.length === 0 ? { value, storages: machine.storages } : fail("it leaves more than one value");
}
