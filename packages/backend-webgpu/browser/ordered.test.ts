/** @file A deterministic device, in Chromium. */
import { test } from "vitest";
import { orderedChecks } from "../gpu-node/shared/ordered.ts";

test.each(orderedChecks)("$name", ({ run }) => run(), 60_000);
