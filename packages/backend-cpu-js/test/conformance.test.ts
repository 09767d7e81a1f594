/** @file The conformance suite on this backend. */
import { conformance } from "@adjoint/conformance";
import { cpu } from "../src/index.ts";

conformance(() => cpu());
