/** @file The kernels by name: the one list of them, and tables made of a backend's. Knows not what they do. */
import type { Buffer, FusedAttrs, FusedKernels, FusedName, Kernel, Kernels, PrimitiveAttrs, PrimitiveName } from "./backend.ts";

/** A kernel that a backend has, or may have. */
export type KernelName = PrimitiveName | FusedName;
/** What one of them is told. */
export type KernelAttrs = PrimitiveAttrs[PrimitiveName] | FusedAttrs[FusedName];

const kinds: { readonly [P in PrimitiveName]: "primitive" } & { readonly [F in FusedName]: "fused" } = {
  map: "primitive", reduce: "primitive", argReduce: "primitive", scan: "primitive", sort: "primitive", matmul: "primitive", conv: "primitive", gather: "primitive", scatter: "primitive", copy: "primitive",
  rows: "fused", attention: "fused", attentionGrad: "fused", mapEach: "fused", windowMaxGrad: "fused", convBias: "fused", concat: "fused", matmulBias: "fused",
};
/** Those that every backend has, then the fused ones. */
export const kernelNames: readonly KernelName[] = /*@__PURE__*/ Object.keys(kinds) as KernelName[];

type Table<B extends Buffer> = Kernels<B> & Partial<FusedKernels<B>>;
type Made<B extends Buffer> = { [K in KernelName]?: Kernel<KernelAttrs, B> };

/**
 * A table with a kernel for each that the backend has, made of it.
 * @param wrap makes it; `run` asks the backend for its kernel at every call, since after a restore it may be another
 */
export function mapKernels<B extends Buffer>(backend: { readonly kernels: Table<B> }, wrap: (name: KernelName, run: Kernel<KernelAttrs, B>) => Kernel<KernelAttrs, B>): Table<B> {
  const made: Made<B> = {};
  for (const name of kernelNames)
    if (backend.kernels[name] !== undefined) made[name] = wrap(name, (inputs, outputs, attrs) => (backend.kernels[name] as Kernel<KernelAttrs, B>)(inputs, outputs, attrs));
  return made as Table<B>;
}

/** The kernels that every backend has. */
export function primitivesOf<B extends Buffer>(kernels: Table<B>): Kernels<B> {
  const made: Made<B> = {};
  for (const name of kernelNames) if (kinds[name] === "primitive") made[name] = kernels[name] as Kernel<KernelAttrs, B>;
  return made as Kernels<B>;
}
