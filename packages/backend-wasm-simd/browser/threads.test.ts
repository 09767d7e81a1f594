/** @file Threads, in Chromium, on a page that is isolated from other origins. */
import { test } from "vitest";
import { threadChecks } from "../test/threads.ts";

test.each(threadChecks)("$name", ({ run }) => run(), 60_000);
