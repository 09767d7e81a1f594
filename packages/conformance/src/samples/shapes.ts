/** @file Sample calls of padding, of channels that become places, and of gates. One row each. */
import * as A from "@adjoint/core";
import { int, type OpSample, sample, x } from "./sample.ts";

export const shapeSamples: readonly OpSample[] = [
  sample("pad", [x([2, 3])], (p) => A.pad(p, [1, 2, 0, 1], { value: 3 })), sample("pad taking away", [x([2, 3])], (p) => A.pad(p, [-1, 1])),
  ...(["reflect", "replicate", "circular"] as const).map((mode) => sample(`pad ${mode}`, [x([1, 3, 4])], (p) => A.pad(p, [2, 1, 0, 1], { mode }))),
  sample("pixelShuffle", [x([2, 8, 1, 2])], (p) => A.pixelShuffle(p, 2)), sample("pixelUnshuffle", [x([1, 2, 4])], (p) => A.pixelUnshuffle(p, 2)), sample("channelShuffle", [x([2, 4, 3])], (p) => A.channelShuffle(p, 2)),
  sample("glu", [x([3, 4])], (p) => A.glu(p)), sample("prelu", [x([2, 3, 2], "away"), x([3])], (p, weight) => A.prelu(p, weight)),
  sample("rrelu", [x([3, 2], "away")], (p) => { A.manualSeed(1); return A.rrelu(p, { training: true }); }),
  sample("embeddingBag", [int([4], [0, 2, 1, 2]), x([3, 2]), int([2], [0, 3])], (index, weight, offsets) => A.embeddingBag(index, weight, { offsets })),
  sample("bilinear", [x([2, 3]), x([2, 2]), x([4, 3, 2]), x([4])], (p, q, weight, bias) => A.bilinear(p, q, weight, { bias })),
];
