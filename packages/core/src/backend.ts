/** @file The contract of a backend: memory, reads, and one kernel for each primitive. Types only. */
import type { Places } from "./complaint.ts";
import type { DType, TypedArray } from "./dtype.ts";
import type { Program } from "./scalar/program.ts";
import type { Buffer, View } from "./view.ts";

export type { Buffer } from "./view.ts";

export type ReduceOp = "sum" | "prod" | "max" | "min";
export type ScanOp = "sum" | "prod" | "max" | "min" | "recurrence";

/**
 * What a call of each primitive says beside its views. Plain data; dims are non-negative; never a target size.
 * A primitive's definition in core/src/primitives states shapes, normal form and accuracy.
 */
export interface PrimitiveAttrs {
  /** `outputs[k][e] = program.results[k](inputs[0][e], ...)`. All views have one shape. A param is rounded to its dtype by the backend. */
  map: { readonly program: Program; readonly params: readonly number[] };
  /**
   * Inputs of one shape `[...kept, ...reduced]`; the output has shape `[...kept]`. The program (one result) is the
   * prologue: its value at each element, of a dtype that is computed in, is what is reduced; it reads at least one input and no `index`. `max` and `min` give
   * NaN if any value is; bool is reduced by them alone, as any and all. Never empty. Sums of float32 lose no more than pairwise summation does.
   */
  reduce: { readonly program: Program; readonly params: readonly number[]; readonly op: ReduceOp; readonly reduced: number };
  /** One input `[...kept, ...reduced]`; int32 output `[...kept]`: the row-major number, within the reduced dims, of the first extremum. NaN wins. */
  argReduce: { readonly op: "max" | "min"; readonly reduced: number };
  /**
   * Along the last dim, of two elements at least, from the first element to the last, or with `reverse` from the last to the first; all
   * views have one shape. `sum` and `prod` give what the elements so far come to, of float or int32; `max` and `min` the int32 position
   * along the dim of the extremum so far, of equals the one met last, and once a NaN is met that of the last NaN. `recurrence` has two inputs
   * of one float dtype: `out` is `a` times the `out` before it, plus `b`, from 0 on. A float loses at most one rounding for each element before it.
   */
  scan: { readonly op: ScanOp; readonly reverse: boolean };
  /**
   * Along the last dim, of two elements at least, of float or int32: the int32 positions of the elements in ascending order, with `descending` in descending
   * order. The output may be shorter along that dim alone: it has, of that order, as many as there is room for, the first that after `from` others. NaN is the
   * largest of all, zeros of both signs are equal, and equal elements keep their order.
   */
  sort: { readonly descending: boolean; readonly from: number };
  /**
   * `[c, b, m, k] x [c, b, k, n] -> [c, b, m, n]`, always of rank 4, any strides (0 where matrices are repeated). Two batch dims, since those of heads do not merge; where one is enough,
   * `c` is 1. One dtype, computed in.
   */
  matmul: {};
  /**
   * inputs = [x, filter], always of rank 6, any strides: x `[g, n, c, ...in]`, filter `[g, o, c, ...window]`, output `[g, n, o, ...out]`, with three spatial
   * dims. `out[g, n, o, q]` is the sum over c and k of `x[g, n, c, (q * stride - padding + k * dilation) / spread] * filter[g, o, c, k]`, in each
   * spatial dim alike: x lies `spread` apart. A term whose place is no whole number, or not in x, is left out, or is a product with 0. padding may be
   * negative. One dtype, computed in. Correlation with three numbers apart: the derivatives of a convolution are this kernel on other views.
   */
  conv: { readonly stride: Triple; readonly padding: Triple; readonly dilation: Triple; readonly spread: Triple };
  /** `out[i, j, l] = input[i, index[i, j, l], l]` where j is dim `dim`. Sizes agree in every other dim. index is int32. */
  gather: Places;
  /**
   * inputs = [index, source]; `out[i, index[i, j, l], l]` becomes `source[i, j, l]`, or has it added.
   * Accumulates: what is there stays. Several equal indices: "add" adds all, "set" keeps any one of them.
   */
  scatter: Places & { readonly mode: "set" | "add" };
  /** One input, one output, same shape and dtype, any strides (0 and negative in the input). */
  copy: {};
}

/**
 * How a stage keeps a value: as an `element` of each place, as a `scalar` of each row (it reads nothing that changes along the row), added up over all rows
 * for each `column`, or reduced along the row.
 */
export type RowForm = "element" | "scalar" | "column" | ReduceOp;
/** The program's result k goes to output `into[k].output`. */
export type RowStage = { readonly program: Program; readonly into: readonly { readonly output: number; readonly as: RowForm }[] };

/**
 * What a call of each fused kernel says. A backend has any of them, or none: what it lacks core runs as calls of the kernels above, which is also what a
 * fused kernel must agree with. The suite compares them, and counts that the fused one ran.
 */
export interface FusedAttrs {
  /**
   * Stages, each over the whole row before the next: what softmax and normalisation are made of. All views show `[rows, n]`, n from 2 to 65,536, with a last stride
   * of 1, or 0 where a row has one value; a first stride of 0 where all rows share it. The args of every stage are the inputs, and after them the
   * outputs, read at the same place as earlier stages have left them; a stage may replace the output that it reads, and writes no output that another of its results reads.
   * No stage reads `index`. Of an output, a column's first stride is 0, and a scalar's last. Sums as in `reduce`. Operands without columns are at most `limits.maxBindings`.
   */
  rows: { readonly stages: readonly RowStage[]; readonly params: readonly number[] };
  /**
   * inputs = [q, k, v] or [q, k, v, mask], any strides: q `[c, b, l, d]`, k `[c, b, s, d]`, v `[c, b, s, e]`, of float32; mask `[c, b, l, s]`, bool (where to attend) or float32 (added), its last stride 1 or 0.
   * outputs = [out, logs], out's last stride 1, logs dense: out `[c, b, l, e]` is `softmax(q k^T * scale + mask) v`, logs `[c, b, l, 1]` the logarithms of the sums of exponentials of the rows. `causal`: row i
   * attends to the columns up to i, and there is no mask: what lies beyond takes no part, not even as 0 times NaN. A row that attends to nothing is NaN.
   */
  attention: { readonly scale: number; readonly causal: boolean };
  /**
   * The gradients of q, k and v, their last strides 1: inputs = [grad, q, k, v, logs, deltas] or with mask; grad is of `out`, deltas `[c, b, l, 1]` are the sums of `grad * out` along e.
   */
  attentionGrad: { readonly scale: number; readonly causal: boolean };
  /**
   * `map` on several groups of operands that have nothing to do with each other, such as the parameters of a model with what an optimizer knows of each. Inputs and outputs are those of
   * the first group, then those of the next. All views are dense, and those of a group have one shape. Inputs have a buffer of their own each. An output is the very same view as an input
   * of its group, or shares nothing with any. The program reads no `index`.
   */
  mapEach: { readonly program: Program; readonly params: readonly number[] };
  /**
   * The gradient of the largest elements of windows that lie side by side. inputs = [x, grad] of float32, x `[b, h, w]`, grad `[b, p, q]`, where window (i, j), of `window[0]` by `window[1]` elements, begins
   * at `(i * window[0], j * window[1])` and lies in x; outputs = [out], `[b, h, w]`, dense. The element of grad is where x is largest in its window, first of all, or at the first NaN; all else is 0. Last strides are 1.
   */
  windowMaxGrad: { readonly window: readonly [number, number] };
  /** `conv`, and added to each place of the output its channel's number: inputs = [x, filter, bias] of float32, bias `[g, o]`. */
  convBias: PrimitiveAttrs["conv"];
  /**
   * Tensors side by side, 16 at most: input k fills the output from `starts[k]` on along `dim`, and what no input covers is 0. One dtype; one shape but for that dim, any strides in the
   * inputs. starts ascend, and inputs do not reach into each other. Instead of the whole shape, the dims before `dim`, and those after it, are merged where they can be.
   */
  concat: { readonly dim: number; readonly starts: readonly number[] };
  /** `matmul`, and added to each row of the products: inputs = [a, b, bias] of float32, bias `[n]`. */
  matmulBias: PrimitiveAttrs["matmul"];
}

export type FusedName = keyof FusedAttrs;
/** Kernels that do several things at once. */
export type FusedKernels<B extends Buffer = Buffer> = { readonly [F in FusedName]: Kernel<FusedAttrs[F], B> };

/** One number for each of three spatial dims. */
export type Triple = readonly [number, number, number];

export type PrimitiveName = keyof PrimitiveAttrs;

/**
 * A kernel writes every element of each output and reads none, but for two exceptions: an output that is the very same
 * view as an input of `map` is written in place, element for element; `scatter` accumulates. Other overlaps never reach
 * a kernel. Views are in normal form: either all dense and of one shape, so that they may be taken as one-dimensional,
 * or with dims of size 1 dropped and mergeable dims merged, of rank at most `limits.maxRank`. No view is empty.
 * An output's strides are positive and its elements distinct. Different views may show one buffer.
 *
 * An index out of range (gather, scatter) touches no memory outside the view. It is the error that `complain` makes of the
 * attrs, such as "index 5 is out of bounds for dimension 0 with size 3": thrown by the call, before anything is written,
 * where the device knows at once; otherwise the next `read` or `sync` rejects with it. Core also has values checked so.
 */
export type Kernel<Attrs, B extends Buffer = Buffer> =
  { kernel(inputs: readonly View<B>[], outputs: readonly View<B>[], attrs: Attrs): void }["kernel"];

/** One kernel for each primitive: leaving one out is a compile error. */
export type Kernels<B extends Buffer = Buffer> = { readonly [P in PrimitiveName]: Kernel<PrimitiveAttrs[P], B> };

export type Limits = {
  /** Distinct buffers, inputs and outputs together, that one kernel call may see. */
  readonly maxBindings: number;
  readonly maxRank: number;
  /** The largest single buffer. */
  readonly maxBytes: number;
};

/** What one kernel took on the device, which has a clock of its own. Milliseconds. */
export type KernelSpan = { readonly name: string; readonly start: number; readonly ms: number };

/** Measures kernels on the device, while it is asked to. */
export interface Timeline {
  start(): void;
  /** Kernels dispatched since `start`. */
  readonly count: number;
  /** Resolves when they have run, with one span for each, in the order in which they were dispatched; fewer where the device stopped measuring. */
  stop(): Promise<readonly KernelSpan[]>;
}

/** What a device that runs beside the host was sent since it was opened. They count on: who asks keeps the numbers. */
export interface Counters {
  /** Kernels; a call of one may take several. */
  readonly dispatches: number;
  /** Hand-overs of what was recorded, each of which costs more than a kernel. */
  readonly submits: number;
}

/** What was compiled since the device was made: kernels that share code are one module. Milliseconds of the host. */
export interface Compiling {
  readonly modules: number;
  readonly ms: number;
}

/** A device as a value. Calls run in the order in which they are made; only reads and `sync` wait. */
export interface Backend<B extends Buffer = Buffer> {
  /** Short and lower case: "cpu", "wasm", "webgpu", "tfjs". Printed as PyTorch's device. */
  readonly name: string;
  /**
   * What its buffers may hold. Asking for another is a DTypeError that names it; core asks first. It computes in those that
   * are their own `compute` (core's `dtypes`) and with each of the others takes in what that is computed in.
   *
   * The others are only stored. `map` and `reduce` meet them as inputs, in casts between them and what they are computed in
   * (and from float64 to a 16-bit float), and `map` as results; `copy`, `gather` and `scatter` "set" move them. Core casts
   * before every other kernel, and what `reduce` gives. Neither a `lit` nor a `param` is of such a dtype.
   */
  readonly dtypes: ReadonlySet<DType>;
  readonly limits: Limits;
  /** True if buffers are ordinary JavaScript memory, which the collector frees when nobody holds them. */
  readonly collected?: boolean;
  readonly kernels: Kernels<B> & Partial<FusedKernels<B>>;
  /** Where the device can say what its kernels take: for `profile`. */
  readonly timeline?: Timeline | undefined;
  /** Where kernels are compiled while the program waits. */
  readonly compiling?: Compiling | undefined;
  /** Where commands are recorded and submitted. */
  readonly counters?: Counters | undefined;
  /** Room for `length` elements, not zeroed. Throws OutOfMemoryError where the device knows at once, and stays usable. */
  allocate(dtype: DType, length: number): B;
  /** The buffer is not used by any later call; calls made before still see its content. */
  free(buffer: B): void;
  /** Copies `values` (host layout, the buffer's dtype) to elements `from ...`. The array is the caller's again on return. */
  write(buffer: B, from: number, values: TypedArray): void;
  /**
   * Elements `from ... from + count - 1` after everything dispatched before, as a fresh array on an unshared
   * ArrayBuffer. Resolves in a new task, so that finalizers can run; rejects with what failed before it on the device.
   */
  read(buffer: B, from: number, count: number): Promise<TypedArray>;
  /** The same at once. Absent where the device cannot. */
  readSync?(buffer: B, from: number, count: number): TypedArray;
  /** Bytes that it holds of the machine's memory: those that are live, and those that wait to be used again. Where it can say. */
  readonly reservedBytes?: number | undefined;
  /** Gives back what waits to be used again, as far as it can. What is live stays. */
  emptyCache?(): void;
  /** Resolves in a new task when everything dispatched has run; rejects with the first device error since the last call. */
  sync(): Promise<void>;
  /** Frees everything. The device refuses further calls with a DeviceError. */
  dispose(): void;
}
