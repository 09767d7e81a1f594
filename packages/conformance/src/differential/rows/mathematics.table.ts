/** @file Special functions, statistics, distances and further products of matrices: one row each. */
import * as A from "@adjoint/core";
import type { Tensor } from "@adjoint/core";
import { type Drawer, type Kind, row, type Row, type Variable } from "../row.ts";
import { binary, pair, unary } from "./elementwise.table.ts";
import { someDim } from "./views.table.ts";

const numbers: readonly Kind[] = ["float", "int"], floats: readonly Kind[] = ["float"], all: readonly Kind[] = ["float", "int", "bool"];
const ranked = (least: number, most: number = 4) => (x: Variable): boolean => x.shape.length >= least && x.shape.length <= most;
const sizeAt = (x: Variable, dim: number): number => x.shape.at(dim) ?? 1;

export const specialRows: readonly Row[] = [
  unary("erfc", A.erfc), unary("erfinv", A.erfinv, floats, "unit"), unary("lgamma", A.lgamma, floats, "positive"), unary("digamma", A.digamma, floats, "positive"),
  unary("i0", A.i0, floats, "exponent"), unary("i0e", A.special.i0e, floats, "exponent"), unary("i1", A.special.i1, floats, "exponent"), unary("i1e", A.special.i1e, floats, "exponent"),
  unary("erfcx", A.special.erfcx, floats, "unit"), unary("ndtr", A.special.ndtr, floats, "exponent"), unary("entr", A.special.entr, floats, "positive"), unary("logNdtr", A.special.logNdtr, floats, "exponent"),
  unary("besselJ0", A.special.besselJ0, floats, "exponent"), unary("besselJ1", A.special.besselJ1, floats, "exponent"), unary("airyAi", A.special.airyAi, floats, "exponent"), unary("sphericalBesselJ0", A.special.sphericalBesselJ0, floats, "exponent"),
  unary("modifiedBesselK0", A.special.modifiedBesselK0, floats, "positive"), unary("scaledModifiedBesselK1", A.special.scaledModifiedBesselK1, floats, "positive"), unary("trigamma", (x) => A.polygamma(1, x), floats, "positive"), unary("zetaOf3", (q) => A.special.zeta(3, q), floats, "positive"),
  unary("isposinf", A.isposinf, all), unary("isneginf", A.isneginf, all), unary("positiveAngle", A.angle, floats, "away"),
  pair("heaviside", A.heaviside, floats), pair("xlog1py", A.special.xlog1py, floats, "positive"), binary("trueDivide", A.trueDivide, all, ["any", "away"]),
];

/** An op along one dim, of finite numbers. */
const along = (op: string, run: (x: Tensor, dim: number) => Tensor | readonly Tensor[], kinds: readonly Kind[] = floats, least: number = 1): Row => row<{ readonly dim: number }>({
  op,
  draw(d) { const x = d.variable({ kinds, domain: "finite", accepts: (v) => ranked(1)(v) }), dim = someDim(d.random, x.shape.length); return sizeAt(x, dim) < least ? undefined : { inputs: [x], attrs: { dim } }; },
  run: ([x], { dim }) => run(x!, dim),
});
const whole = (op: string, run: (x: Tensor) => Tensor | readonly Tensor[], kinds: readonly Kind[] = floats, accepts: (x: Variable) => boolean = () => true): Row => row({
  op, draw: (d) => ({ inputs: [d.variable({ kinds, domain: "finite", accepts })], attrs: {} }), run: ([x]) => run(x!),
});

export const statisticRows: readonly Row[] = [
  whole("aminmaxAll", (x) => { const { min, max } = A.aminmax(x); return [min, max]; }, numbers, (x) => !x.shape.includes(0)), along("nanmean", (x, dim) => A.nanmean(x, dim)), along("countNonzero", (x, dim) => A.countNonzero(x, dim), all), along("varMean", (x, dim) => A.varMean(x, dim), floats, 2),
  along("trapezoid", (x, dim) => A.trapezoid(x, undefined, { dim })), along("cumulativeTrapezoid", (x, dim) => A.cumulativeTrapezoid(x, undefined, { dim })), along("gradient", (x, dim) => A.gradient(x, { dim, spacing: 0.5 }), floats, 2),
  along("kthvalue", (x, dim) => { const { values, indices } = A.kthvalue(x, 1, dim); return [values, indices]; }, numbers), along("argsort", (x, dim) => A.argsort(x, dim), numbers),
  along("nanmedian", (x, dim) => { const { values, indices } = A.nanmedian(x, dim); return [values, indices]; }), along("normalize", (x, dim) => A.normalize(x, { dim, eps: 0.25 })), along("softmin", (x, dim) => A.softmin(x, dim)),
  whole("cov", (x) => A.cov(x), floats, (x) => x.shape.length === 2 && x.shape[1]! > 1), whole("trace", A.trace, numbers, ranked(2, 2)), whole("vander", (x) => A.vander(x, { N: 3 }), numbers, ranked(1, 1)),
  row({ op: "bucketize", draw: (d) => ({ inputs: [d.variable({ kinds: numbers })], attrs: {} }), run: ([x]) => A.bucketize(x!, A.tensor([0, 1, 2, 3], { dtype: x!.dtype, device: x!.device })) }),
];

/** Two matrices (or batches of them) whose inner sizes agree, and what is added to their product. */
function factors(d: Drawer, lead: readonly number[]): readonly [rows: number, inner: number, columns: number, x: Variable, y: Variable] {
  const [rows, inner, columns] = [d.random.integer(1, 4), d.random.integer(0, 4), d.random.integer(1, 4)];
  return [rows, inner, columns, d.variable({ dtype: "float32" }, [...lead, rows, inner]), d.variable({ dtype: "float32" }, [...lead, inner, columns])];
}
const added = (op: string, lead: readonly number[], result: (rows: number, columns: number) => readonly number[], run: (b: Tensor, x: Tensor, y: Tensor) => Tensor): Row => row({
  op,
  draw(d) { const [rows, , columns, x, y] = factors(d, lead); return { inputs: [d.partner(result(rows, columns), { dtype: "float32" }, true), x, y], attrs: {} }; },
  run: ([b, x, y]) => run(b!, x!, y!),
});
const vectors = (op: string, run: (x: Tensor, y: Tensor) => Tensor, rank: number = 1): Row => row({
  op, draw(d) { const x = d.variable({ dtype: "float32", domain: "finite", accepts: ranked(rank, rank) }); return { inputs: [x, d.variable({ dtype: "float32", domain: "finite" }, x.shape)], attrs: {} }; },
  run: ([x, y]) => run(x!, y!),
});

export const matrixRows: readonly Row[] = [
  row({ op: "bmm", draw(d) { const [, , , x, y] = factors(d, [2]); return { inputs: [x, y], attrs: {} }; }, run: ([x, y]) => A.bmm(x!, y!) }),
  added("baddbmm", [2], (rows, columns) => [2, rows, columns], (b, x, y) => A.baddbmm(b, x, y, { beta: 0.5, alpha: 2 })), added("addbmm", [2], (rows, columns) => [rows, columns], (b, x, y) => A.addbmm(b, x, y)),
  row({ op: "mv", draw(d) { const x = d.variable({ dtype: "float32", accepts: ranked(2, 2) }); return { inputs: [x, d.variable({ dtype: "float32" }, [x.shape[1] ?? 1])], attrs: {} }; }, run: ([x, y]) => A.mv(x!, y!) }),
  vectors("dot", A.dot), vectors("inner", A.inner, 2), vectors("vecdot", (x, y) => A.linalg.vecdot(x, y), 2), vectors("kron", A.kron), vectors("cosineSimilarity", (x, y) => A.cosineSimilarity(x, y, 0, { eps: 0.25 })),
  vectors("pairwiseDistance", (x, y) => A.pairwiseDistance(x, y, { p: 1 }), 2), vectors("cdist", (x, y) => A.cdist(x, y, { p: 1 }), 2),
  row({ op: "cross", draw(d) { const n = d.random.integer(1, 3); return { inputs: [d.variable({ dtype: "float32" }, [n, 3]), d.variable({ dtype: "float32" }, [n, 3])], attrs: {} }; }, run: ([x, y]) => A.cross(x!, y!, 1) }),
  row({ op: "tensordot", draw(d) { const [, , , x, y] = factors(d, []); return { inputs: [x, y], attrs: {} }; }, run: ([x, y]) => A.tensordot(x!, y!, 1) }),
  row<{ readonly n: number }>({ op: "matrixPower", draw(d) { const size = d.random.integer(1, 3); return { inputs: [d.variable({ dtype: "float32", domain: "unit" }, [size, size])], attrs: { n: d.random.integer(0, 3) } }; }, run: ([x], { n }) => A.linalg.matrixPower(x!, n) }),
];
