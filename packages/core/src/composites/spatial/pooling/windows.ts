/** @file Windows along dims as lists of places, and the maximum over them: what fixed, adaptive and other windows have in common. */
import type { FusedAttrs } from "../../../backend.ts";
import { overBatches } from "../../../calculus/batches.ts";
import { clone, reshape } from "../../../calculus/map-reduce.ts";
import { isFollowed } from "../../../calculus/rows.ts";
import { fromHost } from "../../../creation/fill.ts";
import { type DType, dtypes, isFloat } from "../../../dtype.ts";
import { allocate, dispatch, noGrad, type Op, savedTensors, savesNothing, type Tensor } from "../../../op.ts";
import { argMaxOver } from "../../../primitives/arg-reduce.ts";
import { gather, indexSelect, nothing, scatterAdd } from "../../../primitives/gather.ts";
import { type Shape, sizeOf } from "../../../shape.ts";
import { unfoldDim } from "../../../views/windows.ts";
import { expand, permute, slice } from "../../../views/views.ts";
import { decomposed } from "../../decomposed.ts";
import { pad } from "../../pad.ts";
import { amaxOver, type ValuesAndIndices } from "../../reductions.ts";

/**
 * For each element of the result along a dim: the places that its window sees, all lists of one length. `regular` says that they are those of
 * `unfold`, each `step` after the one before and `dilation` apart, where the dim has `low` more places before its first and `high` after its last.
 */
export type Window = {
  readonly places: readonly (readonly number[])[];
  readonly regular?: { readonly step: number; readonly dilation: number; readonly low: number; readonly high: number };
};

/** A window of fixed size that stays within `size`: a place beyond the ends is the first one that is not. */
export function fixedWindow(size: number, count: number, length: number, step: number, padding: number, dilation: number): Window {
  const places = Array.from({ length: count }, (_, o) => {
    const seen = Array.from({ length }, (_unused, k) => o * step - padding + k * dilation), first = seen.find((p) => p >= 0 && p < size) ?? 0;
    return seen.map((p) => (p >= 0 && p < size ? p : first));
  });
  return { places, regular: { step, dilation, low: padding, high: Math.max(0, (count - 1) * step + (length - 1) * dilation + 1 - padding - size) } };
}

/** PyTorch's adaptive windows: from floor(o size / count) to ceil((o + 1) size / count); the shorter ones see their first place again. */
export function adaptiveWindow(size: number, count: number): Window & { readonly lengths: readonly number[] } {
  const starts = Array.from({ length: count }, (_, o) => Math.floor((o * size) / count));
  const lengths = starts.map((start, o) => Math.ceil(((o + 1) * size) / count) - start), longest = Math.max(0, ...lengths);
  return { places: starts.map((start, o) => Array.from({ length: longest }, (_, k) => start + (k < lengths[o]! ? k : 0))), lengths };
}

const intTensor = (like: Tensor, values: Int32Array<ArrayBuffer>, shape: Shape): Tensor => fromHost(values, shape, "int32", { device: like.device });

/** A dim, which has the places beyond its ends that regular windows see, taken apart: its windows in its place, what each sees as a last dim. */
export function windowed(x: Tensor, dim: number, { places, regular }: Window): Tensor {
  const length = places[0]?.length ?? 0, flat = places.flat(), { shape } = x;
  if (regular !== undefined && length > 0) {
    const all = unfoldDim(x, dim, (length - 1) * regular.dilation + 1, regular.step), seen = all.shape[dim] === places.length ? all : slice(all, dim, 0, places.length);
    return regular.dilation === 1 ? seen : slice(seen, -1, 0, Infinity, regular.dilation);
  }
  const isWhole = flat.length === shape[dim] && flat.every((place, i) => place === i);
  const picked = isWhole ? x : indexSelect(x, dim, intTensor(x, Int32Array.from(flat), [flat.length]));
  const apart = reshape(picked, [...shape.slice(0, dim), places.length, length, ...shape.slice(dim + 1)]);
  return permute(apart, [...apart.shape.keys()].filter((d) => d !== dim + 1).concat(dim + 1));
}

type Windows = { readonly windows: readonly Window[] };

/** The maximum over windows of the last dims. Where it lies is asked only by the derivatives, which go by the first of equals. */
const maxOverOp: Op<Windows> = {
  name: "maxOver",
  gradName: ({ windows }) => `MaxPool${windows.length}DWithIndicesBackward0`,
  run: (_, [given], { windows }) => decomposed([given!], (x) => {
    const { seen, dims } = seenBy(x, windows);
    return amaxOver(seen, dims);
  }),
  saves: () => ({ savedInputs: [0], savedResults: [] }),
  vjp([grad], node) {
    const [x] = savedTensors(node) as [Tensor], { windows } = node.attrs;
    if (!isFollowed() && isSideBySide(x, windows)) return [dispatch(sideBySideGrad, [x, straight(grad!)], { window: [lengthOf(windows[0]!), lengthOf(windows[1]!)] })];
    const rank = windows.length, lead = x.shape.slice(0, -rank), out = grad!.shape;
    const flat = [...lead, sizeOf(out.slice(lead.length))], zeros = nothing(grad!, [...lead, sizeOf(x.shape.slice(-rank))]);
    return [reshape(scatterAdd(zeros, -1, reshape(placesOver(x, windows), flat), reshape(grad!, flat)), x.shape)];
  },
  jvp: ([t], [x], _, { windows }) => [valuesAt(t!, placesOver(x!, windows), windows.length)],
  batched: (attrs) => attrs,
};

/** Whether windows lie side by side in x, and its device has the kernel for that. */
function isSideBySide(x: Tensor, windows: readonly Window[]): boolean {
  if (windows.length !== 2 || x.dtype !== "float32" || x.window.size === 0 || x.window.strides.at(-1) !== 1 || x.storage.device.backend.kernels.windowMaxGrad === undefined) return false;
  return windows.every((window) => window.regular?.step === lengthOf(window) && window.regular.dilation === 1 && window.regular.low === 0 && window.regular.high === 0);
}
const lengthOf = ({ places: [first] }: Window): number => first?.length ?? 0;
const straight = (grad: Tensor): Tensor => (grad.window.strides.at(-1) === 1 ? grad : clone(grad));

/** What backward makes of windows side by side where nobody follows it. */
const sideBySideGrad: Op<FusedAttrs["windowMaxGrad"]> = {
  name: "maxOver",
  gradName: () => "",
  run(device, [x, grad], attrs) {
    const out = allocate(device, "float32", x!.shape);
    overBatches(1, [x!, grad!], [out], (ins, to) => device.backend.kernels.windowMaxGrad!(ins, to, attrs));
    return out;
  },
  saves: () => savesNothing,
  vjp: () => [],
};

/** The maximum over windows of the last dims. */
export const maxOver = (x: Tensor, windows: readonly Window[]): Tensor => dispatch(maxOverOp, [x], { windows });
/** The same, and where in the flattened plane of these dims it lies. */
export function maxAndPlaces(x: Tensor, windows: readonly Window[]): ValuesAndIndices {
  const indices = placesOver(x, windows);
  return { values: valuesAt(x, indices, windows.length), indices };
}

const lowest = (dtype: DType): number => (isFloat(dtype) ? -Infinity : dtype === "uint8" ? 0 : -(2 ** (8 * dtypes[dtype].bytes - 1)));

/**
 * Windows of the last dims taken apart, and the dims of what each sees. Beyond the ends is the lowest number: a window whose maximum is that has it first of all
 * at the first place that it sees, which stands for the first one in x.
 */
function seenBy(x: Tensor, windows: readonly Window[]): { readonly seen: Tensor; readonly dims: readonly number[] } {
  const rank = windows.length, lead = x.ndim - rank, beyond = windows.toReversed().flatMap(({ regular }) => [regular?.low ?? 0, regular?.high ?? 0]);
  const whole = beyond.some((places) => places > 0) ? pad(x, beyond, { value: lowest(x.dtype) }) : x;
  return { seen: windows.reduce((y, window, i) => windowed(y, lead + i, window), whole), dims: windows.map((_, k) => lead + rank + k) };
}

/** Where in the flattened plane of the last dims the maximum of each window lies; of equals the first, of NaNs the first. */
function placesOver(x: Tensor, windows: readonly Window[]): Tensor {
  const rank = windows.length, lead = x.shape.slice(0, -rank), out = windows.map(({ places }) => places.length);
  const found = noGrad(() => {
    const { seen, dims } = seenBy(x, windows);
    return argMaxOver(seen, dims);
  });
  const window = sizeOf(windows.map(({ places: [first] }) => first?.length ?? 0));
  const table = expand(intTensor(x, placeTable(windows, x.shape.slice(-rank)), [...out, window]), [...lead, ...out, window]);
  return reshape(gather(table, -1, reshape(found, [...lead, ...out, 1])), [...lead, ...out]);
}

/** For each window, in row-major order, the row-major numbers in a plane of what it sees. */
function placeTable(windows: readonly Window[], plane: Shape): Int32Array<ArrayBuffer> {
  let table = Int32Array.of(0), made = 1, seen = 1;
  windows.forEach(({ places }, d) => {
    const length = places[0]?.length ?? 0, next = new Int32Array(table.length * places.length * length);
    let to = 0;
    for (let i = 0; i < made; i++) for (const list of places) for (let k = 0; k < seen; k++) for (let l = 0; l < length; l++) next[to++] = table[i * seen + k]! * plane[d]! + list[l]!;
    table = next;
    made *= places.length;
    seen *= length;
  });
  return table;
}

/** The elements at row-major numbers of the plane of the last `rank` dims. */
export function valuesAt(x: Tensor, indices: Tensor, rank: number): Tensor {
  const lead = x.shape.slice(0, -rank), count = sizeOf(indices.shape.slice(lead.length));
  return reshape(gather(reshape(x, [...lead, sizeOf(x.shape.slice(-rank))]), -1, reshape(indices, [...lead, count])), indices.shape);
}
