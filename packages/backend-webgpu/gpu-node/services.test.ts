/** @file Compiling ahead, shared memory and measuring, in Node. */
import { test } from "vitest";
import { serviceChecks } from "./shared/services.ts";

test.each(serviceChecks)("$name", ({ run }) => run(), 60_000);
