/** @file Compiling ahead, shared memory and measuring, in Chromium. */
import { test } from "vitest";
import { serviceChecks } from "../gpu-node/shared/services.ts";

test.each(serviceChecks)("$name", ({ run }) => run(), 60_000);
