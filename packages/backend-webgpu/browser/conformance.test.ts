/** @file The published conformance suite over this backend, in Chromium. Ops in narrow floats run in Node, with the same compiler; their kernels run here too. */
import { webgpu } from "@adjoint/backend-webgpu";
import { conformance } from "@adjoint/conformance";
import { expectations } from "../gpu-node/shared/expectations.ts";

conformance(() => webgpu(), { expectations, only: /^(?!ops in )/, steps: 200 });
