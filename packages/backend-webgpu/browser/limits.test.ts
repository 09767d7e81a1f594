/** @file The lowest limits, in Chromium. */
import { test } from "vitest";
import { limitChecks } from "../gpu-node/shared/limits.ts";

test.each(limitChecks)("$name", ({ run }) => run(), 300_000);
