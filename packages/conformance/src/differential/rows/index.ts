/** @file The table of ops that programs are drawn from, by family. A new op is one row in one of these files. */
import type { Family } from "../generate.ts";
import { autogradRows } from "./autograd.ts";
import { complexRows } from "./complex.table.ts";
import { elementwiseRows } from "./elementwise.table.ts";
import { inPlaceRows } from "./in-place.table.ts";
import { bracketRows } from "./indexing.table.ts";
import { leaf } from "./leaf.ts";
import { linearRows } from "./linear-algebra.table.ts";
import { matrixRows, specialRows, statisticRows } from "./mathematics.table.ts";
import { lossRows, normalizationRows, resamplingRows } from "./networks.table.ts";
import { scatteringRows } from "./scattering.table.ts";
import { spatialRows } from "./spatial.table.ts";
import { indexRows, productRows, reductionRows } from "./structure.table.ts";
import { viewRows } from "./views.table.ts";
import { copyRows, windowRows } from "./windows.table.ts";

export const families: readonly Family[] = [
  { name: "leaves", weight: 0, rows: [leaf] },
  { name: "elementwise", weight: 26, rows: [...elementwiseRows, ...specialRows] },
  { name: "views", weight: 28, rows: [...viewRows, ...windowRows] },
  { name: "in place", weight: 18, rows: inPlaceRows },
  { name: "reductions", weight: 10, rows: [...reductionRows, ...statisticRows] },
  { name: "products", weight: 9, rows: [...productRows, ...matrixRows, ...lossRows, ...normalizationRows] },
  { name: "linear algebra", weight: 5, rows: linearRows },
  { name: "complex", weight: 4, rows: complexRows },
  { name: "spatial", weight: 4, rows: [...spatialRows, ...resamplingRows] },
  { name: "indexing", weight: 10, rows: [...indexRows, ...bracketRows, ...copyRows, ...scatteringRows] },
  { name: "autograd", weight: 7, rows: autogradRows },
];
