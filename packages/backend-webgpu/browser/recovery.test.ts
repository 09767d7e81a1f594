/** @file Devices that are lost and come back, in Chromium. */
import { test } from "vitest";
import { recoveryChecks } from "../gpu-node/shared/recovery.ts";

// Each of a hundred devices compiles its kernels anew.
test.each(recoveryChecks)("$name", ({ run }) => run(), 300_000);
