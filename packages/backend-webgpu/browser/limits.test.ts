/** @file The lowest limits, in Chromium. */
import { test } from "vitest";
import { limitChecks } from "../gpu-node/shared/limits.ts";

// The whole suite with the lowest limits runs in Node, on the same implementation.
test.each(limitChecks.filter(({ name }) => !name.includes("conformance suite")))("$name", ({ run }) => run(), 300_000);
