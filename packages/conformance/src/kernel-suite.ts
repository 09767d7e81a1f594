/** @file Everything that the kernels and the memory of a backend promise, as cases. */
import type { Case } from "./case.ts";
import { argReduceCases } from "./kernels/arg-reduce.ts";
import { convCases } from "./kernels/conv.ts";
import { gatherCases, indexErrorCases, scatterCases } from "./kernels/indexing.ts";
import { instructionCases } from "./kernels/map-instructions.ts";
import { layoutCases, sharingCases } from "./kernels/map-layouts.ts";
import { programCases } from "./kernels/map-programs.ts";
import { matmulCases } from "./kernels/matmul.ts";
import { memoryCases } from "./kernels/memory.ts";
import { narrowFloatCases } from "./kernels/narrow-floats.ts";
import { reduceCases } from "./kernels/reduce.ts";
import { scanCases } from "./kernels/scan.ts";
import { sortCases } from "./kernels/sort.ts";

/** The cases about kernels and memory: the contract in core's backend.ts, member by member. */
export const kernelSuite = (): readonly Case[] => [
  ...memoryCases,
  ...instructionCases, ...narrowFloatCases, ...programCases, ...layoutCases, ...sharingCases,
  ...reduceCases, ...argReduceCases, ...scanCases, ...sortCases,
  ...matmulCases, ...convCases,
  ...gatherCases, ...scatterCases, ...indexErrorCases,
];
