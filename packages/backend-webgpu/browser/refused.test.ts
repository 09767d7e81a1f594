/** @file What the device refuses, in Chromium. */
import { test } from "vitest";
import { refusedChecks } from "../gpu-node/shared/refused.ts";

test.each(refusedChecks)("$name", ({ run }) => run(), 60_000);
