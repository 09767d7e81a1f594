/** @file Weights that stay orthogonal: PyTorch's `nn.utils.parametrizations.orthogonal`. */
import {
  abs, add, cat, detach, diagonal, eq, eye, geqrf, inverse, itemSync, le, matmul, matrixExp, max, mul, narrow, neg, ones, orgqr, randn, reciprocal, sign, square, sub, sum, type Tensor, transpose, tril, unsqueeze, where, zeros,
} from "@adjoint/core/functional";
import { ModuleError } from "../errors.ts";
import { Module } from "../module.ts";
import { apart } from "./parametrization-list.ts";
import { registerParametrization } from "./parametrize.ts";

/** How a square matrix becomes an orthogonal one. */
export type OrthogonalMap = "matrixExp" | "cayley" | "householder";
const maps: readonly OrthogonalMap[] = ["matrixExp", "cayley", "householder"];

const mT = (x: Tensor): Tensor => transpose(x, -2, -1);
const like = (x: Tensor): { readonly dtype: Tensor["dtype"]; readonly device: Tensor["device"] } => ({ dtype: x.dtype, device: x.device });
const sizesOf = (x: Tensor): readonly [rows: number, columns: number] => [x.shape[x.ndim - 2]!, x.shape[x.ndim - 1]!];
const diagonals = (x: Tensor): Tensor => diagonal(x, { dim1: -2, dim2: -1 });
/** -1 or 1: 0 counts as positive. */
const signs = (x: Tensor): Tensor => { const found = sign(x); return add(found, sub(1, abs(found))); };

/** The orthogonal matrix that is nearest in the sense of QR, with the signs of R given back. */
function madeOrthogonal(x: Tensor): Tensor {
  const { a, tau } = geqrf(x);
  return mul(orgqr(a, tau), unsqueeze(signs(diagonals(a)), -2));
}
function isOrthogonal(x: Tensor): boolean {
  const [n, k] = sizesOf(x), eps = (x.dtype === "float64" ? 2 ** -52 : 2 ** -23) * 10 * n, off = abs(sub(matmul(mT(x), x), eye(k, k, like(x))));
  return off.shape.includes(0) || itemSync(le(max(off), eps)) !== 0;
}

const Orthogonal = class _Orthogonal extends Module {
  readonly orthogonalMap: OrthogonalMap;
  readonly useTrivialization: boolean;
  /** What the map's result is multiplied by, so that training may begin anywhere. */
  base: Tensor | null = null;
  constructor(orthogonalMap: OrthogonalMap, useTrivialization: boolean) {
    super();
    this.orthogonalMap = orthogonalMap;
    this.useTrivialization = useTrivialization;
    if (useTrivialization) this.registerBuffer("base", null);
  }
  override forward(given: Tensor): Tensor {
    const isWide = given.shape[given.ndim - 2]! < given.shape[given.ndim - 1]!, x = isWide ? mT(given) : given, [n, k] = sizesOf(x);
    let Q: Tensor;
    if (this.orthogonalMap === "householder") {
      const A = tril(x, { diagonal: -1 }), tau = mul(reciprocal(add(sum(square(A), -2), 1)), 2);
      Q = mul(orgqr(A, tau), unsqueeze(detach(signs(diagonals(x))), -2));
    } else {
      const lower = tril(x), whole = n === k ? lower : cat([lower, zeros([...x.shape.slice(0, -1), n - k], like(x))], -1), A = sub(whole, mT(whole)), I = eye(n, n, like(x));
      const square_ = this.orthogonalMap === "matrixExp" ? matrixExp(A) : matmul(inverse(sub(I, mul(A, 0.5))), add(I, mul(A, 0.5)));
      Q = n === k ? square_ : narrow(square_, -1, 0, k);
    }
    if (this.base !== null) Q = matmul(this.base, Q);
    return isWide ? mT(Q) : Q;
  }
  rightInverse(given: Tensor): Tensor {
    const isWide = given.shape[given.ndim - 2]! < given.shape[given.ndim - 1]!, x = isWide ? mT(given) : given, [n, k] = sizesOf(x);
    if (!this.useTrivialization) {
      if (this.orthogonalMap !== "householder") throw new ModuleError("It is not possible to assign to the matrix exponential or the Cayley parametrizations when use_trivialization=False.");
      return apart(() => {
        // The diagonal says the signs of R; where a reflection does nothing, its own is turned.
        const { a, tau } = geqrf(x), turn = where(eq(tau, 0), -1, 1), signed = mul(signs(diagonals(a)), turn);
        const out = add(tril(a, { diagonal: -1 }), mul(eye(n, k, like(x)), unsqueeze(signed, -2)));
        return isWide ? mT(out) : out;
      });
    }
    this.base?.dispose();
    this.base = apart(() => {
      if (n === k) return isOrthogonal(x) ? mul(x, 1) : madeOrthogonal(x);
      return madeOrthogonal(cat([x, randn([...x.shape.slice(0, -1), n - k], like(x))], -1));
    });
    return apart(() => mul(neg(ones([...given.shape.slice(0, -2), 1, 1], like(given))), eye(...sizesOf(given), like(given))));
  }
};

export type OrthogonalOptions = {
  /** "matrixExp" by default for square matrices, "householder" for others. */
  readonly orthogonalMap?: OrthogonalMap | null;
  /** Whether the weight is a fixed orthogonal matrix times the map's result (the default): then it can be assigned to, and training begins where it is. */
  readonly useTrivialization?: boolean;
};
/**
 * Keeps a weight `[..., m, n]` of a module orthogonal: its columns are orthonormal, or its rows where it is wide. Optimizers train what lies behind it, freely. It runs on the
 * host, as `linalg` does.
 * PyTorch's `torch.nn.utils.parametrizations.orthogonal`.
 * @param module whose weight it is
 * @param name of the weight, "weight" by default
 * @returns the module
 * @throws ModuleError for a name that the module does not have, a weight that is no matrix, or another map
 * @example nn.utils.parametrizations.orthogonal(new nn.Linear(2, 3)).weight.shape // [3, 2]
 * @example
 * const layer = utils.parametrizations.orthogonal(new Linear(20, 40));
 */
export function orthogonal<M extends Module>(module: M, name: string = "weight", options: OrthogonalOptions = {}): M {
  const weight = tensorOf(module, name);
  if (weight.ndim < 2) throw new ModuleError(`Expected a matrix or batch of matrices. Got a tensor of ${weight.ndim} dimensions.`);
  const [n, k] = sizesOf(weight), map = options.orthogonalMap ?? (n === k ? "matrixExp" : "householder");
  if (!maps.includes(map)) throw new ModuleError(`orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: ${String(map)}`);
  return registerParametrization(module, name, new Orthogonal(map, options.useTrivialization ?? true), { unsafe: true });
}
export function tensorOf(module: Module, name: string): Tensor {
  const found = module.slots().find((slot) => slot.name === name)?.tensor ?? (name in module ? (Reflect.get(module, name) as Tensor | null) : null);
  if (found === null || found === undefined) throw new ModuleError(`Module '${module.toString()}' has no parameter or buffer with name '${name}'`);
  return found;
}
