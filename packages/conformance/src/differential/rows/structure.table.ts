/** @file Reductions, products, joins, indexing, and what networks are made of: one row each. */
import * as A from "@adjoint/core";
import type { Tensor } from "@adjoint/core";
import { sizeOf } from "@adjoint/core/backend";
import type { Random } from "../random.ts";
import { type Drawer, exact, type Kind, row, type Row, type Variable } from "../row.ts";
import { someDim } from "./views.table.ts";

const all: readonly Kind[] = ["float", "int", "bool"], numbers: readonly Kind[] = ["float", "int"], floats: readonly Kind[] = ["float"];
const ranked = (least: number, most: number = 8) => (x: Variable): boolean => x.shape.length >= least && x.shape.length <= most;
const sizeAt = (x: { readonly shape: readonly number[] }, dim: number): number => x.shape.at(dim) ?? 1;

type Kept = { readonly keepdim: boolean };
type Dims = Kept & { readonly dims: number | readonly number[] | null };

function someDims(random: Random, rank: number): number | readonly number[] | null {
  const u = random.unit();
  if (u < 0.25) return null;
  return u < 0.7 || rank < 2 ? someDim(random, rank) : random.order(rank).slice(0, random.integer(1, rank));
}

const reduction = (op: string, run: (x: Tensor, dims: number | readonly number[] | undefined, options: Kept) => Tensor, kinds: readonly Kind[] = floats): Row => row<Dims>({
  op,
  draw(d) { const x = d.variable({ kinds }); return { inputs: [x], attrs: { dims: someDims(d.random, x.shape.length), keepdim: d.random.chance(0.4) } }; },
  run: ([x], { dims, keepdim }) => run(x!, dims ?? undefined, { keepdim }),
});

const alongDim = (op: string, run: (x: Tensor, dim: number, options: Kept) => Tensor | readonly Tensor[], kinds: readonly Kind[] = floats): Row => row<Kept & { readonly dim: number }>({
  op,
  draw(d) { const x = d.variable({ kinds }); return { inputs: [x], attrs: { dim: someDim(d.random, x.shape.length), keepdim: d.random.chance(0.4) } }; },
  run: ([x], { dim, keepdim }) => run(x!, dim, { keepdim }),
});

export const reductionRows: readonly Row[] = [
  ...exact([{ ...reduction("sum", A.sum, all), weight: 3 }, reduction("amax", A.amax, numbers), reduction("amin", A.amin, numbers)]), { ...reduction("mean", A.mean), weight: 2 },
  reduction("var", A.var_), reduction("std", A.std), reduction("all", A.all, all), reduction("any", A.any, all),
  alongDim("argmax", A.argmax, numbers), alongDim("argmin", A.argmin, numbers),
  alongDim("max", (x, dim, options) => { const { values, indices } = A.max(x, dim, options); return [values, indices]; }, numbers),
  alongDim("min", (x, dim, options) => { const { values, indices } = A.min(x, dim, options); return [values, indices]; }, numbers),
  alongDim("softmax", (x, dim) => A.softmax(x, dim)), alongDim("logSoftmax", (x, dim) => A.logSoftmax(x, dim)),
  alongDim("cumsum", (x, dim) => A.cumsum(x, dim), numbers), alongDim("cumprod", (x, dim) => A.cumprod(x, dim), numbers), alongDim("prod", (x, dim, options) => A.prod(x, dim, options), numbers),
  alongDim("logcumsumexp", (x, dim) => A.logcumsumexp(x, dim)), alongDim("diff", (x, dim) => A.diff(x, dim), numbers),
  alongDim("cummax", (x, dim) => { const { values, indices } = A.cummax(x, dim); return [values, indices]; }, numbers),
  alongDim("cummin", (x, dim) => { const { values, indices } = A.cummin(x, dim); return [values, indices]; }, numbers),
  reduction("logsumexp", (x, dims, options) => A.logsumexp(x, dims ?? 0, options)), reduction("nansum", A.nansum), reduction("norm", (x, dims, options) => A.norm(x, 2, dims, options)),
  alongDim("sort", (x, dim, { keepdim }) => { const { values, indices } = A.sort(x, dim, { descending: keepdim }); return [values, indices]; }, all),
  alongDim("topk", (x, dim, { keepdim }) => { const { values, indices } = A.topk(x, sizeAt(x, dim) >> 1, dim, { largest: keepdim }); return [values, indices]; }, numbers),
  alongDim("median", (x, dim, options) => { const { values, indices } = A.median(x, dim, options); return [values, indices]; }, numbers),
  alongDim("mode", (x, dim, options) => { const { values, indices } = A.mode(x, dim, options); return [values, indices]; }, numbers),
  alongDim("quantile", (x, dim, options) => A.quantile(x, 0.3, dim, options)),
  row({ op: "medianAll", draw: (d) => ({ inputs: [d.variable({ kinds: numbers })], attrs: {} }), run: ([x]) => A.median(x!) }),
  row({
    op: "searchsorted",
    draw(d) { const x = d.variable({ kinds: numbers, accepts: ranked(1) }); return { inputs: [x, d.variable({ dtype: x.dtype })], attrs: {} }; },
    run: ([x, y]) => A.searchsorted(A.flatten(x!).sort().values, A.flatten(y!)),
  }),
  row({ op: "prodAll", draw: (d) => ({ inputs: [d.variable({ kinds: numbers, domain: "unit" })], attrs: {} }), run: ([x]) => A.prod(x!) }),
  row({ op: "argmaxAll", draw: (d) => ({ inputs: [d.variable({ kinds: numbers })], attrs: {} }), run: ([x]) => A.argmax(x!) }),
];

/** What `[.., m, k]` can be multiplied with; vectors and batches that broadcast included. */
function factor(d: Drawer, x: Variable): Variable {
  const k = sizeAt(x, -1), n = d.random.integer(1, 6);
  const shape = d.random.chance(0.2) ? [k] : d.random.chance(0.7) ? [k, n] : [...(x.shape.length > 2 ? x.shape.slice(0, -2) : [d.random.integer(1, 3)]), k, n];
  const accepts = (y: Variable): boolean => y.dtype === x.dtype && y.shape.length > 0 && (y.shape.at(-2) ?? y.shape[0]) === k && y.shape.length <= 2;
  return (d.random.chance(0.5) ? d.existing({ accepts }) : undefined) ?? d.variable({ dtype: x.dtype }, shape);
}

/** Tensors of one rank and dtype that differ along one dim at most. */
function joined(d: Drawer, sameSize: boolean): { readonly inputs: readonly Variable[]; readonly dim: number } | undefined {
  const first = d.variable({ accepts: ranked(sameSize ? 0 : 1) });
  if (!sameSize && first.shape.length === 0) return undefined;
  const dim = someDim(d.random, first.shape.length + (sameSize ? 1 : 0)), at = dim < 0 ? dim + first.shape.length : dim;
  const inputs = [first];
  for (let i = d.random.integer(0, 2); i > 0; i--) {
    const shape = sameSize ? first.shape : first.shape.map((size, k) => (k === at ? d.random.integer(0, 3) : size));
    inputs.push(d.random.chance(0.2) ? first : d.variable(d.random.chance(0.8) ? { dtype: first.dtype } : {}, shape));
  }
  return { inputs, dim };
}

const loss = (op: string, run: (x: Tensor, target: Tensor, options: { readonly reduction: "mean" | "sum" | "none" }) => Tensor): Row => row<{ readonly reduction: "mean" | "sum" | "none" }>({
  op,
  draw(d) { const x = d.variable({ dtype: "float32" }); return { inputs: [x, d.variable({ dtype: "float32" }, x.shape)], attrs: { reduction: d.random.pick(["mean", "sum", "none"]) } }; },
  run: ([x, y], options) => run(x!, y!, options),
});

type Window = { readonly stride: number; readonly padding: number; readonly dilation: number };
/** Of finite numbers: whether what lies beside x takes part, as a 0, is left to the device. */
const convolution = (op: string, rank: number, run: (x: Tensor, weight: Tensor, options: Window) => Tensor): Row => row<Window>({
  op,
  draw(d) {
    const x = d.variable({ kinds: floats, domain: "finite", accepts: ranked(rank + 1, rank + 2) }), channels = sizeAt(x, -rank - 1);
    const filter = [...(op.includes("Transpose") ? [channels, d.random.integer(1, 3)] : [d.random.integer(1, 3), channels]), ...x.shape.slice(-rank).map((size) => d.random.integer(1, Math.max(1, Math.min(3, size))))];
    return { inputs: [x, d.variable({ dtype: x.dtype, domain: "finite" }, filter)], attrs: { stride: d.random.integer(1, 2), padding: d.random.integer(0, 1), dilation: d.random.integer(1, 2) } };
  },
  run: ([x, weight], options) => run(x!, weight!, options),
});

export const productRows: readonly Row[] = [
  row({
    op: "matmul", weight: 3,
    draw(d) { const x = d.variable({ kinds: d.random.chance(0.9) ? floats : numbers, accepts: ranked(1) }); return { inputs: [x, factor(d, x)], attrs: {} }; },
    run: ([x, y]) => A.matmul(x!, y!),
  }),
  ...exact([row<{ readonly dim: number }>({
    op: "cat", weight: 2,
    draw(d) { const parts = joined(d, false); return parts && { inputs: parts.inputs, attrs: { dim: parts.dim } }; },
    run: (parts, { dim }) => A.cat(parts, dim),
  }), row<{ readonly dim: number }>({
    op: "stack",
    draw(d) { const parts = joined(d, true); return parts && { inputs: parts.inputs, attrs: { dim: parts.dim } }; },
    run: (parts, { dim }) => A.stack(parts, dim),
  })]),
  row({
    op: "linear",
    draw(d) {
      const x = d.variable({ kinds: floats, accepts: ranked(1) }), out = d.random.integer(1, 4);
      return { inputs: [x, d.variable({ dtype: x.dtype }, [out, sizeAt(x, -1)]), d.variable({ dtype: x.dtype }, [out])], attrs: {} };
    },
    run: ([x, weight, bias]) => A.linear(x!, weight!, bias),
  }),
  row({
    op: "layerNorm",
    draw(d) { const x = d.variable({ kinds: floats, accepts: (v) => ranked(1)(v) && sizeAt(v, -1) > 1 }), n = sizeAt(x, -1); return { inputs: [x, d.variable({ dtype: x.dtype }, [n])], attrs: {} }; },
    // With the usual eps, a row of equal elements makes errors 300 times larger.
    run: ([x, weight]) => A.layerNorm(x!, x!.shape.slice(-1), { weight, eps: 0.125 }),
  }),
  convolution("conv1d", 1, (x, weight, options) => A.conv1d(x, weight, options)), convolution("conv2d", 2, (x, weight, options) => A.conv2d(x, weight, options)),
  convolution("convTranspose1d", 1, (x, weight, { stride, padding }) => A.convTranspose1d(x, weight, { stride, padding })),
  row<{ readonly groups: number }>({
    op: "groupNorm",
    draw(d) { const x = d.variable({ kinds: floats, accepts: ranked(3, 4) }), channels = x.shape[1] ?? 1; return { inputs: [x], attrs: { groups: channels % 2 === 0 && channels > 0 ? 2 : 1 } }; },
    run: ([x], { groups }) => A.groupNorm(x!, groups, { eps: 0.125 }),
  }),
  loss("mseLoss", A.mseLoss), loss("l1Loss", A.l1Loss), loss("smoothL1Loss", A.smoothL1Loss), loss("huberLoss", A.huberLoss), loss("binaryCrossEntropyWithLogits", A.binaryCrossEntropyWithLogits),
  row<{ readonly equation: string }>({
    op: "einsum", weight: 2,
    draw(d) {
      const x = d.variable({ dtype: "float32", accepts: ranked(2, 2) }), [rows = 1, columns = 1] = x.shape, equation = d.random.pick(["ij,jk->ik", "ij,kj->ki", "ij,ij->i", "ij,ij", "ij->", "...i,...i->..."]);
      const shape = equation === "ij,jk->ik" ? [columns, d.random.integer(1, 4)] : equation === "ij,kj->ki" ? [d.random.integer(1, 4), columns] : [rows, columns];
      return { inputs: equation.includes(",") ? [x, d.variable({ dtype: "float32" }, shape)] : [x], attrs: { equation } };
    },
    run: (operands, { equation }) => A.einsum(equation, ...operands),
  }),
  row({
    op: "outer",
    draw: (d) => ({ inputs: [d.variable({ kinds: numbers, accepts: ranked(1, 1) }), d.variable({ kinds: numbers, accepts: ranked(1, 1) })], attrs: {} }),
    run: ([x, y]) => A.outer(x!, y!),
  }),
  row({
    op: "addmm",
    draw(d) {
      const x = d.variable({ dtype: "float32", accepts: ranked(2, 2) }), [rows = 1, inner = 1] = x.shape, columns = d.random.integer(1, 4);
      return { inputs: [d.partner([rows, columns], { dtype: "float32" }, true), x, d.variable({ dtype: "float32" }, [inner, columns])], attrs: {} };
    },
    run: ([b, x, y]) => A.addmm(b!, x!, y!),
  }),
  row<{ readonly kernel: number; readonly stride: number }>({
    op: "maxPool2d",
    draw: (d) => ({ inputs: [d.variable({ kinds: floats, accepts: ranked(3, 4) })], attrs: { kernel: d.random.integer(1, 2), stride: d.random.integer(1, 2) } }),
    run: ([x], { kernel, stride }) => A.maxPool2d(x!, kernel, { stride }),
  }),
  row<{ readonly kernel: number; readonly stride: number }>({
    op: "avgPool2d",
    draw: (d) => ({ inputs: [d.variable({ kinds: floats, accepts: ranked(3, 4) })], attrs: { kernel: d.random.integer(1, 2), stride: d.random.integer(1, 2) } }),
    run: ([x], { kernel, stride }) => A.avgPool2d(x!, kernel, { stride }),
  }),
  row({
    op: "attention",
    draw(d) {
      const q = d.variable({ dtype: "float32", accepts: ranked(2, 3) });
      if (q.shape.length < 2) return undefined;
      const batch = q.shape.slice(0, -2), width = sizeAt(q, -1), length = d.random.integer(1, 4);
      return { inputs: [q, d.variable({ dtype: "float32" }, [...batch, length, width]), d.variable({ dtype: "float32" }, [...batch, length, d.random.integer(1, 3)])], attrs: {} };
    },
    // A copy is changed in place, if one is: a device's own attention keeps its result for backward, as PyTorch's does; what it stands for does not.
    run: ([q, k, v]) => A.clone(A.scaledDotProductAttention(q!, k!, v!)),
  }),
];

type Indices = { readonly dim: number; readonly shape: readonly number[]; readonly indices: readonly number[] };
const indices = (values: readonly number[], shape: readonly number[], host: { leaf(values: readonly number[], shape: readonly number[], dtype: "int32", requiresGrad: boolean): Tensor }): Tensor => host.leaf(values, shape, "int32", false);

/** An index shape of x's rank, no larger than x but along `dim`; indices in range, and distinct along `dim` where asked. */
function drawIndices(d: Drawer, x: Variable, distinct: boolean): Indices | undefined {
  const dim = someDim(d.random, x.shape.length), at = dim < 0 ? dim + x.shape.length : dim, size = x.shape[at] ?? 1;
  if (size === 0) return undefined;
  const shape = x.shape.map((s, k) => (k === at ? d.random.integer(1, distinct ? size : 4) : d.random.chance(0.3) && s > 1 ? d.random.integer(1, s) : s));
  const count = sizeOf(shape), inner = sizeOf(shape.slice(at + 1)), length = shape[at] ?? 1;
  const lines = new Map<number, number[]>();
  const values = Array.from({ length: count }, (_, i) => {
    if (!distinct) return d.random.integer(0, size - 1);
    const line = Math.floor(i / (inner * length)) * inner + (i % inner);
    if (!lines.has(line)) lines.set(line, d.random.order(size));
    return lines.get(line)![Math.floor(i / inner) % length]!;
  });
  return { dim, shape, indices: values };
}

const scatter = (op: string, run: (x: Tensor, dim: number, index: Tensor, source: Tensor) => Tensor, distinct: boolean): Row => row<Indices>({
  op,
  draw(d) {
    const x = d.variable({ kinds: numbers, accepts: ranked(1) }), attrs = drawIndices(d, x, distinct);
    return attrs && { inputs: [x, d.variable({ dtype: x.dtype }, attrs.shape)], attrs };
  },
  run: ([x, source], { dim, shape, indices: values }, host) => run(x!, dim, indices(values, shape, host), source!),
});

const indexing: readonly Row[] = exact([
  row<Indices>({
    op: "gather", weight: 2,
    draw(d) { const x = d.variable({ accepts: ranked(1) }), attrs = drawIndices(d, x, false); return attrs && { inputs: [x], attrs }; },
    run: ([x], { dim, shape, indices: values }, host) => A.gather(x!, dim, indices(values, shape, host)),
  }),
  scatter("scatter", A.scatter, true), scatter("scatterAdd", A.scatterAdd, false),
  row<Indices>({
    op: "indexSelect",
    draw(d) {
      const x = d.variable({ accepts: ranked(1) }), dim = someDim(d.random, x.shape.length), size = sizeAt(x, dim), length = d.random.integer(0, 4);
      return size === 0 ? undefined : { inputs: [x], attrs: { dim, shape: [length], indices: Array.from({ length }, () => d.random.integer(0, size - 1)) } };
    },
    run: ([x], { dim, shape, indices: values }, host) => A.indexSelect(x!, dim, indices(values, shape, host)),
  }),
]);

export const indexRows: readonly Row[] = [
  ...indexing,
  row<Indices>({
    op: "crossEntropy",
    draw(d) {
      const x = d.variable({ dtype: "float32", accepts: (v) => v.shape.length === 2 && sizeOf(v.shape) > 0 }), [rows = 0, classes = 0] = x.shape;
      return x.shape.length !== 2 || sizeOf(x.shape) === 0 ? undefined : { inputs: [x], attrs: { dim: 1, shape: [rows], indices: Array.from({ length: rows }, () => d.random.integer(0, classes - 1)) } };
    },
    run: ([x], { shape, indices: values }, host) => A.crossEntropy(x!, indices(values, shape, host)),
  }),
];
