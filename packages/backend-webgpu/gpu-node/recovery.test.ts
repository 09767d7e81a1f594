/** @file Devices that are lost and come back, in Node. */
import { test } from "vitest";
import { recoveryChecks } from "./shared/recovery.ts";

// Each of a hundred devices compiles its kernels anew.
test.each(recoveryChecks(100))("$name", ({ run }) => run(), 300_000);
