/** @file The conformance suite on this backend, in a real browser. Derivatives are core's, and the same in Node. */
import { conformance } from "@adjoint/conformance";
import { cpu } from "../src/index.ts";

conformance(() => cpu(), { suites: ["kernels", "ops", "fused", "memory"] });
