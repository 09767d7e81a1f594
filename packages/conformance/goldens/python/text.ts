/** @file Values as Python writes them: repr, str, format. What is not Python's own is written by the host. */
import { BoundMethod, Dict, HostClass, Namespace, PyClass, PyFunction, PyObject, PySet, PyType } from "./objects.ts";
import { asFloat, isInteger, isNumeric } from "./operators.ts";
import { Complex, DTypeValue, ellipsis, Float, Label, NamedTuple, Size, Slice, type Steps, Tuple, Unsupported, type Value } from "./values.ts";

/** As a Python float is written: 2.0, 1e-05, inf. */
function floatText(x: number): string {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "-inf";
  const exponent = x === 0 ? 0 : Math.floor(Math.log10(Math.abs(x))), [digits = "", power = "0"] = x.toExponential().split("e");
  if (x !== 0 && (Number(power) < -4 || Number(power) >= 16)) return `${digits}e${power[0]}${power.slice(1).padStart(2, "0")}`;
  const text = Object.is(x, -0) ? "-0" : Math.abs(exponent) > 20 ? BigInt(x).toString() : String(x);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
function quoted(x: string): string {
  const quote = x.includes("'") && !x.includes('"') ? '"' : "'";
  return quote + x.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\t", "\\t").replaceAll("\r", "\\r").replaceAll(quote, `\\${quote}`) + quote;
}

/** What writes values that are not Python's own; it may have to read from a device. */
export type Writer = { readonly write: (x: Value, repr: (x: Value) => Steps) => Value; readonly call: (fn: Value, args: readonly Value[]) => Steps };

function* joined(items: readonly Value[], writer: Writer): Steps {
  const parts: string[] = [];
  for (const item of items) parts.push((yield* repr(item, writer)) as string);
  return parts.join(", ");
}

export function* repr(x: Value, writer: Writer): Steps {
  if (typeof x === "string") return quoted(x);
  if (x === null) return "None";
  if (typeof x === "boolean") return x ? "True" : "False";
  if (isInteger(x)) return String(x);
  if (x instanceof Float) return floatText(x.value);
  if (x instanceof Complex) return complexText(x);
  if (x === ellipsis) return "Ellipsis";
  if (x instanceof Slice) return `slice(${yield* joined([x.start, x.stop, x.step], writer)})`;
  if (x instanceof Size) return `torch.Size([${yield* joined(x, writer)}])`;
  if (x instanceof NamedTuple) {
    const parts: string[] = [];
    for (const [i, field] of x.fields.entries()) parts.push(`${field}=${(yield* repr(x[i], writer)) as string}`);
    return `torch.return_types.${x.typeName}(\n${parts.join(",\n")})`;
  }
  if (x instanceof Tuple) return `(${yield* joined(x, writer)}${x.length === 1 ? "," : ""})`;
  if (Array.isArray(x)) return `[${yield* joined(x, writer)}]`;
  if (x instanceof PySet) return x.items.size === 0 ? "set()" : `{${yield* joined(x.items.keys(), writer)}}`;
  if (x instanceof Dict) {
    const parts: string[] = [];
    for (const [key, value] of x.entries()) parts.push(`${(yield* repr(key, writer)) as string}: ${(yield* repr(value, writer)) as string}`);
    return `{${parts.join(", ")}}`;
  }
  if (x instanceof DTypeValue) return `torch.${x.name}`;
  if (x instanceof Label) return x.kind === "device" ? `device(type='${x.name}')` : `torch.${x.name}`;
  if (x instanceof PyObject) {
    const own = x.cls.find("__repr__");
    if (own !== undefined) return yield* writer.call(new BoundMethod(x, own), []);
    const args = x.members.get("args");
    return args instanceof Tuple ? `${x.cls.name}(${yield* joined(args, writer)})` : `<${x.cls.name} object>`;
  }
  if (x instanceof PyClass || x instanceof PyType || x instanceof HostClass) return `<class '${x.name}'>`;
  if (x instanceof PyFunction) return `<function ${x.name}>`;
  if (x instanceof Namespace) return `<module '${x.name}'>`;
  const written = writer.write(x, (y) => repr(y, writer));
  const text = written instanceof Promise ? yield written : written;
  if (typeof text !== "string") throw new Unsupported("the text of this value");
  return text;
}
const complexText = (x: Complex): string => {
  const part = (y: number): string => { const text = floatText(y); return text.endsWith(".0") ? text.slice(0, -2) : text; };
  return x.re === 0 && !Object.is(x.re, -0) ? `${part(x.im)}j` : `(${part(x.re)}${x.im < 0 || Object.is(x.im, -0) ? "" : "+"}${part(x.im)}j)`;
};

export function* str(x: Value, writer: Writer): Steps {
  if (typeof x === "string") return x;
  if (x instanceof Label) return x.kind === "device" ? x.name : `torch.${x.name}`;
  if (x instanceof PyObject) {
    const own = x.cls.find("__str__"), args = x.members.get("args");
    if (own !== undefined) return yield* writer.call(new BoundMethod(x, own), []);
    if (args instanceof Tuple && x.cls.find("__repr__") === undefined) return args.length === 0 ? "" : args.length === 1 ? yield* str(args[0], writer) : yield* repr(args, writer);
  }
  return yield* repr(x, writer);
}

/** `format(x, spec)`: fill, alignment, sign, width, grouping, precision, kind. */
export function* formatted(x: Value, spec: string, writer: Writer): Steps {
  if (spec === "") return yield* str(x, writer);
  const [, fill = " ", align = "", sign = "-", , zero = "", width = "", comma = "", precision, kind = ""] = /^(?:(.)?([<>=^]))?([-+ ])?(#)?(0)?(\d+)?(,|_)?(?:\.(\d+))?([a-zA-Z%])?$/.exec(spec) ?? unknown(spec);
  let text: string, negative = false;
  if (isNumeric(x) && kind !== "s") {
    const value = asFloat(x);
    negative = value < 0 || Object.is(value, -0);
    text = numberText(x, kind, precision === undefined ? undefined : Number(precision));
    if (comma !== "") text = text.replace(/^\d+/, (digits) => digits.replace(/\B(?=(\d{3})+$)/g, comma));
  } else {
    const whole = (yield* str(x, writer)) as string;
    text = precision === undefined ? whole : whole.slice(0, Number(precision));
  }
  const prefix = negative ? "-" : sign === "-" ? "" : isNumeric(x) ? sign : "", room = Math.max(0, Number(width) - text.length - prefix.length);
  const how = align !== "" ? align : zero !== "" ? "=" : isNumeric(x) ? ">" : "<", pad = (zero !== "" && align === "" ? "0" : fill);
  if (how === "=") return prefix + pad.repeat(room) + text;
  if (how === "^") return pad.repeat(Math.floor(room / 2)) + prefix + text + pad.repeat(Math.ceil(room / 2));
  return how === "<" ? prefix + text + pad.repeat(room) : pad.repeat(room) + prefix + text;
}
function unknown(spec: string): never {
  throw new Unsupported(`format ${spec}`);
}
const exponential = (text: string): string => text.replace(/e([+-])(\d)$/, "e$10$2");
/** Without its sign. */
function numberText(x: Value, kind: string, precision: number | undefined): string {
  const value = Math.abs(asFloat(x));
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : "inf";
  if (isInteger(x) && (kind === "" || kind === "d" || kind === "n")) return String(x).replace("-", "");
  switch (kind) {
    case "f": case "F": return value.toFixed(precision ?? 6);
    case "e": return exponential(value.toExponential(precision ?? 6));
    case "%": return `${(value * 100).toFixed(precision ?? 6)}%`;
    case "x": return value.toString(16);
    case "b": return value.toString(2);
    case "o": return value.toString(8);
    case "g": case "": {
      if (kind === "" && precision === undefined) return floatText(value);
      const digits = Math.max(1, precision ?? 6), power = value === 0 ? 0 : Number(value.toExponential(digits - 1).split("e")[1]);
      const text = power < -4 || power >= digits ? exponential(value.toExponential(digits - 1).replace(/\.?0+e/, "e")) : value.toFixed(Math.max(0, digits - 1 - power));
      return text.includes(".") && !text.includes("e") ? text.replace(/\.?0+$/, "") : text;
    }
    default: return unknown(kind);
  }
}

/** `"..." % args`. */
export function* percent(text: string, given: Value, writer: Writer): Steps {
  const args = given instanceof Tuple ? [...given] : [given];
  let out = "", at = 0;
  for (const match of text.matchAll(/%(-?)(0?)(\d*)(?:\.(\d+))?([sdrfegxi%])/g)) {
    out += text.slice(at, match.index);
    at = match.index + match[0].length;
    const [, left, zero, width, precision, kind] = match;
    if (kind === "%") { out += "%"; continue; }
    const value = args.shift();
    const body = kind === "r" ? yield* repr(value, writer) : kind === "s" ? yield* str(value, writer)
      : yield* formatted(kind === "d" || kind === "i" ? Math.trunc(asFloat(value)) : value, `${precision === undefined ? "" : `.${precision}`}${kind === "i" ? "d" : kind!}`, writer);
    const padded = String(body);
    out += left === "-" ? padded.padEnd(Number(width)) : padded.padStart(Number(width), zero === "0" ? "0" : " ");
  }
  return out + text.slice(at);
}
