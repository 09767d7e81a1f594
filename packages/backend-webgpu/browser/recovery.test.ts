/** @file Devices that are lost and come back, in Chromium. */
import { test } from "vitest";
import { recoveryChecks } from "../gpu-node/shared/recovery.ts";

// Fewer rounds than in Node: each of the devices compiles its kernels anew.
test.each(recoveryChecks(20))("$name", ({ run }) => run(), 300_000);
