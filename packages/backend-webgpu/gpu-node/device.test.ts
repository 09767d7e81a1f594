/** @file The device checks in Node. */
import { test } from "vitest";
import { deviceChecks } from "./shared/device.ts";

test.each(deviceChecks)("$name", ({ run }) => run(), 30_000);
