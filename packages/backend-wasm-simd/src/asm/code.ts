/** @file Builds the body of one WebAssembly function: locals, constants, control flow, instructions. Knows no kernel. */
import { floatBits } from "@adjoint/core/backend";
import { append, float64, signed, signed64, unsigned, word32 } from "./bytes.ts";
import {
  BULK, type LaneOp, laneOps, type MemoryLaneOp, memoryLaneOps, type MemoryOp, memoryOps, type PlainOp, plainOps, SIMD,
} from "./opcodes.ts";

export const valueTypes = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;
export type ValueType = keyof typeof valueTypes;

/** A parameter or local variable of a function. */
export type Local<T extends ValueType = ValueType> = { readonly index: number; readonly type: T };
/** What a branch jumps to: the end of a block, or the start of a loop. */
export type Label = { readonly depth: number };

export class Code {
  readonly #body: number[] = [];
  /** Constants: set once, before the body. V8 13.6+ would materialise a v128.const anew in every iteration of a loop. */
  readonly #prologue: number[] = [];
  readonly #constants = new Map<string, Local<"v128">>();
  readonly #locals: ValueType[] = [];
  readonly #parameters: number;
  #depth = 0;

  constructor(parameters: number) {
    this.#parameters = parameters;
  }

  local<T extends ValueType>(type: T): Local<T> {
    this.#locals.push(type);
    return { index: this.#parameters + this.#locals.length - 1, type };
  }

  op(name: PlainOp): this {
    this.#opcode(plainOps[name]);
    return this;
  }
  memory(name: MemoryOp, offset: number = 0): this {
    this.#opcode(memoryOps[name]);
    this.#body.push(0);
    unsigned(this.#body, offset);
    return this;
  }
  lane(name: LaneOp, lane: number): this {
    this.#opcode(laneOps[name]);
    this.#body.push(lane);
    return this;
  }
  memoryLane(name: MemoryLaneOp, lane: number, offset: number = 0): this {
    this.#opcode(memoryLaneOps[name]);
    this.#body.push(0);
    unsigned(this.#body, offset);
    this.#body.push(lane);
    return this;
  }
  /** Four 32-bit lanes out of eight: 0 to 3 of the lower operand, 4 to 7 of the upper. */
  shuffle(a: number, b: number, c: number, d: number): this {
    this.#opcode(SIMD + 13);
    for (const word of [a, b, c, d]) this.#body.push(4 * word, 4 * word + 1, 4 * word + 2, 4 * word + 3);
    return this;
  }
  /** Copies bytes; the stack holds destination, source, count. */
  memoryCopy(): this {
    this.#opcode(BULK + 10);
    this.#body.push(0, 0);
    return this;
  }

  /** Fills bytes; the stack holds destination, value, count. */
  memoryFill(): this {
    this.#opcode(BULK + 11);
    this.#body.push(0);
    return this;
  }

  /** What the running thread adds to the addresses of memory that each thread has for itself: the imported global. */
  thread(): this {
    this.#body.push(0x23, 0);
    return this;
  }
  /** Such an address. */
  own(address: number): this {
    return this.thread().i32(address).op("i32.add");
  }

  get(local: Local): this {
    this.#body.push(0x20);
    unsigned(this.#body, local.index);
    return this;
  }
  set(local: Local): this {
    this.#body.push(0x21);
    unsigned(this.#body, local.index);
    return this;
  }
  tee(local: Local): this {
    this.#body.push(0x22);
    unsigned(this.#body, local.index);
    return this;
  }
  i32(value: number): this {
    this.#body.push(0x41);
    signed(this.#body, value);
    return this;
  }
  i64(value: bigint): this {
    this.#body.push(0x42);
    signed64(this.#body, value);
    return this;
  }
  f64(value: number): this {
    this.#body.push(0x44);
    float64(this.#body, value);
    return this;
  }
  call(index: number): this {
    this.#body.push(0x10);
    unsigned(this.#body, index);
    return this;
  }
  /** `local += amount`, in i32. */
  increment(local: Local<"i32">, amount: number): this {
    return amount === 0 ? this : this.get(local).i32(amount).op("i32.add").set(local);
  }

  /** Pushes a constant that is kept in a local for the whole call. */
  constant(a: number, b: number = a, c: number = a, d: number = a): this {
    const key = `${a},${b},${c},${d}`;
    let local = this.#constants.get(key);
    if (local === undefined) {
      this.#constants.set(key, (local = this.local("v128")));
      this.#prologue.push(0xfd, 12);
      for (const bits of [a, b, c, d]) word32(this.#prologue, bits);
      this.#prologue.push(0x21);
      unsigned(this.#prologue, local.index);
    }
    return this.get(local);
  }
  floatConstant(value: number): this {
    return this.constant(floatBits(value));
  }

  block(body: (end: Label) => void): this {
    return this.#structure(0x02, body);
  }
  loop(body: (start: Label) => void): this {
    return this.#structure(0x03, body);
  }
  if(then: () => void, otherwise?: () => void): this {
    this.#body.push(0x04, 0x40);
    this.#depth++;
    then();
    if (otherwise !== undefined) {
      this.#body.push(0x05);
      otherwise();
    }
    this.#depth--;
    this.#body.push(0x0b);
    return this;
  }
  branch(label: Label): this {
    this.#body.push(0x0c);
    unsigned(this.#body, this.#depth - label.depth);
    return this;
  }
  branchIf(label: Label): this {
    this.#body.push(0x0d);
    unsigned(this.#body, this.#depth - label.depth);
    return this;
  }
  /** Runs the body while the condition, which must leave an i32, holds. */
  while(condition: () => void, body: () => void): this {
    return this.block((end) => {
      this.loop((start) => {
        condition();
        this.op("i32.eqz").branchIf(end);
        body();
        this.branch(start);
      });
    });
  }

  /** The function as the code section holds it. */
  finish(): number[] {
    const out: number[] = [];
    unsigned(out, this.#locals.length);
    for (const type of this.#locals) out.push(1, valueTypes[type]);
    append(out, this.#prologue);
    append(out, this.#body);
    out.push(0x0b);
    return out;
  }

  #structure(opcode: number, body: (label: Label) => void): this {
    this.#body.push(opcode, 0x40);
    const label = { depth: ++this.#depth };
    body(label);
    this.#depth--;
    this.#body.push(0x0b);
    return this;
  }
  #opcode(code: number): void {
    if (code >= SIMD) {
      this.#body.push(0xfd);
      unsigned(this.#body, code - SIMD);
    } else if (code >= BULK) {
      this.#body.push(0xfc);
      unsigned(this.#body, code - BULK);
    } else this.#body.push(code);
  }
}
