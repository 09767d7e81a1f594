/** @file Sample calls of what solves and factors matrices: well-conditioned ones, so that float32 tells. Names begin with "linalg", by which a device that cannot run them names them all. */
import * as A from "@adjoint/core";
import { type OpSample, sample, x } from "./sample.ts";

type Run = (...inputs: A.Tensor[]) => A.Tensor;
/** These functions take no 16-bit floats, as in PyTorch. */
export const inWide = (run: Run): Run => (...inputs) => run(...inputs.map((p) => (p.dtype.endsWith("16") ? p.to("float32") : p))).to(inputs[0]!.dtype);
const eyeOf = (p: A.Tensor): A.Tensor => A.eye(p.shape[p.ndim - 1]!, undefined, { dtype: p.dtype, device: p.device });
/** A matrix that is far from singular. */
export const strong = (p: A.Tensor): A.Tensor => p.add(eyeOf(p).mul(4));
const row = (name: string, shapes: readonly (readonly number[])[], run: Run): OpSample => sample(`linalg ${name}`, shapes.map((shape) => x(shape)), inWide(run));

const triangular: readonly OpSample[] = [
  ...([true, false] as const).flatMap((upper) => ([true, false] as const).map((left) => row(`solveTriangular ${upper ? "upper" : "lower"} ${left ? "left" : "right"}`, left ? [[3, 3], [3, 2]] : [[3, 3], [2, 3]], (p, q) => A.linalg.solveTriangular(strong(p!), q!, { upper, left })))),
  row("solveTriangular with ones", [[5, 5], [5, 1]], (p, q) => A.linalg.solveTriangular(p!, q!, { upper: false, unitriangular: true })), row("solveTriangular batched", [[2, 1, 3, 3], [4, 3, 2]], (p, q) => A.linalg.solveTriangular(strong(p!), q!, { upper: true })),
  row("solveTriangular of transposed views", [[6, 6], [2, 6]], (p, q) => A.linalg.solveTriangular(strong(p!).t(), q!.t(), { upper: false })), row("solveTriangular of nothing", [[0, 0], [0, 2]], (p, q) => A.linalg.solveTriangular(p!, q!, { upper: true })),
  row("triangularSolve", [[3, 2], [3, 3]], (q, p) => { const { solution, clonedCoefficient } = A.triangularSolve(q!, strong(p!), { transpose: true }); return solution.sum().mul(clonedCoefficient); }),
];

export const linearSystemSamples: readonly OpSample[] = [...triangular];
