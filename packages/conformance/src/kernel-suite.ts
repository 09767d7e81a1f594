/** @file Everything that the kernels and the memory of a backend promise, as cases. */
import type { Case } from "./case.ts";
import { instructionCases } from "./kernels/map-instructions.ts";
import { layoutCases, sharingCases } from "./kernels/map-layouts.ts";
import { programCases } from "./kernels/map-programs.ts";

/** The cases about kernels and memory: the contract in core's backend.ts, member by member. */
export const kernelSuite = (): readonly Case[] => [...instructionCases, ...programCases, ...layoutCases, ...sharingCases];
