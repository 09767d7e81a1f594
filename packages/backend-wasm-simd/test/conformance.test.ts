/** @file The published suite, over this backend. */
import { conformance } from "@adjoint/conformance";
import { wasm } from "../src/index.ts";

conformance(() => wasm());
