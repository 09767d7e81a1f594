/** @file The suite that every backend passes, on tfjs's cpu backend. */
import { conformance } from "@adjoint/conformance";
import "@tensorflow/tfjs-backend-cpu";
import { tfjs } from "../src/index.ts";

const expectations = [{ case: "special values: signbit", reason: "NaN has no sign that a device must keep" }];
conformance(() => tfjs({ backend: "cpu" }), { expectations, steps: 500 });
