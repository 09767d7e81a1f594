/** @file Devices that are lost and come back, in Node. */
import { test } from "vitest";
import { recoveryChecks } from "./shared/recovery.ts";

test.each(recoveryChecks)("$name", ({ run }) => run(), 120_000);
