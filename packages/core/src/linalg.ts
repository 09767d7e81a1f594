/** @file The namespace `linalg`: PyTorch's `torch.linalg`. */
export { linalgNorm as norm, matrixNorm, vectorNorm } from "./composites/norms.ts";
export { matrixPower, multiDot, vecdot } from "./composites/matrix-products.ts";
export { linalgCross as cross } from "./composites/statistics.ts";
export { diagonalOf as diagonal } from "./composites/statistics.ts";
export { matmul } from "./primitives/matmul.ts";
export { solveTriangular, type SolveTriangularOptions } from "./linalg/triangular.ts";
