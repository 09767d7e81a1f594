/** @file What a documentation comment says of dtypes, in the words that comments of elementwise ops use, and what the op does. */
import * as core from "@adjoint/core";
import { type DType, isTensor, ones, ShapeError, type Tensor } from "@adjoint/core";

const phrases = /(Of any shape|Shapes broadcast)(, and dtypes are promoted|; of any dtypes?| and dtype)?(?:; |, )?(integers and bools give float32|integers give float32|bools give int32|bools give float32|keeps the dtype|gives bools|gives float64)?\./;
/** Whether a comment speaks in these words. */
export const saysDTypes = (text: string): boolean => phrases.test(text);

type Claim = { readonly binary: boolean; readonly gives: { readonly [D in "float32" | "int32" | "bool"]?: DType } };
const same = { float32: "float32", int32: "int32", bool: "bool" } as const;
const claims: { readonly [phrase: string]: Claim["gives"] } = {
  "integers and bools give float32": { float32: "float32", int32: "float32", bool: "float32" }, "integers give float32": { float32: "float32", int32: "float32" }, "bools give int32": { float32: "float32", int32: "int32", bool: "int32" },
  "bools give float32": { float32: "float32", int32: "int32", bool: "float32" }, "keeps the dtype": same, "gives bools": { float32: "bool", int32: "bool", bool: "bool" }, "gives float64": { float32: "float64", int32: "float64", bool: "float64" },
};

/** What differs from the comment: for each dtype the one that was promised, and what came. A dtype that a `@throws` refuses is left out. */
export function wrongDTypes(name: string, text: string, throws: readonly string[]): string[] {
  const [, shape, , phrase] = phrases.exec(text)!, gives = phrase === undefined ? same : claims[phrase]!;
  const fn = name.split(".").reduce<unknown>((at, part) => Reflect.get(at as object, part), core) as (...args: readonly Tensor[]) => unknown;
  const missing = shape === "Of any shape" || throws.some((one) => one.startsWith("ShapeError")) || !refusesShapes(fn) ? [] : ["shapes that do not broadcast: a ShapeError that no `@throws` names"];
  const refused = (dtype: string): boolean => new RegExp(`DTypeError for .*${{ float32: "floats", int32: "integers", bool: "bools" }[dtype]}`).test(throws.join("\n"));
  return missing.concat((Object.entries(gives) as [DType, DType][]).flatMap(([dtype, promised]) => {
    const operands = Array.from({ length: shape === "Of any shape" ? 1 : 2 }, () => ones([2], { dtype }));
    try {
      const result = fn(...operands), got = isTensor(result) ? result.dtype : typeof result;
      return refused(dtype) ? [`${dtype}: not refused`] : got === promised ? [] : [`${dtype}: ${got}, the comment promises ${promised}`];
    } catch (error) {
      return refused(dtype) ? [] : [`${dtype}: ${String(error)}`];
    }
  }));
}
const refusesShapes = (fn: (...args: readonly Tensor[]) => unknown): boolean => (["float32", "int32"] as const).some((dtype) => {
  try {
    fn(ones([2], { dtype }), ones([3], { dtype }));
  } catch (error) {
    return error instanceof ShapeError;
  }
  return false;
});
