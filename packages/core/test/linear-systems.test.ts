/** Solving and factoring matrices: what is promised beyond numbers that the conformance suite and the golden cases compare. */
import { cpu } from "@adjoint/backend-cpu-js";
import {
  cholesky, choleskyInverse, choleskySolve, det, DeviceError, eye, func, grad, inverse, linalg, LinAlgError, logdet, lu, luSolve, luUnpack, manualSeed, matrixExp, matrixPower, memory, ones, randn, setDefaultDevice, slogdet, tensor, type Tensor, triangularSolve,
  zeros,
} from "@adjoint/core";
import { beforeAll, describe, expect, test } from "vitest";

const device = cpu();
beforeAll(() => setDefaultDevice(device));
const d = (values: readonly number[], shape: readonly number[]): Tensor => tensor([...values], { shape, dtype: "float64" });
const values = (x: Tensor): unknown => x.toArraySync();

describe("examples of the documentation", () => {
  test("triangular systems", () => {
    const L = d([2, 9, 1, 4], [2, 2]), b = d([2, 5], [2, 1]);
    expect(values(linalg.solveTriangular(L, b, { upper: false }))).toEqual([[1], [1]]); // the 9 is not read
    expect(values(linalg.solveTriangular(L, b, { upper: false, unitriangular: true }))).toEqual([[2], [3]]);
    expect(values(linalg.solveTriangular(zeros([1, 1]), ones([1, 1]), { upper: true }))).toEqual([[Infinity]]);
    expect(values(triangularSolve(b, L, { upper: false }).solution)).toEqual([[1], [1]]);
  });
  test("methods", () => {
    const x = d([0, 2, 1, 0], [2, 2]);
    expect(values(x.lu({ getInfos: true }).info)).toBe(0);
    expect([x.lu().pivots, x.inverse(), x.det(), x.slogdet().sign, x.matrixPower(-2), x.matmul(x).cholesky()].map(values)).toEqual([[2, 2], [[0, 1], [0.5, 0]], -2, -1, [[0.5, 0], [0, 0.5]], [[Math.SQRT2, 0], [0, Math.SQRT2]]]);
  });
});

describe("decompositions", () => {
  const random = (shape: readonly number[]): Tensor => randn([...shape], { dtype: "float64" });
  const near = (x: Tensor, y: Tensor): void => expect(x.sub(y).abs().max().itemSync()).toBeLessThan(1e-11);
  beforeAll(() => manualSeed(3));
  // 70 is more than two blocks of columns.
  test.each([[70, 70], [70, 40], [40, 70], [3, 1], [1, 3]])("P L U is the matrix, %i by %i", (m, n) => {
    const x = random([2, m, n]), { P, L, U } = linalg.lu(x), { LU, pivots } = linalg.luFactor(x), parts = luUnpack(LU, pivots);
    near(P.matmul(L).matmul(U), x);
    near(parts.P.matmul(parts.L).matmul(parts.U), x);
    expect(L.abs().max().itemSync()).toBeLessThanOrEqual(1);
    expect([P.requiresGrad, pivots.dtype, linalg.luFactorEx(x.detach().requiresGrad_()).pivots.requiresGrad]).toEqual([false, "int32", false]);
  });
  test.each([1, 2, 5, 70])("solutions solve, n = %i", (n) => {
    const x = random([n, n]), b = random([n, 3]), symmetric = x.add(x.t()), positive = x.matmul(x.t()).add(eye(n, n, { dtype: "float64" }));
    near(x.matmul(linalg.solve(x, b)), b);
    near(linalg.solve(x, b.t(), { left: false }).matmul(x), b.t());
    near(x.matmul(inverse(x)), eye(n, n, { dtype: "float64" }));
    near(positive.matmul(choleskySolve(b, cholesky(positive))), b);
    near(positive.matmul(choleskyInverse(cholesky(positive, { upper: true }), { upper: true })), eye(n, n, { dtype: "float64" }));
    const { LD, pivots } = linalg.ldlFactor(symmetric);
    near(symmetric.matmul(linalg.ldlSolve(LD, pivots, b)), b);
    near(x.matmul(luSolve(b, linalg.luFactor(x).LU, linalg.luFactor(x).pivots)), b);
  });
  test("a symmetric matrix with zeros on its diagonal has blocks of two", () => {
    const x = d([0, 1, 2, 1, 0, 3, 2, 3, 0], [3, 3]), { LD, pivots } = linalg.ldlFactor(x);
    expect(values(pivots)).toEqual([-3, -3, 3]);
    near(x.matmul(linalg.ldlSolve(LD, pivots, ones([3, 1], { dtype: "float64" }))), ones([3, 1], { dtype: "float64" }));
  });
  test("the exponential", () => {
    expect(values(matrixExp(zeros([2, 2])))).toEqual([[1, 0], [0, 1]]);
    near(matrixExp(d([1, 0, 0, 40], [2, 2])).div(Math.exp(40)), d([Math.exp(-39), 0, 0, 1], [2, 2]));
    near(matrixExp(d([0, -Math.PI, Math.PI, 0], [2, 2])), d([-1, 0, 0, -1], [2, 2]));
    expect(values(matrixExp(d([0, Infinity, 0, 0], [2, 2])))).toEqual([[NaN, NaN], [NaN, NaN]]);
    const x = random([40, 40]);
    near(matrixExp(x).matmul(matrixExp(x.neg())).mul(1e-3), eye(40, 40, { dtype: "float64" }).mul(1e-3));
  });
});

describe("determinants", () => {
  test("values", () => {
    expect(values(det(d([1, 2, 3, 4], [2, 2])))).toBeCloseTo(-2, 14);
    expect([det(zeros([0, 0])), logdet(zeros([0, 0])), det(zeros([2, 2]))].map(values)).toEqual([1, 0, 0]);
    expect(values(slogdet(zeros([2, 2])).logabsdet)).toBe(-Infinity);
    expect(values(slogdet(d([0, 1, 1, 0], [2, 2])).sign)).toBe(-1);
    expect(values(logdet(d([0, 1, 1, 0], [2, 2])))).toBeNaN();
    expect([values(det(d([NaN, 1, 1, 0], [2, 2]))), values(det(d([0, NaN, 1, 0], [2, 2])))]).toEqual([NaN, NaN]);
  });
  test("derivatives of every order, of singular matrices too", () => {
    const x = d([1, 2, 2, 4], [2, 2]).requiresGrad_(), [cofactors] = grad(det(x), [x], { createGraph: true });
    expect(values(cofactors!)).toEqual([[4, -2], [-2, 1]]);
    expect(values(grad(cofactors!.mul(d([1, 10, 100, 1000], [2, 2])).sum(), [x])[0]!)).toEqual([[1000, -100], [-10, 1]]);
    // A determinant of three rows is a polynomial of order three in its elements: all else is 0.
    const third = func.jacrev(func.jacrev(func.jacrev(det)))(zeros([3, 3], { dtype: "float64" })) as Tensor;
    expect(third.sum().itemSync()).toBe(0);
    expect(third.abs().sum().itemSync()).toBe(36);
    expect(values(third.index(0, 0, 1, 1, 2, 2))).toBe(1);
    expect(values(third.index(0, 1, 1, 0, 2, 2))).toBe(-1);
  });
});

test("factors and gradients of results that are not used", () => {
  const x = d([3, 1, 1, 2], [2, 2]).requiresGrad_(), { L, info } = linalg.choleskyEx(x), { sign } = slogdet(x);
  expect([info.requiresGrad, info.dtype, values(info)]).toEqual([false, "int32", 0]);
  expect(values(grad(sign, [x])[0]!)).toEqual([[0, 0], [0, 0]]);
  const g = grad(L.sum(), [x])[0]!;
  expect(g.sub(g.t()).abs().max().itemSync()).toBeLessThan(1e-15); // as that of a symmetric matrix
  expect(values(linalg.choleskyEx(d([1, 0, 0, -1], [2, 2])).info)).toBe(2);
  expect(values(linalg.invEx(zeros([2, 1, 1])).info)).toEqual([1, 1]);
  expect(values(linalg.solveEx(zeros([1, 1]), ones([1])).result)).toEqual([Infinity]);
});

describe("PyTorch's messages", () => {
  const cases: readonly (readonly [string, () => unknown, string])[] = [
    ["solveTriangular of ints", () => linalg.solveTriangular(ones([2, 2], { dtype: "int32" }), ones([2, 1]), { upper: true }), "linalg.solve_triangular: Expected a floating point or complex tensor as input. Got Int"],
    ["solveTriangular of halves", () => linalg.solveTriangular(ones([2, 2], { dtype: "float16" }), ones([2, 1]), { upper: true }), "linalg.solve_triangular: Low precision dtypes not supported. Got Half"],
    ["solveTriangular of two dtypes", () => linalg.solveTriangular(ones([2, 2]), d([1, 1], [2, 1]), { upper: true }), "linalg.solve_triangular: Expected A and B to have the same dtype, but found A of type Float and B of type Double instead"],
    ["solveTriangular of a vector", () => linalg.solveTriangular(ones([2, 2]), ones([2]), { upper: true }), "linalg.solve_triangular: The input tensor B must have at least 2 dimensions."],
    ["solveTriangular of an oblong", () => linalg.solveTriangular(ones([2, 3]), ones([2, 1]), { upper: true }), "linalg.solve_triangular: A must be batches of square matrices, but they are 2 by 3 matrices"],
    ["solveTriangular of other sizes", () => linalg.solveTriangular(ones([2, 2]), ones([3, 1]), { upper: true }), "linalg.solve_triangular: Incompatible shapes of A and B for the equation AX = B (2x2 and 3x1)"],
    ["inv of ints", () => linalg.inv(eye(2, 2, { dtype: "int32" })), "linalg.inv: Expected a floating point or complex tensor as input. Got Int"],
    ["inv of a singular matrix", () => linalg.inv(ones([2, 2])), "linalg.inv: The diagonal element 2 is zero, the inversion could not be completed because the input matrix is singular."],
    ["solve of a batch", () => linalg.solve(zeros([2, 1, 1]), ones([2, 1, 1])), "torch.linalg.solve: (Batch element 0): The solver failed because the input matrix is singular."],
    ["solve of a vector from the right", () => linalg.solve(ones([1, 1]), ones([1]), { left: false }), "linalg.solve: Vector broadcasting of the left hand side is not supported for left=False. In this case linalg.solve is equivalent to B / A.squeeze(-1)"],
    ["cholesky of an indefinite matrix", () => linalg.cholesky(d([1, 2, 2, 1], [2, 2])), "linalg.cholesky: The factorization could not be completed because the input is not positive-definite (the leading minor of order 2 is not positive-definite)."],
    ["the older cholesky", () => cholesky(zeros([3, 1, 1])), "cholesky: (Batch element 0): The factorization could not be completed because the input is not positive-definite (the leading minor of order 1 is not positive-definite)."],
    ["luFactor of a singular matrix", () => linalg.luFactor(ones([2, 2])), "torch.linalg.lu_factor: U[2,2] is zero and using it on lu_solve would result in a division by zero."],
    ["luFactor of a vector", () => linalg.luFactor(ones([3])), "torch.lu_factor: Expected tensor with 2 or more dimensions. Got size: [3] instead"],
    ["luUnpack of float pivots", () => luUnpack(eye(2), ones([2])), "torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 dtype."],
    ["ldlSolve of two dtypes", () => linalg.ldlSolve(eye(1), ones([1], { dtype: "int32" }), d([1], [1, 1])), "torch.linalg.ldl_solve: LD dtype Float does not match b dtype Double"],
    ["luUnpack of a pivot that is no row", () => luUnpack(eye(2), zeros([2], { dtype: "int32" })), "Pivots given to lu_solve must all be greater or equal to 1. Did you properly pass the result of lu_factor?"],
    ["luSolve of a pivot that is no row", () => luSolve(ones([1, 1]), eye(1), tensor([2], { dtype: "int32" })), "Pivots given to lu_solve must all be smaller or equal to LU.size(-2). Did you properly pass the result of lu_factor?"],
    ["ldlSolve of a pivot that is no row", () => linalg.ldlSolve(eye(1), tensor([-2], { dtype: "int32" }), ones([1, 1])), "torch.linalg.ldl_solve: pivots count rows from one, of 1."],
    ["luSolve of two dtypes", () => linalg.luSolve(eye(1), ones([1], { dtype: "int32" }), d([1], [1, 1])), "linalg.lu_solve: Expected LU and B to have the same dtype, but found LU of type Float and B of type Double instead"],
    ["luSolve of other pivots", () => luSolve(ones([2, 1]), eye(2), zeros([3], { dtype: "int32" })), "linalg.lu_solve: Number of pivots per batch should be same as the dimension of the matrix"],
    ["det of an oblong", () => det(ones([2, 3])), "linalg.det: A must be batches of square matrices, but they are 2 by 3 matrices"],
    ["choleskyInverse of a singular factor", () => choleskyInverse(zeros([1, 1])), "cholesky_inverse: The diagonal element 1 is zero, the inversion could not be completed because the input matrix is singular."],
    ["choleskySolve of other sizes", () => choleskySolve(ones([3, 1]), eye(2)), "Incompatible matrix sizes for cholesky_solve: each A matrix is 2 by 2 but each b matrix is 3 by 1"],
    ["the gradient of ldlFactor", () => linalg.ldlFactor(eye(2).requiresGrad_()).LD.sum().backward(), "the derivative for 'aten::linalg_ldl_factor_ex' is not implemented."],
    ["the gradient of ldlSolve", () => linalg.ldlSolve(eye(1), ones([1], { dtype: "int32" }), ones([1, 1]).requiresGrad_()).sum().backward(), "the derivative for 'aten::linalg_ldl_solve' is not implemented."],
    ["matrixPower of half", () => matrixPower(eye(2), 0.5), "linalg.matrix_power: n must be an integer, got 0.5"],
    ["tensorinv of other sizes", () => linalg.tensorinv(ones([2, 3])), "Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got 1 != 6"],
    ["tensorsolve of other sizes", () => linalg.tensorsolve(ones([2, 3]), ones([2])), "Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), but got 3 != 2"],
  ];
  test("what a matrix cannot do is a LinAlgError, and nothing is left behind", () => {
    const before = memory(device).tensors, x = ones([2, 2]);
    for (const run of [() => linalg.inv(x), () => linalg.solve(x, x), () => linalg.luFactor(x), () => lu(x), () => linalg.choleskyEx(x, { checkErrors: true })]) expect(run).toThrow(LinAlgError);
    x.dispose();
    expect(memory(device).tensors).toBe(before);
  });
  test.each(cases)("%s", (_, run, message) => expect(run).toThrow(message));
});

test("a device that is read later says what to do", () => {
  const { readSync: _, ...later } = cpu(), backend = { ...later, name: "later" }, before = memory(backend).tensors;
  const x = ones([2, 2], { device: backend });
  expect(() => linalg.solveTriangular(x, x, { upper: true })).toThrow(DeviceError);
  expect(() => linalg.solveTriangular(x, x, { upper: true })).toThrow("linalg.solve_triangular: it runs on the host, and device 'later' cannot be read at once; move the tensors with await x.to(cpu())");
  x.dispose();
  expect(memory(backend).tensors).toBe(before);
});
