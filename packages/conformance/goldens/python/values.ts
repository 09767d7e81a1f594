/**
 * @file Python's values as this evaluator holds them: int a number (a bigint beyond 53 bits), float a `Float`, None null, bool and str as they are,
 * list an array, tuple a `Tuple`; tensors and modules are ours. Knows no PyTorch.
 */
/** Whatever a Python name may hold. What it is shows at run time only, as in Python. */
export type Value = unknown;
export type Keywords = { readonly [name: string]: Value };
/** A function that Python code can call. It may give a promise, where a device must be waited for, or a `Steps`. */
export type Native = (args: readonly Value[], kw: Keywords) => Value;
/** A computation that may have to wait: it yields promises, and is given what they hold. */
export type Steps = Generator<Promise<Value>, Value, Value>;

/** A Python float: 2.0 is one, 2 is not. */
export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

export class Tuple extends Array<Value> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
  static make(items: Iterable<Value>): Tuple {
    const tuple = new this();
    for (const item of items) tuple.push(item);
    return tuple;
  }
}
/** torch.Size. */
export class Size extends Tuple {}
/** A tuple whose items have names: what max(dim) gives. */
export class NamedTuple extends Tuple {
  typeName = "";
  fields: readonly string[] = [];
  static named(typeName: string, fields: readonly string[], items: readonly Value[]): NamedTuple {
    const tuple = NamedTuple.make(items) as NamedTuple;
    tuple.typeName = typeName;
    tuple.fields = fields;
    return tuple;
  }
}
export class Slice {
  readonly start: Value;
  readonly stop: Value;
  readonly step: Value;
  constructor(start: Value, stop: Value, step: Value) {
    this.start = start;
    this.stop = stop;
    this.step = step;
  }
}
export const ellipsis: unique symbol = Symbol("...");

/** torch.float32 and its kin, by PyTorch's name. */
export class DTypeValue {
  readonly name: string;
  /** What it is here: two that are one here are equal. */
  readonly own: string;
  constructor(name: string, own: string = name) {
    this.name = name;
    this.own = own;
  }
}
export class Complex {
  readonly re: number;
  readonly im: number;
  constructor(re: number, im: number) {
    this.re = re;
    this.im = im;
  }
}
/** A device, layout or memory format, by its name. */
export class Label {
  readonly kind: "device" | "layout" | "memory_format";
  readonly name: string;
  constructor(kind: Label["kind"], name: string) {
    this.kind = kind;
    this.name = name;
  }
}

/** What this version cannot express: the case is not implemented, not failed. */
export class Unsupported extends Error {
  override readonly name = "Unsupported";
}
