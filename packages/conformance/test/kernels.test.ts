/** @file The suite on the backend that is its own example. Ops would be compared with this same backend, and derivatives are checked on cpu-js. */
import { conformance, referenceBackend } from "../src/index.ts";

conformance(() => referenceBackend(), { suites: ["kernels", "fused", "memory"], steps: 100 });
