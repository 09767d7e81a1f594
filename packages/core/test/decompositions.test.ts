/** Factorisations: what is promised beyond numbers that the conformance suite and the golden cases compare. */
import { cpu } from "@adjoint/backend-cpu-js";
import { complex, frobeniusNorm, func, geqrf, grad, LinAlgError, linalg, manualSeed, norm, nuclearNorm, ones, ormqr, pinverse, randn, setDefaultDevice, stack, svd, symeig, tensor, type Tensor, zeros } from "@adjoint/core";
import { beforeAll, describe, expect, test } from "vitest";

const device = cpu();
beforeAll(() => { setDefaultDevice(device); manualSeed(3); });
const drawn = (...shape: number[]): Tensor => randn(shape, { dtype: "float64" });
const values = (x: Tensor): unknown => x.toArraySync();
const largest = (x: Tensor): number => (x.numel() === 0 ? 0 : x.abs().max().itemSync());
const isNear = (got: Tensor, want: Tensor): void => {
  expect(got.shape).toEqual(want.shape);
  expect(largest(got.sub(want))).toBeLessThan(1e-12 * Math.max(1, largest(want)) * Math.max(1, ...got.shape));
};
const orthonormal = (Q: Tensor): void => isNear(Q.mT.matmul(Q), eye(Q.shape[Q.ndim - 1]!).expand([...Q.shape.slice(0, -2), Q.shape[Q.ndim - 1]!, Q.shape[Q.ndim - 1]!]));
const eye = (n: number): Tensor => tensor(Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0)), { shape: [n, n], dtype: "float64" });

const shapes = [[1, 1], [5, 5], [7, 3], [3, 7], [70, 40], [40, 70], [2, 3, 4, 3], [0, 3], [3, 0], [2, 0, 0]].map((shape) => ({ shape }));
describe("what is taken apart can be put together", () => {
  test.each(shapes)("of matrices $shape", ({ shape }) => {
    const x = drawn(...shape), reduced = linalg.qr(x), complete = linalg.qr(x, { mode: "complete" });
    for (const { Q, R } of [reduced, complete]) { isNear(Q.matmul(R), x); orthonormal(Q); isNear(R.triu(), R); }
    isNear(linalg.qr(x, { mode: "r" }).R, reduced.R);
    const { a, tau } = geqrf(x);
    isNear(ormqr(a, tau, x, { transpose: true }), complete.R);
    for (const fullMatrices of [true, false]) {
      const { U, S, Vh } = linalg.svd(x, { fullMatrices }), k = S.shape[S.ndim - 1]!;
      orthonormal(U);
      orthonormal(Vh.mT);
      isNear(U.narrow(-1, 0, k).mul(S.unsqueeze(-2)).matmul(Vh.narrow(-2, 0, k)), x);
      isNear(linalg.svdvals(x), S);
    }
  });
  test.each([1, 2, 5, 60])("of a symmetric matrix of %i rows", (n) => {
    const half = drawn(2, n, n), x = half.add(half.mT), { eigenvalues, eigenvectors } = linalg.eigh(x);
    orthonormal(eigenvectors);
    isNear(eigenvectors.mul(eigenvalues.unsqueeze(-2)).matmul(eigenvectors.mT), x);
    isNear(linalg.eigh(x.tril()).eigenvalues, linalg.eigvalsh(x.triu(), { UPLO: "U" }));
    isNear(symeig(x.triu(), { eigenvectors: true }).eigenvectors.abs(), eigenvectors.abs());
  });
});

describe("eigenvalues of any matrix", () => {
  const matrices = (): readonly Tensor[] => [...[1, 2, 3, 4, 7, 30].map((n) => drawn(n, n)), drawn(2, 3, 5, 5), eye(3).roll(1, 0), zeros([3, 3], { dtype: "float64" }), tensor([[1, 1e9], [1e-9, 1]], { dtype: "float64" }), drawn(5, 5).triu()];
  test("A V = V L, and each vector has length 1 and its largest element real", () => {
    for (const A of matrices()) {
      const { eigenvalues: L, eigenvectors: V } = linalg.eig(A), scale = Math.max(1, largest(A));
      const [left, right] = [complex(A, A.mul(0)).matmul(V), V.mul(L.reshape([...L.shape.slice(0, -1), 1, L.shape[L.ndim - 1]!]))];
      expect(largest(left.sub(right).abs())).toBeLessThan(1e-12 * scale);
      isNear(V.abs().square().sum(-2), ones(L.shape, { dtype: "float64" }));
      const { indices } = V.abs().max(-2);
      expect(largest(V.imag().gather(-2, indices.unsqueeze(-2)))).toBe(0);
      expect(linalg.eigvals(A).allcloseSync(L, { rtol: 1e-9, atol: 1e-9 * scale })).toBe(true);
    }
  });
  test("examples of the documentation", () => {
    expect(values(linalg.eig(tensor([[0, 1], [-1, 0]])).eigenvalues.imag())).toEqual([1, -1]);
    expect(values(linalg.cond(tensor([[2, 0], [0, 4]])))).toBe(2);
    expect([null, -2, 1, "fro"].map((p) => values(linalg.cond(ones([2, 2]), p as 1))).map((x) => (x as number) > 1e6 || (x as number) < 1e-6)).toEqual([true, true, true, true]);
    expect(([1, -1, "fro", Infinity, "nuc", 2] as const).map((p) => values(linalg.cond(zeros([2, 2]), p)))).toEqual([Infinity, Infinity, Infinity, Infinity, NaN, NaN]); // as in PyTorch
  });
  test("a gradient that depends on phases is refused", () => {
    const x = tensor([[0, 1], [-1, 0.5]], { dtype: "float64" }).requiresGrad_();
    expect(() => linalg.eig(x).eigenvectors.abs().sum().backward()).not.toThrow();
    expect(() => linalg.eig(x).eigenvectors.imag().select(-1, 0).sum().backward()).toThrow("linalg_eig_backward: The eigenvectors in the complex case are specified up to multiplication by e^{i phi}.");
    expect(() => linalg.eig(tensor([[NaN]]))).toThrow("torch.linalg.eig: input tensor should not contain infs or NaNs.");
  });
});

describe("what is made of singular values", () => {
  test("the pseudo-inverse is what Penrose asks, also of low rank", () => {
    for (const x of [drawn(5, 3), drawn(3, 5), drawn(4, 4), drawn(2, 6, 2).matmul(drawn(2, 2, 5)), zeros([3, 2], { dtype: "float64" })]) {
      const P = linalg.pinv(x);
      isNear(x.matmul(P).matmul(x), x);
      isNear(P.matmul(x).matmul(P), P);
      isNear(x.matmul(P).mT, x.matmul(P));
      isNear(P.matmul(x).mT, P.matmul(x));
    }
    const half = drawn(4, 2), x = half.matmul(half.mT);
    isNear(linalg.pinv(x.tril(), { hermitian: true }), linalg.pinv(x));
    isNear(pinverse(drawn(1, 1).fill_(4)), drawn(1, 1).fill_(0.25));
  });
  test("each matrix may have its own tolerance", () => {
    const x = eye(2).mul(tensor([1, 0.1], { dtype: "float64" })).expand([3, 2, 2]), atol = tensor([0, 0.5, 2], { dtype: "float64" });
    expect(values(linalg.matrixRank(x, { atol }))).toEqual([2, 1, 0]);
    expect(values(linalg.matrixRank(x, { rtol: 0.5 }))).toEqual([1, 1, 1]);
    expect(values(linalg.pinv(x.select(0, 0), { atol }).diagonal({ dim1: 1, dim2: 2 }))).toEqual([[1, 10], [1, 0], [0, 0]]);
  });
  test("least squares", () => {
    const A = drawn(6, 3), B = drawn(6, 2), want = linalg.pinv(A).matmul(B);
    for (const driver of ["gels", "gelsy", "gelsd", "gelss"] as const) {
      const { solution, residuals, rank, singularValues } = linalg.lstsq(A, B, { driver });
      isNear(solution, want);
      expect([residuals.shape, rank.shape, singularValues.shape]).toEqual({ gels: [[2], [0], [0]], gelsy: [[0], [], [0]], gelsd: [[2], [], [3]], gelss: [[2], [], [3]] }[driver]);
      if (driver !== "gelsy") isNear(residuals, A.matmul(solution).sub(B).square().sum(0));
    }
    isNear(linalg.lstsq(A.mT, B.narrow(0, 0, 3), { driver: "gels" }).solution, linalg.pinv(A.mT).matmul(B.narrow(0, 0, 3)));
    isNear(linalg.lstsq(A, B.select(1, 0)).solution, want.select(1, 0));
    const low = A.matmul(A.mT);
    isNear(linalg.lstsq(low, B).solution, linalg.pinv(low).matmul(B));
    expect(values(linalg.lstsq(low, B).rank)).toBe(3);
    expect(() => linalg.lstsq(zeros([3, 3]), ones([3, 1]), { driver: "gels" })).toThrow(LinAlgError);
  });
  test("norms", () => {
    const x = tensor([[3, 0], [0, -4]]);
    expect([linalg.matrixNorm(x, "nuc"), linalg.matrixNorm(x, 2), linalg.norm(x, -2), norm(x, "nuc", [0, 1], { keepdim: true }), nuclearNorm(x), frobeniusNorm(x)].map(values)).toEqual([7, 4, 3, [[7]], 7, 5]);
  });
});

describe("gradients and Hessians of each matrix of a batch, by vmap", () => {
  const fns: readonly (readonly [string, (x: Tensor) => Tensor])[] = [
    ["qr", (x) => { const { Q, R } = linalg.qr(x); return Q.pow(3).sum().add(R.square().sum()); }], ["svd", (x) => { const { U, S, Vh } = linalg.svd(x); return U.mul(S).square().matmul(Vh.square()).sum(); }],
    ["eigh", (x) => linalg.eigh(x.add(x.mT)).eigenvectors.pow(4).sum()], ["eig", (x) => linalg.eig(x).eigenvectors.abs().pow(3).sum()], ["lstsq", (x) => linalg.lstsq(x, x.square(), { driver: "gels" }).solution.square().sum()], ["cond", (x) => linalg.cond(x, "fro")],
  ];
  test.each(fns)("%s", (_, fn) => {
    const x = drawn(3, 3, 3);
    for (const transform of [func.grad(fn), func.hessian(fn)] as readonly ((x: Tensor) => Tensor)[]) isNear(func.vmap(transform)(x) as Tensor, stack(x.unbind(0).map((each) => transform(each))));
  });
});

describe("corners", () => {
  test("singular values keep their digits, however small", () => {
    const steps = [0, 1, 2, 3, 4, 5, 6, 7], x = tensor(steps.flatMap((i) => steps.map((j) => (j === i || j === i + 1 ? 10 ** (-3 * i) : 0))), { shape: [8, 8], dtype: "float64" });
    const S = values(linalg.svdvals(x)) as number[], product = S.reduce((p, s) => p * s), determinant = 1e-84;
    expect(product / determinant).toBeCloseTo(1, 12);
  });
  test("of nothing but zeros, of repeated values, of low rank", () => {
    for (const x of [zeros([4, 3], { dtype: "float64" }), eye(4), ones([5, 5], { dtype: "float64" }), drawn(6, 1).matmul(drawn(1, 5))]) {
      const { U, S, Vh } = linalg.svd(x, { fullMatrices: false });
      orthonormal(U);
      orthonormal(Vh.mT);
      isNear(U.mul(S).matmul(Vh), x);
    }
    expect(values(linalg.eigvalsh(tensor([[0, 1], [1, 0]])))).toEqual([-1, 1]);
  });
  test("matrices on which iterations have been seen to stop, or to lose what is orthogonal", () => {
    const n = 33, difficult = [ones([n, n], { dtype: "float64" }), eye(n).add(drawn(n, n).mul(1e-14)), drawn(n, 1).matmul(drawn(1, n)), eye(n).roll(1, 0), drawn(n, n).mul(tensor(Array.from({ length: n }, (_, i) => 10 ** (-i)), { dtype: "float64" })), drawn(n, n).gt(0.5).to("float64"), eye(n).roll(1, 1).triu()];
    for (const x of difficult) {
      const { U, S, Vh } = linalg.svd(x);
      for (const Q of [U, Vh.mT]) orthonormal(Q);
      isNear(U.mul(S).matmul(Vh), x);
      const half = x.add(x.mT), { eigenvalues, eigenvectors } = linalg.eigh(half);
      orthonormal(eigenvectors);
      isNear(eigenvectors.mul(eigenvalues).matmul(eigenvectors.mT), half);
      const { eigenvalues: L, eigenvectors: V } = linalg.eig(x);
      expect(largest(complex(x, x.mul(0)).matmul(V).sub(V.mul(L)).abs())).toBeLessThan(1e-11 * largest(x));
    }
  });
  test("the triangle that is not read may hold anything", () => {
    const half = drawn(4, 4), upper = ones([4, 4]).triu({ diagonal: 1 }).gt(0);
    expect(values(linalg.eigvalsh(half.maskedFill(upper, NaN)))).toEqual(values(linalg.eigvalsh(half.tril().add(half.tril({ diagonal: -1 }).mT))));
  });
  test("numbers whose squares leave the range", () => {
    for (const scale of [2 ** -1000, 1e-200, 1e200]) {
      const x = drawn(4, 3), { Q, R } = linalg.qr(x.mul(scale));
      isNear(Q.matmul(R).div(scale), x);
      isNear(linalg.svdvals(x.mul(scale)).div(scale), linalg.svdvals(x));
      const square = drawn(5, 5), half = square.add(square.mT);
      isNear(linalg.eigvalsh(half.mul(scale)).div(scale), linalg.eigvalsh(half));
      isNear(linalg.eig(square.mul(scale)).eigenvalues.real().div(scale), linalg.eig(square).eigenvalues.real());
      isNear(linalg.pinv(x.mul(scale)).mul(scale), linalg.pinv(x));
    }
  });
  test("what has no derivative says so", () => {
    const x = drawn(3, 2).requiresGrad_();
    expect(() => linalg.qr(x, { mode: "complete" }).R.sum().backward()).toThrow("The QR decomposition is not differentiable when mode='complete' and nrows > ncols.");
    expect(() => linalg.qr(x, { mode: "r" }).R.sum().backward()).toThrow("The derivative of linalg.qr depends on Q, which is not computed when mode='r'.");
    expect(() => geqrf(x).a.sum().backward()).toThrow("derivative for geqrf is not implemented");
    const square = drawn(2, 2).requiresGrad_();
    expect(() => symeig(square).eigenvalues.sum().backward()).toThrow("torch.symeig(A, eigenvectors=False) is not differentiable. Use torch.linalg.eigvalsh(A) instead.");
    const { U } = linalg.svd(x);
    expect(values(grad(U.narrow(-1, 2, 1).sum(), [x])[0]!)).toEqual([[0, 0], [0, 0], [0, 0]]); // any basis of the rest would do
  });
});

describe("PyTorch's messages", () => {
  const cases: readonly (readonly [string, () => unknown, string])[] = [
    ["qr of a vector", () => linalg.qr(ones([2])), "linalg.qr: The input tensor A must have at least 2 dimensions."],
    ["qr of ints", () => linalg.qr(ones([2, 2], { dtype: "int32" })), "linalg.qr: Expected a floating point or complex tensor as input. Got Int"],
    ["qr in another mode", () => linalg.qr(ones([2, 2]), { mode: "full" as "r" }), "qr received unrecognized mode 'full' but expected one of 'reduced' (default), 'r', or 'complete'"],
    ["eigh of an oblong", () => linalg.eigh(ones([2, 3])), "linalg.eigh: A must be batches of square matrices, but they are 2 by 3 matrices"],
    ["eigh of another triangle", () => linalg.eigh(ones([2, 2]), { UPLO: "X" as "U" }), "Expected UPLO argument to be 'L' or 'U', but got X"],
    ["svd of halves", () => linalg.svd(ones([2, 2], { dtype: "float16" })), "linalg.svd: Low precision dtypes not supported. Got Half"],
    ["svd by a driver", () => linalg.svd(ones([2, 2]), { driver: "gesvd" }), "linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER backend."],
    ["householderProduct of a wide matrix", () => linalg.householderProduct(ones([2, 3]), ones([2])), "torch.linalg.householder_product: input.shape[-2] must be greater than or equal to input.shape[-1]"],
    ["householderProduct of another batch", () => linalg.householderProduct(ones([2, 3, 3]), ones([3, 3])), "torch.linalg.householder_product: Expected batch dimensions of tau to be equal to input.shape[:-2], but got [3]"],
    ["ormqr of other sizes", () => ormqr(ones([3, 3]), ones([2]), ones([2, 3])), "torch.ormqr: other.shape[-2] must be equal to input.shape[-2]"],
    ["lstsq of a vector", () => linalg.lstsq(ones([3]), ones([3])), "torch.linalg.lstsq: input must have at least 2 dimensions."],
    ["lstsq of other sizes", () => linalg.lstsq(ones([3, 2]), ones([2, 2])), "torch.linalg.lstsq: input.size(-2) should match other.size(-2)"],
    ["lstsq by another driver", () => linalg.lstsq(ones([2, 2]), ones([2, 2]), { driver: "lsq" as "gels" }), "torch.linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)"],
    ["pinv of a vector", () => linalg.pinv(ones([3])), "linalg.pinv(Float{[3]}): expected a tensor with 2 or more dimensions of float, double, cfloat or cdouble types"],
    ["pinv of ints", () => linalg.pinv(ones([2, 2], { dtype: "int32" })), "linalg.pinv(Int{[2, 2]}): expected a tensor with 2 or more dimensions of float, double, cfloat or cdouble types"],
    ["pinv of an oblong said to be symmetric", () => linalg.pinv(ones([2, 3]), { hermitian: true }), "linalg.eigh: A must be batches of square matrices, but they are 2 by 3 matrices"],
    ["matrixRank of a vector", () => linalg.matrixRank(ones([3])), "torch.linalg.matrix_rank: The input tensor input must have at least 2 dimensions."],
    ["matrixRank of ints", () => linalg.matrixRank(ones([2, 2], { dtype: "int32" })), "This function doesn't handle types other than float and double"],
    ["cond of a vector", () => linalg.cond(ones([3])), "linalg.cond: The input tensor must have at least 2 dimensions."],
    ["cond of a vector by a name", () => linalg.cond(ones([3]), "fro"), "linalg.cond(ord=fro): The input tensor A must have at least 2 dimensions."],
    ["cond of an oblong", () => linalg.cond(ones([2, 3]), -Infinity), "linalg.cond(ord=-inf): A must be batches of square matrices, but they are 2 by 3 matrices"],
    ["cond of ints", () => linalg.cond(ones([2, 2], { dtype: "int32" }), 1), "linalg.inv: Expected a floating point or complex tensor as input. Got Int"],
    ["cond of another order", () => linalg.cond(ones([2, 2]), 3), "linalg.cond got an invalid norm type: 3"],
    ["vecdot of two dtypes", () => linalg.vecdot(ones([2]), ones([2], { dtype: "float64" })), "linalg.vecdot: Expected x and y to have the same dtype, but found x of type Float and y of type Double instead"],
    ["vecdot of ints", () => linalg.vecdot(ones([2], { dtype: "int32" }), ones([2], { dtype: "int32" })), "linalg.vecdot: Expected a floating point or complex tensor as input. Got Int"],
    ["the nuclear norm of a vector", () => norm(ones([2]), "nuc"), "Expected a tensor with 2 dimensions, but got a tensor with 1 dimension instead."],
  ];
  test.each(cases)("%s", (_, run, message) => expect(run).toThrow(message));
  test("no convergence", () => {
    const bad = tensor([[1, NaN], [NaN, 1]]), batch = bad.unsqueeze(0).expand([2, 2, 2]);
    expect(() => linalg.svdvals(bad)).toThrow("linalg.svd: The algorithm failed");
    expect(() => linalg.svdvals(ones([2]))).toThrow("linalg.svd: The input tensor A must have at least 2 dimensions.");
    expect(() => linalg.eigvalsh(ones([2, 3]))).toThrow("linalg.eigh: A must be batches of square matrices, but they are 2 by 3 matrices");
    expect(() => symeig(ones([2]))).toThrow("linalg.symeig: The input tensor A must have at least 2 dimensions.");
    for (const run of [() => linalg.svd(bad), () => linalg.svdvals(bad), () => linalg.eigh(bad)]) expect(run).toThrow(LinAlgError);
    expect(() => linalg.svd(bad)).toThrow("linalg.svd: The algorithm failed to converge because the input matrix contained non-finite values.");
    expect(() => svd(batch)).toThrow("linalg.svd: (Batch element 0): The algorithm failed");
    expect(() => linalg.eigvalsh(bad)).toThrow("linalg.eigh: The algorithm failed to converge because the input matrix is ill-conditioned or has too many repeated eigenvalues (error code: 1).");
  });
});
