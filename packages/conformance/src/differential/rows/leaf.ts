/** @file Where programs begin: leaves, made by the drawer when a call needs one. */
import type { DType } from "@adjoint/core/backend";
import { row, type Row } from "../row.ts";

type LeafAttrs = { readonly shape: readonly number[]; readonly dtype: DType; readonly values: readonly (number | string)[]; readonly requiresGrad: boolean };

export const leaf: Row = row<LeafAttrs>({
  op: "leaf",
  weight: 0,
  draw: () => undefined,
  run: (_, { shape, dtype, values, requiresGrad }, host) => host.leaf(values.map(Number), shape, host.dtype(dtype), requiresGrad),
});
