/** @file The suite that every backend passes, on tfjs's cpu backend. */
import { conformance } from "@adjoint/conformance";
import "@tensorflow/tfjs-backend-cpu";
import { tfjs } from "../src/index.ts";

conformance(() => tfjs({ backend: "cpu" }), { steps: 500 });
