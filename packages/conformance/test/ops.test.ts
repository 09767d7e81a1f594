/** @file The op samples on the cpu backend, and their derivatives against finite differences. */
import { cpu } from "@adjoint/backend-cpu-js";
import { test } from "vitest";
import { gradcheckSuite, opSuite } from "../src/ops/op-suite.ts";
const device = cpu();
opSuite(() => device, (name, run) => void test(name, run));
gradcheckSuite(() => device, (name, run) => void test(name, run));
