/** @file Devices that end while others wait for them, in Node. */
import { test } from "vitest";
import { raceChecks } from "./shared/races.ts";

test.each(raceChecks)("$name", ({ run }) => run(), 60_000);
