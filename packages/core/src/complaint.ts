/** @file What to say of an index out of range: plain data, of which a device makes the error whenever it learns of it. */
import { type AdjointError, ArgumentError, IndexError, ShapeError } from "./errors.ts";

/** A constant: one object for one meaning, so that a device may number them. */
export type Complaint = {
  readonly error: "argument" | "index" | "shape";
  /** `{index}` stands for the index, `{position}` for what it was before a negative one was counted from the end, `{dim}` and `{size}` for where. */
  readonly text: string;
};

/** Along which dim an index looks, and what to say of one out of range. */
export type Places = {
  readonly dim: number;
  /** The dim as the caller counts it: `dim` unless it is said. */
  readonly named?: number | undefined;
  /** `outOfBounds` unless it is said. */
  readonly complaint?: Complaint | undefined;
};

export const outOfBounds: Complaint = { error: "index", text: "index {index} is out of bounds for dimension {dim} with size {size}" };

/** The error of an index that is out of range. */
export function complain({ dim, named = dim, complaint: { error, text } = outOfBounds }: Places, index: number, size: number): AdjointError {
  const words: { readonly [word: string]: number } = { index, position: index < 0 ? index - size : index, dim: named, size };
  const message = text.replace(/{(\w+)}/g, (_, word: string) => String(words[word]));
  return error === "index" ? new IndexError(message) : error === "shape" ? new ShapeError(message) : new ArgumentError(message);
}
