/** @file The op of all normalisation: to mean 0 and variance 1 along some dims, then scaled and shifted; along rows, forward and backward. */
import { alongRows, isFollowed, type RowResult, type Rows, rowsOf } from "../calculus/rows.ts";
import { sumTo } from "../calculus/map-reduce.ts";
import { decomposedAll } from "../composites/decomposed.ts";
import { meanOver } from "../composites/reductions.ts";
import type { DType } from "../dtype.ts";
import { add, mul, rsqrt, square, sub } from "../elementwise/index.ts";
import { wide } from "../elementwise/elementwise.ts";
import { activeInterpreter, dispatchAll, type MultiOp, type Node, savedTensors, type Tensor } from "../op.ts";
import * as s from "../scalar/expr.ts";
import type { Expr } from "../scalar/expr.ts";
import { sizeOf } from "../shape.ts";
import { reshape } from "../views/views.ts";

/** Where a factor or a shift varies: along the row, or from row to row. */
type Place = "column" | "row";
/** `centred`: the mean is taken off before. */
type Attrs = { readonly dims: readonly number[]; readonly eps: number; readonly centred: boolean; readonly place: Place; readonly weight: boolean; readonly bias: boolean };

const kept = { keepdim: true } as const;
const countOf = (x: Tensor, dims: readonly number[]): number => sizeOf(dims.map((d) => x.shape[d]!));

function memoized(make: (d: DType, attrs: Attrs) => Rows): (d: DType, attrs: Attrs) => Rows {
  const made = new Map<string, Rows>();
  return (d, attrs) => {
    const key = [d, attrs.centred, attrs.place, attrs.weight, attrs.bias].join();
    let known = made.get(key);
    if (known === undefined) made.set(key, (known = make(d, attrs)));
    return known;
  };
}
const all = (count: number, d: DType): DType[] => Array.from({ length: count }, () => d);

/** Inputs x, weight and bias as far as they are there; params n and eps; outputs out, variance, inverse deviation, mean. */
const forward = /*@__PURE__*/ memoized((d, { centred, weight, bias }) => {
  const inputs = 1 + Number(weight) + Number(bias), x = s.arg(0, d), n = s.param(0, d), eps = s.param(1, d);
  const [squares, inverse, mean] = [1, 2, 3].map((k) => s.arg(inputs + k, d)) as [Expr, Expr, Expr], variance = s.div(squares, n);
  const deviation = centred ? s.sub(x, mean) : x, normal = s.mul(deviation, inverse), scaled = weight ? s.mul(normal, s.arg(1, d)) : normal;
  const centre: RowResult[][] = centred ? [[[3, "sum", x]], [[3, "scalar", s.div(mean, n)]]] : [];
  return rowsOf("layerNorm", all(inputs, d), [d, d], [
    ...centre,
    [[1, "sum", s.mul(deviation, deviation)]],
    [[1, "scalar", variance], [2, "scalar", s.div(1, s.sqrt(s.add(variance, eps)))]],
    [[0, "element", bias ? s.add(scaled, s.arg(inputs - 1, d)) : scaled]],
  ]);
});

/** Inputs grad, x, inverse deviation, and mean and weight as far as they are there; param n; outputs: the gradient of x, two sums, the gradients of weight and bias. */
const backward = /*@__PURE__*/ memoized((d, { centred, place, weight, bias }) => {
  const inputs = 3 + Number(centred) + Number(weight), n = s.param(0, d), [grad, x, inverse] = [s.arg(0, d), s.arg(1, d), s.arg(2, d)];
  const weighted = s.arg(inputs + 1, d), total = s.arg(inputs + 2, d), normal = s.mul(centred ? s.sub(x, s.arg(3, d)) : x, inverse);
  const g = weight ? s.mul(grad, s.arg(inputs - 1, d)) : grad, centredGrad = centred ? s.sub(g, total) : g;
  const sums: RowResult[] = [[1, "sum", s.mul(g, normal)]], means: RowResult[] = [[1, "scalar", s.div(weighted, n)]];
  const last: RowResult[] = [[0, "element", s.mul(inverse, s.sub(centredGrad, s.mul(normal, weighted)))]];
  if (centred) {
    sums.push([2, "sum", g]);
    means.push([2, "scalar", s.div(total, n)]);
  }
  let output = centred ? 3 : 2;
  for (const value of [...(weight ? [s.mul(grad, normal)] : []), ...(bias ? [grad] : [])]) {
    if (place === "column") last.push([output++, "column", value]);
    else sums.push([output++, "sum", value]);
  }
  return rowsOf("layerNormBackward", all(inputs, d), [d], [sums, means, last]);
});

type Normalized = { readonly out: Tensor; readonly variance: Tensor; readonly inverse: Tensor; readonly mean: Tensor | undefined };

type Options = Pick<Attrs, "dims" | "eps"> & { readonly centred?: boolean; readonly weight?: Tensor | null | undefined; readonly bias?: Tensor | null | undefined };

/** What `normalized` means, made of differentiable ops: the statistics have gradients too. */
export function normalizedOpenly(given: Tensor, { dims, eps, centred = true, weight, bias }: Options): Normalized {
  const x = wide(given), mean = centred ? meanOver(x, dims, kept) : undefined, deviation = mean === undefined ? x : sub(x, mean);
  const variance = meanOver(square(deviation), dims, kept), inverse = rsqrt(add(variance, eps)), normal = mul(deviation, inverse);
  const scaled = weight ? mul(normal, weight) : normal;
  return { out: bias ? add(scaled, bias) : scaled, variance, inverse, mean };
}

const normalizeOp: MultiOp<Attrs> = {
  name: "layerNorm",
  gradName: () => "NativeLayerNormBackward0",
  run: (_, inputs, attrs) => decomposedAll(inputs, (x, ...affine) => alongRows(forward(x!.dtype, attrs), [x!, ...affine], attrs.dims, [countOf(x!, attrs.dims), attrs.eps])),
  saves: ({ weight, centred }) => ({ savedInputs: weight ? [0, 1] : [0], savedResults: centred ? [2, 3] : [2] }),
  vjp: ([grad], node) => (grad === undefined ? [] : isFollowed() ? pullFollowed(grad, node) : pull(grad, node)),
};

function pull(grad: Tensor, node: Node<Attrs>): readonly (Tensor | undefined)[] {
  const { attrs } = node, { weight, centred, dims } = attrs, saved = savedTensors(node), x = saved[0]!, statistics = saved.slice(weight ? 2 : 1);
  const outs = alongRows(backward(x.dtype, attrs), [grad, x, ...statistics, ...(weight ? [saved[1]!] : [])], dims, [countOf(x, dims)]);
  return [outs[0]!, ...outs.slice(centred ? 3 : 2)].map((g, i) => (node.needs(i) ? reshape(g, node.shapeOf(i)) : undefined));
}

/** The same of differentiable ops, with the statistics as functions of x, so that the next derivative sees them. */
function pullFollowed(grad: Tensor, node: Node<Attrs>): readonly (Tensor | undefined)[] {
  const { weight, dims, eps, centred } = node.attrs, saved = savedTensors(node), x = saved[0]!;
  const { out: normal, inverse } = normalizedOpenly(x, { dims, eps, centred }), g = weight ? mul(grad, saved[1]!) : grad;
  const even = centred ? sub(g, meanOver(g, dims, kept)) : g, affine = [...(weight ? [mul(grad, normal)] : []), grad];
  return node.edges.map((edge, i) => (edge === null ? undefined
    : i === 0 ? mul(inverse, sub(even, mul(normal, meanOver(mul(g, normal), dims, kept)))) : sumTo(affine[i - 1]!, edge.shape)));
}

/**
 * x to mean 0 and variance 1 over the dims, times weight, plus bias, which broadcast to x and vary along the dims (`column`) or along the others (`row`). In what x is
 * computed in. The statistics keep the dims, and have no gradient.
 */
export function normalized(given: Tensor, options: Options & Pick<Attrs, "place">): Omit<Normalized, "inverse"> {
  const { dims, eps, place, centred = true, weight, bias } = options, x = wide(given), affine = [weight, bias].filter((t) => t !== null && t !== undefined).map(wide);
  const isOne = x.window.size > 0 && dims.length > 0 && affine.every(({ dtype }) => dtype === x.dtype) && activeInterpreter() === null;
  if (!isOne) return normalizedOpenly(given, options);
  const [out, variance, , mean] = dispatchAll(normalizeOp, [x, ...affine], { dims, eps, centred, place, weight: Boolean(weight), bias: Boolean(bias) });
  return { out: out!, variance: variance!, mean };
}
