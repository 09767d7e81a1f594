/** @file What networks are made of, beyond linear maps and convolutions: normalisation, losses, resampling. One row each. */
import * as A from "@adjoint/core";
import type { Tensor } from "@adjoint/core";
import { type Domain, type Kind, row, type Row, type Variable } from "../row.ts";

const floats: readonly Kind[] = ["float"];
const ranked = (least: number, most: number) => (x: Variable): boolean => x.shape.length >= least && x.shape.length <= most;
/** Large enough that rows of equal elements do not make errors larger. */
const eps = 0.125;

type Reduction = { readonly reduction: "mean" | "sum" | "none" };
/** A loss of two tensors of one shape. */
const loss = (op: string, run: (x: Tensor, y: Tensor, options: Reduction) => Tensor, domains: readonly [Domain, Domain] = ["finite", "finite"]): Row => row<Reduction>({
  op,
  draw(d) { const x = d.variable({ dtype: "float32", domain: domains[0] }); return { inputs: [x, d.variable({ dtype: "float32", domain: domains[1] }, x.shape)], attrs: { reduction: d.random.pick(["mean", "sum", "none"])! } }; },
  run: ([x, y], options) => run(x!, y!, options),
});
/** A loss of three rows of vectors. */
const triple = (op: string, run: (x: Tensor, y: Tensor, z: Tensor, options: Reduction) => Tensor): Row => row<Reduction>({
  op,
  draw(d) { const shape = [d.random.integer(1, 3), d.random.integer(1, 4)], one = (): Variable => d.variable({ dtype: "float32", domain: "finite" }, shape); return { inputs: [one(), one(), one()], attrs: { reduction: d.random.pick(["mean", "sum", "none"])! } }; },
  run: ([x, y, z], options) => run(x!, y!, z!, options),
});
/** Pixels: few, of finite numbers. */
const image = (op: string, run: (x: Tensor) => Tensor, shape: readonly number[]): Row => row({ op, draw: (d) => ({ inputs: [d.variable({ kinds: floats, domain: "finite" }, shape)], attrs: {} }), run: ([x]) => run(x!) });

export const normalizationRows: readonly Row[] = [
  row({
    op: "batchNorm",
    draw(d) { const n = d.random.integer(2, 4), channels = d.random.integer(1, 3), shape = d.random.chance(0.5) ? [n, channels] : [n, channels, d.random.integer(1, 3)]; return { inputs: [d.variable({ dtype: "float32", domain: "finite" }, shape), d.variable({ dtype: "float32", domain: "finite" }, [channels])], attrs: {} }; },
    run: ([x, weight]) => A.batchNorm(x!, null, null, { weight, training: true, eps }),
  }),
  row({
    op: "batchNormByRunning", cuts: true,
    draw(d) { const channels = d.random.integer(1, 3); return { inputs: [d.variable({ dtype: "float32", domain: "finite" }, [2, channels, 2]), d.variable({ dtype: "float32", domain: "finite" }, [channels]), d.variable({ dtype: "float32", domain: "positive" }, [channels])], attrs: {} }; },
    run: ([x, mean, variance]) => A.batchNorm(x!, mean!.detach(), variance!.detach(), { eps }),
  }),
  row({ op: "instanceNorm", draw: (d) => ({ inputs: [d.variable({ dtype: "float32", domain: "finite" }, [d.random.integer(1, 2), 2, d.random.integer(2, 4)])], attrs: {} }), run: ([x]) => A.instanceNorm(x!, { eps }) }),
  row({ op: "rmsNorm", draw(d) { const x = d.variable({ kinds: floats, domain: "finite", accepts: ranked(1, 4) }); return x.shape.length === 0 || x.shape.at(-1) === 0 ? undefined : { inputs: [x], attrs: {} }; }, run: ([x]) => A.rmsNorm(x!, x!.shape.slice(-1), { eps }) }),
  image("localResponseNorm", (x) => A.localResponseNorm(x, 2, { alpha: 0.5 }), [2, 3, 2]),
];
export const lossRows: readonly Row[] = [
  loss("klDiv", (x, y, options) => A.klDiv(x, y, options), ["finite", "positive"]), loss("poissonNllLoss", (x, y, options) => A.poissonNllLoss(x, y, options), ["exponent", "positive"]), loss("softMarginLoss", (x, y, options) => A.softMarginLoss(x, y, options)),
  loss("hingeEmbeddingLoss", (x, y, options) => A.hingeEmbeddingLoss(x, y.detach().sign(), options)), triple("marginRankingLoss", (x, y, z, options) => A.marginRankingLoss(x, y, z.detach().sign(), options)),
  triple("gaussianNllLoss", (x, y, z, options) => A.gaussianNllLoss(x, y, z.square().add(0.5), options)), triple("tripletMarginLoss", (x, y, z, options) => A.tripletMarginLoss(x, y, z, { p: 1, ...options })),
];
export const resamplingRows: readonly Row[] = [
  image("pixelShuffle", (x) => A.pixelShuffle(x, 2), [1, 4, 2, 1]), image("pixelUnshuffle", (x) => A.pixelUnshuffle(x, 2), [1, 1, 2, 4]), image("channelShuffle", (x) => A.channelShuffle(x, 2), [1, 4, 2]),
  image("foldColumns", (x) => A.fold(x, [2, 3], [1, 2]), [2, 2, 4]), image("lpPool1d", (x) => A.lpPool1d(x, 1, 2), [1, 2, 5]), image("avgPool3d", (x) => A.avgPool3d(x, 2), [1, 1, 2, 3, 2]), image("maxPool3d", (x) => A.maxPool3d(x, 2, { stride: 1 }), [1, 2, 2, 3]),
  row({ op: "gridSample", draw: (d) => ({ inputs: [d.variable({ kinds: floats, dtype: "float32", domain: "finite" }, [1, 2, 2, 3]), d.variable({ dtype: "float32", domain: "unit" }, [1, 2, 2, 2])], attrs: {} }), run: ([x, grid]) => A.gridSample(x!, grid!, { alignCorners: true }) }),
  row({ op: "conv3d", draw: (d) => ({ inputs: [d.variable({ dtype: "float32", domain: "finite" }, [1, 2, 2, 3, 2]), d.variable({ dtype: "float32", domain: "finite" }, [1, 2, 2, 1, 2])], attrs: {} }), run: ([x, weight]) => A.conv3d(x!, weight!, { padding: 1 }) }),
];
