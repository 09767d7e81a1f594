/** @file The entry "@adjoint/core/functional": everything as plain functions; a bundle carries what it uses. */
export { type CreationOptions, type NestedArray, type TensorData, arange, eye, full, fullLike, linspace, ones, onesLike, tensor, zeros, zerosLike } from "./creation/fill.ts";
export { dropout, Generator, getRngState, manualSeed, rand, randint, randLike, randn, randnLike, type RngState, setRngState } from "./creation/random.ts";
export { bernoulli, bernoulli_, exponential_, multinomial, type MultinomialOptions, normal, normal_, random_, randperm, uniform_ } from "./creation/distributions.ts";
export { empty, emptyLike, logspace, type LogspaceOptions, newEmpty, newFull, newOnes, newTensor, newZeros, randintLike, range, type RangeOptions, trilIndices, type TriangleOptions, triuIndices } from "./creation/like.ts";
export * from "./api/comparing.ts";
export { bartlettWindow, blackmanWindow, hammingWindow, type HammingOptions, hannWindow, kaiserWindow, type KaiserOptions, type WindowOptions } from "./creation/windows.ts";
export * from "./aliases.ts";
export { clone } from "./calculus/map-reduce.ts";
export * as autograd from "./autograd/index.ts";
export { checkpoint, checkpointed } from "./autograd/checkpoint.ts";
export { inMode, isInference, type Mode, setGradEnabled } from "./autograd/modes.ts";
export { type HookHandle, registerHook, registerPostAccumulateGradHook } from "./autograd/hooks.ts";
export { backward, type BackwardOptions, type Cotangent, grad, type GradOptions, type OneOrMore, retainGrad } from "./calculus/backward.ts";
export * from "./elementwise/activations.ts";
export {
  abs, ceil, eq, floor, fmod, ge, gt, isnan, le, logicalAnd, logicalNot, logicalOr, logicalXor, lt, maximum, minimum, mul, ne, neg, pow, remainder, sign, square, trunc,
} from "./elementwise/arithmetic.ts";
export * from "./elementwise/blend.ts";
export * from "./elementwise/bounds.ts";
export * from "./elementwise/division.ts";
export * from "./elementwise/conversions.ts";
export { canCast, type Elementwise, type Operand, resultType } from "./elementwise/elementwise.ts";
export * from "./elementwise/exponential.ts";
export * from "./elementwise/functions.ts";
export * from "./elementwise/in-place.ts";
export * from "./elementwise/integer.ts";
export * from "./elementwise/overwrite.ts";
export * from "./elementwise/predicates.ts";
export * from "./elementwise/rounding.ts";
export * from "./elementwise/scaled.ts";
export { erfc, erfinv } from "./elementwise/special/error-function.ts";
export { i0 } from "./elementwise/special/modified-bessel.ts";
export { digamma, lgamma, mvlgamma, polygamma } from "./elementwise/special/gamma.ts";
export * from "./elementwise/trigonometry.ts";
export { where } from "./elementwise/where.ts";
export * from "./composites/dropouts.ts";
export { type BagMode, embedding, embeddingBag, type EmbeddingBagOptions, type EmbeddingOptions } from "./composites/embeddings.ts";
export { glu, prelu, rrelu, type RreluOptions } from "./composites/gates.ts";
export { constantPadNd, pad, type PadMode, type PadOptions } from "./composites/pad.ts";
export * from "./composites/pixels.ts";
export { bilinear, type BilinearOptions } from "./fused/bilinear.ts";
export * from "./composites/spatial/index.ts";
export { all, amax, amin, any, max, mean, min, type ReduceOptions, sum, type ValuesAndIndices } from "./composites/reductions.ts";
export { std, var_, type VarOptions } from "./fused/spread.ts";
export { stdMean, varMean } from "./fused/moments.ts";
export { corrcoef, cov, type CovOptions, cross, vander, type VanderOptions } from "./composites/statistics.ts";
export { blockDiag, combinations, type CombinationOptions, sumToSize, trace } from "./composites/assembled.ts";
export { gumbelSoftmax, type GumbelOptions, softmin } from "./fused/gumbel.ts";
export {
  indexAdd, indexCopy, indexFill, indexReduce, type IndexReduceOptions, maskedScatter, oneHot, type OneHotOptions, put, type PutOptions, scatter, type ScatterOptions, scatterReduce, type ScatterReduceOptions, type ScatterReduction, take, takeAlongDim,
} from "./composites/scattering.ts";
export * from "./composites/in-place.ts";
export { einsum } from "./composites/einsum.ts";
export {
  cdist, cosineSimilarity, type CosineOptions, dist, type DistanceOptions, norm, normalize, type NormalizeOptions, type NormOptions, pairwiseDistance, type PairwiseOptions, pdist, renorm,
} from "./composites/norms.ts";
export {
  addbmm, addmm, addmv, addr, baddbmm, bmm, chainMatmul, dot, ger, inner, kron, mm, mv, outer, type SumOptions, tensordot, type TensordotDims, vdot,
} from "./composites/matrix-products.ts";
export { aminmax, type AminmaxOptions, countNonzero, logsumexp, type MinAndMax, nanmean, nansum } from "./composites/totals.ts";
export * from "./fused/losses/binary.ts";
export * from "./fused/losses/classes.ts";
export { ctcLoss, type CtcOptions } from "./fused/losses/ctc.ts";
export * from "./fused/losses/margins.ts";
export * from "./fused/losses/ranking.ts";
export { type Reduction, type ReductionOptions } from "./fused/losses/reduction.ts";
export * from "./fused/losses/regression.ts";
export { type AttentionOptions, layerNorm, type LayerNormOptions, linear, scaledDotProductAttention } from "./fused/network.ts";
export { asStrided, type AsStridedOptions, asStridedScatter } from "./composites/as-strided.ts";
export { index, indexAsync, indexPut, indexPut_, indexPutAsync_, type IndexPutOptions, maskedSelect, nonzero } from "./composites/indexing.ts";
export { type IndexTerm, type Slice } from "./composites/index-terms.ts";
export * from "./fused/normalization.ts";
export { triangularSolve, type TriangularSolution, type TriangularSolveOptions } from "./linalg/triangular.ts";
export { logSoftmax, softmax } from "./fused/softmax.ts";
export { argmax, argmin } from "./primitives/arg-reduce.ts";
export { gather, indexSelect, scatterAdd } from "./primitives/gather.ts";
export { matmul } from "./primitives/matmul.ts";
export { diag, diagEmbed, diagflat, diagonal, type DiagonalOptions, diagonalScatter, type DiagOptions, tril, triu } from "./views/diagonal.ts";
export { cartesianProd, columnStack, dsplit, dstack, hsplit, hstack, meshgrid, type MeshgridOptions, rowStack, tensorSplit, unbind, vsplit, vstack } from "./views/pieces.ts";
export {
  adjoint, atleast1d, atleast2d, atleast3d, broadcastShapesOf as broadcastShapes, broadcastTensors, broadcastTo, conjugateTranspose, expandAs, isSameSize, matrixTranspose, moveaxis, movedim, numpyT, ravel, reshapeAs, swapaxes, swapdims, unflatten, viewAs,
} from "./views/rearrange.ts";
export { flip, fliplr, flipud, repeat, repeatInterleave, roll, rot90, type Rot90Options, tile } from "./views/repeat.ts";
export { selectScatter, sliceScatter, type SliceScatterOptions, unfoldDim } from "./views/windows.ts";
export * from "./views/real.ts";
export { cat, stack } from "./views/cat.ts";
export { squeeze_, swapaxes_, swapdims_, t_, transpose_, unsqueeze_ } from "./views/turned.ts";
export { chunk, contiguous, expand, flatten, narrow, permute, reshape, select, slice, split, squeeze, t, transpose, unsqueeze, view } from "./views/views.ts";
export { data, dataSync, detach, detach_, format, item, itemSync, moveTo, to, toArray, toArraySync, untracked } from "./api/reading.ts";
export { keep, memory, type MemoryInfo, scope, Scope } from "./api/scope.ts";
export { getDefaultDevice, setDefaultDevice } from "./device.ts";
export { type DType, promoteTypes, type TypedArray } from "./dtype.ts";
export { finfo, type FloatInfo, iinfo, type IntegerInfo } from "./numeric-limits.ts";
export * from "./errors.ts";
export { printOptions, type PrintOptions, setPrintOptions } from "./format.ts";
export { isParameter, markParameter } from "./parameter.ts";
export * as python from "./python.ts";
export * as masked from "./fused/masked.ts";
export * as linalg from "./linalg.ts";
export * as special from "./special.ts";
export { type Shape } from "./shape.ts";
export * as func from "./transform/func.ts";
export { enableGrad, inferenceMode, isGradEnabled, isInferenceModeEnabled, noGrad, type Node } from "./tape.ts";
export { isTensor, setRequiresGrad, Tensor } from "./tensor.ts";
export * from "./composites/cumulative.ts";
export * from "./composites/difference.ts";
export * from "./composites/products.ts";
export * from "./composites/histograms.ts";
export { nanquantile, quantile, type QuantileOptions } from "./composites/quantiles.ts";
export { bucketize, type BucketizeOptions, isin, type IsinOptions, searchsorted, type SearchOptions } from "./composites/search.ts";
export * from "./composites/segments.ts";
export { argsort, kthvalue, mode, msort, sort, type SortOptions, topk, type TopkOptions } from "./composites/sorting.ts";
export * from "./composites/unique.ts";
export { type Median, median, nanmedian } from "./fused/median.ts";
export * from "./fused/log-sums.ts";
export { profiled, type Profile, type ProfileRow } from "./profiled.ts";
export type { Backend } from "./backend.ts";
export { onWarning, warn, type WarningHandler } from "./warning.ts";
