/** @file How Python writes values, for texts that are PyTorch's to the letter: printed modules and optimizers, messages. Knows no tensor. */

/** A whole number as an int writes it, any other as a float: 20, 0.5, 1e-05. */
export function number(x: number): string {
  if (Object.is(x, -0)) return "-0.0";
  return Number.isInteger(x) && Math.abs(x) < 1e16 ? String(x) : float(x);
}

/** As a Python float: 2.0, 1e-05, inf. */
export function float(x: number): string {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf";
  if (x === 0) return Object.is(x, -0) ? "-0.0" : "0.0";
  const [digits, power] = x.toExponential().split("e") as [string, string];
  if (Number(power) < -4 || Number(power) >= 16) return `${digits}e${power[0]}${power.slice(1).padStart(2, "0")}`;
  const text = String(x);
  return text.includes(".") ? text : `${text}.0`;
}

export const bool = (x: boolean): string => (x ? "True" : "False");

/** (3,) and (2, 5). */
export const tuple = (items: readonly number[]): string => `(${items.map(number).join(", ")}${items.length === 1 ? "," : ""})`;

/** [2, 5]. */
export const list = (items: readonly number[]): string => `[${items.map(number).join(", ")}]`;

/** torch.Size([2, 5]). */
export const size = (shape: readonly number[]): string => `torch.Size(${list(shape)})`;

/** The value as `repr` writes it: None, True, 'text', 0.5, (1, 2). An array is a tuple. */
export function repr(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return bool(value);
  if (typeof value === "number") return number(value);
  if (typeof value === "string") return `'${value}'`;
  if (Array.isArray(value)) return `(${value.map(repr).join(", ")}${value.length === 1 ? "," : ""})`;
  return String(value);
}

const scalarTypes: Readonly<Record<string, string>> = {
  float32: "Float", float64: "Double", float16: "Half", bfloat16: "BFloat16", int64: "Long", int32: "Int", int16: "Short", int8: "Char", uint8: "Byte", bool: "Bool",
};
/** PyTorch's older names of dtypes, which its messages use: Float, Int, Bool. */
export const scalarType = (dtype: string): string => scalarTypes[dtype] ?? dtype;

/** What `torch.typename` says of a value: torch.FloatTensor, int, str, NoneType, Linear. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return "NoneType";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  if (typeof value === "object" && "dtype" in value && typeof value.dtype === "string") return `torch.${scalarType(value.dtype)}Tensor`;
  if (Array.isArray(value)) return "list";
  if (typeof value === "object") return Object.getPrototypeOf(value) === Object.prototype ? "dict" : value.constructor.name;
  return ({ string: "str", boolean: "bool", function: "function" } as Readonly<Record<string, string>>)[typeof value] ?? typeof value;
}
