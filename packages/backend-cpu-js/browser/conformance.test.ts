/** @file The conformance suite on this backend, in a real browser. */
import { conformance } from "@adjoint/conformance";
import { cpu } from "../src/index.ts";

conformance(() => cpu());
