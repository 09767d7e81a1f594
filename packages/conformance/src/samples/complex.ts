/** @file Sample calls of complex arithmetic: pairs in, pairs or real parts out. */
import * as A from "@adjoint/core";
import type { ComplexTensor, Tensor } from "@adjoint/core";
import { type Draw, type OpSample, sample, x } from "./sample.ts";

/** The pair as complex numbers; a 16-bit float widened, since there is no complex32. */
export const complexOf = (p: Tensor): ComplexTensor => A.viewAsComplex(p.dtype === "float64" ? p : p.float());
/** Complex numbers as the pair, in the dtype of `like`. */
export const pairOf = (z: ComplexTensor | Tensor, like: Tensor): Tensor => (A.isComplex(z) ? A.viewAsReal(z) : z).to(like.dtype);

const unaries: OpSample[] = ([
  ["abs", (z) => z.abs(), "away"], ["angle", (z) => z.angle(), "positive"], ["sgn", (z) => z.sgn(), "away"], ["conj", (z) => z.conj(), "normal"],
  ["real", (z) => z.real().mul(2), "normal"], ["imag", (z) => z.imag().mul(2), "normal"],
  ["exp", (z) => z.exp(), "normal"], ["log", (z) => z.log(), "positive"], ["sqrt", (z) => z.sqrt(), "positive"], ["reciprocal", (z) => z.reciprocal(), "away"],
  ["square", (z) => z.square(), "normal"], ["sin", (z) => z.sin(), "unit"], ["cos", (z) => z.cos(), "unit"], ["tan", (z) => z.tan(), "unit"], ["sinh", (z) => z.sinh(), "unit"],
  ["cosh", (z) => z.cosh(), "unit"], ["tanh", (z) => z.tanh(), "unit"], ["cumsum", (z) => z.cumsum(1), "normal"],
  ["pow -3", (z) => z.pow(-3), "away"], ["pow 1.5", (z) => z.pow(1.5), "positive"], ["sum", (z) => z.sum(0).square(), "normal"], ["mean", (z) => z.mean(), "normal"],
  ["a number", (z) => z.add(2).mul({ re: 0.5, im: -1 }).sub({ re: 0, im: 1 }).div(2), "normal"],
] satisfies [string, (z: ComplexTensor) => ComplexTensor | Tensor, Draw][]).map(([name, op, draw]) => sample(`complex ${name}`, [x([2, 3, 2], draw)], (p) => pairOf(op(complexOf(p)), p)));

const binaries: OpSample[] = ([
  ["add", (a, b) => a.add(b)], ["sub", (a, b) => a.sub(b)], ["mul", (a, b) => a.mul(b)], ["div", (a, b) => a.div(b)], ["pow", (a, b) => a.pow(b)],
] satisfies [string, (a: ComplexTensor, b: ComplexTensor) => ComplexTensor][]).flatMap(([name, op]) => ([[[2, 3, 2], [2, 3, 2]], [[2, 1, 2], [3, 2]], [[2], [2, 2]], [[0, 3, 2], [3, 2]]] as const)
  .map(([a, b]) => sample(`complex ${name} ${JSON.stringify(a)} ${JSON.stringify(b)}`, [x(a, "positive"), x(b, "positive")], (p, q) => pairOf(op(complexOf(p), complexOf(q)), p))));

const products: OpSample[] = ([[[2, 3, 2], [3, 4, 2]], [[3, 2], [3, 2]], [[2, 3, 2], [3, 2]], [[3, 2], [3, 2, 2]], [[2, 2, 3, 2], [3, 1, 2]], [[2, 1, 2, 3, 2], [2, 3, 2, 2]]] as const)
  .map(([a, b]) => sample(`complex matmul ${JSON.stringify(a)} ${JSON.stringify(b)}`, [x(a), x(b)], (p, q) => pairOf(complexOf(p).matmul(complexOf(q)), p)));

const others: OpSample[] = [
  sample("complex of parts", [x([2, 1]), x([3])], (p, q) => pairOf(A.complex(p.dtype === "float64" ? p : p.float(), q.dtype === "float64" ? q : q.float()).square(), p)),
  sample("polar", [x([2, 1], "positive"), x([3])], (p, q) => pairOf(A.polar(p.dtype === "float64" ? p : p.float(), q.dtype === "float64" ? q : q.float()), p)),
  sample("complex times real", [x([2, 3, 2]), x([3])], (p, q) => pairOf(complexOf(p).mul(q.to(p.dtype === "float64" ? "float64" : "float32")).add(q.to(p.dtype === "float64" ? "float64" : "float32")), p)),
  sample("views of a complex tensor", [x([2, 3, 2])], (p) => {
    const z = complexOf(p), parts = [z.transpose(0, 1), z.flip(1).reshape([3, -1]), z.index(":", "::2").expand([3, 2, 2]).select(0, 1).unsqueeze(0).squeeze(0)];
    return pairOf(A.ComplexTensor.cat(parts).roll(1).square(), p);
  }),
];
export const complexSamples: readonly OpSample[] = [...unaries, ...binaries, ...products, ...others];
