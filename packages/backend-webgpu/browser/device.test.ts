/** @file The device checks in Chromium. */
import { test } from "vitest";
import { deviceChecks } from "../gpu-node/shared/device.ts";

test.each(deviceChecks)("$name", ({ run }) => run(), 30_000);
