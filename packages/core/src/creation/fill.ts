/** @file Tensors from numbers: data given by the caller, constants, ranges. */
import { laidOut } from "../calculus/laid-out.ts";
import { generate } from "../calculus/map-reduce.ts";
import { type Backend, type Buffer } from "../backend.ts";
import { decodeHost, type DType, dtypeInfo, dtypes, encodeHost, isFloat, type TypedArray } from "../dtype.ts";
import { ArgumentError, AutogradError, ShapeError } from "../errors.ts";
import { type DimOrder, type MemoryFormatOptions, orderOf } from "../memory-format.ts";
import { allocate, asRun, currentDevice, type Device, deviceOf, join, noGrad, requireDType, type Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import { elementOf } from "../scalar/element.ts";
import { castValue } from "../scalar/instructions.ts";
import { perDType, type Program, program } from "../scalar/program.ts";
import { checkShape, type Shape, sizeOf } from "../shape.ts";
import { setRequiresGrad } from "../tensor.ts";

export type CreationOptions = {
  /** The dtype of the result. */
  readonly dtype?: DType;
  /** The backend to make it on; by default the default device. */
  readonly device?: Backend;
  /** Whether operations on it are recorded; for floats alone. */
  readonly requiresGrad?: boolean;
};
/** Nested arrays of numbers or booleans, all of one length at each depth. */
export type NestedArray = number | boolean | readonly NestedArray[];
/** Numbers as a caller has them, in shared memory too; the pixels of an image are a Uint8ClampedArray. */
export type HostArray = Float32Array | Float64Array | Int32Array | Int16Array | Int8Array | Uint8Array | Uint8ClampedArray | Uint16Array;
/** What a tensor is made of. */
export type TensorData = NestedArray | HostArray;

export const deviceFrom = (options: CreationOptions): Device => (options.device === undefined ? currentDevice() : deviceOf(options.device));

/** The last step of every creation function. */
export function finish(x: Tensor, options: CreationOptions): Tensor {
  if (options.requiresGrad !== true) return x;
  if (!isFloat(x.dtype)) throw new AutogradError("Only Tensors of floating point and complex dtype can require gradients");
  setRequiresGrad(x, true);
  return x;
}

/** A new leaf made by a program without inputs. */
export function generated(op: string, p: Program, params: readonly number[], shape: Shape, options: CreationOptions): Tensor {
  const device = deviceFrom(options);
  requireDType(op, device, p.results[0]!.dtype);
  return finish(generate(device, p, params, checkShape(op, shape)), options);
}

const isTypedArray = (data: TensorData): data is HostArray => ArrayBuffer.isView(data);

function dtypeOfArray(data: HostArray, asked: DType | undefined): DType {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  if (data instanceof Int32Array) return "int32";
  if (data instanceof Int16Array) return "int16";
  if (data instanceof Int8Array) return "int8";
  if (data instanceof Uint8Array || data instanceof Uint8ClampedArray) return "uint8";
  if (data instanceof Uint16Array) {
    if (asked === "float16" || asked === "bfloat16") return asked;
    throw new ArgumentError("tensor(): a Uint16Array holds the words of a 16-bit float: say which by dtype, float16 or bfloat16");
  }
  throw new ArgumentError("tensor(): expected an array of numbers or booleans, or a Float32Array, Float64Array, Int32Array, Int16Array, Int8Array, Uint8Array, Uint8ClampedArray or Uint16Array");
}

function shapeOfNested(data: NestedArray): number[] {
  const shape: number[] = [];
  for (let level: NestedArray = data; typeof level === "object"; level = level[0]!) {
    shape.push(level.length);
    if (level.length === 0) break;
  }
  return shape;
}

function flattenInto(data: NestedArray, shape: Shape, depth: number, out: (number | boolean)[]): void {
  if (typeof data !== "object") {
    if (depth !== shape.length) throw new ShapeError(`expected sequence of length ${shape[depth]} at dim ${depth} (got a number)`);
    if (typeof data !== "number" && typeof data !== "boolean") throw new ArgumentError(`tensor(): elements must be numbers or booleans, got ${typeof data === "string" ? `"${data}"` : String(data)}`);
    out.push(data);
    return;
  }
  if (depth >= shape.length) throw new ShapeError(`expected a number at dim ${depth} (got a sequence of length ${data.length})`);
  if (data.length !== shape[depth]) throw new ShapeError(`expected sequence of length ${shape[depth]} at dim ${depth} (got ${data.length})`);
  for (const item of data) flattenInto(item, shape, depth + 1, out);
}

/** A new leaf of these host values, in the host layout of `dtype`. */
export function fromHost(values: TypedArray, shape: Shape, dtype: DType, options: CreationOptions): Tensor {
  const device = deviceFrom(options);
  requireDType("tensor", device, dtype);
  const x = asRun(device, () => {
    const made = allocate(device, dtype, shape);
    if (values.length > 0) device.backend.write(made.window.buffer, 0, values);
    return made;
  });
  join(x, null);
  return finish(x, options);
}

/**
 * A tensor over a buffer of a backend, in which nothing is copied: one that the backend made around memory of the caller's own (`importBuffer` of webgpu).
 * The tensor owns the buffer and lets the backend free it in the end. Its first elements are the tensor's, row-major.
 * @param buffer a buffer of the device, of the dtype
 * @param shape of the tensor; the buffer may be longer
 * @returns a tensor of that shape, float32 unless `dtype` says otherwise
 * @throws DTypeError for a dtype that the device does not take
 * @throws ShapeError for negative sizes
 */
export function fromBuffer(buffer: Buffer, shape: Shape, options: CreationOptions = {}): Tensor {
  const device = deviceFrom(options), dtype = options.dtype ?? "float32";
  requireDType("fromBuffer", device, dtype);
  const x = allocate(device, dtype, checkShape("fromBuffer", shape), buffer);
  join(x, null);
  return finish(x, options);
}

/**
 * A tensor of the given data.
 * @param data a number, nested arrays of numbers or of booleans, or a typed array, whose elements are one dim unless `options.shape` says otherwise. A Uint8ClampedArray (the pixels
 * of an image) is uint8; a Uint16Array holds the words of 16-bit floats, as `data()` gives them, and `dtype` says which
 * @param options `dtype`, `device`, `requiresGrad`; `shape` of a typed array
 * @returns the data's shape; numbers make float32, booleans bool, a typed array its own dtype, and `dtype` casts
 * @throws ShapeError where arrays are ragged, or a typed array does not have the shape's number of elements
 * @throws ArgumentError for anything but numbers and booleans, and for a Uint16Array without a 16-bit dtype
 * @throws AutogradError where integers or bools should require a gradient
 * @throws DTypeError for a dtype that the device does not take
 * @example tensor([[1, 2], [3, 4]]).shape // [2, 2]
 */
export function tensor(data: TensorData, options: CreationOptions & { readonly shape?: Shape } = {}): Tensor {
  if (isTypedArray(data)) {
    const from = dtypeOfArray(data, options.dtype), dtype = options.dtype ?? from;
    const shape = shapeFor(data.length, options.shape ?? [data.length]);
    // Backends take memory that is not shared.
    const values = (data instanceof Uint8ClampedArray ? new Uint8Array(data) : data.buffer instanceof ArrayBuffer ? data : data.slice()) as TypedArray;
    return fromHost(from === dtype ? values : converted(decodeHost(from, values), from, dtype), shape, dtype, options);
  }
  const shape = shapeOfNested(data), flat: (number | boolean)[] = [];
  flattenInto(data, shape, 0, flat);
  const bools = flat.length > 0 && flat.every((x) => typeof x === "boolean");
  const dtype = options.dtype ?? (bools ? "bool" : "float32");
  dtypeInfo(dtype);
  return fromHost(converted(flat.map(Number), "float64", dtype), shapeFor(flat.length, options.shape ?? shape), dtype, options);
}
function shapeFor(count: number, shape: Shape): Shape {
  const own = checkShape("tensor", shape);
  if (sizeOf(own) !== count) throw new ShapeError(`shape '[${shape.join(", ")}]' is invalid for input of size ${count}`);
  return own;
}

/** Each number rounded once to `dtype`. */
function converted(values: ArrayLike<number>, from: DType, dtype: DType): TypedArray {
  if (isFloat(dtype)) return encodeHost(dtype, values);
  const out = dtypes[dtype].hostArray(values.length);
  for (let i = 0; i < values.length; i++) out[i] = castValue(from, dtype, values[i]!);
  return out;
}

const fill = /*@__PURE__*/ perDType((dtype, compute) => program("full", [], [compute], [s.cast(s.param(0, compute), dtype)]));

/**
 * A tensor filled with one value.
 * @param shape of the tensor
 * @param value in each place, rounded or cut to the dtype
 * @returns a tensor of that shape; a number makes float32, a boolean bool, `dtype` says otherwise
 * @throws ShapeError for negative sizes
 * @throws DTypeError for a dtype that the device does not take
 * @example full([2], 7) // [7, 7]
 */
export function full(shape: Shape, value: number | boolean, options: CreationOptions = {}): Tensor {
  const dtype = options.dtype ?? (typeof value === "boolean" ? "bool" : "float32");
  return generated("full", fill(dtype), [elementOf(value, dtype)], shape, options);
}
/**
 * A tensor filled with 0.
 * @param shape of the tensor
 * @returns a tensor of that shape, float32 unless `dtype` says otherwise
 * @throws ShapeError for negative sizes
 * @throws DTypeError for a dtype that the device does not take
 * @example zeros([2]) // [0, 0]
 */
export const zeros = (shape: Shape, options: CreationOptions = {}): Tensor => generated("zeros", fill(options.dtype ?? "float32"), [0], shape, options);
/**
 * A tensor filled with 1.
 * @param shape of the tensor
 * @returns a tensor of that shape, float32 unless `dtype` says otherwise
 * @throws ShapeError for negative sizes
 * @throws DTypeError for a dtype that the device does not take
 * @example ones([2, 2]) // [[1, 1], [1, 1]]
 */
export const ones = (shape: Shape, options: CreationOptions = {}): Tensor => generated("ones", fill(options.dtype ?? "float32"), [1], shape, options);

export const like = (x: Tensor, options: CreationOptions): CreationOptions => ({ dtype: x.dtype, device: x.device, ...options });
export type LikeOptions = CreationOptions & MemoryFormatOptions;
/** What `make` gives in x's dtype and device, laid out in the memory format: row-major, unless it is said. */
export function laidOutLike(x: Tensor, options: LikeOptions, make: (options: CreationOptions) => Tensor): Tensor {
  const { memoryFormat = "contiguous_format", ...rest } = options;
  return inFormat(orderOf(memoryFormat, x.window), like(x, rest), make);
}
/** A new leaf with its dims in this order in memory. */
export function inFormat(order: DimOrder | undefined, options: CreationOptions, make: (options: CreationOptions) => Tensor): Tensor {
  if (order === undefined) return make(options);
  const made = make({ ...options, requiresGrad: false }), laid = noGrad(() => laidOut(made, order));
  made.dispose();
  return finish(laid, options);
}
/**
 * A tensor filled with 0 that is otherwise as another.
 * @param x of any shape and dtype
 * @returns x's shape, and its dtype and device unless others are given
 * @throws DTypeError for a dtype that the device does not take
 * @example zerosLike(ones([2])) // [0, 0]
 */
export const zerosLike = (x: Tensor, options: LikeOptions = {}): Tensor => laidOutLike(x, options, (given) => zeros(x.shape, given));
/**
 * A tensor filled with 1 that is otherwise as another.
 * @param x of any shape and dtype
 * @returns x's shape, and its dtype and device unless others are given
 * @throws DTypeError for a dtype that the device does not take
 * @example onesLike(zeros([2])) // [1, 1]
 */
export const onesLike = (x: Tensor, options: LikeOptions = {}): Tensor => laidOutLike(x, options, (given) => ones(x.shape, given));
/**
 * A tensor filled with one value that is otherwise as another.
 * @param x of any shape and dtype
 * @param value in each place, rounded or cut to the dtype
 * @returns x's shape, and its dtype and device unless others are given
 * @throws DTypeError for a dtype that the device does not take
 * @example fullLike(zeros([2]), 7) // [7, 7]
 */
export const fullLike = (x: Tensor, value: number | boolean, options: LikeOptions = {}): Tensor => laidOutLike(x, options, (given) => full(x.shape, value, given));

const ramp = /*@__PURE__*/ perDType((dtype, compute) => {
  const at = s.cast(s.index, compute);
  return program("arange", [], [compute, compute], [s.cast(s.add(s.param(0, compute), s.mul(at, s.param(1, compute))), dtype)]);
});

/**
 * The numbers start, start + step, ... before end; `arange(end)` starts at 0.
 * @param start the first number, or the end if no other is given
 * @param end before which to stop
 * @param step how far neighbours are apart, of either sign: 1 by default
 * @param options `dtype`, by default int32 where all are whole and float32 otherwise; `device`; `requiresGrad`
 * @returns a vector [ceil((end - start) / step)] of that dtype
 * @throws ArgumentError for a step of 0, one of the wrong sign, or bounds that are not finite
 * @example arange(1, 7, 2) // [1, 3, 5]
 */
export function arange(start: number | boolean, end?: number | boolean, step: number = 1, options: CreationOptions = {}): Tensor {
  const [first, last] = end === undefined ? [0, Number(start)] : [Number(start), Number(end)];
  if (step === 0) throw new ArgumentError("step must be nonzero");
  if (!Number.isFinite(first) || !Number.isFinite(last)) throw new ArgumentError(`unsupported range: ${first} -> ${last}`);
  if ((last - first) * step < 0) throw new ArgumentError("upper bound and larger bound inconsistent with step sign");
  const dtype = options.dtype ?? ([first, last, step].every(Number.isInteger) ? "int32" : "float32");
  // The index dtype counts between whole bounds, as PyTorch's does.
  const [from, to] = dtype === "int32" ? [Math.trunc(first), Math.trunc(last)] : [first, last];
  return generated("arange", ramp(dtype), [from, step], [Math.ceil((to - from) / step)], options);
}

/** Integers are worked out in float32, and cut; so many at a time, as PyTorch does on x86: the first of each group is cut before the others go on from it. */
const grouped: { readonly [D in DType]?: number } = { int32: 4, int16: 16, int8: 32, uint8: 32 };
const line = /*@__PURE__*/ perDType((dtype, own) => {
  const compute = isFloat(dtype) ? own : "float32", group = grouped[dtype];
  const [start, step, end, last] = [0, 1, 2, 3].map((i) => s.param(i, compute)) as [s.Expr, s.Expr, s.Expr, s.Expr];
  // Counted from the nearer end, so that both ends are exact.
  const valueAt = (place: s.Expr): s.Expr => {
    const at = s.cast(place, compute), forward = s.add(start, s.mul(step, at)), backward = s.sub(end, s.mul(step, s.sub(last, at)));
    return s.select(s.lt(at, s.max(s.floor(s.div(s.add(last, 1), 2)), 1)), forward, backward);
  };
  const alone = valueAt(s.index);
  if (group === undefined) return program("linspace", [], [compute, compute, compute, compute], [s.cast(alone, dtype)]);
  const within = s.rem(s.index, group), together = s.add(s.trunc(valueAt(s.sub(s.index, within))), s.mul(step, s.cast(within, compute)));
  return program("linspace", [], [compute, compute, compute, compute, "int32"], [s.cast(s.select(s.lt(s.index, s.param(4, "int32")), together, alone), dtype)]);
});

/**
 * Numbers evenly spaced from start to end, both included: start + i (end - start) / (steps - 1).
 * @param start the first number
 * @param end the last number
 * @param steps how many
 * @returns a vector [steps], float32 unless `dtype` says otherwise
 * @throws ArgumentError for a negative number of steps
 * @throws DTypeError for a dtype that the device does not take
 * @example linspace(0, 1, 5) // [0, 0.25, 0.5, 0.75, 1]
 */
export function linspace(start: number, end: number, steps: number, options: CreationOptions = {}): Tensor {
  if (!Number.isInteger(steps) || steps < 0) throw new ArgumentError("number of steps must be non-negative");
  const dtype = options.dtype ?? "float32", whole = (x: number): number => (isFloat(dtype) ? x : Math.trunc(x)), from = whole(start), to = whole(end);
  const group = grouped[dtype], ends = [from, steps > 1 ? (to - from) / (steps - 1) : 0, to, steps - 1];
  return generated("linspace", line(dtype), group === undefined ? ends : [...ends, steps - (steps % (2 * group))], [steps], options);
}

const diagonal = /*@__PURE__*/ perDType((dtype, compute) => {
  const columns = s.param(0, "int32");
  return program("eye", [], ["int32"], [s.cast(s.select(s.eq(s.rem(s.index, columns), s.idiv(s.index, columns)), s.lit(1, compute), s.lit(0, compute)), dtype)]);
});
/**
 * The identity matrix: 1 where row and column are equal, 0 elsewhere.
 * @param n the number of rows
 * @param m the number of columns, n by default
 * @returns [n, m], float32 unless `dtype` says otherwise
 * @throws ArgumentError for negative sizes
 * @example eye(2) // [[1, 0], [0, 1]]
 */
export function eye(n: number, m: number = n, options: CreationOptions = {}): Tensor {
  if (!(n >= 0)) throw new ArgumentError(`n must be greater or equal to 0, got ${n}`);
  if (!(m >= 0)) throw new ArgumentError(`m must be greater or equal to 0, got ${m}`);
  return generated("eye", diagonal(options.dtype ?? "float32"), [Math.max(m, 1)], [n, m], options);
}
