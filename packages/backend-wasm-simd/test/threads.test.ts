/** @file Threads, in Node. */
import { test } from "vitest";
import { threadChecks } from "./threads.ts";

test.each(threadChecks)("$name", ({ run }) => run(), 60_000);
