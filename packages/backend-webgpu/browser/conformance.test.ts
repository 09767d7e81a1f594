/** @file The published conformance suite over this backend, in Chromium. */
import { webgpu } from "@adjoint/backend-webgpu";
import { conformance } from "@adjoint/conformance";
import { expectations } from "../gpu-node/shared/expectations.ts";

conformance(() => webgpu(), { expectations, steps: 200 });
