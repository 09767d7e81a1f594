/** @file Devices that end while others wait for them, in Chromium. */
import { test } from "vitest";
import { raceChecks } from "../gpu-node/shared/races.ts";

test.each(raceChecks)("$name", ({ run }) => run(), 60_000);
