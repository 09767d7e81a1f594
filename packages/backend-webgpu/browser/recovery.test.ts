/** @file Loss, restoring and shared memory, in Chromium. */
import { test } from "vitest";
import { recoveryChecks } from "../gpu-node/shared/recovery.ts";
test.each(recoveryChecks)("$name", ({ run }) => run(), 120_000);
