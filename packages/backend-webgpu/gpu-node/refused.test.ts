/** @file What the device refuses, in Node. */
import { test } from "vitest";
import { refusedChecks } from "./shared/refused.ts";

test.each(refusedChecks)("$name", ({ run }) => run(), 60_000);
