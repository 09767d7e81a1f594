/** @file The lowest limits, in Node. */
import { test } from "vitest";
import { limitChecks } from "./shared/limits.ts";

test.each(limitChecks)("$name", ({ run }) => run(), 300_000);
