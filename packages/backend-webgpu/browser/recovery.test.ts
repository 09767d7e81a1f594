/** @file Devices that are lost and come back, in Chromium. */
import { test } from "vitest";
import { recoveryChecks } from "../gpu-node/shared/recovery.ts";

test.each(recoveryChecks)("$name", ({ run }) => run(), 120_000);
