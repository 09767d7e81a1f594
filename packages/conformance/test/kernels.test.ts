/** @file The suite on the backend that is its own example. */
import { conformance, referenceBackend } from "../src/index.ts";

conformance(() => referenceBackend(), { steps: 100 });
