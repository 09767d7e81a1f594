/**
 * @file Tensors as text, digit for digit as PyTorch prints them.
 * Pure functions of a shape, a dtype and a way to read elements; knows no tensor and no device.
 */
import type { DType } from "./dtype.ts";
import { exponential, fixed } from "./format/decimal.ts";
import { type PrintOptions, printOptions } from "./format/options.ts";

export { type PrintOptions, printOptions, setPrintOptions } from "./format/options.ts";

/** int64 is no dtype of Adjoint's tensors, but can be printed. */
export type PrintableDType = DType | "int64";

/** What is printed. */
export type PrintSource = {
  readonly shape: readonly number[];
  readonly dtype: PrintableDType;
  /**
   * The element at a row-major index. It is called once for each of `printedIndices(shape)`, in that order.
   * Without it (elements that are not on the host yet) `...` and the size are printed instead.
   */
  readonly read?: ((index: number) => number | bigint | boolean) | undefined;
};

/** What follows the elements. */
export type PrintLabels = {
  /** The name in `grad_fn=<AddBackward0>`; it takes the place of `requires_grad=True`. */
  readonly gradFn?: string | undefined;
  readonly requiresGrad?: boolean | undefined;
  /** Given only where it is to be printed: PyTorch does not print the default device. */
  readonly device?: string | undefined;
  readonly isParameter?: boolean | undefined;
};

const elementCount = (shape: readonly number[]): number => shape.reduce((count, size) => count * size, 1);

/** How many items are kept at each end of a dimension, and whether dots stand for the others. */
type Edges = (size: number) => { readonly head: number; readonly tail: number; readonly hasDots: boolean };

function edgesOf(shape: readonly number[], { threshold, edgeItems }: PrintOptions): Edges {
  const isSummary = elementCount(shape) > threshold;
  return (size) => isSummary && size > 2 * edgeItems
    ? { head: edgeItems, tail: edgeItems, hasDots: true }
    : { head: size, tail: 0, hasDots: false };
}

/**
 * The row-major indices of the elements that `formatTensor` reads, ascending: all of them, or the edges where the
 * tensor is summarised. A device that is slow to read gathers these and no others.
 *
 * @example printedIndices([2000]) // [0, 1, 2, 1997, 1998, 1999]
 */
export function printedIndices(shape: readonly number[], options: PrintOptions = printOptions()): number[] {
  if (shape.includes(0)) return [];
  const edges = edgesOf(shape, options);
  let indices = [0];
  for (const size of shape) {
    const { head, tail } = edges(size);
    const longer: number[] = [];
    for (const index of indices) {
      for (let i = 0; i < head; i++) longer.push(index * size + i);
      for (let i = size - tail; i < size; i++) longer.push(index * size + i);
    }
    indices = longer;
  }
  return indices;
}

/** How every element of one tensor is written. Values that the width ignores (NaN, infinities, 0) may be longer. */
type Notation = { readonly width: number; readonly write: (value: number) => string };

function floatNotation(values: readonly number[], { precision, sciMode }: PrintOptions): Notation {
  const measured = values.filter((value) => Number.isFinite(value) && value !== 0);
  let smallest = Infinity, largest = 0;
  for (const value of measured) {
    smallest = Math.min(smallest, Math.abs(value));
    largest = Math.max(largest, Math.abs(value));
  }
  const isWhole = measured.every(Number.isInteger);
  const isScientific = largest / smallest > 1000 || largest > 1e8 || (!isWhole && smallest < 1e-4);

  const scientific = (value: number): string => exponential(value, precision);
  const plain = (value: number): string => (isWhole ? `${fixed(value, 0)}.` : fixed(value, precision));
  const pick = (wantsScientific: boolean) => (wantsScientific ? scientific : plain);
  // PyTorch measures before it looks at sciMode, so that a forced notation is padded or packed as the other would be;
  // where it finds nothing to measure it does not look at sciMode at all.
  const width = longest(measured.map(pick(isScientific)), 1);
  const finite = pick(measured.length > 0 && sciMode !== null ? sciMode : isScientific);
  return { width, write: (value) => (Number.isFinite(value) ? finite(value) : nonFinite(value)) };
}

const nonFinite = (value: number): string => (Number.isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf");

const longest = (texts: readonly string[], least: number): number =>
  texts.reduce((width, text) => Math.max(width, text.length), least);

/** The elements as text, right-aligned, and the width that line breaks reckon with. */
type Cells = { readonly width: number; readonly cells: readonly string[] };
function writeElements(values: readonly (number | bigint | boolean)[], dtype: PrintableDType, options: PrintOptions): Cells {
  if (dtype.includes("float")) {
    const numbers = values.map(Number);
    const { width, write } = floatNotation(numbers, options);
    return { width, cells: numbers.map((value) => write(value).padStart(width)) };
  }
  const texts = values.map(dtype === "bool" ? (value) => (value ? "True" : "False") : String);
  const width = longest(texts, 1);
  return { width, cells: texts.map((text) => text.padStart(width)) };
}

/** Complex elements: each part in a notation of its own, the sign of the imaginary part between them. */
function writeComplex(re: readonly number[], im: readonly number[], options: PrintOptions): Cells {
  const left = floatNotation(re, options), right = floatNotation(im, options);
  const cells = re.map((x, i) => {
    const imaginary = `${right.write(im[i]!)}j`;
    return `${left.write(x).padStart(left.width)}${/^[+-]/.test(imaginary) ? "" : "+"}${imaginary}`;
  });
  return { width: left.width + right.width + 1, cells };
}

/** The nested brackets, the first of them standing `indent` characters from the left. */
function formatElements(shape: readonly number[], write: (indices: readonly number[]) => Cells, indent: number, options: PrintOptions): string {
  if (shape.includes(0)) return "[]";
  const { width, cells } = write(printedIndices(shape, options));
  const edges = edgesOf(shape, options);
  let next = 0;

  const items = (size: number, dots: string, item: () => string): string[] => {
    const { head, tail, hasDots } = edges(size);
    const before = Array.from({ length: head }, item);
    return [...before, ...(hasDots ? [dots] : []), ...Array.from({ length: tail }, item)];
  };
  const cell = (): string => cells[next++]!;
  const row = (size: number, indent: number): string => {
    // The extra space before the dots is PyTorch's; so is reckoning with `width` where a NaN is longer.
    const texts = items(size, options.edgeItems === 0 ? "..." : " ...", cell);
    const perLine = Math.max(1, Math.floor((options.lineWidth - indent) / (width + 2)));
    const lines: string[] = [];
    for (let i = 0; i < texts.length; i += perLine) lines.push(texts.slice(i, i + perLine).join(", "));
    return lines.join(`,\n${" ".repeat(indent + 1)}`);
  };
  const block = (dim: number, indent: number): string => {
    const deeper = shape.length - dim - 1;
    if (deeper < 0) return cell();
    const size = shape[dim]!;
    if (deeper === 0) return `[${row(size, indent)}]`;
    const separator = `,${"\n".repeat(deeper)}${" ".repeat(indent + 1)}`;
    return `[${items(size, "...", () => block(dim + 1, indent + 1)).join(separator)}]`;
  };
  return block(0, indent);
}

const tuple = (shape: readonly number[]): string => `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;

/** Puts each suffix on the last line, or on a new one where it does not fit. */
function appendSuffixes(text: string, suffixes: readonly string[], indent: number, lineWidth: number): string {
  // Two characters more than the line has: PyTorch's reckoning.
  let length = text.length - text.lastIndexOf("\n") + 1;
  for (const suffix of suffixes) {
    const isNewLine = length + suffix.length + 2 > lineWidth;
    text += isNewLine ? `,\n${" ".repeat(indent)}${suffix}` : `, ${suffix}`;
    length = isNewLine ? indent + suffix.length : length + suffix.length + 2;
  }
  return text;
}

/**
 * A tensor as PyTorch's `repr` writes it.
 *
 * @example
 * formatTensor({ shape: [2], dtype: "float32", read: (i) => [1, 2][i]! }, { requiresGrad: true })
 * // tensor([1., 2.], requires_grad=True)
 */
export function formatTensor(
  source: PrintSource, labels: PrintLabels = {}, options: PrintOptions = printOptions(),
): string {
  const { shape, dtype, read } = source;
  return labelled(shape, dtype, read && ((indices) => writeElements(indices.map((index) => read(index)), dtype, options)), labels, options);
}

/** Complex elements; `read` as of `PrintSource`. */
export type ComplexSource = {
  readonly shape: readonly number[];
  readonly dtype: "complex64" | "complex128";
  readonly read?: { readonly re: (index: number) => number; readonly im: (index: number) => number } | undefined;
};
/** A complex tensor as PyTorch's `repr` writes it. */
export function formatComplex({ shape, dtype, read }: ComplexSource, labels: PrintLabels = {}, options: PrintOptions = printOptions()): string {
  return labelled(shape, dtype, read && ((indices) => writeComplex(indices.map(read.re), indices.map(read.im), options)), labels, options);
}

function labelled(
  shape: readonly number[], dtype: PrintableDType | ComplexSource["dtype"], write: ((indices: readonly number[]) => Cells) | undefined, labels: PrintLabels, options: PrintOptions,
): string {
  const { gradFn, requiresGrad, device, isParameter } = labels;
  const prefix = "tensor(";
  const suffixes: string[] = [];
  if (device !== undefined) suffixes.push(`device='${device}'`);

  const isEmpty = shape.includes(0);
  if (write === undefined || (isEmpty && shape.length !== 1)) suffixes.push(`size=${tuple(shape)}`);
  // Elements tell int64 and bool from float32; where none are shown the name has to.
  const isTold = dtype === "float32" || (write !== undefined && !isEmpty && (dtype === "int64" || dtype === "bool" || dtype === "complex64"));
  if (!isTold) suffixes.push(`dtype=torch.${dtype}`);
  if (gradFn !== undefined) suffixes.push(`grad_fn=<${gradFn}>`);
  else if (requiresGrad) suffixes.push("requires_grad=True");

  const body = write === undefined ? "..." : formatElements(shape, write, prefix.length, options);
  const text = appendSuffixes(prefix + body, suffixes, prefix.length, options.lineWidth);
  return `${isParameter ? "Parameter containing:\n" : ""}${text})`;
}
