/** @file The namespace `linalg`: PyTorch's `torch.linalg`. */
export { vectorNorm } from "./composites/norms.ts";
export { matrixPower, multiDot, vecdot } from "./composites/matrix-products.ts";
export { linalgCross as cross } from "./composites/statistics.ts";
export { diagonalOf as diagonal, linalgVander as vander } from "./composites/statistics.ts";
export { matmul } from "./primitives/matmul.ts";
export { solveTriangular, type SolveTriangularOptions } from "./linalg/triangular.ts";
export { eigh, type EighOptions, eigvalsh, type SymmetricEigen, type Uplo } from "./linalg/eigh.ts";
export { qr, type QrFactors, type QrMode, type QrOptions } from "./linalg/qr.ts";
export { householderProduct } from "./linalg/reflections.ts";
export { svd, type SvdFactors, type SvdOptions, svdvals } from "./linalg/svd.ts";
export { lstsq, type LeastSquares, type LstsqDriver, type LstsqOptions } from "./linalg/lstsq.ts";
export { linalgNorm as norm, matrixNorm } from "./linalg/norms.ts";
export { matrixRank, type MatrixRankOptions, pinv, type PinvOptions } from "./linalg/pinv.ts";
export { type Tolerance } from "./linalg/tolerance.ts";
