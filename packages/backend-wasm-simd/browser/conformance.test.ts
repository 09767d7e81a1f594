/** @file The conformance suite on this backend, in a real browser. */
import { conformance } from "@adjoint/conformance";
import { wasm } from "../src/index.ts";

conformance(() => wasm());
